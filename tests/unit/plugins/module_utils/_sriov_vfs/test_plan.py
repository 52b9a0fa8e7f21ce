# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of sriov_vfs for one PF and for several, what is refused, and what errors of drivers mean."""

from __future__ import annotations

import dataclasses
import errno
from typing import Any, Optional

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _pci as pci
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host.attribute_table import VfAttributes
from ansible_collections.vsrx.sriov.plugins.module_utils._host.model import Iommu, IommuCause, Pf, Vf
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_release import Release
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs import checks, findings, obstacles, result
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.plan import (
    SetAutoprobe,
    SetCount,
    SetMtu,
    SetUp,
    SetVf,
    Step,
    find_differences,
    list_actions,
    make_diff,
    plan_pf,
    plan_pfs,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.request import PfRequest, PfTarget, VfRequest, parse
from hypothesis import given
from hypothesis import strategies as st

FRESH = VfAttributes("00:00:00:00:00:00", 0, 0, "802.1Q", True, False, "auto", 0, 0)
MAC = "02:5a:00:00:00:01"


def vfs(count: int, address: str = "0000:83:00.0", **attributes: Any) -> tuple[Vf, ...]:
    given = dataclasses.replace(FRESH, **attributes)
    return tuple(Vf(index, pci.compute_vf_address(address, 16, 1, index), attributes=given) for index in range(count))


def pf(count: int = 0, **fields: Any) -> Pf:
    given: dict[str, Any] = {
        "address": "0000:83:00.0",
        "name": "eno2",
        "names": ("eno2", "enp131s0f0"),
        "vendor_id": "8086",
        "device_id": "1572",
        "driver": "i40e",
        "permanent_mac": "52:54:00:00:83:00",
        "mac": "52:54:00:00:83:00",
        "up": False,
        "mtu": 1500,
        "mtu_range": (68, 9702),
        "total_vfs": 8,
        "has_capability": True,
        "drivers_autoprobe": True,
        "vf_offset": 16,
        "vf_stride": 1,
        "vfs": vfs(count),
    }
    return Pf(**{**given, **fields})


def request(**entry: Any) -> PfRequest:
    return parse([{"pf": "eno2", **entry}])[0]


@pytest.mark.mission("S2", "S3")
@pytest.mark.parametrize(
    ("found", "entry", "lines"),
    [
        (0, {"num_vfs": 4}, ["eno2: make 4 VFs"]),
        (0, {"num_vfs": 1, "up": True, "mtu": 9000}, ["eno2: set MTU 9000 (was 1500)", "eno2: set up", "eno2: make 1 VF"]),
        (4, {"num_vfs": 4}, []),
        (4, {}, []),
        (4, {"num_vfs": 2}, ["eno2: remove 4 VFs, then make 2"]),
        (4, {"num_vfs": 7}, ["eno2: remove 4 VFs, then make 7"]),
        (4, {"num_vfs": 2, "at_least": True}, []),
        (4, {"num_vfs": 6, "at_least": True}, ["eno2: remove 4 VFs, then make 6"]),
        (4, {"num_vfs": 0}, ["eno2: remove 4 VFs"]),
        (0, {"num_vfs": 0}, []),
        (4, {"num_vfs": 0, "at_least": True}, []),
        (0, {"num_vfs": 2, "drivers_autoprobe": False}, ["eno2: turn the probing of VF drivers off", "eno2: make 2 VFs"]),
        (2, {"vfs": [{"vf": 1, "vlan": 7, "trust": False}]}, ["eno2: VF 1: set vlan 7 (was 0)"]),
        (2, {"vfs": [{"vf": 1, "spoofchk": True}]}, []),
        (2, {"num_vfs": 3, "vfs": [{"vf": 1, "trust": False}]}, ["eno2: remove 2 VFs, then make 3", "eno2: VF 1: set trust off"]),
        (0, {"num_vfs": 1, "vfs": [{"vf": 0, "mac": "02-5A-00-00-00-01"}]}, ["eno2: make 1 VF", f"eno2: VF 0: set mac {MAC}"]),
    ],
)
def test_the_plan_in_words(found: int, entry: dict[str, Any], lines: list[str]) -> None:
    assert list_actions(plan_pf(request(**entry), pf(found))) == lines


def test_a_pf_goes_down_last() -> None:
    steps = plan_pf(request(up=False, num_vfs=1), pf(0, up=True))
    assert list_actions(steps) == ["eno2: make 1 VF", "eno2: set down"]


def test_the_diff_shows_what_changes_and_no_more() -> None:
    steps = plan_pf(request(up=True, vfs=[{"vf": 0, "vlan": 7, "trust": False}]), pf(1))
    assert make_diff(steps) == {
        "before": {"eno2": {"up": False, "vfs": {"0": {"vlan": 0}}}},
        "after": {"eno2": {"up": True, "vfs": {"0": {"vlan": 7}}}},
    }


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"num_vfs": -1}, "num_vfs -1 is negative"),
        ({"vfs": [{"vf": -1}]}, "counted from 0"),
        ({"vfs": [{"vf": 0}, {"vf": 0}]}, "VF 0 is listed twice"),
        ({"vfs": [{"vf": 0, "vlan": 4095}]}, "vlan 4095 is no VLAN"),
        ({"vfs": [{"vf": 0, "qos": 8}]}, "qos 8 is no priority"),
        ({"vfs": [{"vf": 0, "mac": "01:00:5e:00:00:01"}]}, "VF 0: MAC address 01:00:5e:00:00:01 is a multicast address"),
        ({"vfs": [{"vf": 0, "mac": "nonsense"}]}, "is not a MAC address"),
        ({"vfs": [{"vf": 0, "min_tx_rate": 9, "max_tx_rate": 5}]}, "min_tx_rate 9 is above max_tx_rate 5"),
        ({"vfs": [{"vf": 0, "max_tx_rate": -5}]}, "max_tx_rate -5 is negative"),
        ({"vfs": [{"vf": 0, "mac": MAC}, {"vf": 1, "mac": MAC.upper()}]}, f"VF 1: MAC address {MAC} is asked for eno2, VF 0 too"),
    ],
)
def test_requests_that_make_no_sense(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        request(**entry)


def reasons(entry: dict[str, Any], found: Pf, *users: VfUser) -> list[str]:
    targets = [PfTarget(request(**entry), found)]
    return checks.find_reasons(targets, plan_pfs(targets), users)


def user(**fields: Any) -> VfUser:
    usual: dict[str, Any] = {"kind": UserKind.DOMAIN, "name": "vsrx1", "usage": "defined, hostdev pci", "owner_id": "uuid", "active": False}
    return VfUser(**{**usual, **fields})


HELD = user(address="0000:83:02.1")
RUNNING = user(address="0000:83:02.1", usage="running, interface type='hostdev'", active=True)


@pytest.mark.mission("S2", "S18", "S22")
@pytest.mark.parametrize(
    ("entry", "found", "users", "message"),
    [
        ({"num_vfs": 9}, pf(), (), "9 VFs are asked for, its limit is 8"),
        (
            {"num_vfs": 9},
            pf(vendor_id="15b3", device_id="1013", driver="mlx5_core"),
            (),
            "mlxconfig -d 0000:83:00.0 set SRIOV_EN=1 NUM_OF_VFS=9",
        ),
        (
            {"num_vfs": 1},
            pf(total_vfs=0, vendor_id="15b3", device_id="1013"),
            (),
            "SR-IOV is off in the firmware of this Mellanox ConnectX-4",
        ),
        (
            {"num_vfs": 1},
            pf(total_vfs=None, vendor_id="15b3", device_id="1017", has_capability=True, capability_total_vfs=8),
            (),
            "has the SR-IOV capability: SR-IOV is off in the BIOS",
        ),
        ({"num_vfs": 3}, pf(driver="mlx4_core", vendor_id="15b3", device_id="1003"), (), "options mlx4_core num_vfs=3"),
        ({"num_vfs": 1}, pf(total_vfs=None, has_capability=True), (), "has the SR-IOV capability: SR-IOV is off in the BIOS"),
        ({"num_vfs": 1}, pf(total_vfs=None, has_capability=False), (), "though an Intel X710 has it"),
        (
            {"num_vfs": 1},
            pf(total_vfs=None, has_capability=False, device_id="10d3"),
            (),
            "shows no SR-IOV capability (PCI id 8086:10d3): it has none, or the BIOS or the NIC's firmware hides it",
        ),
        ({"num_vfs": 1}, pf(total_vfs=None, has_capability=None, device_id="10d3"), (), "if this is one, switch SR-IOV on in the BIOS"),
        ({"num_vfs": 1}, pf(driver=None), (), "no driver is bound to it"),
        ({"num_vfs": 0}, pf(2), (HELD,), "cannot be removed: VF 1 (0000:83:02.1) is in use by domain vsrx1 (defined, hostdev pci)"),
        ({"num_vfs": 1}, pf(2), (RUNNING,), "cannot be remade (their number changes only through 0): VF 1"),
        ({"num_vfs": 3}, pf(2), (RUNNING,), "cannot be remade"),
        ({"num_vfs": 0}, pf(2), (user(pf="enp131s0f0", kind=UserKind.NETWORK, name="pool"),), "its VFs are in use by network pool"),
        ({"vfs": [{"vf": 2, "vlan": 1}]}, pf(2), (), "there is no VF 2: with 2 VFs they are 0 to 1"),
        ({"vfs": [{"vf": 0, "vlan": 1}]}, pf(0), (), "ask for some with num_vfs"),
        ({"vfs": [{"vf": 1, "vlan": 1}]}, pf(2), (RUNNING,), "changing its vlan from 0 to 1 would cut it off"),
        ({"vfs": [{"vf": 1, "trust": True}]}, pf(2), (RUNNING,), "changing its trust from False to True would cut it off; stop it first"),
        ({"vfs": [{"vf": 1, "link_state": "disable"}]}, pf(2), (RUNNING,), "changing its link_state from auto to disable"),
        ({"up": False}, pf(2, up=True), (RUNNING,), "cannot be set down: VF 1"),
        ({"mtu": 1400}, pf(2), (RUNNING,), "its MTU cannot be lowered from 1500 to 1400: VF 1 (0000:83:02.1) is in use by domain vsrx1"),
        ({"mtu": 9999}, pf(), (), "MTU 9999 is outside what driver i40e takes: 68 to 9702"),
        ({"up": True}, pf(name=None, names=(), driver="vfio-pci"), (), "bound to driver vfio-pci"),
    ],
)
def test_what_is_refused(entry: dict[str, Any], found: Pf, users: tuple[VfUser, ...], message: str) -> None:
    (reason,) = reasons(entry, found, *users)
    assert message in reason


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("vendor_id", "device_id"),
    [
        # E823, X552, X553 and I350 on boards, which pci.ids has and Juniper's list has not
        ("8086", "124d"),
        ("8086", "15ad"),
        ("8086", "15ce"),
        ("8086", "1522"),
        # found beyond the report: X722 on Purley boards, BCM57416 and QL41000 OCP cards, E810 on boards (pci.ids)
        ("8086", "37d1"),
        ("14e4", "16d8"),
        ("1077", "8070"),
        ("8086", "1599"),
    ],
)
@pytest.mark.parametrize("has_capability", [True, False, None])
def test_the_bios_is_named_for_any_nic_without_vfs(vendor_id: str, device_id: str, has_capability: Optional[bool]) -> None:
    found = pf(total_vfs=None, vendor_id=vendor_id, device_id=device_id, has_capability=has_capability)
    (reason,) = reasons({"num_vfs": 1}, found)
    assert "switch SR-IOV on in the BIOS" in reason


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("device_id", "total", "cause"),
    [
        # ConnectX-4 Lx, -5, -6 and -7: TotalVFs of a capability that is shown is NUM_OF_VFS of the firmware
        ("1015", 0, "firmware"),
        ("1017", 0, "firmware"),
        ("101b", 8, "BIOS"),
        ("1021", 16, "BIOS"),
        # a capability that is hidden: SRIOV_EN
        ("1017", None, "firmware"),
    ],
)
def test_connectx_tells_the_firmware_from_the_bios(device_id: str, total: Optional[int], cause: str) -> None:
    found = pf(
        total_vfs=None,
        vendor_id="15b3",
        device_id=device_id,
        driver="mlx5_core",
        has_capability=total is not None,
        capability_total_vfs=total,
    )
    (reason,) = reasons({"num_vfs": 4}, found)
    assert f"SR-IOV is off in the {cause}" in reason and ("mlxconfig" in reason) == (cause == "firmware")


