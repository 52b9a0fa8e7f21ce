# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What vsrx_hostdev reads of a host before it plans."""

from __future__ import annotations

import json
import shutil
import threading
import typing as t
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host import process, vf_user_reader
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observe import PortHostReader
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Host
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.request import parse_request
from support.fake_host import FakeHost, FakeIp


@pytest.fixture
def fake(tmp_path: Path) -> FakeHost:
    fake = FakeHost(tmp_path)
    fake.pf(vfs=4)
    fake.pf("0000:84:00.0", "eno3", mac="52:54:00:00:84:00")
    fake.function("0000:09:00.0", driver="e1000e", group=9)
    fake.netdev("0000:09:00.0", "eno9", "52:54:00:00:09:00")
    return fake


def read(fake: FakeHost, ports: t.Sequence[t.Mapping[str, t.Any]], present: t.Sequence[str] = (), predict: bool = False) -> Host:
    access = HostAccess(fake.fs, Ip(FakeIp(fake)))
    return PortHostReader(predict, access).read(parse_request({"ports": ports}), present)


@pytest.mark.parametrize("port", [{"pf": "eno2"}, {"pf": "0000:83:00.0"}, {"vf": "0000:83:02.1"}])
def test_a_pf_is_read_by_name_by_address_and_by_its_vf(fake: FakeHost, port: dict[str, t.Any]) -> None:
    host = read(fake, [port])
    pf = host.find_pf("eno2")
    assert pf is not None and pf.vfs == {index: f"0000:83:02.{index}" for index in range(4)} and pf.up is False
    vf = host.functions["0000:83:02.1"]
    assert (vf.pf, vf.index, vf.driver, vf.iommu_group) == ("0000:83:00.0", 1, "iavf", 1000 + 0x8311)
    assert host.pfs["0000:84:00.0"].vfs == {}


def test_the_functions_of_the_domain_count_as_requested(fake: FakeHost) -> None:
    assert read(fake, [], ["0000:83:02.3"]).find_pf_of("0000:83:02.3") is not None
    assert read(fake, []).functions == {}


def test_what_is_no_pf_is_reported(fake: FakeHost) -> None:
    host = read(fake, [{"pf": "eno9"}, {"pf": "0000:09:00.0"}, {"pf": "nosuch"}])
    assert host.not_pfs == {
        "eno9": "a network device (0000:09:00.0), which has no SR-IOV",
        "0000:09:00.0": "a PCI function, which has no SR-IOV",
    }


@pytest.fixture
def accelerator(fake: FakeHost) -> FakeHost:
    """A host that has an accelerator with VFs of its own beside its NICs."""
    fake.pf("0000:b1:00.0", "none", vfs=2, driver="c6xx")
    for address in ("0000:b1:00.0", "0000:b1:02.0", "0000:b1:02.1"):
        (fake.devices / address / "class").write_text("0x0b4000\n")
        modalias = fake.devices / address / "modalias"
        modalias.write_text(modalias.read_text().replace("bc02sc00", "bc0Bsc40"))
        for netdev in (fake.devices / address).glob("net/*"):
            (fake.net / netdev.name).unlink()
        shutil.rmtree(fake.devices / address / "net")
    return fake


@pytest.mark.parametrize(("ports", "present"), [([], ["0000:b1:02.1"]), ([{"vf": "0000:b1:02.1"}], [])])
def test_a_vf_that_is_none_of_a_nic_is_reported_as_such(accelerator: FakeHost, ports: list[dict[str, str]], present: list[str]) -> None:
    host = read(accelerator, [{"pf": "eno2"}, *ports], present)
    vf = host.functions["0000:b1:02.1"]
    assert (vf.pf, vf.index, vf.non_nic_class) == (None, None, "processor")
    assert "0000:83:02.1" in host.vfs and not [function for function in host.vfs if function.startswith("0000:b1")]


