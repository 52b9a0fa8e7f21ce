# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of domains that people have and that other tools write: whole NICs, clones, renumbered buses, shared slots, expander buses."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import Severity, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt import model
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.model import Domain, DomainState, HypervisorState, Network
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Function, Host, Pf
from support import field_shapes
from support.domain_shapes import UUID, domain, host, plan, vf, xml_of

Q35, I440, HAS_VFS = (xml_of(shape) for shape in ("q35-virtio-two", "i440fx-virtio-two", "q35-has-vfs"))
PF, NIC = "0000:83:00.0", "0000:09:00.0"


def hostdev(function: str, guest: str = "", more: str = "") -> str:
    bus, slot, number = function[5:7], function[8:10], function[11]
    source = f"<source><address domain='0' bus='0x{bus}' slot='0x{slot}' function='0x{number}'/></source>"
    return f"<hostdev mode='subsystem' type='pci' managed='yes'>{more}{source}{guest}</hostdev>"


def guest(bus: int, slot: int, function: int = 0) -> str:
    return f"<address type='pci' domain='0x0000' bus='0x{bus:02x}' slot='0x{slot:02x}' function='0x{function:x}'/>"


def with_devices(xml: str, *devices: str) -> str:
    return xml.replace("    <serial type", "".join(f"    {device}\n" for device in devices) + "    <serial type", 1)


def with_nic(base: t.Optional[Host] = None, ethernet: t.Optional[bool] = True) -> Host:
    """The host with a NIC without SR-IOV."""
    base = base or host()
    return dataclasses.replace(base, functions={**base.functions, NIC: Function(NIC, driver="e1000e", is_ethernet=ethernet)})


def names(found: t.Any) -> list[tuple[t.Optional[str], str]]:
    return [(row.host_address, row.junos_interface) for row in found.rows]


def rules(found: t.Any, rule: str) -> list[tuple[str, Severity]]:
    return [(finding.where, finding.severity) for finding in found.findings if finding.id == rule]


# NICs that are passed through whole


@pytest.mark.mission("S5")
@pytest.mark.parametrize(("node", "last"), [(None, "ge-0/0/2"), (0, "ge-0/0/1"), (1, "ge-7/0/1")])
@pytest.mark.parametrize("function", [PF, NIC])
def test_a_nic_that_is_passed_through_whole_is_a_port(function: str, node: t.Optional[int], last: str) -> None:
    xml = with_devices(I440, hostdev(function, guest(0, 7)))
    found = plan(xml, [{"vf": vf(1, 1)}], on=with_nic(), cluster_node=node)
    assert names(found)[-2:] == [(function, found.rows[-2].junos_interface), (vf(1, 1), last)]
    whole = found.rows[-2]
    assert (whole.sriov, whole.vf, whole.pf, whole.vf_exists) == (False, None, None, None)
    assert found.rows[-1].guest_address == "0000:00:08.0"
    assert "<hostdev" in str(found.xml) and not [action for action in found.actions if function in action]


@pytest.mark.mission("S7")
@pytest.mark.parametrize("node", [None, 0])
def test_a_whole_nic_before_the_management_port_is_reported(node: t.Optional[int]) -> None:
    xml = with_devices(xml_of("i440fx-virtio-two").replace("slot='0x03'", "slot='0x0a'"), hostdev(NIC, guest(0, 3)))
    found = plan(xml, [{"vf": vf(0)}], on=with_nic(), cluster_node=node)
    assert names(found)[0] == (NIC, "fxp0")
    assert rules(found, "S7")[0] == ("vsrx position 1 (fxp0)", Severity.WARNING)


def test_what_is_no_nic_is_no_port_and_what_is_not_known_is_reported() -> None:
    xml = with_devices(I440, hostdev(NIC, guest(0, 7)))
    other = plan(xml, [{"vf": vf(0)}], on=with_nic(ethernet=False))
    assert names(other)[-1] == (vf(0), "ge-0/0/1") and rules(other, "state") == []
    for unknown in (with_nic(ethernet=None), host()):
        found = plan(xml, [{"vf": vf(0)}], on=unknown)
        assert rules(found, "state") == [(f"vsrx {NIC}", Severity.WARNING)]