@pytest.mark.parametrize(
    ("entry", "found", "users"),
    [
        ({"num_vfs": 2}, pf(0), (HELD,)),
        ({"num_vfs": 2}, pf(2), (RUNNING,)),
        ({"num_vfs": 1, "at_least": True}, pf(2), (RUNNING,)),
        ({"num_vfs": 0}, pf(2), (user(address="0000:99:02.1"), user(pf="eno"), user(mac=MAC))),
        ({"vfs": [{"vf": 1, "vlan": 1}]}, pf(2), (HELD,)),
        ({"vfs": [{"vf": 1, "trust": True}]}, pf(2), (HELD,)),
        # Not shown by the driver: set on every run, and no change as far as anybody knows.
        ({"vfs": [{"vf": 1, "trust": True}]}, pf(2, vfs=vfs(2, trust=None)), (RUNNING,)),
        ({"vfs": [{"vf": 1, "spoofchk": False, "max_tx_rate": 5}]}, pf(2), (RUNNING,)),
        ({"mtu": 1400}, pf(2), (HELD,)),
        ({"mtu": 9000}, pf(2), (RUNNING,)),
        ({"vfs": [{"vf": 0, "vlan": 1}]}, pf(2), (RUNNING,)),
        ({"num_vfs": 0}, pf(0, total_vfs=None), ()),
    ],
)
def test_what_is_not_refused(entry: dict[str, Any], found: Pf, users: tuple[VfUser, ...]) -> None:
    assert reasons(entry, found, *users) == []