def test_a_pf_that_is_no_nic_is_none_of_ours(accelerator: FakeHost) -> None:
    host = read(accelerator, [{"pf": "0000:b1:00.0", "index": 0}, {"pf": "eno3", "mac": "02:5a:00:00:00:01"}])
    assert sorted(host.pfs) == ["0000:83:00.0", "0000:84:00.0"]
    assert host.not_pfs == {"0000:b1:00.0": "a PF of no Ethernet NIC (its class is processor)"}


def test_vfs_of_a_pf_that_is_no_nic_are_not_predicted(accelerator: FakeHost) -> None:
    host = read(accelerator, [{"vf": "0000:b1:02.5"}, {"vf": "0000:84:02.2"}], predict=True)
    assert "0000:84:02.2" in host.functions and "0000:b1:02.5" not in host.functions


def test_macs_of_the_host_are_reported_but_for_those_of_vfs(fake: FakeHost) -> None:
    nics = {"52:54:00:00:83:00": "eno2", "52:54:00:00:84:00": "eno3", "52:54:00:00:09:00": "eno9"}
    assert read(fake, []).netdevs == nics
    # What is stacked on a NIC or on a VF has its address; a bridge can have one of its own.
    fake.stacked("br0", "52:54:00:00:09:00")
    fake.stacked("vlan7", "52:54:00:00:09:00")
    fake.stacked("vlan8", "0a:00:00:00:00:01")
    fake.stacked("br9", "02:5a:00:00:00:99")
    assert read(fake, []).netdevs == {**nics, "02:5a:00:00:00:99": "br9"}


def test_an_address_that_is_requested_is_looked_for_on_the_vfs_of_every_pf(fake: FakeHost) -> None:
    assert read(fake, [{"pf": "eno3"}]).pfs["0000:83:00.0"].vfs == {}
    assert len(read(fake, [{"pf": "eno3", "mac": "02:5a:00:00:00:01"}]).pfs["0000:83:00.0"].macs) == 4


def test_it_is_reported_where_vfs_would_be_that_are_not_there(fake: FakeHost) -> None:
    pf = read(fake, [{"pf": "eno2"}]).pfs["0000:83:00.0"]
    assert not set(pf.missing_vfs) & set(pf.vfs) and pf.missing_vfs[4] == "0000:83:02.4"


def test_a_netdev_in_use_is_a_hold(fake: FakeHost) -> None:
    (fake.net / "eno2v1" / "master").symlink_to(fake.net / "br0")
    (user,) = read(fake, [{"pf": "eno2"}]).users
    assert (user.kind, user.name, user.address) == (UserKind.NETDEV, "eno2v1", "0000:83:02.1")


def test_group_neighbours_are_reported_but_for_bridges(fake: FakeHost) -> None:
    group = fake.groups / str(1000 + 0x8311) / "devices"
    fake.function("0000:00:01.0", class_code="60400", driver="pcieport")
    (fake.devices / "0000:00:01.0" / "class").write_text("0x060400\n")
    (fake.devices / "0000:09:00.0" / "class").write_text("0x020000\n")
    for other in ("0000:00:01.0", "0000:09:00.0"):
        (group / other).symlink_to(fake.devices / other)
    assert read(fake, [{"pf": "eno2"}]).functions["0000:83:02.1"].iommu_group_peers == (("0000:09:00.0", "e1000e"),)


@pytest.mark.parametrize("port", [{"pf": "eno3", "index": 2}, {"vf": "0000:84:02.2"}])
def test_vfs_that_are_not_made_yet_are_predicted(fake: FakeHost, port: dict[str, t.Any]) -> None:
    host = read(fake, [port], predict=True)
    pf = host.find_pf("eno3")
    assert pf is not None and len(pf.vfs) == 8 and pf.up is None
    assert host.functions["0000:84:02.2"].pf == "0000:84:00.0" and not host.functions["0000:84:02.2"].exists
    assert read(fake, [port]).functions.get("0000:84:02.2") is None


