# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs at boot, on a host made of files."""

from __future__ import annotations

import ast
import errno
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host import files, fs, iproute, sysfs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.attribute_table import ATTRIBUTES
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._host.pf_record import PfRecord, PfSettings
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot import restore, unit
from support.fake_host import FakeHost, FakeIp

MAC = "02:5a:00:00:00:01"


class BootHost(restore.Host):
    def __init__(self, fake: FakeHost, ip: FakeIp, wait: float = 0) -> None:
        super().__init__(str(fake.root), self._call, wait)
        self.settled: Callable[[], None] = lambda: None
        self._fake, self._ip = fake, ip
        self.written: list[str] = []

    def _call(self, *words: str) -> tuple[int, str]:
        if words[:3] == ("ip", "-d", "-j"):
            links = [json.loads(self._ip(["-d", "-j", "link", "show", "dev", path.name])[1])[1] for path in self._fake.net.iterdir()]
            return 0, json.dumps([*links, {}])
        if words[0] == "udevadm":
            self.settled()
            return 0, ""
        code, out, err = self._ip(words[1:])
        return code, out or err

    def put(self, address: str, file: str, text: str) -> None:
        self.written.append(f"{address} {file} {text}")
        self._fake.put(str(self._fake.devices / address / file), text)


def give_to_guest(fake: FakeHost, vf: str, driver: str) -> None:
    link, bound = fake.devices / vf / "driver", fake.root / "sys/bus/pci/drivers" / driver
    link.unlink()
    bound.mkdir(parents=True)
    link.symlink_to(bound)


@pytest.fixture
def fake(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path)


def output(**made: Any) -> dict[str, Any]:
    given = {"num_vfs": 2, "up": True, "mtu": 9000, "vfs": {1: {"mac": MAC, "vlan": 5, "qos": 0, "trust": False}}, **made}
    record = PfRecord("52:54:00:00:83:00", "0000:83:00.0", "eno2", before=PfSettings(), made=PfSettings(**given), persist=True)
    (instruction,) = unit.make_instructions([record])
    return json.loads(json.dumps(instruction))