def test_every_reason_at_once_for_all_pfs() -> None:
    other = pf(2, address="0000:84:00.0", name="eno3", names=("eno3",), vfs=vfs(2, "0000:84:00.0"))
    targets = [PfTarget(request(num_vfs=9), pf()), PfTarget(parse([{"pf": "eno3", "num_vfs": 0}])[0], other)]
    found = checks.find_reasons(targets, plan_pfs(targets), [user(address="0000:84:02.0")])
    assert len(found) == 2 and found[0].startswith("eno2") and found[1].startswith("eno3")


def test_one_pf_by_two_names() -> None:
    targets = [PfTarget(request(num_vfs=2), pf()), PfTarget(parse([{"pf": "0000:83:00.0", "num_vfs": 4}])[0], pf())]
    assert "are one PF" in checks.find_reasons(targets, [], [])[0]


@pytest.mark.mission("S4", "S22")
@pytest.mark.parametrize(
    ("users", "others", "netdevs", "message"),
    [
        ((user(mac=MAC),), (), {}, "belongs to domain vsrx1"),
        ((user(mac=MAC, address="0000:83:02.1"),), (), {}, "on 0000:83:02.1"),
        ((user(mac=MAC, address="0000:83:02.0"),), (), {}, None),
        ((), (pf(1, address="0000:84:00.0", name="eno3", vfs=vfs(1, "0000:84:00.0", mac=MAC)),), {}, "VF 0 of eno3"),
        ((), (pf(0, address="0000:84:00.0", name="eno3", mac=MAC),), {}, "PF eno3"),
        ((), (pf(0, address="0000:84:00.0", name="eno3", mac=MAC),), {MAC: "br0"}, "PF eno3"),
        ((), (), {MAC: "eno1"}, "belongs to network device eno1; each"),
        ((), (), {"02:5a:00:00:00:02": "eno1"}, None),
    ],
)
def test_a_mac_is_given_once(users: tuple[VfUser, ...], others: tuple[Pf, ...], netdevs: dict[str, str], message: Optional[str]) -> None:
    targets = [PfTarget(request(num_vfs=2, vfs=[{"vf": 0, "mac": MAC}]), pf(0))]
    addresses = {(targets[0].pf.address, index): address for index, address in targets[0].pf.predict_vf_addresses(2).items()}
    found = checks.check_macs(targets, plan_pfs(targets), others, users, addresses, netdevs)
    assert (message is None and found == []) or (message is not None and message in found[0])