def test_an_iommu_that_is_still_to_be_switched_on_is_taken_as_on_in_a_preview(fake: FakeHost) -> None:
    group = fake.root / "sys/bus/pci/devices/0000:83:02.1/iommu_group"
    group.unlink()
    assert read(fake, [{"vf": "0000:83:02.1"}]).functions["0000:83:02.1"].iommu_group is None
    assert read(fake, [{"vf": "0000:83:02.1"}], predict=True).functions["0000:83:02.1"].iommu_group is not None


def test_the_process_that_holds_a_vf_is_found(fake: FakeHost) -> None:
    access = PortHostReader(access=HostAccess(fake.fs, Ip(FakeIp(fake))))
    assert access.find_driver("0000:83:02.1") == "iavf"
    assert access.find_process("0000:83:02.1") is None
    fake.process_has(77, f"/dev/vfio/{1000 + 0x8311}")
    assert access.find_process("0000:83:02.1") == "process 77 (qemu-system-x86)"


@pytest.mark.mission("S21")
@pytest.mark.parametrize("driver", ["iavf", "ixgbevf", "mlx5_core"])
def test_a_start_waits_for_the_netdev_of_a_vf_that_came_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    """A domain that stops gives its VF back to its driver, and a start in between finds no netdev, or half of one.

    iavf registers it from a work queue; mlx5_core from an auxiliary device (mlx5e_probe), and ixgbevf once its PF is out of reset.
    """
    monkeypatch.setattr(vf_user_reader, "_PAUSE", 0.02)
    settled: list[float] = []
    monkeypatch.setattr(process, "settle_udev", settled.append)
    host = FakeHost(tmp_path)
    host.pf(rules="late", vfs=2)
    for name in ("0000:83:02.0", "0000:83:02.1"):
        (host.devices / name / "driver").unlink()
    (host.devices / "0000:83:02.0/driver").symlink_to(host.root / f"sys/bus/pci/drivers/{driver}")
    (host.devices / "0000:83:02.1/driver").symlink_to(host.root / "sys/bus/pci/drivers/vfio-pci")
    reader = PortHostReader(access=HostAccess(host.fs, Ip(FakeIp(host))))
    timer = threading.Timer(0.3, host.netdev, ("0000:83:02.0", "eno2v0", "0a:00:00:00:00:01"))
    timer.start()
    reader.settle(["0000:83:02.0", "0000:83:02.1", "0000:83:0a.0"])
    assert (host.devices / "0000:83:02.0/net/eno2v0").exists() and len(settled) == 2
    timer.join()


@pytest.mark.mission("S21")
def test_a_start_waits_for_no_netdev_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vf_user_reader, "_PAUSE", 0.02)
    monkeypatch.setattr(vf_user_reader, "NETDEV_SECONDS", 0.1)
    monkeypatch.setattr(process, "settle_udev", lambda seconds: None)
    host = FakeHost(tmp_path)
    host.pf(rules="late", vfs=1)
    PortHostReader(access=HostAccess(host.fs, Ip(FakeIp(host)))).settle(["0000:83:02.0"])


def test_attributes_are_set_through_the_pf_and_read_back(fake: FakeHost) -> None:
    ip = FakeIp(fake)
    reader = PortHostReader(False, HostAccess(fake.fs, Ip(ip)))
    reader.set_attributes("eno2", 2, {"trust": True, "max_tx_rate": 500})
    # A rate that is not given keeps what the VF has: the kernel takes both at once.
    assert ip.commands == ["eno2 vf 2 trust on", "eno2 vf 2 min_tx_rate 0 max_tx_rate 500"]
    found = reader.read_attributes("eno2", 2)
    assert (found["trust"], found["spoofchk"], found["max_tx_rate"]) == (True, True, 500)
    assert reader.read_attributes("eno2", 9) == reader.read_attributes("eno8", 0) == {}
    host = reader.read(parse_request({"ports": [{"pf": "eno2"}]}), ())
    assert host.functions["0000:83:02.2"].attributes["trust"] is True