def test_exclusive_leaves_whole_nics() -> None:
    xml = with_devices(I440, hostdev(PF, guest(0, 7)))
    assert names(plan(xml, [{"vf": vf(0, 1)}], exclusive=True))[2:] == [(PF, "ge-0/0/1"), (vf(0, 1), "ge-0/0/2")]


# Who uses a VF

FUNCTIONS = {"eno2v1": vf(1), "eno2v0": vf(0), "/dev/vhost-vdpa-0": vf(2)}
DIRECT = "<interface type='direct'><mac address='52:54:00:77:00:01'/><source dev='eno2v1' mode='{}'/><model type='virtio'/></interface>"
VDPA = "<interface type='vdpa'><mac address='52:54:00:77:00:01'/><source dev='/dev/vhost-vdpa-0'/></interface>"
ACTUAL = (
    "<interface type='network'><mac address='52:54:00:77:00:01'/><source network='pool'/>"
    "<actual type='direct'><source dev='eno2v1' mode='passthrough'/></actual></interface>"
)


@pytest.mark.mission("S22")
@pytest.mark.parametrize(
    ("device", "used"),
    [
        (DIRECT.format("passthrough"), vf(1)),
        (DIRECT.format("bridge"), vf(1)),
        (VDPA, vf(2)),
        (ACTUAL, vf(1)),
        (hostdev(vf(3)), vf(3)),
        (hostdev(PF), PF),
    ],
)
@pytest.mark.parametrize("active", [True, False])
def test_each_form_in_which_a_domain_uses_a_vf_counts(device: str, used: str, active: bool) -> None:
    xml = with_devices(Q35, device)
    other = Domain("other", UUID, active=active, persistent=True, inactive_xml=xml, live_xml=xml if active else None)
    users = [user for user in model.list_users(HypervisorState((other,)), FUNCTIONS) if user.address]
    assert [(user.address, user.active, user.kind) for user in users] == [(used, active, UserKind.DOMAIN)]
    requested = vf(0) if used == PF else used
    with pytest.raises(VsrxError, match=rf"\[S22\] ports\[0\]: VF {requested} of ens1f0 is already in use by domain other"):
        plan(Q35, [{"vf": requested}], users)


@pytest.mark.mission("S22")
@pytest.mark.parametrize("mode", ["hostdev", "passthrough", "bridge", "private", "vepa"])
@pytest.mark.parametrize(
    ("listed", "address", "pf"),
    [
        ("<pf dev='ens1f0'/>", None, "ens1f0"),
        ("<interface dev='eno2v0' connections='1'/>", vf(0), None),
        ("<address type='pci' domain='0' bus='131' slot='2' function='0'/>", vf(0), None),
    ],
)
def test_each_form_in_which_a_network_uses_a_vf_counts(mode: str, listed: str, address: t.Optional[str], pf: t.Optional[str]) -> None:
    network = Network("pool", active=False, xml=f"<network><name>pool</name><forward mode='{mode}'>{listed}</forward></network>")
    users = model.list_users(HypervisorState(networks=(network,)), FUNCTIONS)
    assert [(user.address, user.pf, user.kind) for user in users] == [(address, pf, UserKind.NETWORK)]
    with pytest.raises(VsrxError, match="is already in use by network pool"):
        plan(Q35, [{"vf": vf(0)}], users)


def test_a_vf_that_the_domain_has_by_macvtap_is_not_given_to_it_twice() -> None:
    xml = with_devices(Q35, DIRECT.format("passthrough"))
    users = model.list_users(HypervisorState((domain(xml),)), FUNCTIONS)
    with pytest.raises(VsrxError, match="VF 0000:83:02.1 of ens1f0 is already in use by domain vsrx"):
        plan(xml, [{"vf": vf(1)}], users)
    assert [row.vf for row in plan(xml, [{"pf": "ens1f0"}, {"pf": "ens1f0"}], users).rows if row.vf] == [vf(0), vf(2)]