def test_macs_may_change_places() -> None:
    two = "02:5a:00:00:00:02"
    here = pf(2, vfs=(*vfs(1, mac=MAC), dataclasses.replace(vfs(2)[1], attributes=dataclasses.replace(FRESH, mac=two))))
    targets = [PfTarget(request(vfs=[{"vf": 0, "mac": two}, {"vf": 1, "mac": MAC}]), here)]
    assert checks.check_macs(targets, plan_pfs(targets), (), (), {}, {}) == []
    targets = [PfTarget(request(vfs=[{"vf": 0, "mac": two}]), here)]
    assert "VF 1 of eno2" in checks.check_macs(targets, plan_pfs(targets), (), (), {}, {})[0]


def test_where_vfs_will_be_is_predicted() -> None:
    will_be = result.predict_pf(request(num_vfs=3, up=True, vfs=[{"vf": 2, "mac": MAC}]), pf())
    assert [vf.address for vf in will_be.vfs] == ["0000:83:02.0", "0000:83:02.1", "0000:83:02.2"]
    assert will_be.up and will_be.vfs[2].attributes == VfAttributes(mac=MAC)


@pytest.mark.parametrize("number", [*obstacles._CAUSES, errno.ERANGE, errno.ENOENT, errno.ENOSYS, errno.EOPNOTSUPP, errno.EXDEV])
def test_every_errno_has_cause_and_cure(number: int) -> None:
    text = obstacles.describe_refused(pf(), 4, number, 2)
    assert text.startswith(f"eno2 (0000:83:00.0): the kernel refused 4 VFs with {errno.errorcode[number]}: ")
    assert text.endswith("It has 2 VFs now")