NOTHING = {"num_vfs": None, "drivers_autoprobe": None, "up": None, "mtu": None, "vfs": {}}


def write_record(fake: FakeHost, vfs: dict[str, t.Any], **key: t.Any) -> None:
    """What sriov_vfs keeps of one PF, of which it was asked to set these attributes."""
    entry = {"permanent_mac": None, "address": "0000:83:00.0", "name": "eno2", "persist": False, "before": NOTHING, **key}
    (fake.root / "var/lib/vsrx-sriov").mkdir(parents=True)
    text = json.dumps({"version": 1, "pfs": [{**entry, "made": {**NOTHING, "vfs": vfs}}]})
    (fake.root / "var/lib/vsrx-sriov/state.json").write_text(text)


@pytest.mark.parametrize("key", [{"permanent_mac": "52:54:00:00:83:00", "address": "0000:99:00.0"}, {"address": "0000:83:00.0"}])
def test_what_sriov_vfs_was_requested_to_set_is_known(fake: FakeHost, key: dict[str, str]) -> None:
    write_record(fake, {"3": {"trust": False}}, **key)
    (pf,) = (pf for pf in read(fake, [{"pf": "eno2"}]).pfs.values() if "eno2" in pf.names)
    assert pf.configured == {3: {"trust": False}}
    assert read(fake, [{"pf": "eno3"}]).pfs["0000:84:00.0"].configured == {}


@pytest.mark.parametrize("vfs", [{"\u00b2": {"trust": False}}, {"3": {"max_tx_rate": "1; reboot"}}, {"3": {"link_state": ["auto"]}}])
def test_values_that_sriov_vfs_does_not_keep_are_never_set(fake: FakeHost, vfs: dict[str, t.Any]) -> None:
    """They would become words of a command when a port goes."""
    write_record(fake, vfs)
    assert read(fake, [{"pf": "eno2"}]).pfs["0000:83:00.0"].configured == {}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pfs": 1}', '{"pfs": [1, {"address": "0000:83:00.0", "made": []}]}', "[" * 100000])
def test_a_record_of_sriov_vfs_that_is_damaged_says_nothing(fake: FakeHost, text: str) -> None:
    (fake.root / "var/lib/vsrx-sriov").mkdir(parents=True)
    (fake.root / "var/lib/vsrx-sriov/state.json").write_text(text)
    assert read(fake, [{"pf": "eno2"}]).pfs["0000:83:00.0"].configured == {}


@pytest.mark.parametrize(
    ("nested", "pml", "found"),
    [
        ("Y", "N", {"nested": True, "pml": False}),
        ("1", "Y", {"nested": True, "pml": True}),
        ("0", None, {"nested": False}),
        ("?", "", {}),
        (None, None, {}),
    ],
)
def test_numa_nodes_and_settings_of_kvm_are_read(
    fake: FakeHost, nested: t.Optional[str], pml: t.Optional[str], found: dict[str, bool]
) -> None:
    for node, cpus in ((0, "0-3,8"), (1, "4-7"), (2, "")):
        (fake.root / f"sys/devices/system/node/node{node}").mkdir(parents=True)
        (fake.root / f"sys/devices/system/node/node{node}/cpulist").write_text(f"{cpus}\n")
    (fake.root / "sys/module/kvm_intel/parameters").mkdir(parents=True)
    for name, text in (("nested", nested), ("pml", pml)):
        if text is not None:
            (fake.root / "sys/module/kvm_intel/parameters" / name).write_text(f"{text}\n")
    host = read(fake, [{"pf": "eno2"}])
    assert host.kvm_intel == found
    assert host.numa_cpus == {0: frozenset({0, 1, 2, 3, 8}), 1: frozenset({4, 5, 6, 7}), 2: frozenset()}