@pytest.mark.mission("S22")
@pytest.mark.parametrize(("power", "severity"), [("refuse", Severity.WARNING), ("cycle", Severity.ERROR)])
@pytest.mark.parametrize("same", [{"address": vf(0)}, {"mac": "52:54:00:11:00:01"}])
def test_a_clone_is_reported_by_nics_that_no_one_requested(same: dict[str, str], power: str, severity: Severity) -> None:
    user = VfUser(UserKind.DOMAIN, "original", "running, interface type='hostdev'", active=True, owner_id=UUID, **same)
    for ports in ([], [{"vf": vf(3)}]):
        if severity is Severity.ERROR:
            with pytest.raises(VsrxError, match=r"\[S22\] vsrx .* is in use by domain original"):
                plan(HAS_VFS, ports, [user], power=power)
        else:
            assert [each for _where, each in rules(plan(HAS_VFS, ports, [user], power=power), "S22")] == [severity]


def test_a_clone_is_found_behind_a_requested_port() -> None:
    user = VfUser(UserKind.DOMAIN, "other", "running", active=True, owner_id="another", address=vf(1))
    assert [where for where, _severity in rules(plan(HAS_VFS, [{"vf": vf(0)}], [user]), "S22")] == ["vsrx hostdev 0000:83:02.1"]


# Buses that got another number


def renumbered(vfs: int = 4) -> Host:
    """The PF of the domain's VFs, which were at 83:02, is at 85:00.0 now."""
    address = "0000:85:00.0"
    found = {index: f"0000:85:02.{index}" for index in range(vfs)}
    functions = {each: Function(each, pf=address, index=index, iommu_group=index, is_ethernet=True) for index, each in found.items()}
    return Host(functions=functions, pfs={address: Pf(address, names=("eno2",), up=True, vfs=found)})


@pytest.mark.parametrize("ports", [[{"pf": "eno2", "index": 0}, {"pf": "eno2", "index": 1}], [{"pf": "eno2"}, {"pf": "eno2"}]])
@pytest.mark.parametrize("exclusive", [False, True])
def test_ports_by_pf_keep_place_and_mac_after_renumbering(ports: list[dict[str, t.Any]], exclusive: bool) -> None:
    before = plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}])
    found = plan(HAS_VFS, ports, on=renumbered(), exclusive=exclusive)
    assert [row.vf for row in found.rows[2:]] == ["0000:85:02.0", "0000:85:02.1"]
    assert [(row.mac, row.guest_address, row.junos_interface) for row in found.rows] == [
        (row.mac, row.guest_address, row.junos_interface) for row in before.rows
    ]
    assert found.actions[0] == "change hostdev 0000:83:02.0, which is ge-0/0/1: VF 0000:83:02.0 to 0000:85:02.0"
    assert plan(str(found.xml), ports, on=renumbered(), exclusive=exclusive).steps == ()
    gone = plan(HAS_VFS, ports, on=renumbered(), state="absent")
    assert "hostdev" not in str(gone.xml)


def test_a_mac_address_of_another_port_takes_the_place_of_no_port_after_renumbering() -> None:
    """Index 3 was not in the domain: it is a new port, whatever MAC address it gets."""
    found = plan(HAS_VFS, [{"pf": "eno2", "index": 3, "mac": "02:5a:00:00:00:77"}], on=renumbered())
    assert [action for action in found.actions if action.startswith("change hostdev")] == []
    assert [row.vf for row in found.rows if row.mac == "02:5a:00:00:00:77"] == ["0000:85:02.3"]


@pytest.mark.parametrize(("power", "ports"), [("refuse", []), ("refuse", [{"pf": "eno2", "index": 3}]), ("cycle", [])])
def test_a_vf_that_the_host_has_not_is_reported(power: str, ports: list[dict[str, t.Any]]) -> None:
    if power == "cycle":
        with pytest.raises(VsrxError, match=r"\[state\] vsrx ge-0/0/1: the domain has VF 0000:83:02.0, which this host has not"):
            plan(HAS_VFS, ports, on=renumbered(), power=power)
    else:
        found = plan(HAS_VFS, ports, on=renumbered(), power=power)
        assert rules(found, "state") == [("vsrx ge-0/0/1", Severity.WARNING), ("vsrx ge-0/0/2", Severity.WARNING)]


# Addresses