@pytest.mark.parametrize(
    ("driver", "number", "cause", "cure"),
    [
        # openshift/sriov-network-operator#1185
        ("ice", errno.ENOSPC, "MSI-X vectors", "blacklist irdma"),
        ("ice", errno.EOPNOTSUPP, "safe mode", "DDP package"),
        ("ice", errno.EBUSY, "in a reset", "run again"),
        # i40e_pci_sriov_enable: I40E_DEBUG_DIAG..., "Limited to %d VFs due to device resource constraints"
        ("i40e", errno.EPERM, "device resource constraints", "as dmesg says"),
        ("i40e", errno.EINVAL, "assigned to a guest", "stop the guest"),
        # __ixgbe_enable_sriov: IXGBE_MAX_VFS_1TC, _4TC, _8TC; ixgbe_pci_sriov_enable with an XDP program
        ("ixgbe", errno.EPERM, "31 VFs, with more 15", "tc qdisc del"),
        ("ixgbe", errno.EINVAL, "XDP program", "xdp off"),
        ("mlx5_core", errno.EOPNOTSUPP, "firmware", "mlxconfig -d 0000:83:00.0 set SRIOV_EN=1 NUM_OF_VFS=4"),
        # found beyond the report: nfp_pcie_sriov_enable, igb_enable_sriov (num_vfs > 7), and a driver without any own meaning
        ("nfp", errno.EINVAL, "firmware of the NIC limits", "as dmesg says"),
        ("igb", errno.EPERM, "more than 7 VFs", "7 or fewer"),
        ("enic", errno.EPERM, "assigned to a guest, or the kernel is locked down", "stop the guest"),
        ("bnxt_en", errno.EOPNOTSUPP, "makes no VFs through sysfs", "devlink"),
        # sriov_enable in drivers/pci/iov.c: "not enough MMIO resources" and "bus ... out of range" are both ENOMEM
        ("e1000e", errno.ENOMEM, "no space for the VFs' memory, or no bus numbers for them", "ARI"),
        # efx_ef10_pci_sriov_disable and be_pci_sriov_configure: "VFs are assigned"; ionic_sriov_configure while its firmware resets
        ("sfc", errno.EBUSY, "assigned to a guest", "stop the guest"),
        ("be2net", errno.EBUSY, "assigned to a guest", "stop the guest"),
        ("ionic", errno.EBUSY, "firmware of the NIC is in a reset", "run again"),
    ],
)
def test_one_errno_means_what_its_driver_means(driver: str, number: int, cause: str, cure: str) -> None:
    text = obstacles.describe_refused(pf(driver=driver), 4, number, 0)
    assert cause in text.partition("; ")[0] + text.partition(": ")[2] and cure in text


@pytest.mark.parametrize(
    ("changes", "values", "number", "cause", "cure"),
    [
        # mlx5_eswitch_set_vport_vlan, _state and _spoofchk: EOPNOTSUPP unless the mode is MLX5_ESWITCH_LEGACY
        ({"driver": "mlx5_core", "loose_representors": ()}, {"vlan": 7}, errno.EOPNOTSUPP, "switchdev mode", "bridge of its representor"),
        # ... and mlx5_esw_allowed: EPERM on a host whose NIC is a DPU
        ({"driver": "mlx5_core"}, {"vlan": 7}, errno.EPERM, "does not manage the NIC's switch", "on the DPU"),
        # ixgbe_ndo_set_vf_bw: EINVAL for all of these
        ({"driver": "ixgbe", "speed_mbps": 1000}, {"max_tx_rate": 500}, errno.EINVAL, "links of 10000 Mbit/s only", "Leave"),
        ({"driver": "ixgbe", "speed_mbps": 10000}, {"max_tx_rate": 10}, errno.EINVAL, "above 10 Mbit/s", "11 or more"),
        ({"driver": "ixgbe", "speed_mbps": 10000}, {"min_tx_rate": 10}, errno.EINVAL, "no lower limit", "Leave min_tx_rate out"),
        # ... and as igb_ndo_set_vf_bw, which has EOPNOTSUPP for all but the 82576
        ({"driver": "ixgbe", "speed_mbps": 10000}, {"max_tx_rate": 20000}, errno.EINVAL, "above the 10000 Mbit/s of the link", "10000"),
        ({"driver": "igb", "speed_mbps": 1000}, {"max_tx_rate": 2000}, errno.EINVAL, "above the 1000 Mbit/s of the link", "1000"),
        ({"driver": "igb", "speed_mbps": 1000}, {"max_tx_rate": 500}, errno.EOPNOTSUPP, "of the 82576 only", "Leave"),
        # qede_set_vf_vlan, igb and ixgbe: EPROTONOSUPPORT for anything but ETH_P_8021Q
        ({"driver": "qede"}, {"vlan": 7, "vlan_proto": "802.1ad"}, errno.EPROTONOSUPPORT, "802.1Q only", "vlan_proto"),
        ({"driver": "i40e"}, {"trust": True}, errno.EOPNOTSUPP, "", "use a NIC whose driver supports it"),
        ({"driver": "i40e"}, {"trust": True}, None, "", "use a NIC whose driver supports it"),
    ],
)
def test_one_refused_attribute_means_what_its_driver_means(
    changes: dict[str, Any], values: dict[str, Any], number: Optional[int], cause: str, cure: str
) -> None:
    found = obstacles.explain_refused(pf(**changes), values, number, has_carrier=True)
    assert cause in found[0] and cure in found[-1] and len(found) == (2 if cause else 1)


