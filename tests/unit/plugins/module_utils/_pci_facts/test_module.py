# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts of hosts that the test makes up file by file."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host import fs
from ansible_collections.vsrx.sriov.plugins.module_utils._pci_facts import module
from support.fake_host import FakeHost

KEYS = [
    "address",
    "vendor_id",
    "device_id",
    "vendor",
    "device",
    "subsystem_vendor_id",
    "subsystem_device_id",
    "class_id",
    "class",
    "revision",
    "driver",
    "driver_override",
    "modules",
    "numa_node",
    "iommu_group",
    "iommu_group_members",
    "link",
    "netdevs",
    "nodedev",
    "sriov",
    "physfn",
    "vf_index",
    "support",
]


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path)


def facts(host: FakeHost, **options: Any) -> dict[str, Any]:
    return module.gather(host.fs, **options)


def by_address(host: FakeHost, **options: Any) -> dict[str, dict[str, Any]]:
    return {function["address"]: function for function in facts(host, **options)["functions"]}


@pytest.mark.mission("S1", "S2", "S3")
def test_pf_vf_and_others_are_distinguished(host: FakeHost) -> None:
    host.pf(vfs=2)
    host.function("0000:00:1c.0", "8086:8c10", "60400", driver="pcieport", group=3)
    found = by_address(host)
    assert all(list(function) == KEYS for function in found.values())
    assert found["0000:83:00.0"]["sriov"] == {
        "total_vfs": 8,
        "num_vfs": 2,
        "drivers_autoprobe": True,
        "vf_device_id": "154c",
        "vf_offset": 16,
        "vf_stride": 1,
        "vfs": ["0000:83:02.0", "0000:83:02.1"],
    }
    vf = found["0000:83:02.1"]
    assert (vf["physfn"], vf["vf_index"], vf["sriov"], vf["driver"]) == ("0000:83:00.0", 1, None, "iavf")
    assert [netdev["name"] for netdev in vf["netdevs"]] == ["eno2v1"]
    bridge = found["0000:00:1c.0"]
    assert (bridge["class"], bridge["class_id"], bridge["sriov"], bridge["physfn"], bridge["support"]) == (
        "bridge",
        "0604",
        None,
        None,
        None,
    )


@pytest.mark.mission("S16")
def test_the_model_comes_from_the_pf(host: FakeHost) -> None:
    host.pf("0000:83:00.0", "eno2", ids="8086:1572", vfs=1)
    host.pf("0000:84:00.0", "eno3", ids="8086:1583", mac="52:54:00:00:84:00", vfs=1)
    host.pf("0000:85:00.0", "eno4", ids="8086:10c9", mac="52:54:00:00:85:00", vfs=1)
    host.pf("0000:86:00.0", "eno5", ids="1af4:1041", mac="52:54:00:00:86:00")
    found = by_address(host)
    assert found["0000:83:02.0"]["support"] == {
        "supported": True,
        "min_junos": ["15.1X49-D90", "17.3R1"],
        "name": "Intel X710",
        "rule": "S16",
    }
    assert found["0000:84:02.0"]["support"]["name"] == "Intel XL710"
    assert found["0000:85:02.0"]["support"]["supported"] is False
    assert found["0000:86:00.0"]["support"] is None
    # A VF alone is read with its PF, so that it has a model.
    assert by_address(host, addresses=["84:02.0"])["0000:84:02.0"]["support"]["name"] == "Intel XL710"


def test_unknown_is_null(host: FakeHost) -> None:
    host.function("0000:01:00.0", numa_node="-1\n", driver_override="(null)\n", revision="x\n", current_link_speed="Unknown speed\n")
    function = by_address(host)["0000:01:00.0"]
    for key in ("numa_node", "driver_override", "driver", "revision", "iommu_group", "link", "vendor", "vf_index"):
        assert function[key] is None, key
    assert function["modules"] == [] and function["netdevs"] == [] and function["iommu_group_members"] == []