def test_what_remains_in_a_slot_without_function_0_moves_to_where_a_guest_finds_it() -> None:
    slot = [guest(0, 5).replace("function='0x0'/>", "function='0x0' multifunction='on'/>"), guest(0, 5, 1), guest(0, 5, 2)]
    vfs = [
        f"<interface type='hostdev' managed='yes'><mac address='02:5a:00:00:01:0{index}'/><source>"
        f"<address type='pci' domain='0x0000' bus='0x83' slot='0x02' function='0x{index}'/></source>{slot[index]}</interface>"
        for index in range(3)
    ]
    xml = with_devices(I440, *vfs)
    found = plan(xml, [{"vf": vf(0)}], state="absent")
    addresses = [row.guest_address for row in found.rows[2:]]
    assert addresses == ["0000:00:05.0", "0000:00:05.2"]
    assert [row.vf for row in found.rows[2:]] == [vf(1), vf(2)]


def test_a_device_does_not_lose_the_function_0_of_its_slot() -> None:
    disk = f"<disk type='file' device='disk'><source file='/a'/><target dev='vdz' bus='virtio'/>{guest(0, 5, 1)}</disk>"
    nic = (
        "<interface type='hostdev' managed='yes'><mac address='02:5a:00:00:01:00'/><source>"
        f"<address type='pci' domain='0x0000' bus='0x83' slot='0x02' function='0x0'/></source>{guest(0, 5)}</interface>"
    )
    with pytest.raises(VsrxError, match="disk file vdz: it is function 1 of the guest's slot 0000:00:05.0"):
        plan(with_devices(I440, disk, nic), [{"vf": vf(0)}], state="absent")


@pytest.mark.parametrize(
    ("xml", "ports", "message"),
    [
        (
            I440,
            [{"vf": vf(0), "guest_address": "0000:00:09.1"}],
            r"ports\[0\]: guest address 0000:00:09.1 has function 1 of a slot without function 0",
        ),
        (
            xml_of("q35-no-free-port"),
            [{"vf": vf(0)}, {"vf": vf(1), "guest_address": "0000:03:00.0"}],
            r"ports\[1\]: guest address 0000:03:00.0 is used by ports\[0\]",
        ),
        (
            I440,
            [{"vf": vf(0), "guest_address": "0000:00:1f.0"}, {"vf": vf(1)}],
            r"ports\[1\]: no guest address is left after 0000:00:1f.0, which ports\[0\] asks for",
        ),
    ],
)
def test_an_address_that_no_guest_would_find_is_refused(xml: str, ports: list[dict[str, str]], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        plan(xml, ports)


def test_a_function_of_a_slot_with_a_function_0_is_given() -> None:
    ports = [{"vf": vf(0), "guest_address": "0000:00:09.0"}, {"vf": vf(1), "guest_address": "0000:00:09.1"}]
    assert [row.guest_address for row in plan(I440, ports).rows[2:]] == ["0000:00:09.0", "0000:00:09.1"]
    later = [{"vf": vf(0)}, {"vf": vf(1), "guest_address": "0000:04:00.0"}]
    assert [row.guest_address for row in plan(xml_of("q35-no-free-port"), later).rows[2:]] == ["0000:03:00.0", "0000:04:00.0"]


@pytest.mark.parametrize("count", range(1, 7))
def test_an_expander_bus_is_no_end_of_the_addresses(count: int) -> None:
    expander = (
        "<controller type='pci' index='7' model='pcie-expander-bus'><target busNr='180'/>"
        "<address type='pci' domain='0x0000' bus='0x00' slot='0x10' function='0x0'/></controller>"
        "<controller type='pci' index='8' model='pcie-root-port'>"
        "<address type='pci' domain='0x0000' bus='0x07' slot='0x00' function='0x0'/></controller>"
    )
    ports = [{"vf": vf(index)} for index in range(count)]
    for shape in ("q35-virtio-two", "q35-no-free-port"):
        xml = xml_of(shape).replace("<interface", expander + "<interface", 1)
        found = plan(xml, ports)
        assert [row.vf for row in found.rows[2:]] == [vf(index) for index in range(count)]
        assert plan(str(found.xml), ports).steps == ()


# What else a domain can be


@pytest.mark.parametrize("state", [DomainState.PAUSED, DomainState.CRASHED, DomainState.PMSUSPENDED, DomainState.SHUTDOWN])
@pytest.mark.parametrize("power", ["cycle", "live"])
def test_a_domain_that_cannot_shut_down_is_refused_while_planning(state: DomainState, power: str) -> None:
    running = {"active": True, "live_xml": HAS_VFS, "state": state}
    with pytest.raises(VsrxError, match=r"\[state\] domain vsrx: it .*, so it cannot be shut down or changed"):
        plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}, {"vf": vf(2)}], power=power, domain=running)
    assert plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}], power=power, domain=running).steps == ()