@pytest.mark.parametrize(
    ("driver", "values", "number"),
    [
        ("ixgbe", {"max_tx_rate": 500}, errno.EINVAL),
        ("igb", {"max_tx_rate": 500}, errno.EINVAL),
        # bnxt_set_vf_bw compares with the link's speed, which is 0 then
        ("bnxt_en", {"max_tx_rate": 500}, errno.EINVAL),
        # found beyond the report: ice_min_tx_rate_oversubscribed does the same for the lower limit
        ("ice", {"min_tx_rate": 500}, errno.EINVAL),
        # be_set_vf_tx_rate: "TX-rate setting not allowed when link is down"
        ("be2net", {"max_tx_rate": 500}, errno.ENETDOWN),
        # cxgb4_mgmt_set_vf_rate: EINVAL unless link_ok
        ("cxgb4", {"max_tx_rate": 500}, errno.EINVAL),
    ],
)
def test_a_rate_without_a_link_is_not_taken_for_one_that_the_driver_lacks(driver: str, values: dict[str, Any], number: int) -> None:
    cause, cure = obstacles.explain_refused(pf(driver=driver), values, number, has_carrier=False)
    assert "is down" in cause and "up: true" in cure


def test_limits_and_drivers_in_errnos() -> None:
    assert "its limit is 8" in obstacles.describe_refused(pf(), 9, errno.ERANGE, 0)
    assert "options mlx4_core num_vfs=2" in obstacles.describe_refused(pf(driver="mlx4_core"), 2, errno.ENOSYS, 0)
    assert "4 VFs were asked for, driver i40e made 0" in obstacles.describe_too_few(
        pf(), 4, 0
    ) and "up: true" in obstacles.describe_too_few(pf(), 4, 0)


ON = Iommu("intel", 12, ("intel_iommu=on",))
OFF = Iommu(None, 0, (), "no intel_iommu=on", IommuCause.KERNEL_DEFAULT)
IN_BIOS = Iommu(None, 0, ("intel_iommu=on",), "the firmware announces no IOMMU", IommuCause.FIRMWARE)
BY_WORD = Iommu(None, 0, ("amd_iommu=off",), "the kernel command line has amd_iommu=off", IommuCause.COMMAND_LINE, "amd_iommu=off")
GAVE_UP = Iommu(None, 0, ("intel_iommu=on",), "the kernel has not taken it up", IommuCause.KERNEL)