@pytest.mark.parametrize(
    ("speed", "mbps"), [("-1", None), ("65535", None), ("4294967295", None), ("0", None), ("25000", 25000), ("", None)]
)
def test_a_speed_or_null(host: FakeHost, speed: str, mbps: int) -> None:
    host.function("0000:01:00.0")
    host.netdev("0000:01:00.0", "eno1", "52:54:00:00:00:01", operstate="up", speed=speed)
    host.netdev("0000:01:00.0", "eno1d1", "52:54:00:00:00:02", operstate="down", speed="1000")
    netdevs = by_address(host)["0000:01:00.0"]["netdevs"]
    assert [netdev["speed_mbps"] for netdev in netdevs] == [mbps, None]


def test_a_link(host: FakeHost) -> None:
    files = {"current_link_speed": "8.0 GT/s PCIe", "current_link_width": "8", "max_link_speed": "16.0 GT/s PCIe", "max_link_width": "255"}
    host.function("0000:01:00.0", **files)
    link = by_address(host)["0000:01:00.0"]["link"]
    assert link == {"speed_gts": 8.0, "width": 8, "max_speed_gts": 16.0, "max_width": None}


def test_wide_domains_and_hex_buses(host: FakeHost) -> None:
    host.pf("10001:ff:00.0", "eno9", offset=16, vfs=1)
    host.function("0000:0a:1f.7")
    found = by_address(host)
    assert list(found) == ["0000:0a:1f.7", "10001:ff:00.0", "10001:ff:02.0"]
    assert found["10001:ff:00.0"]["nodedev"] == "pci_10001_ff_00_0"


def test_vfs_by_index_not_by_name(host: FakeHost) -> None:
    host.pf(total=16, vfs=12)
    vfs = by_address(host)["0000:83:00.0"]["sriov"]["vfs"]
    assert vfs[9:] == ["0000:83:03.1", "0000:83:03.2", "0000:83:03.3"]


def test_a_shared_iommu_group_lists_its_members(host: FakeHost) -> None:
    for slot in range(3):
        host.function(f"0000:01:0{slot}.0", group=7)
    host.function("0000:02:00.0", group=8)
    found = by_address(host, addresses=["0000:01:01.0", "0000:02:00.0"])
    assert found["0000:01:01.0"]["iommu_group_members"] == ["0000:01:00.0", "0000:01:02.0"]
    assert found["0000:02:00.0"]["iommu_group_members"] == []


def test_a_function_that_vanishes_is_left_out(host: FakeHost) -> None:
    host.pf(vfs=2)
    shutil.rmtree(host.devices / "0000:83:02.1")
    assert list(by_address(host)) == ["0000:83:00.0", "0000:83:02.0"]


def test_sriov_numvfs_is_never_read(host: FakeHost) -> None:
    host.pf(vfs=2)
    numvfs = host.devices / "0000:83:00.0/sriov_numvfs"
    numvfs.unlink()
    # Opening it would hang, as it does while VFs are being removed.
    os.mkfifo(numvfs)
    assert by_address(host)["0000:83:00.0"]["sriov"]["num_vfs"] == 2


