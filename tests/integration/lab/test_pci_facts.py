# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts against what lspci and the kernel say of the same host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from host_modules import Kvm

pytestmark = pytest.mark.lab
HOSTDEV = """<interface type='hostdev' managed='yes'><mac address='02:5a:00:00:00:01'/>
<source><address type='pci' domain='0' bus='1' slot='0x10' function='0'/></source></interface>"""


@pytest.fixture(scope="module")
def kvm(lab_host: Any, tmp_path_factory: pytest.TempPathFactory) -> Kvm:
    lab_host.reset()
    found = Kvm(lab_host, Path(tmp_path_factory.mktemp("facts")))
    found.shell("ip link set eno2 up; echo 2 > /sys/class/net/eno2/device/sriov_numvfs; udevadm settle")
    return found


def facts(kvm: Kvm, **arguments: Any) -> dict[str, Any]:
    return dict(kvm.module("pci_facts", **arguments)["ansible_facts"]["pci"])


def _of_lspci(block: str) -> dict[str, Any]:
    lines: dict[str, list[str]] = {}
    for line in block.splitlines():
        name, _colon, value = line.partition(":\t")
        lines.setdefault(name, []).append(value)
    ids = {name: re.findall(r"\[([0-9a-f]{4})\]$", values[0])[0] for name, values in lines.items() if name in ("Class", "Vendor", "Device")}
    words = {name: lines[name][0].rpartition(" [")[0] for name in ("Vendor", "Device")}
    return {
        "address": lines["Slot"][0],
        "class_id": ids["Class"],
        "vendor_id": ids["Vendor"],
        "device_id": ids["Device"],
        "vendor": words["Vendor"],
        "device": words["Device"] if words["Device"] != "Device" else None,
        "driver": lines.get("Driver", [None])[0],
        "modules": lines.get("Module", []),
        "iommu_group": int(lines["IOMMUGroup"][0]) if "IOMMUGroup" in lines else None,
    }


@pytest.mark.mission("S1", "S3")
def test_the_same_as_lspci(kvm: Kvm) -> None:
    blocks = kvm.shell("lspci -Dvmmnnk").split("\n\n")
    expected = {one["address"]: one for one in map(_of_lspci, filter(None, blocks))}
    found = {function["address"]: function for function in facts(kvm)["functions"]}
    assert found.keys() == expected.keys()
    for address, one in expected.items():
        assert {name: found[address][name] for name in one} == one


@pytest.mark.mission("S1", "S2", "S16", "S18")
def test_pfs_and_vfs(kvm: Kvm) -> None:
    pci = facts(kvm, addresses=["0000:01:10.2"])
    pf, first, second = pci["functions"]
    assert pf["sriov"] == {
        "total_vfs": 7,
        "num_vfs": 2,
        "drivers_autoprobe": True,
        "vf_device_id": "10ca",
        "vf_offset": 128,
        "vf_stride": 2,
        "vfs": ["0000:01:10.0", "0000:01:10.2"],
    }
    assert pf["netdevs"] == [{"name": "eno2", "mac": "52:54:00:00:01:00", "mtu": 1500, "operstate": "up", "speed_mbps": 1000}]
    assert (first["vf_index"], second["vf_index"], second["physfn"]) == (0, 1, "0000:01:00.0")
    assert second["support"] == {"supported": False, "min_junos": [], "name": "Intel 82576", "rule": "S16"}
    assert pci["iommu"]["enabled"] and pci["iommu"]["kind"] == "intel" and "intel_iommu=on" in pci["iommu"]["cmdline"]
    assert facts(kvm, classes=["network"], select="[?sriov].netdevs[].name")["functions"] == ["eno2", "eno3"]


@pytest.mark.mission("S21")
def test_a_vf_with_a_guest(kvm: Kvm) -> None:
    kvm.host.run(["virsh", "attach-device", "vsrx1-node0", "/dev/stdin", "--config"], input=HOSTDEV)
    kvm.host.run(["virsh", "start", "vsrx1-node0"])
    try:
        (_pf, vf, _second) = facts(kvm, addresses=["0000:01:10.0"])["functions"]
        assert (vf["driver"], vf["driver_override"], vf["netdevs"]) == ("vfio-pci", "vfio-pci", [])
    finally:
        kvm.host.run(["virsh", "destroy", "vsrx1-node0"])
