# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, recorded state and the inventory of lab hosts, without QEMU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml
from lab import boot, hosts, inventory, paths
from lab.errors import LabError
from lab.machine import Machine, State

STATE = State(name="host1", port=2222, accel="tcg", image="image-0123", snapshot=True)


@pytest.fixture
def short_path() -> Iterator[Path]:
    """pytest's own folders are too deep for a socket."""
    with tempfile.TemporaryDirectory(prefix="lab") as name:
        yield Path(name)


@pytest.fixture
def machine(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("VSRX_CACHE", str(short_path))
    made = hosts.get("host1")
    made.directory.mkdir(parents=True)
    (made.directory / "state.json").write_text(json.dumps(asdict(STATE)))
    return made


@pytest.mark.parametrize("name", ["", "../x", "a/b", "Host", "1host", "a" * 32, "a b", "-x", "host1\n"])
def test_a_name_that_would_leave_the_cache_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="is no name for a lab host"):
        paths.host_dir(name)


def test_a_cache_too_deep_for_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSRX_CACHE", str(tmp_path / ("d" * 90)))
    with pytest.raises(LabError, match="VSRX_CACHE"):
        paths.host_dir("host1")


def test_state_is_read_back(machine: Machine) -> None:
    assert machine.state == STATE
    assert paths.host_names() == ["host1"]


def test_a_stale_process_id_is_not_taken_for_the_host(machine: Machine) -> None:
    (machine.directory / "qemu.pid").write_text(f"{os.getpid()}\n")
    assert machine.pid is None
    with pytest.raises(LabError, match="is not up"):
        hosts.running("host1")


def test_a_process_that_names_the_file_is_the_host(machine: Machine) -> None:
    pidfile = machine.directory / "qemu.pid"
    argv = [sys.executable, "-c", "print('here', flush=True); input()", "-pidfile", str(pidfile)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout and process.stdout.readline() == b"here\n"
        pidfile.write_text(str(process.pid))
        assert machine.pid == process.pid
    finally:
        process.communicate(b"\n")
    assert machine.pid is None


def test_down_of_a_host_that_does_not_run_is_safe_to_repeat(machine: Machine) -> None:
    assert hosts.down("host1") is True
    assert hosts.down("host1") is False
    assert paths.host_names() == []


def test_the_inventory_is_yaml_that_checks_host_keys(machine: Machine) -> None:
    read = yaml.safe_load(inventory.text([machine]))
    variables = read["kvm_hosts"]["hosts"]["host1"]
    assert variables["ansible_port"] == 2222
    assert "StrictHostKeyChecking=yes" in variables["ansible_ssh_args"]
    assert variables["ansible_ssh_private_key_file"] == str(paths.cache() / "image-0123" / "keys" / "user")
    assert yaml.safe_load(inventory.text([])) == {"kvm_hosts": {"hosts": {}}}


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        ("", []),
        ("[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mssh.service\x1b[0m - Server.\r\n\r\n", ["[  OK  ] Started ssh.service - Server."]),
    ],
)
def test_the_serial_log_is_read_without_its_colours(machine: Machine, raw: str, lines: list[str]) -> None:
    machine.serial.write_text(raw)
    assert boot.serial_lines(machine) == lines


def test_a_machine_whose_emulation_lost_a_timer_is_called_broken(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "pid", 1)
    machine.serial.write_text("[   50.1] igb 0000:01:00.0 eno2: Reset adapter\n")
    assert boot.broken(machine) is None
    machine.serial.write_text("[   83.1] rcu: \tPossible timer handling issue on cpu=1 timer-softirq=3133\n")
    assert "lost the timer" in str(boot.broken(machine))


def test_a_machine_whose_qemu_ended_is_called_broken_with_its_last_words(machine: Machine) -> None:
    machine.log.write_text("qemu-system-x86_64: an assertion\n")
    assert "its QEMU ended: qemu-system-x86_64: an assertion" in str(boot.broken(machine))


class _Rebooting:
    """The SSH connection to a host that goes down for its reboot."""

    def run(self, *_words: str, **_more: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, "0123\n", "")

    def disconnect(self) -> None:
        return

    def answers(self) -> bool:
        return False


def test_a_reboot_whose_qemu_ends_is_not_waited_for(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """QEMU 10.0 now and then ends there: iotlb_to_section: Assertion `section_index < d->map.sections_nb' failed."""
    pids = [1]
    monkeypatch.setattr(Machine, "pid", property(lambda _self: pids.pop() if pids else None))
    monkeypatch.setattr(Machine, "ssh", _Rebooting())
    monkeypatch.setattr(boot, "LIMIT", 20.0)
    begun = time.monotonic()
    with pytest.raises(LabError, match="its QEMU ended"):
        hosts.reboot("host1")
    assert time.monotonic() - begun < 10