@pytest.mark.parametrize(("count", "words"), [(1, "1 snapshot, which brings"), (3, "3 snapshots, which bring")])
def test_snapshots_are_a_warning(count: int, words: str) -> None:
    found = plan(Q35, [{"vf": vf(0)}], domain={"snapshots": count})
    assert found.xml and [finding.found for finding in found.findings if finding.id == "state"] == [
        f"it has {words} its old ports back when it is reverted to"
    ]


def test_vfs_of_one_iommu_group_go_to_one_domain_together() -> None:
    base = host()
    pair = {
        vf(index): dataclasses.replace(base.functions[vf(index)], iommu_group=100, iommu_group_peers=((vf(1 - index), "ixgbevf"),))
        for index in range(2)
    }
    on = dataclasses.replace(base, functions={**base.functions, **pair})
    for ports in ([{"vf": vf(0)}, {"vf": vf(1)}], [{"pf": "ens1f0", "index": index} for index in range(2)]):
        assert [row.vf for row in plan(Q35, ports, on=on).rows if row.vf] == [vf(0), vf(1)]
    assert plan(HAS_VFS, [{"vf": vf(0), "vlan": 5}], on=on).xml
    assert [row.vf for row in plan(Q35, [{"pf": "ens1f0"}], on=on).rows if row.vf] == [vf(2)]
    with pytest.raises(VsrxError, match=r"\[S18\] ports\[0\]: VF 0000:83:02.0 shares IOMMU group 100 with 0000:83:02.1"):
        plan(Q35, [{"vf": vf(0)}], on=on)


def test_the_model_of_a_driver_and_an_acpi_index_stay() -> None:
    device = hostdev(vf(0), guest(7, 0), "<driver model='mlx5_vfio_pci'/>").replace("</hostdev>", "<acpi index='7'/></hostdev>")
    found = plan(with_devices(Q35, device), [{"vf": vf(0), "driver": "vfio"}])
    assert "<driver model='mlx5_vfio_pci'/>" in str(found.xml) and "<acpi index='7'/>" in str(found.xml)
    assert "driver" not in " ".join(found.actions) and plan(str(found.xml), [{"vf": vf(0), "driver": "vfio"}]).steps == ()
    named = with_devices(Q35, hostdev(vf(0), guest(7, 0), "<driver model='mlx5_vfio_pci'/>"))
    assert "<driver name='kvm' model='mlx5_vfio_pci'/>" in str(plan(named, [{"vf": vf(0), "driver": "kvm"}]).xml)


def test_an_unassigned_vf_is_converted() -> None:
    xml = with_devices(Q35, hostdev(vf(0), "<address type='unassigned'/>"))
    assert len(plan(xml, []).rows) == 2
    found = plan(xml, [{"vf": vf(0)}])
    assert "<hostdev" not in str(found.xml) and [row.vf for row in found.rows] == [None, None, vf(0)]
    assert "unassigned" not in str(found.xml) and plan(str(found.xml), [{"vf": vf(0)}]).steps == ()