@pytest.mark.mission("S16", "S18")
@pytest.mark.parametrize(
    ("pfs", "iommu", "release", "expected"),
    [
        ([pf()], ON, None, []),
        ([pf()], ON, "17.3R1", []),
        ([pf()], ON, "15.1X49-D80", [("S16", "error", "eno2")]),
        ([pf(device_id="10c9")], ON, "20.4R1", [("S16", "warning", "eno2")]),
        ([pf()], OFF, None, [("S18", "error", "IOMMU")]),
        ([pf()], IN_BIOS, None, [("S18", "error", "BIOS")]),
        # Nothing that a role could add: it changes no boot loader and reboots no host for these.
        ([pf()], BY_WORD, None, [("S18", "error", "kernel command line")]),
        ([pf()], GAVE_UP, None, [("S18", "error", "kernel")]),
        ([pf()], dataclasses.replace(ON, lacks_remapping=True), None, [("S18", "error", "kernel command line")]),
        ([pf()], dataclasses.replace(ON, vfio_obstacle="blacklist"), None, [("S18", "error", "vfio-pci")]),
        ([pf(total_vfs=0)], ON, None, [("S18", "error", "eno2")]),
        ([pf(has_vf_memory=False)], ON, None, [("S18", "error", "eno2")]),
        ([pf(driver="mlx4_core", vendor_id="15b3", device_id="1003")], ON, None, [("S18", "error", "eno2")]),
        ([pf(2, driver="mlx4_core", vendor_id="15b3", device_id="1003")], ON, None, []),
        # The order of PFs in the call is no port's order: vsrx_hostdev judges S19 by the ports.
        ([pf(speed_mbps=10000), pf(name="eno3", speed_mbps=1000)], ON, None, []),
        ([pf(host_use=("192.0.2.7/24", "default route"))], ON, None, [("S18", "warning", "eno2")]),
    ],
)
def test_findings(pfs: list[Pf], iommu: Iommu, release: Optional[str], expected: list[tuple[str, str, str]]) -> None:
    found = findings.judge_host([(each, 4) for each in pfs], iommu, Release(release) if release else None)
    assert [(finding.id, finding.severity, finding.where) for finding in found] == expected


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("last_bus", "count", "fits"),
    [
        # offset 16 and stride 1 at 83:00.0: VF 239 is the last on bus 83
        (0x83, 240, None),
        (0x83, 241, 240),
        (0x84, 241, None),
        (None, 241, None),
    ],
)
def test_vfs_beyond_the_buses_of_the_bridge(last_bus: Optional[int], count: int, fits: Optional[int]) -> None:
    """sriov_enable: "can't enable N VFs (bus 84 out of range of [bus 83])", as on hosts whose firmware leaves ARI off.

    A warning, since offset and stride may become others with the number (PCI Express, VF Stride); then the kernel says it with ENOMEM.
    """
    found = findings.judge_host([(pf(total_vfs=256, last_bus=last_bus), count)], ON, None)
    assert [(finding.id, finding.severity) for finding in found] == ([] if fits is None else [("S18", "warning")])
    if fits is not None:
        assert "bus 84" in found[0].found and f"{fits} VFs" in found[0].cure and "ARI" in found[0].cure


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("entry", "up", "warns"),
    [
        ({"num_vfs": 2}, False, True),
        ({"num_vfs": 2, "up": True}, False, False),
        ({"num_vfs": 2, "up": False}, False, False),
        ({"num_vfs": 2}, True, False),
        ({"num_vfs": 2}, None, False),
        ({"num_vfs": 0}, False, False),
        ({}, False, False),
    ],
)
def test_vfs_of_a_pf_that_is_down(entry: dict[str, Any], up: Optional[bool], warns: bool) -> None:
    """canonical/lxd#5041: an 82599 whose PF is down; ixgbevf says "PF still in reset state"."""
    found = findings.judge_requests([PfTarget(request(**entry), pf(up=up))])
    assert [(finding.id, finding.severity) for finding in found] == ([("S18", "warning")] if warns else [])


@pytest.mark.mission("S18")
@pytest.mark.parametrize("shown", [0, 1])
def test_a_vf_that_ip_does_not_list(shown: int) -> None:
    """intel/ethernet-linux-ice#31: vfinfo_list lacks VF 1; and 256 VFs with statistics are more than one message of netlink holds."""
    known = VfAttributes(mac=MAC, vlan=0, spoofchk=True)
    found = pf(vfs=tuple(dataclasses.replace(vf, attributes=known if vf.index == shown else VfAttributes()) for vf in vfs(2)))
    (finding,) = findings.judge_requests([PfTarget(request(vfs=[{"vf": 0, "vlan": 7}, {"vf": 1, "vlan": 8}]), found)])
    assert finding.severity == "warning" and f"VF {1 - shown}" in finding.found and "sets them again" in finding.found


def test_vfs_of_which_nothing_is_requested_may_be_hidden() -> None:
    found = pf(vfs=tuple(dataclasses.replace(vf, attributes=VfAttributes()) for vf in vfs(2)))
    assert (
        findings.judge_requests(
            [PfTarget(request(vfs=[]), found), PfTarget(request(num_vfs=4, up=True, vfs=[{"vf": 1, "vlan": 8}]), found)]
        )
        == []
    )


@pytest.mark.parametrize(
    ("entry", "shown", "missed"),
    [
        ({"vlan": 7}, {}, True),
        ({"vlan": 7}, {"vlan": 7}, False),
        ({"mac": "00:00:00:00:00:00"}, {"mac": MAC}, False),
        ({"mac": "00:00:00:00:00:00", "vlan": 7}, {"mac": MAC}, True),
        ({"trust": True}, {"trust": None}, False),
        ({"trust": True, "vlan": 7}, {"trust": None}, True),
    ],
)
def test_what_a_vf_shows_after_the_change_is_compared(entry: dict[str, Any], shown: dict[str, Any], missed: bool) -> None:
    """But not an attribute that is not shown, nor an address that is taken away: the driver shows another one then."""
    differences = find_differences([PfTarget(request(num_vfs=1, vfs=[{"vf": 0, **entry}]), pf(vfs=vfs(1, **shown)))])
    assert len(differences) == missed