def test_a_driver_override_that_cannot_be_read_is_null_and_holds_nothing_up(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel shows it under the device's lock, which a write of sriov_numvfs holds for as long as a guest has a VF."""
    monkeypatch.setattr(fs, "_SILENT_SECONDS", 0.2)
    host.pf(vfs=2)
    for address in ("0000:83:00.0", "0000:83:02.0", "0000:83:02.1"):
        (host.devices / address / "driver_override").write_text("vfio-pci\n")
    stuck = host.devices / "0000:83:02.0/driver_override"
    stuck.unlink()
    os.mkfifo(stuck)
    found = by_address(host)
    assert [found[address]["driver_override"] for address in found] == ["vfio-pci", None, "vfio-pci"]


def test_overrides_that_are_all_stuck_cost_no_more_than_the_deadline(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fs, "_SILENT_SECONDS", 0.2)
    monkeypatch.setattr(fs, "_OVERRIDE_SECONDS", 0.5)
    host.pf(total=64, vfs=64)
    for override in host.devices.glob("*/driver_override"):
        override.unlink()
        os.mkfifo(override)
    begun = time.monotonic()
    assert {function["driver_override"] for function in facts(host)["functions"]} == {None}
    assert time.monotonic() - begun < 5


def test_addresses_bring_their_family(host: FakeHost) -> None:
    host.pf(vfs=2)
    host.function("0000:01:00.0")
    assert list(by_address(host, addresses=["83:02.0"])) == ["0000:83:00.0", "0000:83:02.0", "0000:83:02.1"]
    with pytest.raises(VsrxError, match="no PCI function 0000:99:00.0"):
        facts(host, addresses=["0000:99:00.0", "0000:01:00.0"])


@pytest.mark.parametrize("wanted", [["network"], ["02"], ["0200"], ["NETWORK"]])
def test_classes(host: FakeHost, wanted: list[str]) -> None:
    host.pf(vfs=1)
    host.function("0000:00:1c.0", class_code="60400")
    assert list(by_address(host, wanted_classes=wanted)) == ["0000:83:00.0", "0000:83:02.0"]


@pytest.mark.parametrize(("wanted", "unknown"), [(["network", "0c03"], []), (["net"], ["net"]), (["020"], ["020"]), (["0g"], ["0g"])])
def test_class_names(wanted: list[str], unknown: list[str]) -> None:
    assert module.find_unknown_classes(wanted) == unknown


def test_select(host: FakeHost) -> None:
    pytest.importorskip("jmespath")
    host.pf(vfs=1)
    assert facts(host, select="[?sriov].sriov.total_vfs | [0]")["functions"] == 8
    with pytest.raises(VsrxError, match="is no JMESPath expression"):
        facts(host, select="[?")


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("tables", "cmdline", "why"),
    [
        (["DMAR", "FACP"], "quiet", "no intel_iommu=on"),
        (["DMAR", "FACP"], "quiet intel_iommu=off", "has intel_iommu=off"),
        (["DMAR", "FACP"], "quiet intel_iommu=on", "the kernel has not taken it up"),
        (["IVRS"], "quiet", "AMD-Vi"),
        (["FACP"], "quiet intel_iommu=on", "off in the BIOS"),
        ([], "quiet", "the kernel shows no IOMMU"),
    ],
)
def test_why_the_iommu_is_off(host: FakeHost, tables: list[str], cmdline: str, why: str) -> None:
    (host.root / "sys/class/iommu/dmar0").rmdir()
    (host.root / "proc/cmdline").write_text(f"{cmdline}\n")
    for table in tables:
        (host.root / "sys/firmware/acpi/tables").mkdir(parents=True, exist_ok=True)
        (host.root / "sys/firmware/acpi/tables" / table).touch()
    iommu = facts(host)["iommu"]
    assert iommu["enabled"] is False and why in iommu["why_off"]


@pytest.mark.mission("S18")
def test_an_iommu_that_is_on(host: FakeHost) -> None:
    host.function("0000:01:00.0", group=7)
    expected = {"enabled": True, "kind": "intel", "groups": 1, "cmdline": ["intel_iommu=on", "iommu=pt"], "why_off": None}
    assert facts(host)["iommu"] == expected


def test_facts_are_json_also_of_very_many(host: FakeHost) -> None:
    for pf in range(4):
        host.pf(f"0000:{0x80 + 4 * pf:02x}:00.0", f"eno{pf}", total=256, offset=256, mac=f"52:54:00:00:00:0{pf}", vfs=256)
    text = json.dumps(facts(host))
    assert len(json.loads(text)["functions"]) == 4 * 257
