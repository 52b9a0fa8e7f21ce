# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Representors hang under their PF's device and are never taken for it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host import reader, sysfs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._host.model import is_netdev_name
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from support.fake_host import FakeHost, FakeIp

PF = "0000:08:00.0"


@pytest.mark.parametrize(
    ("port", "representor"),
    [
        (None, False),
        ("p0", False),
        ("p1", False),
        # a split port (devlink port split)
        ("p0s1", False),
        # nfp's vNIC
        ("n0", False),
        ("pf0vf0", True),
        ("pf1vf127", True),
        # a subfunction (mlx5, ice)
        ("pf0sf88", True),
        # BlueField: of the host's PF and its VFs, seen on the card
        ("pf0hpf", True),
        ("c1pf0", True),
        ("c1pf0vf3", True),
        # mlx5e_rep_get_phys_port_name before 5.0 (RHEL 7, early RHEL 8): the VF's number alone
        ("0", True),
        ("12", True),
        # found beyond the report, in the drivers' own functions of Linux 6.12 and of the vendors' trees:
        # nfp_port_get_phys_port_name for the PF's port in flower mode, and one of a split PF; the PF's netdev is n0 then
        ("pf0", True),
        ("pf1s2", True),
        # efx_ef100_rep_get_phys_port_name, sfc's EF100 (Alveo U25N, X3)
        ("p0pf1vf3", True),
        # the same in Xilinx' own tree: a function behind another PCIe interface of the NIC
        ("p0if1pf0", True),
        ("p1if1pf0vf12", True),
        # devlink's names of switch ports and lanes: ports of the NIC
        ("p12s3", False),
        ("p", False),
        ("pf", False),
        ("vf0", False),
    ],
)
def test_ports_by_their_names(port: t.Optional[str], representor: bool) -> None:
    assert sysfs.is_representor_port(port) is representor


@pytest.fixture
def switchdev(tmp_path: Path) -> FakeHost:
    """Mellanox/nic-configuration-operator#337: systemd before v254 leaves representors as ethN."""
    host = FakeHost(tmp_path)
    host.pf(PF, "p0", ids="15b3:1017", driver="mlx5_core", vfs=2)
    for file, text in (("phys_port_name", "p0"), ("phys_switch_id", "b8599f")):
        (host.net / "p0" / file).write_text(f"{text}\n")
    host.representor(PF, "eth0", "pf0vf0")
    host.representor(PF, "eth1", "pf0vf1")
    return host


@pytest.mark.parametrize("name", [PF, "p0"])
def test_the_pf_is_the_netdev_of_the_port(switchdev: FakeHost, name: str) -> None:
    pf = reader.read_pf(HostAccess(switchdev.fs, Ip(FakeIp(switchdev))), name)
    assert (pf.name, pf.names[0], pf.num_vfs) == ("p0", "p0", 2)


@pytest.mark.parametrize(
    ("port", "what"),
    [
        ("pf0vf1", "VF 1"),
        ("pf0sf9", "subfunction 9"),
        ("pf0hpf", "another function of the NIC"),
        ("pf0", "another function of the NIC"),
        ("p0pf0vf1", "VF 1"),
        ("1", "VF 1"),
    ],
)
def test_a_representor_is_no_pf(switchdev: FakeHost, port: str, what: str) -> None:
    (switchdev.net / "eth1/phys_port_name").write_text(f"{port}\n")
    expected = rf"eth1 is the representor of {what} \(phys_port_name {port}\), not a PF; expected the PF's own network device, p0"
    with pytest.raises(VsrxError, match=expected):
        reader.read_pf(HostAccess(switchdev.fs, Ip(FakeIp(switchdev))), "eth1")


def test_no_representor_is_named_among_the_pfs(switchdev: FakeHost) -> None:
    with pytest.raises(VsrxError, match="PFs here: p0$"):
        reader.read_pf(HostAccess(switchdev.fs, Ip(FakeIp(switchdev))), "nosuch")


def test_the_pf_is_read_once_among_the_others(switchdev: FakeHost) -> None:
    access = HostAccess(switchdev.fs, Ip(FakeIp(switchdev)))
    assert [pf.name for pf in reader.read_other_pfs(access, ())] == ["p0"]
    assert reader.read_permanent_macs(access) == {"52:54:00:00:83:00"}


def test_two_ports_on_one_function_are_both_its_own(tmp_path: Path) -> None:
    """ConnectX-3: told apart by dev_port, with no phys_port_name."""
    host = FakeHost(tmp_path)
    host.pf(PF, "ens1d1", ids="15b3:1003", driver="mlx4_core")
    (host.net / "ens1d1/dev_port").write_text("1\n")
    host.netdev(PF, "ens1", "52:54:00:00:08:01")
    assert sysfs.list_own_names(host.fs, PF) == ["ens1", "ens1d1"]
    assert reader.read_pf(HostAccess(host.fs, Ip(FakeIp(host))), "ens1d1").name == "ens1d1"


@pytest.mark.parametrize(
    ("bridged", "loose"), [((), ("eth0", "eth1")), (("eth0",), ("eth1",)), (("eth0", "eth1"), ())], ids=["none", "one", "all"]
)
def test_representors_outside_a_bridge_are_found(switchdev: FakeHost, bridged: tuple[str, ...], loose: tuple[str, ...]) -> None:
    for name in bridged:
        (switchdev.net / name / "master").symlink_to(switchdev.net / "ovs-system")
    assert reader.read_pf(HostAccess(switchdev.fs, Ip(FakeIp(switchdev))), PF).loose_representors == loose


@pytest.mark.parametrize(
    ("driver", "vfs", "has_id", "is_switchdev"),
    [
        ("i40e", 2, False, False),
        # mlx5 and bnxt_en show phys_switch_id in switchdev mode only
        ("mlx5_core", 0, True, True),
        ("bnxt_en", 0, True, True),
        # ... and with VFs there are representors then, so that an id without any is none
        ("octeontx2", 2, True, False),
        # found beyond the report: ice_devlink_create_pf_port gives its port an id in legacy mode, too (Linux 5.17 and later)
        ("ice", 0, True, False),
        ("ice", 2, True, False),
        # nfp_port_get_port_parent_id does so for each firmware, with representors or without
        ("nfp", 0, True, False),
    ],
)
@pytest.mark.mission("S18")
def test_an_id_of_a_switch_alone_is_not_switchdev_mode(tmp_path: Path, driver: str, vfs: int, has_id: bool, is_switchdev: bool) -> None:
    host = FakeHost(tmp_path)
    host.pf(driver=driver, vfs=vfs)
    if has_id:
        (host.net / "eno2/phys_switch_id").write_text("b8599f\n")
    loose = reader.read_pf(HostAccess(host.fs, Ip(FakeIp(host))), "eno2").loose_representors
    assert loose == (() if is_switchdev else None)


@pytest.mark.parametrize(
    ("name", "is_name"),
    [
        ("eno2", True),
        ("a.b-c_d", True),
        ("x" * 127, True),
        ("-x", False),
        ("a:b", False),
        ("x" * 128, False),
        ("..", False),
        ("a\0", False),
    ],
)
def test_what_a_netdev_can_be_called(name: str, is_name: bool) -> None:
    assert is_netdev_name(name) is is_name
