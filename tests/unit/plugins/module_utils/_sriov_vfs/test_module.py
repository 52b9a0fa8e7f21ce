# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module's whole work on a host made of files, with the kernel's rules and a real child for each write."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host import fs, iproute, process, vf_user_reader
from ansible_collections.vsrx.sriov.plugins.module_utils._host import reader as observe
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._host.pf_record import format_json
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs import apply
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot import unit as boot_unit
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot.unit import Store
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.module import Options, configure
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.request import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observe import PortHostReader
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.request import parse_request
from support.fake_host import FakeHost, FakeIp

PF, OTHER = "0000:83:00.0", "0000:84:00.0"
MAC = "02:5a:00:00:00:01"


class Site:
    """A host with two PFs, eno2 and eno3, and a plain NIC eno4, and what is asked of it."""

    def __init__(self, root: Path, **eno2: Any) -> None:
        self.host = FakeHost(root)
        self.host.pf(**eno2)
        self.host.pf(OTHER, "eno3", mac="52:54:00:00:84:00")
        self.host.function("0000:05:00.0", "8086:10d3", driver="e1000e", group=5)
        self.host.netdev("0000:05:00.0", "eno4", "52:54:00:00:05:00")
        self.host.systemd()
        self.ip = FakeIp(self.host)
        self.users: Sequence[VfUser] = ()
        self.libvirt_reads = 0

    def hypervisor_users(self) -> list[VfUser]:
        self.libvirt_reads += 1
        return list(self.users)

    @property
    def reloads(self) -> list[str]:
        """What systemctl was told to do."""
        log = self.host.root / "systemctl"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def store(self) -> Store:
        return Store(str(self.host.root))

    def run(self, *pfs: dict[str, Any], check: bool = False, persist: Optional[bool] = None, accept: Sequence[str] = ()) -> dict[str, Any]:
        return configure(
            Options(tuple(parse(pfs)), persist, accept=tuple(accept)),
            check=check,
            access=HostAccess(self.host.fs, Ip(self.ip)),
            store=self.store,
            lock=HostLock(str(self.host.root / "lock"), 5),
        )

    def vf(self, index: int, name: str = "eno2") -> dict[str, Any]:
        _code, out, _err = self.ip(["-d", "-j", "link", "show", "dev", name])
        return dict(json.loads(out)[1]["vfinfo_list"][index])

    def files(self) -> set[str]:
        """All but the lock, which a real run takes even where it finds nothing to do."""
        return {str(path.relative_to(self.host.root)) for path in self.host.root.rglob("*")} - {"lock"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(tmp_path)
    monkeypatch.setattr(fs, "write_file", made.host.put)
    monkeypatch.setattr(process, "settle_udev", lambda seconds: None)
    monkeypatch.setattr(vf_user_reader, "NETDEV_SECONDS", 0.3)
    monkeypatch.setattr(apply, "_NETDEV_SECONDS", 0.3)
    monkeypatch.setattr(iproute, "_LINK_SECONDS", 0.3)
    monkeypatch.setattr(vf_user_reader, "_PAUSE", 0.02)
    monkeypatch.setattr(observe, "read_libvirt_users", made.hypervisor_users)
    return made


def user(address: str = "0000:83:02.0", **fields: Any) -> VfUser:
    usual: dict[str, Any] = {"kind": UserKind.DOMAIN, "name": "vsrx1", "usage": "defined, hostdev pci", "owner_id": "uuid", "active": False}
    return VfUser(**{**usual, "address": address, **fields})


@pytest.mark.mission("S2", "S3", "S21")
def test_vfs_are_made_and_a_second_run_writes_nothing(site: Site) -> None:
    requested = {"pf": "eno2", "num_vfs": 4, "up": True, "vfs": [{"vf": 0, "mac": MAC, "vlan": 100, "trust": False}]}
    first = site.run(requested)
    assert first["changed"]
    assert first["actions"] == ["eno2: set up", "eno2: make 4 VFs", f"eno2: VF 0: set mac {MAC}, vlan 100, trust off"]
    (pf,) = first["pfs"]
    assert (pf["num_vfs"], pf["up"], pf["total_vfs"], pf["persist"], pf["mac"]) == (4, True, 8, False, "52:54:00:00:83:00")
    assert pf["vfs"][0] == {
        "vf": 0,
        "address": "0000:83:02.0",
        "nodedev": "pci_0000_83_02_0",
        "driver": "iavf",
        "netdev": "eno2v0",
        "iommu_group": 1000 + (0x83 << 8 | 0x10),
        "mac": MAC,
        "vlan": 100,
        "qos": 0,
        "vlan_proto": "802.1Q",
        "spoofchk": True,
        "trust": False,
        "link_state": "auto",
        "min_tx_rate": 0,
        "max_tx_rate": 0,
    }
    # Trust is off on a new VF: what is as asked is not set.
    assert site.ip.commands == ["eno2 up", f"eno2 vf 0 mac {MAC}", "eno2 vf 0 vlan 100 qos 0"]
    files, libvirt_reads = site.files(), site.libvirt_reads
    second = site.run(requested)
    assert not second["changed"] and second["actions"] == [] and second["diff"] == {"before": {}, "after": {}}
    assert second["pfs"] == first["pfs"]
    assert site.host.writes() == [f"{PF} 4"] and len(site.ip.commands) == 3 and site.files() == files
    # libvirt costs more than all the rest: it is not asked when nobody can be hurt.
    assert site.libvirt_reads == libvirt_reads


@pytest.mark.parametrize("name", ["eno2", "enp131s0f0", PF, "83:00.0"])
def test_a_pf_by_name_alternative_name_and_address(site: Site, name: str) -> None:
    site.ip.altnames["enp131s0f0"] = "eno2"
    assert site.run({"pf": name, "num_vfs": 1})["pfs"][0]["address"] == PF
    assert site.host.writes() == [f"{PF} 1"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("eno", "no network device of that name or alternative name; PFs here: eno2, eno3"),
        ("eno22", "no network device"),
        ("0000:99:00.0", "no PCI function 0000:99:00.0"),
        ("../../etc", "neither the name of a network device nor a PCI address"),
        ("-d", "neither"),
        ("", "neither"),
        ("br0", "br0 is no PCI function's network device"),
        ("eno4", "the NIC shows no SR-IOV capability|no sriov_totalvfs"),
    ],
)
def test_what_is_no_pf(site: Site, name: str, message: str) -> None:
    (site.host.net / "br0").mkdir()
    with pytest.raises(VsrxError, match=message):
        site.run({"pf": "eno3", "num_vfs": 2}, {"pf": name, "num_vfs": 1})
    assert site.host.writes() == []


def test_a_vf_is_no_pf(site: Site) -> None:
    site.run({"pf": "eno2", "num_vfs": 2})
    for name in ("eno2v1", "0000:83:02.1"):
        with pytest.raises(VsrxError, match=f"is a VF, of the PF at {PF}"):
            site.run({"pf": name, "num_vfs": 1})


def test_a_mistake_in_the_last_pf_changes_nothing_in_the_first(site: Site) -> None:
    before = site.files()
    with pytest.raises(VsrxError, match="eno3.*its limit is 8") as failure:
        site.run({"pf": "eno2", "num_vfs": 2, "up": True}, {"pf": "eno3", "num_vfs": 9})
    assert site.files() - before == set() and site.ip.commands == []
    assert [pf["num_vfs"] for pf in failure.value.facts["pfs"]] == [0, 0]


@pytest.mark.mission("S22")
@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize(
    ("hold", "message"),
    [
        ("domain", "VF 0 (0000:83:02.0) is in use by domain vsrx1 (defined, hostdev pci)"),
        ("pool", "its VFs are in use by network vfs (active, forward mode='hostdev')"),
        ("group", "VF 1 (0000:83:02.1) is in use by VFIO group 34553 (open in process 77 (qemu-system-x86))"),
        ("device", "VF 1 (0000:83:02.1) is in use by device vfio3 (open in process 77 (qemu-system-x86))"),
        ("address", "VF 1 (0000:83:02.1) is in use by netdev eno2v1 (192.0.2.7/24)"),
        ("master", "VF 1 (0000:83:02.1) is in use by netdev eno2v1 (enslaved to br0)"),
        ("upper", "VF 1 (0000:83:02.1) is in use by netdev eno2v1 (under vlan7)"),
        ("namespace", "VF 1 (0000:83:02.1) is in use by driver iavf (bound, its netdev is not here"),
    ],
)
def test_in_use_means_refused(site: Site, hold: str, message: str, count: int) -> None:
    site.run({"pf": "eno2", "num_vfs": 2})
    vf = site.host.devices / "0000:83:02.1"
    netdev = vf / "net/eno2v1"
    if hold == "domain":
        site.users = [user()]
    elif hold == "pool":
        site.users = [user(None, pf="eno2", kind=UserKind.NETWORK, name="vfs", usage="active, forward mode='hostdev'")]
    elif hold in ("group", "device"):
        (vf / "driver").unlink()
        (vf / "driver").symlink_to("../../drivers/vfio-pci")
        for path in netdev.iterdir():
            path.unlink()
        netdev.rmdir()
        (vf / "vfio-dev/vfio3").mkdir(parents=True)
        site.host.process_has(77, "/dev/vfio/34553" if hold == "group" else "/dev/vfio/devices/vfio3")
    elif hold == "address":
        site.ip.addresses["eno2v1"] = "192.0.2.7"
    elif hold == "master":
        (netdev / "master").symlink_to(site.host.net / "br0")
        (netdev / "upper_br0").symlink_to(site.host.net / "br0")
    elif hold == "upper":
        (netdev / "upper_vlan7").symlink_to(site.host.net / "vlan7")
    elif hold == "namespace":
        for path in netdev.iterdir():
            path.unlink()
        netdev.rmdir()
    writes = site.host.writes()
    with pytest.raises(VsrxError) as failure:
        site.run({"pf": "eno3", "num_vfs": 1}, {"pf": "eno2", "num_vfs": count})
    assert message in failure.value.message and failure.value.message.startswith("Nothing was changed.")
    assert site.host.writes() == writes


