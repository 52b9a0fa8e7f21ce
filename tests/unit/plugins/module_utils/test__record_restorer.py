# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs at boot, on a host made of files."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._record import boot, restorer
from ansible_collections.vsrx.sriov.plugins.module_utils._record.model import Made, PfRecord
from host_tree import FakeHost, FakeIp

MAC = "02:5a:00:00:00:01"


class BootHost(restorer.Host):
    def __init__(self, fake: FakeHost, ip: FakeIp) -> None:
        super().__init__(str(fake.root), self._call, wait=0)
        self._fake, self._ip = fake, ip
        self.written: list[str] = []

    def _call(self, *words: str) -> tuple[int, str]:
        if words[:3] == ("ip", "-d", "-j"):
            links = [json.loads(self._ip(["-d", "-j", "link", "show", "dev", path.name])[1])[1] for path in self._fake.net.iterdir()]
            return 0, json.dumps([*links, {}])
        code, out, err = self._ip(words[1:])
        return code, out or err

    def put(self, address: str, file: str, text: str) -> None:
        self.written.append(f"{address} {file} {text}")
        self._fake.put(str(self._fake.devices / address / file), text)


@pytest.fixture
def fake(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path)


def told(**made: Any) -> dict[str, Any]:
    given = {"num_vfs": 2, "up": True, "mtu": 9000, "vfs": {1: {"mac": MAC, "vlan": 5, "qos": 0, "trust": False}}, **made}
    record = PfRecord("52:54:00:00:83:00", "0000:83:00.0", "eno2", before=Made(), made=Made(**given), persist=True)
    (instruction,) = boot.instructions([record])
    return json.loads(json.dumps(instruction))


def test_nothing_of_the_collection_is_imported() -> None:
    tree = ast.parse(Path(restorer.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= {*sys.stdlib_module_names}


def test_only_what_persists_is_told() -> None:
    record = PfRecord(None, "0000:83:00.0", None, before=Made(), made=Made(num_vfs=2), persist=False)
    assert boot.instructions([record]) == []


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
    assert restorer.restore(BootHost(fake, ip), told()) == []
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
    assert restorer.restore(BootHost(fake, ip), told()) == []
    assert (len(fake.vfs("0000:83:00.0")), len(fake.vfs("0000:84:00.0"))) == (2, 0)


def test_without_a_mac_the_address_counts(fake: FakeHost) -> None:
    fake.pf()
    assert restorer.restore(BootHost(fake, FakeIp(fake)), {**told(), "permanent_mac": None}) == []
    assert len(fake.vfs("0000:83:00.0")) == 2


def test_a_pf_that_has_gone(fake: FakeHost) -> None:
    fake.pf(mac="52:54:00:00:99:00")
    (wrong,) = restorer.restore(BootHost(fake, FakeIp(fake)), told())
    assert "no PF with MAC address 52:54:00:00:83:00" in wrong and fake.writes() == []


def test_vfs_that_are_there_are_left(fake: FakeHost) -> None:
    fake.pf(vfs=2)
    vf = fake.devices / "0000:83:02.1"
    (vf / "driver").unlink()
    (fake.root / "sys/bus/pci/drivers/vfio-pci").mkdir(parents=True)
    (vf / "driver").symlink_to(fake.root / "sys/bus/pci/drivers/vfio-pci")
    ip = FakeIp(fake)
    assert restorer.restore(BootHost(fake, ip), told()) == []
    assert fake.writes() == []
    # A guest has it: its attributes are libvirt's.
    assert not any(" vf 1 " in command for command in ip.commands)


def test_another_number_is_not_touched(fake: FakeHost) -> None:
    fake.pf(vfs=3)
    (wrong,) = restorer.restore(BootHost(fake, FakeIp(fake)), told())
    assert "3 VFs exist already, 2 were recorded" in wrong and len(fake.vfs("0000:83:00.0")) == 3


@pytest.mark.parametrize(("rules", "message"), [("errno ENOMEM", "could not be made"), ("bnxt", "the driver made 0")])
def test_what_goes_wrong_is_said_and_the_rest_is_done(fake: FakeHost, rules: str, message: str) -> None:
    fake.pf(rules=rules)
    wrong = restorer.restore(BootHost(fake, FakeIp(fake)), told(up=None, vfs={}))
    assert len(wrong) == 1 and message in wrong[0]


def test_autoprobe_and_down(fake: FakeHost) -> None:
    fake.pf()
    host = BootHost(fake, FakeIp(fake))
    assert restorer.restore(host, told(drivers_autoprobe=False, up=False)) == []
    assert host.written == ["0000:83:00.0 sriov_drivers_autoprobe 0", "0000:83:00.0 sriov_numvfs 2"]
    assert not fake.is_up("0000:83:00.0")
