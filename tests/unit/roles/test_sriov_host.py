# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's own decisions, with its tasks run by Ansible on this machine in check mode, or with a stand-in for the restart."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import yaml

ROLE = pathlib.Path(__file__).parents[3] / "roles/sriov_host"
RUNNING = pathlib.Path("/proc/cmdline").read_text().split()


def play(folder: pathlib.Path, tasks: list[dict[str, object]], *options: str, hosts: int = 1, **variables: object) -> str:
    inventory = folder / "inventory.yml"
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {f"kvm{number}": None for number in range(1, hosts + 1)}, "vars": local}}))
    book = folder / "book.yml"
    book.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "any_errors_fatal": True, "vars": variables, "tasks": tasks}]))
    environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1"}
    command = ["ansible-playbook", "-i", str(inventory), str(book), *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.mission("S18")
@pytest.mark.parametrize(("extra", "changes"), [("", False), (" vsrx.no.such.word=1", True)])
def test_what_the_running_kernel_has_already_is_not_put_there_again(tmp_path: pathlib.Path, extra: str, changes: bool) -> None:
    """An IOMMU that is off in spite of the arguments is off in the BIOS: another restart would change nothing, on every run anew."""
    tasks: list[dict[str, object]] = [{"ansible.builtin.include_role": {"name": "vsrx.sriov.sriov_host", "tasks_from": "cmdline"}}]
    wanted = f"{RUNNING[-1]}{extra}"
    said = play(tmp_path, tasks, "--check", sriov_host_pfs=[], sriov_host_cmdline=wanted, sriov_host_reboot="true")
    assert "failed=0" in said, said
    assert ("Put the arguments on the kernel command line" in said) == changes, said


def test_hosts_start_again_one_after_the_other_and_none_after_one_that_did_not_come_back(tmp_path: pathlib.Path) -> None:
    shutil.copytree(ROLE / "tasks", tmp_path / "tasks")
    log = tmp_path / "log"
    stand_in = f"echo {{{{ inventory_hostname }}}} >> {log}; sleep 0.2; echo back >> {log}; test {{{{ inventory_hostname }}}} != kvm2"
    restart = tmp_path / "tasks/restart.yml"
    restart.write_text(yaml.safe_dump([{"name": "Stand in", "ansible.builtin.command": {"argv": ["sh", "-c", stand_in]}}]))
    bootloader = yaml.safe_load((tmp_path / "tasks/bootloader.yml").read_text())
    tasks = [task for task in bootloader if "restart.yml" in str(task)]
    (tmp_path / "tasks/only.yml").write_text(yaml.safe_dump(tasks))
    include: list[dict[str, object]] = [{"ansible.builtin.include_tasks": str(tmp_path / "tasks/only.yml")}]
    said = play(tmp_path, include, hosts=3, sriov_host_reboot="true")
    words = log.read_text().split()
    # Whichever goes first: each is back before the next one goes, and kvm2, which fails, is the last.
    assert set(words[1::2]) == {"back"} and words[-2] == "kvm2" and len(set(words[::2])) == len(words) // 2, said


@pytest.mark.parametrize(
    ("host_use", "given"),
    [
        ([], {"num_vfs": 0, "up": False, "mtu": 1500, "pf": "0000:83:00.0"}),
        (["192.0.2.7/24"], {"num_vfs": 0, "pf": "0000:83:00.0"}),
    ],
)
def test_what_the_host_uses_by_now_is_not_put_back(tmp_path: pathlib.Path, host_use: list[str], given: dict[str, object]) -> None:
    tasks = yaml.safe_load((ROLE / "tasks/restore.yml").read_text())
    put_back = next(task for task in tasks if task["name"] == "Put the physical functions back")
    told = next(task for task in tasks if task["name"] == "Say what is left as it is")
    before = {"num_vfs": 0, "up": False, "mtu": 1500}
    recorded = {"pfs": [{"pf": "eno2", "address": "0000:83:00.0", "up": True, "mtu": 9000, "host_use": host_use, "before": before}]}
    shown = {"ansible.builtin.debug": {"msg": "{{ 'given=' ~ (" + put_back["vsrx.sriov.sriov_vfs"]["pfs"][0][3:-3] + ") | to_json }}"}}
    said = play(tmp_path, [told, {**shown, "loop": put_back["loop"], "vars": put_back["vars"]}], sriov_host_recorded=recorded)
    assert json.loads(next(line for line in said.splitlines() if "given=" in line).partition("given=")[2].rstrip("'")) == given
    assert ("eno2 is left up" in said) == bool(host_use), said