@pytest.mark.mission("S21")
@pytest.mark.parametrize("requested", [{"num_vfs": 0}, {"num_vfs": 6}, {"num_vfs": 4, "vfs": [{"vf": 1, "mac": MAC, "trust": True}]}])
def test_vfs_whose_netdevs_networkmanager_set_up_are_free(site: Site, requested: dict[str, Any]) -> None:
    """LIS/lis-next#369, Azure/azure-vm-utils#106: on RHEL's kin every VF netdev is up seconds after it is created."""
    site.run({"pf": "eno2", "num_vfs": 4, "up": True})
    for netdev in site.host.net.glob("eno2v*"):
        (netdev / "flags").write_text("0x11043\n")
    assert site.run({"pf": "eno2", **requested})["changed"]


@pytest.mark.mission("S21")
def test_vfs_are_created_with_their_netdevs(site: Site) -> None:
    """i40e, ice: iavf registers a netdev seconds after it is bound (openshift/sriov-network-operator#335)."""
    (site.host.devices / PF / "rules").write_text("late")
    apply._NETDEV_SECONDS = 30.0
    timer = threading.Timer(0.4, site.host.register_late_netdevs)
    timer.start()
    try:
        (pf,) = site.run({"pf": "eno2", "num_vfs": 2})["pfs"]
    finally:
        timer.join()
    assert [vf["netdev"] for vf in pf["vfs"]] == ["eno2v0", "eno2v1"]
    apply._NETDEV_SECONDS = 0.3
    assert site.run({"pf": "eno2", "num_vfs": 3})["changed"]


@pytest.mark.mission("S4")
def test_the_netdev_of_a_trusted_vf_gets_its_mac(site: Site) -> None:
    """Its driver would send its own address at each reset, and the PF takes what a trusted VF sends: igb after NetworkManager set it up."""
    trusted = {"vf": 0, "mac": "02:5a:00:00:00:01", "trust": True}
    site.run({"pf": "eno2", "num_vfs": 2, "vfs": [trusted, {"vf": 1, "mac": "02:5a:00:00:00:02"}]})
    assert [(site.host.net / f"eno2v{index}/address").read_text().strip() for index in (0, 1)] == ["02:5a:00:00:00:01", "0a:00:00:00:00:01"]
    # Trust that comes later, too.
    site.run({"pf": "eno2", "vfs": [{"vf": 1, "trust": True}]})
    assert (site.host.net / "eno2v1/address").read_text().strip() == "02:5a:00:00:00:02"


def test_vfs_without_the_hosts_driver_are_not_waited_for(site: Site) -> None:
    (site.host.devices / PF / "rules").write_text("late")
    apply._NETDEV_SECONDS = 600.0
    assert site.run({"pf": "eno2", "num_vfs": 2, "drivers_autoprobe": False})["changed"]


def test_switchdev_mode_is_a_finding(site: Site) -> None:
    """In switchdev mode the request means the uplink, whatever the representors are called."""
    site.run({"pf": "eno2", "num_vfs": 2})
    for index, name in enumerate(("aaa0", "eth1")):
        site.host.representor(PF, name, f"pf0vf{index}")
    (site.host.net / "eno2/phys_port_name").write_text("p0\n")
    done = site.run({"pf": PF, "mtu": 9000, "vfs": [{"vf": 0, "mac": MAC}]})
    assert done["actions"][0] == "eno2: set MTU 9000 (was 1500)" and done["pfs"][0]["pf"] == "eno2"
    (finding,) = [finding for finding in done["findings"] if "switchdev" in finding["found"]]
    assert (finding["id"], finding["severity"], finding["where"]) == ("S18", "warning", "eno2")
    assert "aaa0, eth1" in finding["found"] and f"devlink dev eswitch set pci/{PF} mode legacy" in finding["cure"]
    for name in ("aaa0", "eth1"):
        (site.host.net / name / "master").symlink_to(site.host.net / "br0")
    assert not any("switchdev" in finding["found"] for finding in site.run({"pf": PF})["findings"])
    assert any("switchdev" in finding["found"] for finding in site.run({"pf": PF, "num_vfs": 3}, check=True)["findings"])