@pytest.mark.skipif(sys.version_info < (3, 10), reason="this Python does not list its own modules")
def test_nothing_of_the_collection_is_imported() -> None:
    tree = ast.parse(Path(restore.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= {*sys.stdlib_module_names}


def test_only_what_persists_is_reported() -> None:
    record = PfRecord(None, "0000:83:00.0", None, before=PfSettings(), made=PfSettings(num_vfs=2), persist=False)
    assert unit.make_instructions([record]) == []


@pytest.mark.parametrize(
    ("address", "name", "mac"),
    [
        ("0000:83:00.0", "eno2", "52:54:00:00:83:00"),
        ("0000:83:00.0", "wan0", "52:54:00:00:83:00"),
        ("0000:b3:00.1", "ens7", "52:54:00:00:83:00"),
    ],
)
def test_a_pf_is_known_by_its_permanent_mac(fake: FakeHost, address: str, name: str, mac: str) -> None:
    fake.pf("0000:84:00.0", "eno3", mac="52:54:00:00:84:00")
    fake.pf(address, name, mac=mac)
    ip = FakeIp(fake)
    assert restore.restore(BootHost(fake, ip), output()) == []
    assert len(fake.vfs(address)) == 2 and fake.is_up(address)
    assert ip.commands[:2] == [f"{name} mtu 9000", f"{name} up"]
    info = json.loads(ip(["-d", "-j", "link", "show", "dev", name])[1])[1]["vfinfo_list"][1]
    assert (info["address"], info["vlan_list"], info["trust"]) == (MAC, [{"vlan": 5}], False)
    assert fake.vfs("0000:84:00.0") == []


def test_a_bond_that_took_the_mac_does_not_mislead(fake: FakeHost) -> None:
    fake.pf("0000:84:00.0", "eno3", mac="52:54:00:00:83:00")
    fake.pf(mac="52:54:00:00:83:00")
    ip = FakeIp(fake)
    ip.permanent["eno3"] = "52:54:00:00:84:00"
    assert restore.restore(BootHost(fake, ip), output()) == []
    assert (len(fake.vfs("0000:83:00.0")), len(fake.vfs("0000:84:00.0"))) == (2, 0)


def test_a_pf_that_comes_late_is_named_by_udev_first(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its driver was still loading: the kernel's name for it lasts until udev gives it its own."""
    ip = FakeIp(fake)
    host = BootHost(fake, ip, wait=60)
    fake.function("0000:83:00.0", "8086:1572", driver="i40e")

    def load(_seconds: float) -> None:
        shutil.rmtree(fake.devices / "0000:83:00.0")
        fake.pf(name="eth0")

    monkeypatch.setattr(restore.time, "sleep", load)
    host.settled = lambda: fake.rename("eth0", "eno2")
    assert restore.restore(host, output()) == []
    assert {command.split()[0] for command in ip.commands} == {"eno2"} and len(fake.vfs("0000:83:00.0")) == 2


def test_without_a_mac_the_address_counts(fake: FakeHost) -> None:
    fake.pf()
    assert restore.restore(BootHost(fake, FakeIp(fake)), {**output(), "permanent_mac": None}) == []
    assert len(fake.vfs("0000:83:00.0")) == 2


def test_a_pf_that_has_gone_delays_nothing(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was taken out: network-pre.target, and so SSH, does not wait for it."""
    fake.pf("0000:84:00.0", "eno3", mac="52:54:00:00:84:00")
    monkeypatch.setattr(restore.time, "sleep", lambda seconds: pytest.fail("waited"))
    (wrong,) = restore.restore(BootHost(fake, FakeIp(fake), wait=60), output())
    assert "no PF with MAC address 52:54:00:00:83:00" in wrong and fake.writes() == []


def test_a_pf_whose_mac_changed_is_known_by_its_address(fake: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    """UCS and FlexAddress give a slot's NIC another MAC address."""
    fake.pf(mac="52:54:00:00:99:00")
    assert restore.restore(BootHost(fake, FakeIp(fake), wait=60), output()) == []
    assert len(fake.vfs("0000:83:00.0")) == 2 and "is taken for it" in capsys.readouterr().err


def test_a_nic_of_another_record_is_not_taken_by_its_address(fake: FakeHost) -> None:
    """The buses were renumbered, and this NIC was taken out: the other one is where it was."""
    fake.pf(mac="52:54:00:00:84:00")
    (wrong,) = restore.restore(BootHost(fake, FakeIp(fake)), output(), ["52:54:00:00:84:00"])
    assert "no PF with MAC" in wrong and fake.writes() == []


def test_a_representor_is_no_pf(fake: FakeHost) -> None:
    fake.pf(name="p0")
    fake.representor("0000:83:00.0", "eno2", "pf0vf0", mac="52:54:00:00:83:00")
    ip = FakeIp(fake)
    assert restore.restore(BootHost(fake, ip), output()) == []
    assert {command.split()[0] for command in ip.commands} == {"p0"}


@pytest.mark.parametrize(("trust", "address"), [(True, MAC), (False, "0a:00:00:00:00:01")])
def test_the_netdev_of_a_trusted_vf_gets_its_mac(fake: FakeHost, trust: bool, address: str) -> None:
    """igbvf sends the address that it was bound with at each reset, and NetworkManager sets its netdev up: the PF takes it if it trusts."""
    fake.pf()
    assert restore.restore(BootHost(fake, FakeIp(fake)), output(vfs={1: {"mac": MAC, "trust": trust}})) == []
    assert (fake.net / "eno2v1/address").read_text().strip() == address
    assert (fake.net / "eno2v0/address").read_text().strip() == "0a:00:00:00:00:01"


def test_a_netdev_that_takes_no_mac_is_no_failure(fake: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    fake.pf()
    ip = FakeIp(fake)
    host = BootHost(fake, ip)
    host.run = lambda *words: (2, "RTNETLINK answers: Device or resource bad") if "address" in words else host._call(*words)  # type: ignore[method-assign]
    assert restore.restore(host, output(vfs={1: {"mac": MAC, "trust": True}})) == []
    assert f"eno2v1: MAC address {MAC} was not set" in capsys.readouterr().err


def test_vfs_that_are_there_are_left(fake: FakeHost) -> None:
    fake.pf(vfs=2)
    give_to_guest(fake, "0000:83:02.1", "vfio-pci")
    ip = FakeIp(fake)
    assert restore.restore(BootHost(fake, ip), output()) == []
    assert fake.writes() == []
    # A guest has it: its attributes are libvirt's.
    assert not any(" vf 1 " in command for command in ip.commands)


@pytest.mark.parametrize("driver", ["vfio-pci", "mlx5_vfio_pci"])
def test_a_pf_with_a_guest_keeps_its_state_and_its_frames(fake: FakeHost, driver: str) -> None:
    """It was run by hand, on a host in use."""
    fake.pf(vfs=2)
    give_to_guest(fake, "0000:83:02.0", driver)
    ip = FakeIp(fake)
    assert restore.restore(BootHost(fake, ip), output(up=False)) == []
    assert ip.commands == [f"eno2 vf 1 mac {MAC}", "eno2 vf 1 vlan 5 qos 0", "eno2 vf 1 trust off"]


@pytest.mark.parametrize(
    ("requested", "commands"),
    [
        ({"qos": 3}, ["eno2 vf 0 vlan 0 qos 3"]),
        ({"vlan_proto": "802.1ad"}, ["eno2 vf 0 vlan 0 proto 802.1ad"]),
        ({"vlan": 0, "vlan_proto": "802.1Q"}, ["eno2 vf 0 vlan 0"]),
        # A new VF has them, and naming a VLAN for their sake would be more than was asked.
        ({"vlan_proto": "802.1Q"}, []),
        ({"qos": 0, "vlan_proto": "802.1Q"}, []),
    ],
)
def test_what_goes_with_a_vlan_and_was_requested_without_one(fake: FakeHost, requested: dict[str, Any], commands: list[str]) -> None:
    fake.pf()
    ip = FakeIp(fake)
    assert restore.restore(BootHost(fake, ip), output(up=None, mtu=None, vfs={0: requested})) == []
    assert ip.commands == commands


def busy(fake: FakeHost, times: int, monkeypatch: pytest.MonkeyPatch, number: int = errno.EAGAIN) -> FakeIp:
    """A driver that answers so many commands with EAGAIN, or as ice with EBUSY."""
    monkeypatch.setattr(restore, "_PAUSE", 0.01)
    monkeypatch.setattr(restore, "_BUSY_SECONDS", 0.5)
    ip = FakeIp(fake)
    real, left = ip._set, [0] * times

    def late(name: str, words: list[str]) -> tuple[int, str, str]:
        return (2, "", f"RTNETLINK answers: {os.strerror(number)}") if left and left.pop() == 0 else real(name, words)

    monkeypatch.setattr(ip, "_set", late)
    return ip


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EBUSY])
def test_a_busy_driver_gets_another_try(fake: FakeHost, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    fake.pf()
    assert restore.restore(BootHost(fake, busy(fake, 3, monkeypatch, number)), output()) == []


@pytest.mark.parametrize("times", [2, 1000])
def test_a_driver_that_does_nothing_without_a_word_gets_another_try(fake: FakeHost, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """bnxt_sriov_configure: 0 while the firmware resets."""
    monkeypatch.setattr(restore, "_PAUSE", 0.01)
    monkeypatch.setattr(restore, "_BUSY_SECONDS", 60.0 if times == 2 else 0.1)
    fake.pf(rules=f"silent {times}")
    wrong = restore.restore(BootHost(fake, FakeIp(fake)), output())
    assert [line for line in wrong if "were recorded" in line] == ([] if times == 2 else ["eno2: 2 VFs were recorded, the driver made 0"])
    assert len(fake.vfs("0000:83:00.0")) == (2 if times == 2 else 0)


def test_the_restorer_and_the_module_have_the_same_constants() -> None:
    """It stands alone and repeats them."""
    assert restore._LOCK == files.LOCK_PATH
    assert restore._BUSY_NUMBERS == iproute.BUSY and restore._BUSY_SECONDS == iproute._BUSY_SECONDS == fs._EBUSY_SECONDS
    assert {attribute.name for attribute in ATTRIBUTES if attribute.needs_link} == set(restore._RATES)
    assert restore._REPRESENTOR.pattern == re.sub(r"\((?:\?P<\w+>)?\\d\+\)", r"\\d+", sysfs._REPRESENTOR.pattern)


@pytest.mark.parametrize("comes", [True, False])
def test_rates_come_last_and_wait_for_the_link(fake: FakeHost, monkeypatch: pytest.MonkeyPatch, comes: bool) -> None:
    """82599: creating VFs drops the link, and ixgbe takes a rate with link only."""
    fake.pf()
    ip = FakeIp(fake)
    carrier = fake.net / "eno2/carrier"
    carrier.write_text("0\n")
    monkeypatch.setattr(restore, "_LINK_SECONDS", 60.0 if comes else 0.0)
    monkeypatch.setattr(restore.time, "sleep", lambda seconds: carrier.write_text("1\n"))
    real = ip._set

    def needs_link(name: str, words: list[str]) -> tuple[int, str, str]:
        without = "max_tx_rate" in words and carrier.read_text() == "0\n"
        return (2, "", "RTNETLINK answers: Invalid argument") if without else real(name, words)

    monkeypatch.setattr(ip, "_set", needs_link)
    vfs = {0: {"max_tx_rate": 1000, "mac": MAC}, 1: {"trust": True}}
    wrong = restore.restore(BootHost(fake, ip), output(up=True, mtu=None, vfs=vfs))
    assert [command for command in ip.commands if " vf " in command][:2] == [f"eno2 vf 0 mac {MAC}", "eno2 vf 1 trust on"]
    if comes:
        assert wrong == [] and ip.commands[-1] == "eno2 vf 0 max_tx_rate 1000"
    else:
        assert len(wrong) == 1 and "Invalid argument; its link is down" in wrong[0]


@pytest.mark.parametrize("before", [0, 1])
def test_another_maker_of_the_same_number_is_waited_for(fake: FakeHost, monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    """netplan's unit, or udev's .link, is at work: half of the VFs are there, or the kernel says EBUSY to a second writer."""
    fake.pf(vfs=before, rules="plain" if before else "busy EBUSY 99")
    if not before:
        monkeypatch.setattr(restore, "_BUSY_SECONDS", 0.0)

    def other(_seconds: float) -> None:
        if len(fake.vfs("0000:83:00.0")) != 2:
            fake._remove("0000:83:00.0")
            fake._make("0000:83:00.0", 2)

    class Host(BootHost):
        def put(self, address: str, file: str, text: str) -> None:
            if file == "sriov_numvfs":
                fake._make(address, 1)
                raise OSError(errno.EBUSY, "the driver was busy")
            super().put(address, file, text)

    monkeypatch.setattr(restore.time, "sleep", other)
    ip = FakeIp(fake)
    host = BootHost(fake, ip) if before else Host(fake, ip)
    assert restore.restore(host, output()) == []
    assert f"eno2 vf 1 mac {MAC}" in ip.commands


@pytest.mark.parametrize(
    "text",
    ["", "{", "[" * 100000, "7", '[7, {}, {"address": 7}]', '[{"permanent_mac": null, "address": "x", "name": null, "num_vfs": true}]'],
)
def test_a_broken_file_ends_in_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    file = tmp_path / "boot.json"
    file.write_text(text)
    assert restore.main([str(file)], lock=str(tmp_path / "lock"), host=restore.Host(str(tmp_path), lambda *_words: (0, ""))) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said and said.startswith("vsrx-sriov: ")


def test_a_broken_record_does_not_keep_the_others(fake: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    fake.pf()
    file = fake.root / "boot.json"
    file.write_text(json.dumps([{**output(), "num_vfs": "2"}, output(), {**output(), "vfs": [["vf", "x", "mac", "y"]]}]))
    assert restore.main([str(file)], lock=str(fake.root / "lock"), host=BootHost(fake, FakeIp(fake))) == 1
    said = capsys.readouterr().err
    assert "record 0 is left out: its num_vfs is missing or wrong" in said and "record 2 is left out" in said
    assert len(fake.vfs("0000:83:00.0")) == 2


@pytest.mark.parametrize("kind", ["fifo", "link", "folder"])
def test_a_lock_that_is_no_file_ends_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    (tmp_path / "boot.json").write_text("[]")
    if kind == "fifo":
        os.mkfifo(tmp_path / "lock")
    elif kind == "link":
        (tmp_path / "lock").symlink_to(tmp_path / "boot.json")
    else:
        (tmp_path / "lock").mkdir()
    assert restore.main([str(tmp_path / "boot.json")], lock=str(tmp_path / "lock")) == 1
    assert "lock cannot be opened" in capsys.readouterr().err


def test_the_unit_comes_after_others_that_create_vfs_and_before_the_network() -> None:
    text = unit.make_unit("/usr/bin/python3", "/r", "/b")
    assert "After=netplan-sriov-apply.service openibd.service" in text and "Before=network-pre.target" in text


def test_a_driver_that_stays_busy_is_said(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.pf()
    wrong = restore.restore(BootHost(fake, busy(fake, 9999, monkeypatch)), output(up=None, vfs={}))
    assert wrong == ["eno2: ip link set dev eno2 mtu 9000: the driver was busy for 0 s"]


@pytest.mark.parametrize(("tries", "works"), [(3, True), (9999, False)])
def test_the_number_is_written_again_while_the_driver_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tries: int, works: bool
) -> None:
    monkeypatch.setattr(restore, "_PAUSE", 0.01)
    monkeypatch.setattr(restore, "_BUSY_SECONDS", 0.5)
    file, log = tmp_path / "sriov_numvfs", tmp_path / "tries"
    file.touch()

    def put(path: str, text: str) -> None:
        with log.open("a") as tried:
            tried.write("x")
        if len(log.read_text()) < tries:
            raise OSError(errno.EAGAIN, "")
        Path(path).write_text(text)

    monkeypatch.setattr(restore, "_put", put)
    if works:
        restore.write(str(file), "4", 30)
        assert file.read_text() == "4"
    else:
        with pytest.raises(OSError, match=r"the driver was busy"):
            restore.write(str(file), "4", 30)


def test_a_write_that_never_returns_is_left_behind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "sriov_numvfs")
    with pytest.raises(OSError, match=r"not done after .* process \d+ waits in the kernel") as failure:
        restore.write(str(tmp_path / "sriov_numvfs"), "4", 0.2)
    pid = int(str(failure.value).partition("process ")[2].split()[0])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_a_program_that_never_returns_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore, "_CALL_SECONDS", 0.2)
    monkeypatch.setattr(restore, "_PATH", str(tmp_path))
    (tmp_path / "ip").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "ip").chmod(0o755)
    assert restore.call("ip", "link") == (124, "no answer for 0 s")


def test_a_module_at_work_is_waited_for_and_not_disturbed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output_file, path = tmp_path / "boot.json", str(tmp_path / "lock")
    output_file.write_text(json.dumps([output()]))
    with HostLock(path, 0):
        assert restore.main([str(output_file)], lock=path, seconds=0.1) == 1
    assert f"process {os.getpid()} changes VFs on this host, so nothing was done" in capsys.readouterr().err


class LockClock:
    """A clock whose pauses take no time. In the third one, past the last second, the module is done with its lock."""

    def __init__(self, held: HostLock) -> None:
        self.pauses: list[float] = []
        self._held = held

    def monotonic(self) -> float:
        return sum(self.pauses)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == 3:
            self._held.__exit__(None, None, None)


def test_vfs_come_back_as_soon_as_a_module_at_work_is_done(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.pf()
    output_file, path = fake.root / "boot.json", str(fake.root / "lock")
    output_file.write_text(json.dumps([output()]))
    host, held = BootHost(fake, FakeIp(fake)), HostLock(path, 0)
    clock = LockClock(held)
    monkeypatch.setattr(restore, "time", clock)
    monkeypatch.setattr(restore, "call", lambda *_words: (0, ""))
    held.__enter__()
    assert restore.main([str(output_file)], lock=path, seconds=2 * restore._PAUSE, host=host) == 0
    assert len(fake.vfs("0000:83:00.0")) == 2 and clock.pauses == [restore._PAUSE] * 3


def test_another_number_is_not_touched(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore, "_OTHER_SECONDS", 0.0)
    fake.pf(vfs=3)
    (wrong,) = restore.restore(BootHost(fake, FakeIp(fake)), output())
    assert "3 VFs exist already, 2 were recorded" in wrong and len(fake.vfs("0000:83:00.0")) == 3


@pytest.mark.parametrize(("rules", "message"), [("errno ENOMEM", "could not be made"), ("bnxt", "the driver made 0")])
def test_what_goes_wrong_is_said_and_the_rest_is_done(fake: FakeHost, rules: str, message: str) -> None:
    fake.pf(rules=rules)
    wrong = restore.restore(BootHost(fake, FakeIp(fake)), output(up=None, vfs={}))
    assert len(wrong) == 1 and message in wrong[0]


def test_autoprobe_and_down(fake: FakeHost) -> None:
    fake.pf()
    host = BootHost(fake, FakeIp(fake))
    assert restore.restore(host, output(drivers_autoprobe=False, up=False)) == []
    assert host.written == ["0000:83:00.0 sriov_drivers_autoprobe 0", "0000:83:00.0 sriov_numvfs 2"]
    assert not fake.is_up("0000:83:00.0")