def test_removing_vfs_needs_no_capability() -> None:
    assert findings.judge_host([(pf(total_vfs=0), 0)], OFF, None, wants_vfs=False) == []


# A model of the kernel, and every plan carried out on it.


class ModelKernel:
    def __init__(self, found: Pf) -> None:
        self.pf = found

    def take(self, step: Step) -> None:
        if isinstance(step, SetMtu):
            self.pf = dataclasses.replace(self.pf, mtu=step.after)
        elif isinstance(step, SetUp):
            self.pf = dataclasses.replace(self.pf, up=step.after)
        elif isinstance(step, SetAutoprobe):
            self.pf = dataclasses.replace(self.pf, drivers_autoprobe=step.after)
        elif isinstance(step, SetCount):
            for count in step.writes:
                assert not (count and self.pf.num_vfs), "EBUSY"
                assert count <= (self.pf.total_vfs or 0), "ERANGE"
                self.pf = dataclasses.replace(self.pf, vfs=vfs(count))
        elif isinstance(step, SetVf):
            changed = {change.attribute: change.after for change in step.changed}
            self.pf = dataclasses.replace(
                self.pf,
                vfs=tuple(
                    dataclasses.replace(vf, attributes=dataclasses.replace(vf.attributes, **changed)) if vf.index == step.index else vf
                    for vf in self.pf.vfs
                ),
            )


maybe = st.none()
attributes = st.builds(
    VfAttributes,
    mac=maybe | st.sampled_from([MAC, "02:5a:00:00:00:02"]),
    vlan=maybe | st.integers(0, 4094),
    spoofchk=maybe | st.booleans(),
    trust=maybe | st.booleans(),
    link_state=maybe | st.sampled_from(["auto", "enable", "disable"]),
    max_tx_rate=maybe | st.integers(0, 9),
)
requests = st.builds(
    PfRequest,
    pf=st.just("eno2"),
    num_vfs=maybe | st.integers(0, 10),
    at_least=st.booleans(),
    drivers_autoprobe=maybe | st.booleans(),
    up=maybe | st.booleans(),
    mtu=maybe | st.sampled_from([60, 1500, 9000]),
    vfs=st.dictionaries(st.integers(0, 9), attributes, max_size=4).map(
        lambda given: tuple(VfRequest(index, wanted) for index, wanted in sorted(given.items()))
    ),
)
pfs = st.builds(lambda count, up, probe: pf(count, up=up, drivers_autoprobe=probe), st.integers(0, 8), st.booleans(), st.booleans())
users = st.lists(
    st.builds(
        lambda index, active: user(address=pci.compute_vf_address("0000:83:00.0", 16, 1, index), active=active),
        st.integers(0, 9),
        st.booleans(),
    ),
    max_size=2,
)


@pytest.mark.mission("S2", "S3", "S22")
@given(requests, pfs, users)
def test_any_plan_ends_as_requested_or_changes_nothing(requested: PfRequest, found: Pf, held: list[VfUser]) -> None:
    targets = [PfTarget(requested, found)]
    steps = plan_pfs(targets)
    kernel = ModelKernel(found)
    if not checks.find_reasons(targets, steps, held):
        for step in steps:
            kernel.take(step)
        assert plan_pf(requested, kernel.pf) == []
        assert bool(steps) == (kernel.pf != found)
    there = {vf.address for vf in found.vfs}
    for hold in held:
        # A VF that somebody holds is there afterwards, and its attributes that he would feel are what they were.
        if hold.address in there:
            before = next(vf for vf in found.vfs if vf.address == hold.address)
            after = next(vf for vf in kernel.pf.vfs if vf.address == hold.address)
            if hold.active:
                felt = ("mac", "vlan", "trust", "link_state")
                assert [getattr(before.attributes, name) for name in felt] == [getattr(after.attributes, name) for name in felt]
                assert (kernel.pf.mtu or 0) >= (found.mtu or 0)


@given(requests, pfs)
def test_what_is_predicted_is_what_comes(requested: PfRequest, found: Pf) -> None:
    targets = [PfTarget(requested, found)]
    steps = plan_pfs(targets)
    if checks.find_reasons(targets, steps, []):
        return
    kernel = ModelKernel(found)
    for step in steps:
        kernel.take(step)
    will_be = result.predict_pf(requested, found)
    assert [vf.address for vf in will_be.vfs] == [vf.address for vf in kernel.pf.vfs]
    assert (will_be.up, will_be.mtu, will_be.drivers_autoprobe) == (kernel.pf.up, kernel.pf.mtu, kernel.pf.drivers_autoprobe)
    for vf, come in zip(will_be.vfs, kernel.pf.vfs):
        assert vf.attributes.given().items() <= come.attributes.given().items()