@pytest.mark.parametrize("name", ["EBUSY", "EAGAIN"])
def test_a_pf_that_resets_gets_another_try(site: Site, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """ice_check_sriov_allowed answers EBUSY while the PF resets, i40e EAGAIN."""
    monkeypatch.setattr(fs, "_BUSY_PAUSE", 0.01)
    (site.host.devices / PF / "rules").write_text(f"busy {name} 2")
    assert site.run({"pf": "eno2", "num_vfs": 2})["pfs"][0]["num_vfs"] == 2


def test_libvirt_that_does_not_answer_is_not_taken_for_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.run({"pf": "eno2", "num_vfs": 2})

    def silent() -> list[VfUser]:
        raise VsrxError("qemu:///system does not answer")

    monkeypatch.setattr(observe, "read_libvirt_users", silent)
    with pytest.raises(VsrxError, match="does not answer"):
        site.run({"pf": "eno2", "num_vfs": 0})
    assert site.host.writes() == [f"{PF} 2"]
    assert not site.run({"pf": "eno2", "num_vfs": 2})["changed"]


def test_who_waits_for_a_run_that_waits_for_libvirt_is_reported_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder ends when libvirt's time is up, and the next run has the lock."""
    site.run({"pf": "eno2", "num_vfs": 2})
    output: list[str] = []

    def silent() -> list[VfUser]:
        with pytest.raises(VsrxError) as refused, HostLock(str(site.host.root / "lock"), 0):
            pass
        output.append(refused.value.message)
        raise VsrxError("libvirt at qemu:///system has not answered for 60 s")

    monkeypatch.setattr(observe, "read_libvirt_users", silent)
    with pytest.raises(VsrxError, match="has not answered for 60 s"):
        site.run({"pf": "eno2", "num_vfs": 0})
    assert [f"process {os.getpid()}, reading the domains of libvirt, has had {site.host.root}/lock" in each for each in output] == [True]
    monkeypatch.setattr(observe, "read_libvirt_users", list)
    assert site.run({"pf": "eno2", "num_vfs": 0})["changed"]


@pytest.mark.mission("S22")
def test_a_mac_of_another_port_of_the_host(site: Site) -> None:
    site.run({"pf": "eno3", "num_vfs": 1, "vfs": [{"vf": 0, "mac": MAC}]})
    with pytest.raises(VsrxError, match="belongs to VF 0 of eno3"):
        site.run({"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "mac": MAC}]})
    site.users = [user(None, mac="02:5a:00:00:00:02", name="clone")]
    with pytest.raises(VsrxError, match="belongs to domain clone"):
        site.run({"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "mac": "02:5a:00:00:00:02"}]})
    assert site.host.vfs(PF) == []


@pytest.mark.mission("S22")
@pytest.mark.parametrize(
    ("mac", "holder"),
    [
        ("52:54:00:00:05:00", "network device eno4"),
        ("02:5a:00:00:00:99", "network device br9"),
        ("52:54:00:00:83:00", "PF eno2"),
        ("52:54:00:00:84:00", "network device eno3"),
    ],
)
def test_a_mac_of_a_network_device_of_the_host(site: Site, mac: str, holder: str) -> None:
    """Bridges and VLANs have the address of what they are stacked on, which is named; one can have its own."""
    for name, address in {"br0": "52:54:00:00:05:00", "br1": "52:54:00:00:83:00", "br9": "02:5a:00:00:00:99"}.items():
        site.host.stacked(name, address)
    with pytest.raises(VsrxError) as failure:
        site.run({"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "mac": mac}]})
    assert failure.value.message.splitlines()[1:] == [f"eno2: VF 0: MAC address {mac} belongs to {holder}; each port needs its own"]
    assert site.host.vfs(PF) == []


def test_a_vf_may_be_given_the_address_that_its_own_netdev_shows(site: Site) -> None:
    """Also where the host has stacked something on that netdev."""
    site.run({"pf": "eno2", "num_vfs": 1})
    site.host.stacked("vlan7", "0a:00:00:00:00:01")
    assert site.run({"pf": "eno2", "vfs": [{"vf": 0, "mac": "0a:00:00:00:00:01"}]})["changed"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("partial", "4 VFs were asked for, driver i40e made 3 without an error"),
        ("bnxt", "made 0 without an error.*The PF is down.*up: true"),
        ("errno ENOMEM", "with ENOMEM: there is no space for the VFs' memory, or no bus numbers for them; dmesg says which; switch"),
        ("errno EINVAL", "with EINVAL"),
        ("errno ENOSYS", "with ENOSYS: driver i40e makes no VFs through sysfs"),
        ("errno EIO", "offset or stride 0"),
    ],
)
def test_what_drivers_do(site: Site, rules: str, message: str) -> None:
    (site.host.devices / PF / "rules").write_text(rules)
    with pytest.raises(VsrxError, match=message):
        site.run({"pf": "eno2", "num_vfs": 4})
    # The cause taken away, the same call ends as asked.
    (site.host.devices / PF / "rules").write_text("plain")
    assert site.run({"pf": "eno2", "num_vfs": 4})["pfs"][0]["num_vfs"] == 4


def test_bnxt_makes_vfs_when_its_pf_is_brought_up(site: Site) -> None:
    (site.host.devices / PF / "rules").write_text("bnxt")
    assert site.run({"pf": "eno2", "num_vfs": 4, "up": True})["pfs"][0]["num_vfs"] == 4


def test_a_driver_that_does_nothing_without_a_word_gets_another_try(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """bnxt_sriov_configure: 0 while the firmware resets, so that the write succeeds and no VF is there."""
    monkeypatch.setattr(apply, "_SILENT_PAUSE", 0.02)
    site.run({"pf": "eno2", "up": True})
    (site.host.devices / "0000:83:00.0/rules").write_text("silent 2\n")
    assert site.run({"pf": "eno2", "num_vfs": 2})["changed"] and len(site.host.vfs("0000:83:00.0")) == 2
    (site.host.devices / "0000:83:00.0/rules").write_text("silent 1000\n")
    monkeypatch.setattr(apply, "_SILENT_SECONDS", 0.2)
    with pytest.raises(VsrxError, match="0 VFs were asked for, driver i40e made 2 without an error; see dmesg"):
        site.run({"pf": "eno2", "num_vfs": 0})


def test_a_busy_driver_whose_pf_is_down_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """otx2_set_vf_mac: EAGAIN as long as the PF is down."""
    site.run({"pf": "eno2", "num_vfs": 2})
    monkeypatch.setattr(iproute, "_BUSY_SECONDS", 0.0)
    monkeypatch.setattr(site.ip, "_set", lambda name, words: (2, "", f"RTNETLINK answers: {os.strerror(errno.EAGAIN)}"))
    with pytest.raises(VsrxError, match="was busy for too long to set mac .*; run again when the PF is quiet; it is down, and some"):
        site.run({"pf": "eno2", "vfs": [{"vf": 1, "mac": MAC}]})


def test_a_write_that_never_returns(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.run({"pf": "eno2", "num_vfs": 2})
    monkeypatch.setattr(apply, "_SECONDS", -1.8)
    monkeypatch.setattr(fs, "write_file", lambda path, text: signal.pause())
    with pytest.raises(VsrxError, match=r"writing 0 to sriov_numvfs has not come back.*it has 2 VFs now.*do not read") as failure:
        site.run({"pf": "eno2", "num_vfs": 0})
    pid = int(failure.value.message.split("Process ")[1].split()[0])
    try:
        with pytest.raises(VsrxError, match=f"process {pid}, writing 0 to sriov_numvfs of eno2"):
            configure(
                Options(tuple(parse([{"pf": "eno3", "num_vfs": 1}]))),
                check=False,
                access=HostAccess(site.host.fs, Ip(site.ip)),
                store=site.store,
                lock=HostLock(str(site.host.root / "lock"), 0),
            )
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@pytest.mark.parametrize("fresh", [True, False])
def test_a_refused_attribute_is_named_and_the_vf_is_as_it_was(site: Site, fresh: bool) -> None:
    if not fresh:
        site.run({"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 1, "mac": "02:5a:00:00:00:02", "vlan": 7}]})
    else:
        site.run({"pf": "eno2", "num_vfs": 2})
    before = site.vf(1)
    site.ip.refuses = ["max_tx_rate"]
    requested = {"pf": "eno2", "vfs": [{"vf": 1, "mac": MAC, "vlan": 100, "qos": 3, "trust": True, "max_tx_rate": 500}]}
    with pytest.raises(
        VsrxError, match=r"eno2: VF 1: driver i40e refused max_tx_rate 500: Operation not supported; its VFs' attributes are as "
    ):
        site.run(requested)
    assert site.vf(1) == before


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EBUSY])
@pytest.mark.parametrize("requested", [{"vfs": [{"vf": 1, "trust": True}]}, {"mtu": 9000}])
def test_a_busy_driver_has_not_refused(site: Site, monkeypatch: pytest.MonkeyPatch, requested: dict[str, Any], number: int) -> None:
    site.run({"pf": "eno2", "num_vfs": 2})
    monkeypatch.setattr(iproute, "_BUSY_SECONDS", 0.0)
    monkeypatch.setattr(site.ip, "_set", lambda name, words: (2, "", f"RTNETLINK answers: {os.strerror(number)}"))
    with pytest.raises(VsrxError, match=r"^eno2: .*driver i40e was busy .*; run again when") as failure:
        site.run({"pf": "eno2", **requested})
    assert "refused" not in failure.value.message


def test_a_refusal_puts_earlier_vfs_of_all_pfs_back_too(site: Site) -> None:
    site.run({"pf": "eno2", "num_vfs": 2}, {"pf": "eno3", "num_vfs": 1})
    before = [site.vf(0), site.vf(1), site.vf(0, "eno3")]
    site.ip.refuses = ["max_tx_rate"]
    first = {"pf": "eno2", "vfs": [{"vf": 0, "mac": MAC, "trust": True}, {"vf": 1, "vlan": 7}]}
    with pytest.raises(VsrxError, match=r"eno3: VF 0: driver i40e refused max_tx_rate 500: .* its VFs' attributes are as they were"):
        site.run(first, {"pf": "eno3", "vfs": [{"vf": 0, "spoofchk": False, "max_tx_rate": 500}]})
    assert [site.vf(0), site.vf(1), site.vf(0, "eno3")] == before


def test_what_was_never_shown_is_not_said_to_be_as_it_was(site: Site) -> None:
    site.run({"pf": "eno2", "num_vfs": 1})
    site.ip.hides, site.ip.refuses = ["trust"], ["max_tx_rate"]
    with pytest.raises(VsrxError, match=r"stays as it was set, since the driver does not show what it was: trust of eno2 VF 0"):
        site.run({"pf": "eno2", "vfs": [{"vf": 0, "trust": True, "max_tx_rate": 5}]})


def test_a_vf_that_cannot_be_put_back_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iproute, "_BUSY_SECONDS", 0.5)
    site.run({"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "trust": True}]})
    site.ip.refuses = ["max_tx_rate"]
    real = site.ip._set_vf

    def stubborn(file: Path, words: list[str]) -> tuple[int, str, str]:
        return (2, "", "Device or resource busy") if words == ["trust", "on"] else real(file, words)

    site.ip._set_vf = stubborn  # type: ignore[method-assign]
    with pytest.raises(VsrxError, match=r"could not be put back as it was: trust of eno2 VF 0 \(Device or resource busy\)"):
        site.run({"pf": "eno2", "vfs": [{"vf": 0, "trust": False, "max_tx_rate": 5}]})


def test_what_is_not_requested_stays(site: Site) -> None:
    site.run({"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "vlan": 5, "qos": 3, "max_tx_rate": 500}]})
    site.run({"pf": "eno2", "vfs": [{"vf": 0, "vlan": 6, "min_tx_rate": 10}]})
    vf = site.vf(0)
    assert (vf["vlan_list"], vf["rate"]) == ([{"vlan": 6, "qos": 3}], {"max_tx": 500, "min_tx": 10})


def test_an_attribute_that_is_not_shown_is_set_and_taken_as_set(site: Site) -> None:
    site.ip.hides = ["trust"]
    site.run({"pf": "eno2", "num_vfs": 1})
    requested = {"pf": "eno2", "vfs": [{"vf": 0, "trust": True}]}
    assert site.run(requested)["actions"] == ["eno2: VF 0: set trust on (was unknown)"]
    site.ip.hides = []
    assert site.vf(0)["trust"] is True


def test_drivers_that_do_not_probe(site: Site) -> None:
    (pf,) = site.run({"pf": "eno2", "num_vfs": 2, "drivers_autoprobe": False})["pfs"]
    assert [(vf["driver"], vf["netdev"]) for vf in pf["vfs"]] == [(None, None), (None, None)]
    assert pf["drivers_autoprobe"] is False


def test_somebody_who_comes_between_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan is made again under the lock."""
    site.run({"pf": "eno2", "num_vfs": 2})
    enter = HostLock.__enter__

    def late(lock: HostLock) -> HostLock:
        site.users = [user()]
        return enter(lock)

    monkeypatch.setattr(HostLock, "__enter__", late)
    with pytest.raises(VsrxError, match="in use by domain vsrx1"):
        site.run({"pf": "eno2", "num_vfs": 0})
    assert site.host.writes() == [f"{PF} 2"]


@pytest.mark.mission("S22")
@pytest.mark.parametrize(
    ("second", "what"),
    [({"num_vfs": 0}, "remove 2 VFs"), ({"num_vfs": 3}, "remove 2 VFs, then make 3"), ({"up": False}, "set down")],
)
def test_who_takes_a_vf_while_another_pf_is_written_is_seen_before_its_own_write(
    site: Site, monkeypatch: pytest.MonkeyPatch, second: dict[str, Any], what: str
) -> None:
    site.run({"pf": "eno2", "num_vfs": 2}, {"pf": "eno3", "num_vfs": 2, "up": True})
    writes, real = site.host.writes(), fs.write_num_vfs

    def write(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        site.users = [user("0000:84:02.1", name="late", active=True)]

    monkeypatch.setattr(fs, "write_num_vfs", write)
    with pytest.raises(VsrxError) as failure:
        site.run({"pf": "eno2", "num_vfs": 0}, {"pf": "eno3", **second})
    assert failure.value.message.startswith(f"Stopped before 'eno3: {what}': ")
    assert "VF 1 (0000:84:02.1) is in use by domain late" in failure.value.message
    assert f"Done: eno2: remove 2 VFs. Not done: eno3: {what}." in failure.value.message
    assert site.host.writes() == [*writes, f"{PF} 0"] and site.host.is_up(OTHER)


@pytest.mark.mission("S22")
def test_who_starts_on_a_vf_while_another_pf_is_written_keeps_its_attributes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.run({"pf": "eno3", "num_vfs": 3})
    real = fs.write_num_vfs

    def write(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        site.users = [user("0000:84:02.1", name="late", active=True)]

    monkeypatch.setattr(fs, "write_num_vfs", write)
    vlans = {"pf": "eno3", "vfs": [{"vf": index, "vlan": 7} for index in range(3)]}
    with pytest.raises(VsrxError) as failure:
        site.run({"pf": "eno2", "num_vfs": 2}, vlans)
    stopped = "Stopped before 'eno3: VF 0: set vlan 7 (was 0)': eno3: VF 1 (0000:84:02.1) is in use by domain late"
    assert failure.value.message.startswith(stopped)
    assert len(site.host.vfs(PF)) == 2 and [site.vf(index, "eno3")["vlan_list"] for index in range(3)] == [[{}]] * 3


@pytest.mark.parametrize(("first", "looks"), [({"up": True}, 1), ({"num_vfs": 2}, 2)], ids=["quick", "slow"])
def test_holders_are_looked_for_again_only_after_a_slow_step(site: Site, first: dict[str, Any], looks: int) -> None:
    site.run({"pf": "eno3", "num_vfs": 3})
    requested = site.libvirt_reads
    site.run({"pf": "eno2", **first}, {"pf": "eno3", "vfs": [{"vf": index, "vlan": 7} for index in range(3)]})
    assert site.libvirt_reads - requested == looks
    assert [site.vf(index, "eno3")["vlan_list"] for index in range(3)] == [[{"vlan": 7}]] * 3


HOST_USES = {
    "address": "192.0.2.7/24",
    "master": "enslaved to br0",
    "upper": "under vlan7",
    "route": "default route",
    "IPv6 route": "default route",
}


def use(site: Site, how: str) -> None:
    """The host itself begins to use the PF eno2."""
    netdev = site.host.net / "eno2"
    routes = site.host.root / "proc/net"
    routes.mkdir(parents=True, exist_ok=True)
    if how == "address":
        site.ip.addresses["eno2"] = "192.0.2.7"
    elif how == "master":
        (netdev / "master").symlink_to(site.host.net / "br0")
        (netdev / "upper_br0").symlink_to(site.host.net / "br0")
    elif how == "upper":
        (netdev / "upper_vlan7").symlink_to(site.host.net / "vlan7")
    elif how == "route":
        (routes / "route").write_text(
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neno2\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n"
        )
    else:
        zero = "0" * 32
        (routes / "ipv6_route").write_text(f"{zero} 00 {zero} 00 {zero[:-1]}1 00000400 00000001 00000000 00000003     eno2\n")


@pytest.mark.parametrize("how", HOST_USES)
@pytest.mark.parametrize("requested", [{"up": False}, {"mtu": 1500}])
def test_the_hosts_own_uplink_is_not_taken(site: Site, how: str, requested: dict[str, Any]) -> None:
    site.run({"pf": "eno2", "num_vfs": 2, "up": True, "mtu": 9000})
    use(site, how)
    with pytest.raises(VsrxError) as failure:
        site.run({"pf": "eno3", "num_vfs": 1}, {"pf": "eno2", **requested})
    assert f"the host itself uses it ({HOST_USES[how]})" in failure.value.message
    assert failure.value.facts["pfs"][1]["host_use"] == [HOST_USES[how]]
    assert site.host.is_up(PF) and site.host.vfs(OTHER) == []
    # All else of it may change.
    assert site.run({"pf": "eno2", "num_vfs": 0, "mtu": 9100})["pfs"][0]["host_use"] == [HOST_USES[how]]


def test_a_route_after_the_first_part_of_a_long_table_counts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel gives its tables in whole lines, so that a part is less than a page; an attribute in sysfs costs one read."""
    site.run({"pf": "eno2", "up": True})
    use(site, "IPv6 route")
    table = site.host.root / "proc/net/ipv6_route"
    zero = "0" * 32
    other = f"{zero[:-1]}1 80 {zero} 00 {zero} 00000100 00000001 00000000 00000001       lo\n"
    table.write_text(other * 100 + table.read_text())
    real, sizes = os.read, []

    def read(handle: int, size: int) -> bytes:
        part = real(handle, min(size, len(other) * 27))
        sizes.append(len(part))
        return part

    monkeypatch.setattr(fs.os, "read", read)
    assert site.host.fs.read_text("/sys/class/net/eno2/mtu") == "1500" and sizes == [5]
    with pytest.raises(VsrxError, match=r"the host itself uses it \(default route\)"):
        site.run({"pf": "eno2", "up": False})


def test_a_pf_that_the_host_begins_to_use_meanwhile_is_left_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.run({"pf": "eno2", "up": True}, {"pf": "eno3", "num_vfs": 2})
    real = fs.write_num_vfs

    def write(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        use(site, "address")

    monkeypatch.setattr(fs, "write_num_vfs", write)
    with pytest.raises(VsrxError, match="Stopped before 'eno2: set down': .*the host itself uses it"):
        site.run({"pf": "eno3", "num_vfs": 0}, {"pf": "eno2", "up": False})
    assert site.host.is_up(PF)


@pytest.mark.parametrize("reader", ["VFs", "ports"])
def test_driver_override_is_not_read(site: Site, reader: str) -> None:
    """Reading it hangs, as sriov_numvfs does, while a write of 0 waits for a guest."""
    site.run({"pf": "eno2", "num_vfs": 2})
    for override in site.host.devices.glob("*/driver_override"):
        override.unlink()
        os.mkfifo(override)
    if reader == "VFs":
        assert not site.run({"pf": "eno2", "num_vfs": 2})["changed"]
    else:
        assert PortHostReader(access=HostAccess(site.host.fs, Ip(site.ip))).read(parse_request({"ports": [{"pf": "eno2"}]}), []).pfs[PF].vfs


def test_vfs_that_another_run_is_just_making_are_not_judged(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a real run does and refuses comes from what it sees under the lock."""
    site.run({"pf": "eno2", "num_vfs": 2})
    netdev = site.host.devices / "0000:83:02.1/net/eno2v1"
    kept = netdev.rename(netdev.with_name("away"))
    kept = kept.rename(site.host.root / "away")
    enter = HostLock.__enter__

    def after_the_other(lock: HostLock) -> HostLock:
        held = enter(lock)
        kept.rename(netdev)
        return held

    monkeypatch.setattr(HostLock, "__enter__", after_the_other)
    assert site.run({"pf": "eno2", "num_vfs": 0})["actions"] == ["eno2: remove 2 VFs"]


CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], Optional[bool], list[VfUser]]] = {
    "make": ([], [{"pf": "eno2", "num_vfs": 4}], None, []),
    "make on two": ([], [{"pf": "eno2", "num_vfs": 4, "up": True, "mtu": 9000}, {"pf": "eno3", "num_vfs": 1}], None, []),
    "attributes of new VFs": ([], [{"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 1, "mac": MAC, "trust": False, "vlan": 9}]}], None, []),
    "as it is": ([{"pf": "eno2", "num_vfs": 4}], [{"pf": "eno2", "num_vfs": 4}], None, []),
    "fewer": ([{"pf": "eno2", "num_vfs": 4}], [{"pf": "eno2", "num_vfs": 2}], None, []),
    "more": ([{"pf": "eno2", "num_vfs": 4}], [{"pf": "eno2", "num_vfs": 7}], None, []),
    "at least": ([{"pf": "eno2", "num_vfs": 4}], [{"pf": "eno2", "num_vfs": 2, "at_least": True}], None, []),
    "none": ([{"pf": "eno2", "num_vfs": 4}], [{"pf": "eno2", "num_vfs": 0}], None, []),
    "attributes": ([{"pf": "eno2", "num_vfs": 1}], [{"pf": "eno2", "vfs": [{"vf": 0, "vlan": 9, "spoofchk": False}]}], None, []),
    "persist": ([{"pf": "eno2", "num_vfs": 1}], [{"pf": "eno2", "num_vfs": 1}], True, []),
    "make and persist": ([], [{"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "mac": MAC}]}], True, []),
    "persist no more": ([{"pf": "eno2", "num_vfs": 1}], [{"pf": "eno2", "num_vfs": 0}], False, []),
    "down": ([{"pf": "eno2", "up": True, "mtu": 9000}], [{"pf": "eno2", "up": False, "mtu": 1500}], None, []),
    "no autoprobe": ([], [{"pf": "eno2", "num_vfs": 1, "drivers_autoprobe": False}], None, []),
    "over the limit": ([], [{"pf": "eno3", "num_vfs": 1}, {"pf": "eno2", "num_vfs": 9}], None, []),
    "held": ([{"pf": "eno2", "num_vfs": 4}], [{"pf": "eno3", "num_vfs": 1}, {"pf": "eno2", "num_vfs": 0}], None, [user()]),
    "unknown PF": ([], [{"pf": "eno3", "num_vfs": 1}, {"pf": "eno9", "num_vfs": 1}], None, []),
    "no such VF": ([], [{"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 1, "vlan": 1}]}], True, []),
    "a MAC twice": ([], [{"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "mac": MAC}]}], None, [user(None, mac=MAC)]),
}


@pytest.mark.parametrize("case", CASES)
def test_check_mode_says_what_then_happens(site: Site, case: str) -> None:
    first, requested, persist, users = CASES[case]
    if first:
        site.run(*first, persist=True if persist is False else None)
    site.users = users
    files, writes, commands = site.files(), site.host.writes(), list(site.ip.commands)

    def outcome(check: bool) -> Any:
        try:
            result = site.run(*requested, check=check, persist=persist)
        except VsrxError as failure:
            return failure.message, failure.facts, failure.findings
        return {name: result[name] for name in ("changed", "actions", "diff", "findings")}, [
            [vf["address"] for vf in pf["vfs"]] for pf in result["pfs"]
        ]

    preview = outcome(check=True)
    assert (site.files(), site.host.writes(), site.ip.commands) == (files, writes, commands)
    assert outcome(check=False) == preview
    if isinstance(preview[0], str):
        assert (site.files(), site.host.writes(), site.ip.commands) == (files, writes, commands)
    else:
        again = site.run(*requested, persist=persist)
        assert not again["changed"], again["actions"]
        said = preview[0]["diff"]["after"]
        for changes in said.values():
            changes["persist"] = bool(changes.pop("at_boot", persist))
        assert _shown(said, again["pfs"]) == said


def _shown(diff: dict[str, Any], pfs: list[dict[str, Any]]) -> dict[str, Any]:
    """What was found afterwards, as far as a diff speaks of it."""
    found = {pf["pf"]: {**pf, "vfs": {str(vf["vf"]): vf for vf in pf["vfs"]}} for pf in pfs}

    def like(shape: Any, value: Any) -> Any:
        return {key: like(shape[key], value.get(key)) for key in shape} if isinstance(shape, dict) else value

    return dict(like(diff, found))


# Persistence and the record


def test_persistence_comes_stays_and_goes(site: Site) -> None:
    root = site.host.root
    requested = {"pf": "eno2", "num_vfs": 2, "up": True, "vfs": [{"vf": 1, "mac": MAC, "vlan": 5}]}
    done = site.run(requested, persist=True)
    assert done["actions"][-1] == "eno2: bring 2 VFs and their attributes back at boot"
    assert done["pfs"][0]["persist"] is True
    unit = root / "etc/systemd/system/vsrx-sriov.service"
    wanted = root / "etc/systemd/system/multi-user.target.wants/vsrx-sriov.service"
    assert "Before=network-pre.target libvirtd.service" in unit.read_text() and wanted.resolve() == unit.resolve()
    folder = root / "var/lib/vsrx-sriov"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "state.json": 0o600,
        "boot.json": 0o600,
        "restore.py": 0o700,
    }
    reloads = site.reloads
    assert reloads == ["daemon-reload"]
    assert not site.run(requested, persist=True)["changed"] and site.reloads == reloads
    # Left out: what comes back follows what is asked now.
    assert "eno2: bring 2 VFs and their attributes back at boot" in site.run({"pf": "eno2", "vfs": [{"vf": 1, "vlan": 6}]})["actions"]
    assert '"6"' in (folder / "boot.json").read_text()
    # Removing the VFs ends it, and the PF is still known to have been down.
    gone = site.run({"pf": "eno2", "num_vfs": 0})
    assert gone["actions"] == ["eno2: remove 2 VFs", "eno2: bring no VFs back at boot"]
    assert not unit.exists() and not wanted.is_symlink() and {path.name for path in folder.iterdir()} == {"state.json"}
    assert gone["pfs"][0]["before"] == {"num_vfs": 0, "drivers_autoprobe": True, "up": False, "mtu": 1500, "vfs": []}
    # Back to before: nothing is left to remember.
    assert site.run({"pf": "eno2", "up": False})["pfs"][0]["before"] is None
    assert not (folder / "state.json").exists()


def test_how_it_was_is_kept_once_and_for_all(site: Site) -> None:
    site.host._make(PF, 1)
    site.run({"pf": "eno2", "num_vfs": 3})
    site.run({"pf": "eno2", "num_vfs": 5})
    before = site.run({"pf": "eno2", "num_vfs": 0})["pfs"][0]["before"]
    assert before["num_vfs"] == 1 and before["vfs"][0]["vf"] == 0


@pytest.mark.parametrize("count", [3, 4], ids=["as many", "more"])
def test_a_pf_that_had_vfs_before_gets_them_back(site: Site, count: int) -> None:
    own = {"pf": "eno2", "num_vfs": 3, "vfs": [{"vf": 1, "mac": "02:5a:00:00:00:07", "vlan": 7, "qos": 2}]}
    site.run(own)
    shutil.rmtree(site.host.root / "var/lib/vsrx-sriov")  # another tool made them
    before = [site.vf(index) for index in range(3)]
    assert before[0]["address"] == before[2]["address"] == "00:00:00:00:00:00"
    other = [{"vf": 0, "mac": MAC, "trust": True}, {"vf": 1, "vlan": 9, "mac": "02:5a:00:00:00:08"}, {"vf": 2, "mac": "02:5a:00:00:00:09"}]
    site.run({"pf": "eno2", "num_vfs": count, "up": True, "vfs": other})
    (recorded,) = site.run({"pf": "eno2"}, check=True)["pfs"]
    (restored,) = site.run({**recorded["before"], "pf": recorded["address"]}, persist=False)["pfs"]
    assert (restored["num_vfs"], restored["up"], [site.vf(index) for index in range(3)]) == (3, False, before)
    assert not site.run({**recorded["before"], "pf": recorded["address"]}, persist=False)["changed"]


def test_what_no_one_changed_is_not_recorded(site: Site) -> None:
    site.host._make(PF, 2)
    assert site.run({"pf": "eno2", "num_vfs": 2})["pfs"][0]["before"] is None
    assert site.store.read() == {}


def test_a_run_that_died_after_its_record_ends_right(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    requested = {"pf": "eno2", "num_vfs": 2, "up": True}
    real = fs.write_num_vfs

    def killed(*arguments: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fs, "write_num_vfs", killed)
    with pytest.raises(KeyboardInterrupt):
        site.run(requested, persist=True)
    assert site.store.read()["52:54:00:00:83:00"].before.up is False
    monkeypatch.setattr(fs, "write_num_vfs", real)
    done = site.run(requested, persist=True)
    assert done["actions"] == ["eno2: make 2 VFs", "eno2: bring 2 VFs and their attributes back at boot"]
    assert done["pfs"][0]["before"]["up"] is False
    assert not site.run(requested, persist=True)["changed"]


@pytest.mark.parametrize("gone", ["etc/systemd/system/multi-user.target.wants/vsrx-sriov.service", "var/lib/vsrx-sriov/restore.py"])
def test_what_acts_at_boot_is_repaired(site: Site, gone: str) -> None:
    requested = {"pf": "eno2", "num_vfs": 2}
    site.run(requested, persist=True)
    (site.host.root / gone).unlink()
    assert site.run(requested, persist=True)["actions"] == ["host: put what acts at boot in order (vsrx-sriov.service)"]
    assert not site.run(requested, persist=True)["changed"]


@pytest.mark.parametrize("gone", ["bin/systemctl", "run/systemd/system"])
def test_vfs_that_nothing_would_bring_back_are_not_made(site: Site, gone: str) -> None:
    path, away = site.host.root / gone, site.host.root / "away"
    path.rename(away)
    requested = {"pf": "eno2", "num_vfs": 2}
    files = site.files()
    for check in (True, False):
        with pytest.raises(VsrxError, match=r"Nothing was changed\.\npersist: .* bring the VFs of eno2 back at boot; set persist: false"):
            site.run(requested, persist=True, check=check)
    assert site.files() == files and site.host.writes() == []
    # What stands there as if it were done, as from a host that had one, is none either; the way out needs no systemd.
    away.rename(path)
    site.run(requested, persist=True)
    path.rename(away)
    reloads = site.reloads
    with pytest.raises(VsrxError, match="back at boot"):
        site.run(requested)
    # Another PF is judged by itself.
    assert not site.run({"pf": "eno3"}, persist=False, check=True)["changed"]
    assert site.run(requested, persist=False)["actions"] == ["eno2: bring no VFs back at boot"]
    assert not site.run(requested, persist=False)["changed"] and site.reloads == reloads


@pytest.mark.parametrize(
    ("script", "answer"),
    [("echo Access denied >&2; exit 1", "Access denied"), ("exit 3", "exit status 3"), ("exec sleep 60", "no answer for 0 s")],
)
def test_systemd_that_does_not_reload_is_reported_and_tried_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, script: str, answer: str
) -> None:
    requested = {"pf": "eno2", "num_vfs": 2}
    for persist in (True, False):
        site.host.systemd(script)
        with monkeypatch.context() as hurry:
            hurry.setattr(boot_unit, "_RELOAD_SECONDS", 0.3)
            with pytest.raises(VsrxError, match=f"'systemctl daemon-reload' failed: {answer}. .*then run again"):
                site.run(requested, persist=persist)
        # The next boot would act already, or no more.
        wanted = site.host.root / "etc/systemd/system/multi-user.target.wants/vsrx-sriov.service"
        assert len(site.host.vfs(PF)) == 2 and wanted.exists() is persist
        site.host.systemd()
        for check in (True, False):
            done = site.run(requested, persist=persist, check=check)
            assert done["actions"] == ["host: put what acts at boot in order (vsrx-sriov.service)"]
        assert not site.run(requested, persist=persist)["changed"]


def test_many_vfs_and_a_call_for_each_pf_find_nothing_to_do_the_second_time(site: Site) -> None:
    (site.host.devices / PF / "sriov_totalvfs").write_text("16\n")
    site.host._make(PF, 12)
    calls = [{"pf": "eno2", "vfs": [{"vf": index, "vlan": 7} for index in range(12)]}, {"pf": "eno3", "num_vfs": 1}]
    for call in calls:
        site.run(call, persist=True)
    again = [site.run(call, persist=True) for call in calls]
    assert [done["actions"] for done in again] == [[], []]
    assert [vf["vf"] for vf in again[0]["pfs"][0]["before"]["vfs"]] == [*range(12)]


NO_FOLDER = "Not a directory; move away the file that is where a folder should be, then run again"


@pytest.mark.parametrize("where", ["var", "var/lib", "var/lib/vsrx-sriov"])
def test_a_record_that_cannot_be_kept_stops_everything(site: Site, where: str) -> None:
    path = site.host.root / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    for check in (True, False):
        with pytest.raises(VsrxError, match=rf"/var/lib/vsrx-sriov/state\.json cannot be read: {NO_FOLDER}"):
            site.run({"pf": "eno2", "num_vfs": 2}, check=check)
    assert site.host.writes() == []


def test_a_full_disk_is_said_before_anything_is_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VsrxError, match=r"state\.json cannot be written: No space left on device; free space"):
        site.run({"pf": "eno2", "num_vfs": 2})
    assert site.host.writes() == [] and [*(site.host.root / "var/lib/vsrx-sriov").iterdir()] == []


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("etc/systemd", r"/etc/systemd/system/vsrx-sriov\.service cannot be written: "),
        ("etc/systemd/system/multi-user.target.wants", r"/multi-user\.target\.wants/vsrx-sriov\.service cannot be made: "),
    ],
)
def test_units_that_cannot_be_written_are_named_and_tried_again(site: Site, file: str, message: str) -> None:
    path = site.host.root / file
    path.parent.mkdir(parents=True)
    path.touch()
    requested = {"pf": "eno2", "num_vfs": 2}
    for _attempt in range(2):
        with pytest.raises(VsrxError, match=message):
            site.run(requested, persist=True)
    path.unlink()
    assert site.run(requested, persist=True)["actions"] == ["host: put what acts at boot in order (vsrx-sriov.service)"]
    assert not site.run(requested, persist=True)["changed"]


def test_units_that_cannot_be_removed_are_named(site: Site) -> None:
    requested = {"pf": "eno2", "num_vfs": 2}
    site.run(requested, persist=True)
    unit = site.host.root / "etc/systemd/system/vsrx-sriov.service"
    unit.unlink()
    unit.mkdir()
    with pytest.raises(VsrxError, match=r"/etc/systemd/system/vsrx-sriov\.service cannot be removed: "):
        site.run(requested, persist=False)
    unit.rmdir()
    assert site.run(requested, persist=False)["changed"] and not site.run(requested, persist=False)["changed"]


def test_a_run_that_died_after_its_write_leaves_no_attributes_of_vfs_that_are_gone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.run({"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 0, "mac": MAC}]}, persist=True)
    real = fs.write_num_vfs

    def killed(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        if arguments[2] == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(fs, "write_num_vfs", killed)
    with pytest.raises(KeyboardInterrupt):
        site.run({"pf": "eno2", "num_vfs": 4}, persist=True)
    monkeypatch.setattr(fs, "write_num_vfs", real)
    site.run({"pf": "eno2", "num_vfs": 4}, persist=True)
    record = site.store.read()["52:54:00:00:83:00"]
    assert (record.made.num_vfs, record.made.vfs) == (4, {}) and site.vf(0)["address"] != MAC


ZERO = "00:00:00:00:00:00"


def as_i40e(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A VF whose pinned address is taken away, or that is new, shows one that the driver made up."""
    real = site.ip._info

    def info(index: int, values: dict[str, Any]) -> dict[str, Any]:
        return real(index, {**values, "address": f"0a:00:00:00:00:{index:02x}"} if values["address"] == ZERO else values)

    monkeypatch.setattr(site.ip, "_info", info)


@pytest.mark.parametrize("zero", [ZERO, "00-00-00-00-00-00"])
def test_a_pinned_address_is_taken_away_though_the_driver_shows_another_then(
    site: Site, monkeypatch: pytest.MonkeyPatch, zero: str
) -> None:
    as_i40e(site, monkeypatch)
    requested = {"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 0, "mac": zero}]}
    # Nothing is pinned: nothing to take away, before the VFs are made and after.
    assert site.run(requested)["actions"] == ["eno2: make 2 VFs"]
    assert not site.run(requested)["changed"]
    site.run({"pf": "eno2", "vfs": [{"vf": 0, "mac": MAC}]}, persist=True)
    assert MAC in (site.host.root / "var/lib/vsrx-sriov/boot.json").read_text()
    assert f"eno2: VF 0: set mac {ZERO} (was {MAC})" in site.run(requested)["actions"]
    assert site.vf(0)["address"] == "0a:00:00:00:00:00"
    assert not site.run(requested)["changed"]
    assert MAC not in (site.host.root / "var/lib/vsrx-sriov/boot.json").read_text()


def test_an_address_that_somebody_else_gave_is_not_taken_away(site: Site) -> None:
    site.run({"pf": "eno2", "num_vfs": 1, "vfs": [{"vf": 0, "mac": MAC}]})
    site.ip(["link", "set", "dev", "eno2", "vf", "0", "mac", "02:5a:00:00:00:77"])
    assert not site.run({"pf": "eno2", "vfs": [{"vf": 0, "mac": ZERO}]}, check=True)["changed"]


NEW = "52:54:00:00:99:00"


@pytest.mark.parametrize("persist", [True, None])
def test_the_record_of_a_nic_that_was_replaced_goes(site: Site, persist: Optional[bool]) -> None:
    """Else the next boot waits for a NIC that never comes."""
    site.run({"pf": "eno2", "num_vfs": 2}, {"pf": "eno3", "num_vfs": 1}, persist=True)
    site.host._remove(PF)
    (site.host.net / "eno2/address").write_text(f"{NEW}\n")
    line = f"eno2: forget the NIC with MAC address 52:54:00:00:83:00: another one is at {PF} now"
    for check in (True, False):
        assert line in site.run({"pf": "eno2", "num_vfs": 3}, check=check, persist=persist)["actions"]
    assert set(site.store.read()) == {NEW, "52:54:00:00:84:00"}
    assert "52:54:00:00:83:00" not in (site.host.root / "var/lib/vsrx-sriov/boot.json").read_text()
    assert not site.run({"pf": "eno2", "num_vfs": 3}, persist=persist)["changed"]


def test_the_record_of_a_nic_that_moved_stays(site: Site) -> None:
    """Another card renumbered the buses: the record follows when that PF is asked for."""
    site.run({"pf": "eno2", "num_vfs": 2}, {"pf": "eno3", "num_vfs": 1}, persist=True)
    for name, mac in (("eno2", "52:54:00:00:84:00"), ("eno3", "52:54:00:00:83:00")):
        (site.host.net / name / "address").write_text(f"{mac}\n")
    done = site.run({"pf": "eno2", "num_vfs": 2})
    assert not any("forget" in line for line in done["actions"])
    assert site.store.read()["52:54:00:00:84:00"].address == PF and set(site.store.read()) == {"52:54:00:00:83:00", "52:54:00:00:84:00"}


def test_rhel_8s_python_is_not_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """python3.6 -I restore.py: "future feature annotations is not defined"; the module itself ran under 3.9."""
    folder = site.host.root / "usr/bin"
    folder.mkdir(parents=True)
    (folder / "python3.6").touch()
    (folder / "python3").symlink_to("python3.6")
    ran = site.host.root / "opt/python3.9"
    ran.parent.mkdir()
    ran.touch()
    monkeypatch.setattr(sys, "executable", str(ran))
    site.run({"pf": "eno2", "num_vfs": 2}, persist=True)
    unit = site.host.root / "etc/systemd/system/vsrx-sriov.service"
    assert f"\nExecStart={ran} -I " in unit.read_text()
    # One that the unit names and that is too old is replaced, too.
    (folder / "python3.12").touch()
    (folder / "python3").unlink()
    (folder / "python3").symlink_to("python3.12")
    assert site.run({"pf": "eno2", "num_vfs": 2}, persist=True)["actions"] == ["host: put what acts at boot in order (vsrx-sriov.service)"]
    assert "\nExecStart=/usr/bin/python3 -I " in unit.read_text()


@pytest.mark.parametrize(("mode", "uid"), [(0o757, None), (0o755, 65534)])
def test_an_interpreter_that_others_can_change_is_not_run_at_boot(
    site: Site, monkeypatch: pytest.MonkeyPatch, mode: int, uid: Optional[int]
) -> None:
    python = site.host.root / "python3"
    python.touch()
    python.chmod(mode)
    if uid is not None:
        if os.geteuid():
            pytest.skip("only root can give a file away")
        os.chown(python, uid, uid)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(VsrxError, match=r"persist: .*python3 would run as root at boot"):
        site.run({"pf": "eno2", "num_vfs": 2}, persist=True)
    assert site.host.writes() == []


@pytest.mark.parametrize(("there", "named"), [("usr/bin/python3", "/usr/bin/python3"), ("usr/libexec/platform-python", None)])
def test_what_acts_at_boot_runs_with_the_systems_python(
    site: Site, monkeypatch: pytest.MonkeyPatch, there: str, named: Optional[str]
) -> None:
    """Not with one that a controller happened to choose: it may go, and another controller may choose another."""
    python = site.host.root / there
    python.parent.mkdir(parents=True)
    python.touch()
    requested = {"pf": "eno2", "num_vfs": 2}
    unit = site.host.root / "etc/systemd/system/vsrx-sriov.service"
    monkeypatch.setattr(sys, "executable", str(python))
    site.run(requested, persist=True)
    assert f"\nExecStart={named or python} -I " in unit.read_text()
    monkeypatch.setattr(sys, "executable", "/opt/venv/bin/python3")
    assert not site.run(requested, persist=True)["changed"]
    # One that has gone is replaced.
    if not named:
        python.unlink()
        assert site.run(requested, persist=True)["actions"] == ["host: put what acts at boot in order (vsrx-sriov.service)"]


#: as version 1 of the format is on hosts; it is read for as long as such hosts are
STORED = """{
  "pfs": [
    {
      "address": "0000:83:00.0",
      "before": {"drivers_autoprobe": true, "mtu": 1500, "num_vfs": 1, "up": false,
                 "vfs": {"0": {"link_state": "auto", "mac": "02:5a:00:00:00:09", "max_tx_rate": 0, "qos": 0, "vlan": 7}}},
      "made": {"drivers_autoprobe": null, "mtu": 9000, "num_vfs": 11, "up": true,
               "vfs": {"10": {"trust": false}, "2": {"mac": "02:5a:00:00:00:01", "spoofchk": true, "vlan": 100, "vlan_proto": "802.1Q"}}},
      "name": "eno2",
      "permanent_mac": "52:54:00:00:83:00",
      "persist": true
    }
  ],
  "version": 1
}
"""


def test_the_stored_format_is_pinned(site: Site) -> None:
    state = site.host.root / "var/lib/vsrx-sriov/state.json"
    state.parent.mkdir(mode=0o700, parents=True)
    state.write_text(STORED)
    records = site.store.read()
    assert format_json(records) == json.loads(STORED)
    assert list(records["52:54:00:00:83:00"].made.vfs) == [2, 10]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", r"the file is no object"),
        ("\xff", r"the file is no object"),
        ("{", r"the file is no object"),
        ("[" * 100000, r"the file is no object"),
        ("[]", r"the file is no object"),
        ('{"version": 1}', "pfs is no list"),
        ('{"version": true, "pfs": []}', "version is True"),
        ('{"version": "1", "pfs": []}', "version is '1'"),
        ('{"version": 1, "pfs": [{}]}', r"pfs\[0\].permanent_mac is None|pfs\[0\].address is None"),
        (STORED.replace('"52:54:00:00:83:00"', "{}"), r"pfs\[0\]\.permanent_mac is \{\}"),
        (STORED.replace('"num_vfs": 1,', '"num_vfs": "x",'), r"before\.num_vfs is 'x'"),
        (STORED.replace("9000", '"; reboot"'), r"made\.mtu is '; reboot'"),
        (STORED.replace('"eno2"', '"-x"'), r"name is '-x'"),
        (STORED.replace('"0000:83:00.0"', '"../../etc"'), r"address is '../../etc'"),
        (STORED.replace('"10":', '"\u00b2":'), r"vfs has the index"),
        (STORED.replace("false}", "[1]}"), r"trust is \[1\]"),
        (STORED.replace('"spoofchk"', '"query_rss"'), r"query_rss is True"),
        (STORED.replace('"vlan": 100', '"vlan": 4095'), r"vlan is 4095"),
    ],
)
def test_a_damaged_record_stops_everything(site: Site, text: str, reason: str) -> None:
    state = site.host.root / "var/lib/vsrx-sriov/state.json"
    state.parent.mkdir(mode=0o700, parents=True)
    state.write_text(text, encoding="latin-1" if text == "\xff" else "utf-8")
    with pytest.raises(VsrxError, match=rf"state\.json is damaged \(.*({reason}).*\); it tells what was made on this host"):
        site.run({"pf": "eno2", "num_vfs": 2})
    assert site.host.writes() == []


def test_a_record_of_another_version_stops_everything(site: Site) -> None:
    state = site.host.root / "var/lib/vsrx-sriov/state.json"
    state.parent.mkdir(mode=0o700, parents=True)
    state.write_text('{"version": 2, "pfs": []}')
    with pytest.raises(VsrxError, match=r"state\.json was written by another version of the collection \(format 2, expected 1\)"):
        site.run({"pf": "eno2", "num_vfs": 2})


@pytest.mark.parametrize("kind", ["fifo", "link", "huge"])
def test_a_record_that_is_no_regular_file_does_not_hang(site: Site, kind: str) -> None:
    state = site.host.root / "var/lib/vsrx-sriov/state.json"
    state.parent.mkdir(mode=0o700, parents=True)
    if kind == "fifo":
        os.mkfifo(state)
    elif kind == "link":
        (site.host.root / "elsewhere").write_text(STORED)
        state.symlink_to(site.host.root / "elsewhere")
    else:
        with state.open("wb") as file:
            file.truncate(1 << 30)
    with pytest.raises(VsrxError, match=r"state\.json cannot be read: (it is not a regular file|Too many levels|File too large)"):
        site.run({"pf": "eno2", "num_vfs": 2})


@pytest.mark.parametrize(("mode", "uid"), [(0o777, None), (0o720, None), (0o700, 65534)])
def test_a_folder_that_others_can_change_is_refused(site: Site, mode: int, uid: Optional[int]) -> None:
    """What lies in it runs as root at boot."""
    folder = site.host.root / "var/lib/vsrx-sriov"
    folder.mkdir(parents=True)
    folder.chmod(mode)
    if uid is not None:
        if os.geteuid():
            pytest.skip("only root can give a folder away")
        os.chown(folder, uid, uid)
    for check in (True, False):
        with pytest.raises(VsrxError, match=r"vsrx-sriov belongs to user id \d+ with mode 0\d+, so that others can change"):
            site.run({"pf": "eno2", "num_vfs": 2}, check=check)
    assert site.host.writes() == [] and list(folder.iterdir()) == []


def test_what_killed_runs_left_is_swept(site: Site) -> None:
    site.run({"pf": "eno2", "num_vfs": 2}, persist=True)
    folder = site.host.root / "var/lib/vsrx-sriov"
    for name in (".state.json.abcd1234", ".boot.json.abcd1234", ".state.json.kept"):
        (folder / name).touch()
    site.run({"pf": "eno2", "vfs": [{"vf": 0, "vlan": 7}]})
    assert {path.name for path in folder.iterdir() if path.name.startswith(".")} == {".state.json.kept"}


def test_two_other_configurations_are_both_found(site: Site) -> None:
    for name in ("1", "2"):
        file = site.host.root / f"etc/modprobe.d/{name}.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"options i40e max_vfs={name}\n")
    found = [each["found"] for each in site.run({"pf": "eno2", "num_vfs": 3}, check=True)["findings"] if each["id"] == "S3"]
    assert [line.partition(",")[0] for line in found] == ["/etc/modprobe.d/1.conf", "/etc/modprobe.d/2.conf"]


@pytest.mark.parametrize("comes", [True, False])
def test_a_rate_waits_for_the_link(site: Site, monkeypatch: pytest.MonkeyPatch, comes: bool) -> None:
    """ixgbe_ndo_set_vf_bw: EINVAL until the link is up, which creating VFs drops."""
    monkeypatch.setattr(iproute, "_LINK_SECONDS", 5.0 if comes else 0.2)
    monkeypatch.setattr(iproute, "_LINK_PAUSE", 0.02)
    carrier = site.host.net / "eno2/carrier"
    carrier.write_text("0\n")
    real = site.ip._set_vf

    def needs_link(file: Path, words: list[str]) -> tuple[int, str, str]:
        if "max_tx_rate" in words and carrier.read_text() == "0\n":
            return 2, "", "RTNETLINK answers: Invalid argument"
        return real(file, words)

    site.ip._set_vf = needs_link  # type: ignore[method-assign]
    requested = {"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 0, "max_tx_rate": 1000, "mac": MAC}]}
    timer = threading.Timer(0.3, lambda: carrier.write_text("1\n"))
    if comes:
        timer.start()
        assert site.run(requested)["changed"] and site.vf(0)["rate"]["max_tx"] == 1000
        timer.join()
    else:
        with pytest.raises(
            VsrxError, match=r"refused .*max_tx_rate 1000.*The link of eno2 is down, and some drivers take rates only while"
        ):
            site.run(requested)


def test_others_that_set_the_number_are_reported_and_a_clash_is_refused(site: Site) -> None:
    conf = site.host.root / "etc/modprobe.d/i40e.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("# options i40e max_vfs=9\noptions i40e max_vfs=3\n")
    done = site.run({"pf": "eno2", "num_vfs": 2})
    assert [(finding["id"], finding["severity"]) for finding in done["findings"] if "modprobe" in finding["found"]] == [("S3", "warning")]
    with pytest.raises(VsrxError, match=r"/etc/modprobe.d/i40e.conf, line 2, sets 3 VFs at boot too \(module option max_vfs of i40e\)"):
        site.run({"pf": "eno2", "num_vfs": 2}, persist=True)
    accepted = site.run({"pf": "eno2", "num_vfs": 2}, persist=True, accept=("S3",))
    assert accepted["changed"] and [finding["severity"] for finding in accepted["findings"] if finding["id"] == "S3"] == ["error"]
    assert site.run({"pf": "eno2", "num_vfs": 3}, persist=True)["changed"]


@pytest.mark.mission("S3")
@pytest.mark.parametrize(
    ("text", "severity", "said"),
    [
        ('ENV{ID_NET_DRIVER}=="mlx5_core", ATTR{device/sriov_numvfs}="8"', None, ""),
        ('ATTR{address}=="aa:bb:cc:00:00:01", ATTR{device/sriov_numvfs}="8"', None, ""),
        ('ENV{MINE}=="1", KERNEL=="eno2", ATTR{device/sriov_numvfs}="8"', "warning", "line 1, may set 8 VFs at boot too (a udev rule)"),
        ('KERNEL=="eno2", ATTR{device/sriov_numvfs}="8"', "error", "line 1, sets 8 VFs at boot too (a udev rule)"),
        ('KERNEL=="eno2", ATTR{device/sriov_numvfs}="2"', "warning", "line 1, sets 2 VFs at boot too (a udev rule)"),
    ],
)
def test_only_what_surely_fights_stops_persistence(site: Site, text: str, severity: Optional[str], said: str) -> None:
    rules = site.host.root / "etc/udev/rules.d/70-sriov.rules"
    rules.parent.mkdir(parents=True)
    rules.write_text(text + "\n")
    outcome = site.run({"pf": "eno2", "num_vfs": 2}, persist=True, accept=("S3",))["findings"]
    assert [(each["severity"], said in each["found"]) for each in outcome if each["id"] == "S3"] == ([(severity, True)] if severity else [])
    site.run({"pf": "eno2", "num_vfs": 0}, persist=False)
    if severity == "error":
        with pytest.raises(VsrxError, match="S3"):
            site.run({"pf": "eno2", "num_vfs": 2}, persist=True)
    else:
        assert site.run({"pf": "eno2", "num_vfs": 2}, persist=True)["changed"]


def keyfile(words: str) -> dict[str, str]:
    path = "etc/NetworkManager/system-connections/a.nmconnection"
    return {path: f"[connection]\ninterface-name=eno2\n[sriov]\ntotal-vfs=2\nvf.0={words}\n"}


def link(lines: str) -> dict[str, str]:
    number = "[Link]\nSR-IOVVirtualFunctions=2\n"
    return {"etc/systemd/network/1.link": f"[Match]\nOriginalName=eno2\n{number}[SR-IOV]\nVirtualFunction=0\n{lines}\n"}


def script(words: str) -> dict[str, str]:
    return {"etc/rc.local": f"#!/bin/sh\nip link set dev eno2 vf 0 {words}\n"}


@pytest.mark.mission("S3")
@pytest.mark.parametrize(
    ("files", "attributes", "severity"),
    [
        (keyfile("mac=02:5a:00:00:00:77 trust=true"), {"mac": MAC}, "error"),
        (keyfile(f"mac={MAC.upper()} trust=true"), {"mac": MAC}, "warning"),
        # found beyond the report: a VLAN of NetworkManager is ID[.PRIORITY[.PROTOCOL]] (nm-settings-nmcli(5), sriov.vfs), rates are numbers
        (keyfile("vlans=100.3.ad"), {"vlan": 100, "qos": 3, "vlan_proto": "802.1ad"}, "warning"),
        (keyfile("vlans=100.3.ad"), {"vlan": 100, "qos": 4}, "error"),
        (keyfile("vlans=100;200"), {"vlan": 100}, "warning"),
        (keyfile("max-tx-rate=500 min-tx-rate=10"), {"max_tx_rate": 500, "min_tx_rate": 10}, "warning"),
        (keyfile("min-tx-rate=20"), {"min_tx_rate": 10}, "error"),
        # a boolean or auto (systemd.link(5) and systemd.network(5), LinkState=)
        (link("LinkState=yes"), {"link_state": "enable"}, "warning"),
        (link("LinkState=auto"), {"link_state": "auto"}, "warning"),
        (link("LinkState=off"), {"link_state": "enable"}, "error"),
        (link("VLANId=100\nQualityOfService=3\nVLANProtocol=802.1Q"), {"vlan": 100, "qos": 3, "vlan_proto": "802.1Q"}, "warning"),
        (link("VLANId=100\nVLANProtocol=802.1ad"), {"vlan": 100, "vlan_proto": "802.1Q"}, "error"),
        (link("Trust=y\nMACSpoofCheck=f"), {"trust": True, "spoofchk": False}, "warning"),
        # what is no value of the attribute says nothing
        (link("Trust=maybe\nVLANId=%i"), {"trust": True, "vlan": 5}, "warning"),
        # ip takes both spellings of a protocol (ll_proto_a2n compares without case), and the old word for a rate
        (script("vlan 100 qos 3 proto 802.1q"), {"vlan": 100, "qos": 3, "vlan_proto": "802.1Q"}, "warning"),
        (script("rate 500"), {"max_tx_rate": 400}, "error"),
        (script("state disable"), {"link_state": "disable"}, "warning"),
        (script("trust $TRUST"), {"trust": True}, "warning"),
    ],
)
def test_others_that_set_attributes_with_the_same_number(
    site: Site, files: dict[str, str], attributes: dict[str, Any], severity: str
) -> None:
    for path, text in files.items():
        file = site.host.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    requested = {"pf": "eno2", "num_vfs": 2, "vfs": [{"vf": 0, **attributes}]}
    (finding,) = [each for each in site.run(requested, persist=True, accept=("S3",))["findings"] if each["id"] == "S3"]
    assert (finding["severity"], "attributes of VF 0 at boot too" in finding["found"]) == (severity, True)