def test_a_failover_pair_has_one_mac() -> None:
    mac = "52:54:00:77:00:01"
    persistent = (
        f"<interface type='bridge'><mac address='{mac}'/><source bridge='br0'/><model type='virtio'/>"
        f"<teaming type='persistent'/><alias name='ua-backup'/>{guest(0, 9)}</interface>"
    )
    transient = (
        f"<interface type='hostdev' managed='yes'><mac address='{mac}'/><teaming type='transient' persistent='ua-backup'/><source>"
        f"<address type='pci' domain='0x0000' bus='0x83' slot='0x02' function='0x0'/></source>{guest(0, 10)}</interface>"
    )
    assert plan(with_devices(I440, persistent, transient), [{"vf": vf(0)}]).steps == ()
    with pytest.raises(VsrxError, match="in the same domain"):
        plan(with_devices(I440, persistent.replace("<teaming type='persistent'/>", ""), transient), [{"vf": vf(0)}])


@pytest.mark.mission("S17")
def test_more_nics_than_the_vendor_lists_are_reported() -> None:
    ports = [{"vf": vf(index)} for index in range(7)]
    assert "9 NICs" in " ".join(finding.found for finding in plan(I440, ports).findings if finding.id == "S17")
    assert "NICs" not in " ".join(finding.found for finding in plan(I440, ports[:6]).findings if finding.id == "S17")


def test_all_reasons_come_at_once() -> None:
    used = VfUser(UserKind.DOMAIN, "other", "running", active=True, owner_id=UUID, address=vf(0))
    ports = [
        {"vf": vf(0)},
        {"vf": "0000:83:09.0"},
        {"pf": "eno8"},
        {"pf": "ens1f0", "index": 99},
        {"vf": vf(1), "mac": "52:54:00:11:00:01"},
    ]
    with pytest.raises(VsrxError) as refused:
        plan(Q35, ports, [used], domain={"has_managed_save": True})
    found = {(finding.id, finding.where) for finding in refused.value.findings}
    assert found == {
        ("S22", "ports[0]"),
        ("state", "ports[1]"),
        ("request", "ports[2]"),
        ("state", "ports[3]"),
        ("S22", "ports[4]"),
        ("state", "domain vsrx"),
    }
    assert refused.value.message.count("\n") == len(found) and refused.value.message.startswith("domain vsrx was not changed:\n")


def test_all_that_is_wrong_with_a_request_comes_at_once() -> None:
    ports = [{"vf": "x", "vlan": 4095}, {"pf": "-x", "index": -1}, {"vf": vf(0), "mac": "nonsense"}, {"pf": "a:b"}, {"pf": "x" * 200}]
    with pytest.raises(VsrxError) as refused:
        plan(Q35, ports)
    assert [finding.where for finding in refused.value.findings] == [
        "ports[0].vlan",
        "ports[0].vf",
        "ports[1].index",
        "ports[1].pf",
        "ports[2].mac",
        "ports[3].pf",
        "ports[4].pf",
    ]


@pytest.mark.mission("S5")
@pytest.mark.parametrize(
    ("name", "warned"),
    [
        ("pc: a bridge behind a bridge", True),
        ("q35: NICs on the root bus", False),
        ("q35: root ports, NICs on the first and the last", False),
        ("pc: NICs behind a bridge", False),
        ("pc: NICs at 3 and 9, 4 free", False),
    ],
)
def test_nics_that_a_guest_can_count_in_two_orders(name: str, warned: bool) -> None:
    warnings = [finding for finding in plan(field_shapes.SHAPES[name], [{"vf": vf(5)}]).findings if finding.id == "S5"]
    assert len(warnings) == warned and {finding.severity for finding in warnings} <= {Severity.WARNING}
    assert plan(field_shapes.SHAPES[name], []).findings == ()
    for finding in warnings:
        assert "fxp0 could be the NIC at 0000:00:05.0 and not the one at 0000:02:01.0" in finding.found


@pytest.mark.parametrize("name", sorted(field_shapes.SHAPES))
def test_every_shape_of_the_field_is_planned_or_refused_with_a_reason(name: str) -> None:
    for options in ({}, {"exclusive": True}, {"state": "absent"}, {"cluster_node": 1}):
        try:
            made = plan(field_shapes.SHAPES[name], [{"vf": vf(5)}, {"vf": vf(6, 1)}], **options)
        except VsrxError as refused:
            assert refused.findings, name
            continue
        again = plan(made.xml or field_shapes.SHAPES[name], [{"vf": vf(5)}, {"vf": vf(6, 1)}], **options)
        assert again.xml is None and not again.steps, name
