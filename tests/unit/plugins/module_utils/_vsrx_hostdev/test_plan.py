# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of vsrx_hostdev: which NIC goes where, at which address, with which MAC address, and what is refused."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _mac_address
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import Severity, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Function
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.request import parse_request
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.result import ShutDown, Start
from support.domain_shapes import UUID, host, plan, tune, vf, xml_of

Q35 = xml_of("q35-virtio-two")
I440 = xml_of("i440fx-virtio-two")
HAS_VFS = xml_of("q35-has-vfs")
OTHER = VfUser(UserKind.DOMAIN, "other", "defined, interface type='hostdev'", active=False, owner_id=UUID)


def other(**changes: t.Any) -> VfUser:
    return dataclasses.replace(OTHER, **changes)


def with_function(address: str, **changes: t.Any) -> t.Any:
    base = host()
    return dataclasses.replace(base, functions={**base.functions, address: dataclasses.replace(base.functions[address], **changes)})


def with_pf(number: int, **changes: t.Any) -> t.Any:
    base = host()
    address = f"0000:{0x83 + number:02x}:00.0"
    return dataclasses.replace(base, pfs={**base.pfs, address: dataclasses.replace(base.pfs[address], **changes)})


def vfs_of(found: t.Any) -> list[str]:
    return [row.vf for row in found.rows if row.sriov]


def addresses_of(found: t.Any) -> list[str]:
    return [row.guest_address for row in found.rows]


# What is asked for


@pytest.mark.parametrize(
    ("ports", "vfs"),
    [
        ([{"vf": vf(3)}], [vf(3)]),
        ([{"vf": "83:02.3"}], [vf(3)]),
        ([{"pf": "ens1f0", "index": 3}], [vf(3)]),
        ([{"pf": "0000:83:00.0", "index": 3}], [vf(3)]),
        ([{"pf": "ens1f0"}], [vf(0)]),
        ([{"pf": "ens1f0"}, {"pf": "ens1f0"}, {"pf": "ens1f1"}], [vf(0), vf(1), vf(0, 1)]),
        ([{"pf": "ens1f0"}, {"vf": vf(0)}], [vf(1), vf(0)]),
    ],
)
def test_a_vf_is_named_in_three_ways(ports: list[dict[str, t.Any]], vfs: list[str]) -> None:
    assert vfs_of(plan(Q35, ports)) == vfs


def test_a_free_vf_is_one_that_no_one_uses_and_the_same_next_time() -> None:
    users = [
        other(address=vf(0)),
        other(kind=UserKind.NETDEV, name="ens1f0v1", owner_id=None, usage="up, 192.0.2.1/24", address=vf(1), active=True),
    ]
    first = plan(Q35, [{"pf": "ens1f0"}], users)
    assert vfs_of(first) == [vf(2)]
    assert vfs_of(plan(str(first.xml), [{"pf": "ens1f0"}])) == [vf(2)]


def test_without_a_free_vf_everybody_is_named() -> None:
    users = [other(address=vf(index)) for index in range(8)]
    with pytest.raises(VsrxError, match=r"ens1f0 has no free VF.*VF 0 0000:83:02.0: is already in use by domain other.*VF 7"):
        plan(Q35, [{"pf": "ens1f0"}], users)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"vf": vf(0), "pf": "ens1f0"}, "give either vf"),
        ({}, "give either vf"),
        ({"vf": "eno2"}, r"ports\[0\].vf: 'eno2' is not a PCI address"),
        ({"pf": "../x"}, "neither the name"),
        ({"vf": vf(0), "index": 1}, "needs a pf"),
        ({"pf": "ens1f0", "index": -1}, "counts from 0"),
        ({"vf": vf(0), "mac": "01:00:5e:00:00:01"}, "multicast"),
        ({"vf": vf(0), "mac": "00:00:00:00:00:00"}, "all zero"),
        ({"vf": vf(0), "mac": "nonsense"}, "is not a MAC address"),
        ({"vf": vf(0), "vlan": 4095}, "VLAN 4095 is out of range"),
        ({"vf": vf(0), "vlan": -1}, "out of range"),
        ({"vf": vf(0), "guest_address": "5"}, "guest_address"),
    ],
)
def test_a_port_that_makes_no_sense_is_refused(entry: dict[str, t.Any], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        parse_request({"ports": [entry]})


# What can not be had


@pytest.mark.mission("S22")
@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"address": vf(0)}, r"VF 0000:83:02.0 of ens1f0 is already in use by domain other \(defined, interface type='hostdev'\)"),
        ({"address": vf(0), "usage": "running, hostdev pci", "active": True}, r"in use by domain other \(running, hostdev pci\)"),
        (
            {"pf": "ens1f0", "kind": UserKind.NETWORK, "name": "pool", "owner_id": None, "usage": "active, forward mode='hostdev'"},
            "in use by network pool",
        ),
        ({"mac": "02:5a:00:00:00:99"}, "MAC address 02:5a:00:00:00:99 is in use by domain other.*cloned"),
    ],
)
def test_what_another_holds_is_refused_by_name(user: dict[str, t.Any], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        plan(Q35, [{"vf": vf(0), "mac": "02:5a:00:00:00:99"}], [other(**user)])


def test_what_the_domain_itself_holds_is_no_conflict() -> None:
    own = "7c5e0000-0000-4000-8000-000000000004"
    users = [other(name="vsrx", owner_id=own, address=vf(0), mac="02:5a:00:00:00:01")]
    assert plan(HAS_VFS, [{"vf": vf(0)}], users).steps == ()


@pytest.mark.mission("S22")
def test_a_mac_that_is_set_on_another_vf_is_refused() -> None:
    with pytest.raises(VsrxError, match=r"is set on VF 4 of ens1f1 \(0000:84:02.4\)"):
        plan(Q35, [{"vf": vf(0), "mac": "02:5a:00:00:00:99"}], on=with_pf(1, macs={4: "02:5a:00:00:00:99"}))
    assert plan(Q35, [{"vf": vf(0), "mac": "02:5a:00:00:00:99"}], on=with_pf(0, macs={0: "02:5a:00:00:00:99"})).steps


def test_a_mac_of_the_host_is_refused() -> None:
    on = dataclasses.replace(host(), netdevs={"02:5a:00:00:00:99": "ens1f0"})
    with pytest.raises(VsrxError, match="is that of the host's network device ens1f0"):
        plan(Q35, [{"vf": vf(0), "mac": "02:5a:00:00:00:99"}], on=on)


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        ([{"vf": vf(0)}, {"pf": "ens1f0", "index": 0}], r"ports\[1\]: VF 0000:83:02.0 is given to ports\[0\] too"),
        ([{"vf": vf(0), "mac": "02:00:00:00:00:01"}, {"vf": vf(1), "mac": "02-00-00-00-00-01"}], r"given to ports\[0\] too"),
        ([{"vf": vf(0), "mac": "52:54:00:11:00:01"}], "is that of bridge 52:54:00:11:00:01 in the same domain"),
        ([{"vf": "0000:83:00.0"}], "is a PF. expected a VF"),
        ([{"vf": "0000:83:09.0"}], "this host has no PCI function"),
        ([{"pf": "eno9"}], r"eno9 is a network device \(0000:09:00.0\), which has no SR-IOV. this host's PFs: ens1f0, ens1f1"),
        ([{"pf": "nosuch"}], "nosuch is not a network device of this host"),
        ([{"pf": "ens1f0", "index": 8}], "ens1f0 has no VF 8; it has 8 VFs"),
        ([{"pf": "70.2"}], "put in quotes|neither"),
    ],
)
def test_what_cannot_be_a_port_is_refused(ports: list[dict[str, t.Any]], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        plan(Q35, ports)


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"iommu_group": None}, "is in no IOMMU group. turn the IOMMU on"),
        (
            {"iommu_group_peers": (("0000:83:02.1", "ixgbevf"), ("0000:00:01.0", "pcieport"))},
            r"shares IOMMU group 100 with 0000:83:02.1 \(ixgbevf\),",
        ),
    ],
)
def test_a_vf_that_cannot_be_assigned_is_refused(changes: dict[str, t.Any], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        plan(Q35, [{"vf": vf(0)}], on=with_function(vf(0), **changes))


def test_group_neighbours_without_a_host_driver_do_not_matter() -> None:
    on = with_function(vf(0), iommu_group_peers=(("0000:83:02.1", "vfio-pci"), ("0000:83:02.2", None)))
    assert plan(Q35, [{"vf": vf(0)}], on=on).steps


def test_a_pf_that_is_down_is_refused_and_one_that_is_not_known_is_not() -> None:
    with pytest.raises(VsrxError, match="ens1f0, the PF of VF 0000:83:02.0, is down"):
        plan(Q35, [{"vf": vf(0)}], on=with_pf(0, up=False))
    assert plan(Q35, [{"vf": vf(0)}], on=with_pf(0, up=None)).steps


def test_a_plain_nic_is_refused() -> None:
    base = host()
    on = dataclasses.replace(base, functions={**base.functions, "0000:09:00.0": Function("0000:09:00.0", driver="e1000e")})
    with pytest.raises(VsrxError, match="0000:09:00.0 is not a VF"):
        plan(Q35, [{"vf": "0000:09:00.0"}], on=on)


def with_accelerator() -> t.Any:
    """The VF that the domain has as a plain hostdev is that of an accelerator."""
    return with_function(vf(0), pf=None, index=None, non_nic_class="processor", is_ethernet=False)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_vf_that_is_none_of_a_nic_is_refused(state: str) -> None:
    with pytest.raises(
        VsrxError,
        match=r"ports\[0\]: 0000:83:02.0 is a VF, but not of an Ethernet NIC \(its class is processor\). expected a VF of an Ethernet NIC",
    ):
        plan(xml_of("hostdev-plain-vf"), [{"vf": vf(0)}], on=with_accelerator(), state=state)


def test_a_vf_that_is_none_of_a_nic_has_no_place_in_the_map_and_stays() -> None:
    before = xml_of("hostdev-plain-vf")
    assert vfs_of(plan(before, [])) == [vf(0)]
    found = plan(before, [{"vf": vf(3)}], on=with_accelerator(), exclusive=True)
    assert vfs_of(found) == [vf(3)] and not [action for action in found.actions if "remove" in action]
    assert "<hostdev" in str(found.xml) and len(found.rows) == len(plan(before, [], exclusive=True).rows) + 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"persistent": False, "inactive_xml": None}, "is transient"),
        ({"has_managed_save": True}, "managed save image"),
    ],
)
def test_a_domain_that_cannot_be_changed_is_refused(changes: dict[str, t.Any], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        plan(Q35, [{"vf": vf(0)}], domain=changes)


def test_a_managed_save_image_does_not_matter_when_nothing_changes() -> None:
    assert plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}], domain={"has_managed_save": True}).steps == ()


@pytest.mark.parametrize("options", [{"power": "cycle"}, {"pending_start": True}])
def test_an_image_is_not_resumed_by_a_start(options: dict[str, t.Any]) -> None:
    with pytest.raises(VsrxError, match="has a managed save image"):
        plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}], domain={"has_managed_save": True}, **options)


# Order and addresses


@pytest.mark.parametrize("shape", ["q35-libvirt-order", "i440fx-libvirt-order"])
@pytest.mark.parametrize("domain", [{}, {"active": True}])
def test_the_order_of_elements_alone_is_no_change(shape: str, domain: dict[str, t.Any]) -> None:
    xml = xml_of(shape)
    domain = {**domain, "live_xml": xml} if domain else {}
    found = plan(xml, [{"vf": vf(0)}, {"vf": vf(1)}], domain=domain, power="cycle" if domain else "refuse")
    assert (found.steps, found.xml, found.changes) == ((), None, ())


@pytest.mark.parametrize("shape", ["q35-libvirt-order", "q35-has-vfs"])
def test_a_pf_alone_means_the_ports_in_the_order_of_the_guest(shape: str) -> None:
    xml = xml_of(shape)
    start = xml.index("<interface type='hostdev'")
    first = xml[start : xml.index("</interface>", start) + 12]
    last = xml.rindex("</interface>") + 12
    # The guest's address keeps the first port first, wherever its element stands.
    turned = xml[:start] + xml[start + len(first) : last] + first + xml[last:]
    before = [row.vf for row in plan(turned, [{"vf": vf(0)}, {"vf": vf(1)}]).rows]
    assert [row.vf for row in plan(turned, [{"pf": "ens1f0"}, {"pf": "ens1f0"}]).rows] == before
    assert plan(turned, [{"pf": "ens1f0"}, {"pf": "ens1f0"}]).steps == ()


@pytest.mark.mission("S5")
@pytest.mark.parametrize("shape", ["q35-libvirt-order", "i440fx-libvirt-order"])
def test_ports_keep_the_places_that_the_guest_sees(shape: str) -> None:
    found = plan(xml_of(shape), [{"vf": vf(0)}, {"vf": vf(1)}])
    assert [row.vf for row in found.rows] == [None, None, vf(0), vf(1)]
    turned = plan(xml_of(shape), [{"vf": vf(1)}, {"vf": vf(0)}])
    assert [row.vf for row in turned.rows] == [None, None, vf(1), vf(0)]
    assert addresses_of(turned) == addresses_of(found)


@pytest.mark.mission("S5")
def test_a_nic_between_ports_keeps_its_place() -> None:
    between = str(plan(xml_of("form-no-addresses"), [{"vf": vf(0)}, {"vf": vf(1)}]).xml)
    before = plan(between, [{"vf": vf(0)}, {"vf": vf(1)}])
    assert [row.vf for row in before.rows] == [None, vf(0), None, vf(1)]
    more = plan(between, [{"vf": vf(5)}, {"vf": vf(1)}, {"vf": vf(0)}])
    assert [row.vf for row in more.rows] == [None, vf(5), None, vf(1), vf(0)]
    assert addresses_of(more)[:4] == addresses_of(before)


@pytest.mark.parametrize(
    ("xml", "requested", "pci_address"),
    [
        (Q35, "0000:05:00.0", "0000:05:00.0"),
        (Q35, "0000:07:00.0", "0000:07:00.0"),
        (Q35, "0000:00:05.0", "0000:00:05.0"),
        (I440, "0000:00:05.0", "0000:00:05.0"),
        (I440, "00:1f.0", "0000:00:1f.0"),
    ],
)
def test_an_requested_address_is_kept_to(xml: str, requested: str, pci_address: str) -> None:
    found = plan(xml, [{"vf": vf(0), "guest_address": requested}])
    assert addresses_of(found)[-1] == pci_address
    assert plan(str(found.xml), [{"vf": vf(0), "guest_address": requested}]).steps == ()


@pytest.mark.parametrize(
    ("xml", "ports", "message"),
    [
        (I440, [{"vf": vf(0), "guest_address": "0000:00:03.0"}], "is used by bridge 52:54:00:11:00:01"),
        (I440, [{"vf": vf(0), "guest_address": "0000:00:01.2"}], "is used by PIIX3"),
        (I440, [{"vf": vf(0), "guest_address": "0000:00:02.0"}], "does not come after that of bridge 52:54:00:11:00:02"),
        (xml_of("i440fx-video-and-disk"), [{"vf": vf(0), "guest_address": "0000:00:05.0"}], "is used by disk block vda"),
        (
            Q35,
            [{"vf": vf(0), "guest_address": "0000:05:00.0"}, {"vf": vf(1), "guest_address": "0000:04:00.0"}],
            "does not come after that of ports",
        ),
        (Q35, [{"vf": vf(0), "guest_address": "0000:05:01.0"}], "root port, which has slot 0 only"),
        (Q35, [{"vf": vf(0), "guest_address": "0000:20:00.0"}], "the domain's buses are 0 to 6"),
        (I440, [{"vf": vf(0), "guest_address": "0001:00:05.0"}], "PCI domain 0001"),
    ],
)
def test_an_requested_address_that_cannot_be_is_refused(xml: str, ports: list[dict[str, t.Any]], message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        plan(xml, ports)


def test_a_domain_without_a_free_address_is_refused() -> None:
    base = host()
    many = {index: f"0000:83:{2 + index // 8:02x}.{index % 8}" for index in range(40)}
    functions = {address: Function(address, pf="0000:83:00.0", index=index, iommu_group=index) for index, address in many.items()}
    pf = dataclasses.replace(base.pfs["0000:83:00.0"], vfs=many)
    with pytest.raises(VsrxError, match=r"ports\[27\]: the domain has no ascending PCI addresses for 42 NICs"):
        plan(I440, [{"vf": address} for address in many.values()], on=dataclasses.replace(base, functions=functions, pfs={pf.address: pf}))


def test_root_ports_are_added_where_needed() -> None:
    found = plan(xml_of("q35-no-free-port"), [{"vf": vf(0)}, {"vf": vf(1)}])
    assert [row.guest_address for row in found.rows] == ["0000:01:00.0", "0000:02:00.0", "0000:03:00.0", "0000:04:00.0"]
    assert [action for action in found.actions if action.startswith("add PCI root port")] == [
        "add PCI root port 3 at guest address 0000:00:01.2",
        "add PCI root port 4 at guest address 0000:00:01.3",
    ]


# MAC addresses, VLANs, drivers


@pytest.mark.mission("S4")
def test_a_mac_is_made_once_and_kept() -> None:
    found = plan(Q35, [{"vf": vf(3)}])
    made = _mac_address.generate("7c5e0000-0000-4000-8000-000000000001", vf(3))
    assert found.rows[-1].mac == made
    kept = plan(str(found.xml).replace(made, "52:54:00:aa:bb:cc"), [{"vf": vf(3)}])
    assert kept.steps == () and kept.rows[-1].mac == "52:54:00:aa:bb:cc"


def test_a_given_mac_vlan_and_driver_replace_what_is_there() -> None:
    found = plan(xml_of("hostdev-vlan"), [{"vf": vf(0), "mac": "02:5A:00:00:00:77", "vlan": 100, "driver": "kvm"}])
    (change,) = found.changes
    assert change.before is not None and change.after is not None
    for old, new in (("02:5a:00:00:00:01", "02:5a:00:00:00:77"), ("<tag id='42'/>", "<tag id='100'/>"), ("name='vfio'", "name='kvm'")):
        assert old in change.before and new in change.after and old not in change.after
    assert found.actions == [
        "change hostdev 0000:83:02.0, which is ge-0/0/1: MAC 02:5a:00:00:00:01 to 02:5a:00:00:00:77, driver vfio to kvm, VLAN 42 to 100"
    ]


def test_vlan_zero_takes_the_vlan_away_and_no_vlan_keeps_it() -> None:
    before = xml_of("hostdev-vlan")
    assert plan(before, [{"vf": vf(0)}]).steps == ()
    found = plan(before, [{"vf": vf(0), "vlan": 0}])
    assert "<vlan>" not in str(found.xml)
    assert "<vlan trunk" not in str(plan(xml_of("hostdev-trunk"), [{"vf": vf(0), "vlan": 7}]).xml)


def test_what_is_not_managed_becomes_so() -> None:
    found = plan(xml_of("hostdev-unmanaged"), [{"vf": vf(0)}, {"vf": vf(1)}])
    assert str(found.xml).count("managed='yes'") == 2 and "managed='no'" not in str(found.xml)


def test_a_plain_hostdev_becomes_an_interface() -> None:
    found = plan(xml_of("hostdev-plain-vf"), [{"vf": vf(0)}])
    assert "<hostdev" not in str(found.xml) and "<interface type='hostdev'" in str(found.xml)
    assert addresses_of(found)[-1] == "0000:03:00.0"
    assert found.actions == [
        f"change hostdev pci 0000:83:02.0, which is ge-0/0/1: plain hostdev to interface with MAC {found.rows[-1].mac}"
    ]


def test_what_people_put_on_a_port_stays_when_it_moves() -> None:
    found = plan(xml_of("hostdev-teaming-rom-boot-alias"), [{"vf": vf(1)}, {"vf": vf(0)}])
    for line in ("<teaming type='transient' persistent='ua-backup0'/>", "<boot order='2'/>", "<alias name='ua-wan'/>", "<rom bar='on'"):
        assert line in str(found.xml)


def test_what_people_put_on_a_plain_hostdev_stays_when_it_becomes_an_interface() -> None:
    put = ("<boot order='2'/>", "<rom bar='off'/>", "<alias name='ua-wan'/>")
    xml = xml_of("hostdev-plain-vf").replace("<driver name='vfio'/>", f"<driver name='kvm'/>{put[0]}{put[1]}").replace("ua-left", "ua-wan")
    found = str(plan(xml, [{"vf": vf(0)}]).xml)
    for line in (*put, "<driver name='kvm'/>"):
        assert line in found


def test_a_trunk_that_becomes_one_vlan_is_reported() -> None:
    found = plan(xml_of("hostdev-trunk"), [{"vf": vf(0), "vlan": 42}])
    assert found.xml and "VLAN a trunk to 42" in " ".join(found.actions)


# exclusive and absent


def test_exclusive_takes_the_others_away() -> None:
    found = plan(HAS_VFS, [{"vf": vf(1)}], exclusive=True)
    assert vfs_of(found) == [vf(1)]
    assert found.actions[0] == "remove VF 0000:83:02.0, which is ge-0/0/1"
    assert vfs_of(plan(HAS_VFS, [{"vf": vf(1)}])) == [vf(0), vf(1)]
    assert vfs_of(plan(HAS_VFS, [], exclusive=True)) == []


def test_exclusive_takes_pool_ports_away_too() -> None:
    pool = VfUser(UserKind.NETWORK, "vf-pool", "active, forward mode='hostdev'", active=True, pf="ens9f0")
    found = plan(xml_of("kinds-pool-network"), [{"vf": vf(1)}], [pool], exclusive=True)
    assert vfs_of(found) == [vf(1)] and "vf-pool" not in str(found.xml)
    assert [row.sriov for row in plan(xml_of("kinds-pool-network"), [], [pool]).rows] == [False, False, True]


@pytest.mark.parametrize(
    ("ports", "left"),
    [
        ([{"vf": vf(0)}], [vf(1)]),
        ([{"pf": "ens1f0"}, {"pf": "ens1f0"}], []),
        ([{"pf": "ens1f0"}, {"pf": "0000:83:00.0"}, {"pf": "ens1f0"}, {"pf": "ens1f1"}], []),
        ([{"pf": "ens1f0"}, {"pf": "ens1f0", "index": 1}], []),
        ([{"pf": "ens1f0"}, {"vf": vf(0)}], []),
        ([{"pf": "ens1f1"}], [vf(0), vf(1)]),
        ([{"pf": "ens1f0", "index": 1}], [vf(0)]),
        ([{"vf": vf(7)}], [vf(0), vf(1)]),
    ],
)
def test_absent_takes_the_listed_away(ports: list[dict[str, t.Any]], left: list[str]) -> None:
    found = plan(HAS_VFS, ports, state="absent")
    assert vfs_of(found) == left
    again = plan(found.xml or HAS_VFS, ports, state="absent")
    assert (again.steps, vfs_of(again)) == ((), left)


@pytest.mark.parametrize("ports", [[{"pf": "ens1f0"}], [{"vf": vf(7)}, {"pf": "0000:83:00.0"}, {"pf": "ens1f1"}]])
def test_absent_refuses_to_choose(ports: list[dict[str, t.Any]]) -> None:
    message = (
        r"ports\[\d\]: which VF of ens1f0 .* the domain has 2 .*\(0000:83:02.0, 0000:83:02.1\), entries by pf alone: 1. .* give vf or index"
    )
    with pytest.raises(VsrxError, match=message):
        plan(HAS_VFS, ports, state="absent")


def test_absent_works_on_vfs_that_are_no_more() -> None:
    base = host()
    before = base.pfs["0000:83:00.0"]
    pf = dataclasses.replace(before, vfs={}, missing_vfs=before.vfs, up=False)
    gone = dataclasses.replace(base, functions={}, pfs={pf.address: pf})
    assert vfs_of(plan(HAS_VFS, [{"vf": vf(0)}, {"pf": "ens1f0", "index": 1}], on=gone, state="absent")) == []
    assert vfs_of(plan(HAS_VFS, [{"pf": "ens1f0"}, {"pf": "ens1f0"}], on=gone, state="absent")) == []
    assert "hostdev" not in str(plan(xml_of("hostdev-plain-vf"), [], on=gone, exclusive=True).xml)
    silent = dataclasses.replace(gone, pfs={pf.address: dataclasses.replace(pf, missing_vfs={})})
    assert vfs_of(plan(HAS_VFS, [{"vf": vf(0)}, {"pf": "ens1f0", "index": 1}], on=silent, state="absent")) == [vf(1)]


# Whether the host has them


def test_the_map_tells_which_vfs_the_host_has() -> None:
    base = host()
    left = {address: function for address, function in base.functions.items() if address != vf(1)}
    left[vf(2)] = dataclasses.replace(left[vf(2)], exists=False)
    found = plan(HAS_VFS, [{"vf": vf(2)}], on=dataclasses.replace(base, functions=left))
    assert [(row.vf, row.vf_exists) for row in found.rows] == [(None, None), (None, None), (vf(0), True), (vf(1), False), (vf(2), False)]
    assert list(found.rows[0].as_dict())[-5:] == ["index", "vf_exists", "host_address", "replaces", "trust"]


# Rules


@pytest.mark.mission("S7")
@pytest.mark.parametrize(("node", "nics", "refused"), [(0, 1, "em0"), (1, 0, "fxp0")])
def test_management_and_control_are_no_vfs(node: t.Optional[int], nics: int, refused: str) -> None:
    xml = without_nics(nics)
    with pytest.raises(VsrxError, match=rf"\[S7\].*position \d \({refused}\)"):
        plan(xml, [{"vf": vf(0)}, {"vf": vf(1)}], cluster_node=node)


@pytest.mark.mission("S7")
def test_a_stand_alone_vsrx_on_a_vf_is_only_warned() -> None:
    found = plan(without_nics(0), [{"vf": vf(0)}, {"vf": vf(1)}])
    assert [(finding.id, finding.severity) for finding in found.findings if finding.id == "S7"] == [("S7", Severity.WARNING)]
    assert found.xml


def without_nics(nics: int) -> str:
    """The domain with its first NICs only."""
    xml = Q35
    for number in range(2, nics, -1):
        start = xml.index(f"    <interface type='bridge'>\n      <mac address='52:54:00:11:00:{number:02x}'/>")
        xml = xml[:start] + xml[xml.index("</interface>", start) + 13 :]
    return xml


@pytest.mark.mission("S15", "S17", "S19")
@pytest.mark.parametrize(
    ("shape", "ports", "options", "rules"),
    [
        ("q35-virtio-two", [{"vf": vf(0)}], {}, ["S15"]),
        ("q35-virtio-two", [{"vf": vf(0)}], {"cluster_node": 0}, []),
        ("kinds-bridge-network-direct-ethernet-vhostuser", [{"vf": vf(0)}], {"cluster_node": 0}, ["S15"]),
        ("q35-virtio-two", [], {}, []),
        ("size-large-current-vcpus", [{"vf": vf(0)}], {"cluster_node": 0}, []),
        ("size-memory-in-mib-hugepages", [{"vf": vf(0)}], {"cluster_node": 0}, []),
        ("q35-virtio-two", [{"vf": vf(0, 1)}, {"vf": vf(0)}], {"cluster_node": 0, "speeds": (1000, 10000)}, ["S19"]),
        ("q35-virtio-two", [{"vf": vf(0)}, {"vf": vf(0, 1)}], {"cluster_node": 0, "speeds": (1000, 10000)}, []),
        ("q35-virtio-two", [{"vf": vf(0)}, {"vf": vf(0, 1)}], {"cluster_node": 0, "speeds": (10000, None)}, []),
        ("q35-expander-numa", [{"vf": vf(0)}], {"cluster_node": 0}, ["S17"]),
    ],
)
def test_rules_warn(shape: str, ports: list[dict[str, t.Any]], options: dict[str, t.Any], rules: list[str]) -> None:
    base = host()
    speeds = options.pop("speeds", (10000, 10000))
    pfs = {pf.address: dataclasses.replace(pf, speed_mbps=speed) for pf, speed in zip(base.pfs.values(), speeds)}
    found = plan(tune(xml_of(shape)), ports, on=dataclasses.replace(base, pfs=pfs), **options)
    assert [finding.id for finding in found.findings] == rules
    assert {finding.severity for finding in found.findings} <= {"warning"}


@pytest.mark.mission("S17")
@pytest.mark.parametrize(
    ("memory", "vcpus", "warned"),
    [
        ("4194304", "2", False),
        ("4194303", "2", True),
        ("8388608", "5", False),
        ("8388608", "2", False),
        ("4194304", "5", True),
        ("4194304", "3", True),
    ],
)
def test_sizes_are_the_published_ones(memory: str, vcpus: str, warned: bool) -> None:
    xml = Q35.replace("4194304", memory).replace("<vcpu placement='static'>2<", f"<vcpu placement='static'>{vcpus}<")
    found = plan(tune(xml), [{"vf": vf(0)}], cluster_node=0)
    assert ["S17" in finding.id for finding in found.findings] == ([True] if warned else [])


# Power


def running(xml: str, live: t.Optional[str] = None) -> dict[str, t.Any]:
    return {"active": True, "live_xml": live if live is not None else xml}


def kinds(found: t.Any) -> list[str]:
    return [type(step).__name__ for step in found.steps if isinstance(step, (ShutDown, Start))]


@pytest.mark.parametrize(
    ("active", "power", "pending", "changes", "steps"),
    [
        (False, "refuse", False, True, []),
        (False, "live", False, True, []),
        (False, "cycle", False, True, ["Start"]),
        (False, "cycle", False, False, ["Start"]),
        (False, "refuse", True, False, ["Start"]),
        (False, "refuse", True, True, ["Start"]),
        (True, "cycle", False, True, ["ShutDown", "Start"]),
        (True, "cycle", False, False, []),
        (True, "refuse", False, False, []),
        (True, "cycle", True, False, []),
    ],
)
def test_power_follows_the_state(active: bool, power: str, pending: bool, changes: bool, steps: list[str]) -> None:
    ports = [{"vf": vf(0)}, {"vf": vf(1)}, *([{"vf": vf(2)}] if changes else [])]
    found = plan(HAS_VFS, ports, power=power, pending_start=pending, domain=running(HAS_VFS) if active else {})
    assert kinds(found) == steps
    assert bool(found.xml) == changes


def test_a_running_domain_under_refuse_is_refused_with_what_would_change() -> None:
    with pytest.raises(VsrxError, match=r"(?s)it is running, and its ports would change:\n  1. add VF 0000:83:02.2.*set power: cycle"):
        plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}, {"vf": vf(2)}], domain=running(HAS_VFS))


@pytest.mark.parametrize(
    ("live", "cycled"),
    [
        (HAS_VFS, False),
        (HAS_VFS.replace("function='0x1'/>\n      </source>", "function='0x4'/>\n      </source>"), True),
        (HAS_VFS.replace("02:5a:00:00:00:02", "02:5a:00:00:00:03"), True),
        (HAS_VFS.replace("bus='0x04' slot='0x00'", "bus='0x05' slot='0x00'"), True),
        (Q35, True),
    ],
)
def test_a_domain_that_runs_with_something_else_needs_a_cycle(live: str, cycled: bool) -> None:
    ports = [{"vf": vf(0)}, {"vf": vf(1)}]
    found = plan(HAS_VFS, ports, power="cycle", domain=running(HAS_VFS, live))
    assert kinds(found) == (["ShutDown", "Start"] if cycled else [])
    assert found.xml is None
    if cycled:
        with pytest.raises(VsrxError, match="what it runs with differs from its definition"):
            plan(HAS_VFS, ports, domain=running(HAS_VFS, live))


def test_a_vlan_that_is_defined_but_does_not_run_needs_a_cycle() -> None:
    defined = HAS_VFS.replace(
        "function='0x1'/>\n      </source>", "function='0x1'/>\n      </source>\n      <vlan>\n        <tag id='5'/>\n      </vlan>"
    )
    found = plan(defined, [{"vf": vf(0)}, {"vf": vf(1), "vlan": 5}], power="cycle", domain=running(defined, HAS_VFS))
    assert found.xml is None and kinds(found) == ["ShutDown", "Start"]


def test_libvirts_default_driver_is_vfio() -> None:
    defined = HAS_VFS.replace("      <driver name='vfio'/>\n", "")
    assert plan(defined, [{"vf": vf(0)}, {"vf": vf(1)}], domain=running(defined, HAS_VFS)).steps == ()


# Live


@pytest.mark.mission("S5")
@pytest.mark.parametrize(
    ("ports", "options", "actions"),
    [
        ([0, 1, 2], {}, ["attach VF 0000:83:02.2"]),
        ([0, 1, 2, 3], {}, ["attach VF 0000:83:02.2", "attach VF 0000:83:02.3"]),
        ([1], {"state": "absent"}, ["detach VF 0000:83:02.1"]),
        ([0, 1], {"state": "absent"}, ["detach VF 0000:83:02.1", "detach VF 0000:83:02.0"]),
        ([0, 2], {"exclusive": True}, ["detach VF 0000:83:02.1", "attach VF 0000:83:02.2"]),
        ([], {"exclusive": True}, ["detach VF 0000:83:02.1", "detach VF 0000:83:02.0"]),
        ([0, 1], {}, []),
    ],
)
def test_live_works_from_the_end(ports: list[int], options: dict[str, t.Any], actions: list[str]) -> None:
    requested = [{"vf": vf(index)} for index in ports]
    found = plan(HAS_VFS, requested, power="live", domain=running(HAS_VFS), **options)
    assert [action.partition(" to the")[0].partition(" from the")[0] for action in found.actions if "tach VF" in action] == actions
    assert kinds(found) == []


@pytest.mark.parametrize(
    ("shape", "ports", "options", "why"),
    [
        ("q35-has-vfs", [{"vf": vf(1)}, {"vf": vf(0)}], {}, "a NIC that stays would change or get another place"),
        ("q35-has-vfs", [{"vf": vf(0), "mac": "02:5a:00:00:00:55"}], {}, "a NIC that stays would change"),
        ("q35-has-vfs", [{"vf": vf(0), "vlan": 7}], {}, "a NIC that stays would change"),
        ("q35-has-vfs", [{"vf": vf(0)}], {"state": "absent"}, None),
        ("q35-no-free-port", [{"vf": vf(0)}], {}, "needs a PCI root port that the running domain has not"),
        ("q35-virtio-two", [{"vf": vf(0), "guest_address": "0000:00:05.0"}], {}, "not behind a root port"),
        ("hostdev-unmanaged", [{"vf": vf(0)}, {"vf": vf(1)}], {}, "takes effect at the next start only"),
    ],
)
def test_live_refuses_what_would_disturb(
    shape: str, ports: list[dict[str, t.Any]], options: dict[str, t.Any], why: t.Optional[str]
) -> None:
    xml = xml_of(shape)
    message = f"cannot be changed live: .*{why}" if why else "cannot be changed live: a NIC that stays"
    with pytest.raises(VsrxError, match=message):
        plan(xml, ports, power="live", domain=running(xml), **options)


def test_an_interrupted_live_change_is_ended() -> None:
    defined = str(plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}, {"vf": vf(2)}]).xml)
    found = plan(defined, [{"vf": vf(0)}, {"vf": vf(1)}, {"vf": vf(2)}], power="live", domain=running(defined, HAS_VFS))
    assert found.xml is None and found.actions == ["attach VF 0000:83:02.2 to the running domain"]


def test_a_plain_hostdev_that_only_runs_still_needs_a_cycle() -> None:
    live = xml_of("hostdev-plain-vf")
    defined = str(plan(live, [], exclusive=True).xml)
    assert kinds(plan(defined, [], exclusive=True, power="cycle", domain=running(defined, live))) == ["ShutDown", "Start"]
    live_steps = plan(defined, [], exclusive=True, power="live", domain=running(defined, live))
    assert live_steps.actions == ["detach VF 0000:83:02.0 from the running domain"]


def test_a_port_behind_one_that_is_requested_further_back_moves_behind_it() -> None:
    found = plan(xml_of("q35-has-vfs"), [{"vf": vf(0), "guest_address": "0000:06:00.0"}, {"vf": vf(1)}])
    assert addresses_of(found) == ["0000:01:00.0", "0000:02:00.0", "0000:06:00.0", "0000:07:00.0"]


def test_a_mac_moves_with_its_port_to_another_vf_of_the_same_domain() -> None:
    own = "7c5e0000-0000-4000-8000-000000000004"
    users = [other(name="vsrx", owner_id=own, address=vf(0), mac="02:5a:00:00:00:01", active=True)]
    found = plan(HAS_VFS, [{"vf": vf(2), "mac": "02:5a:00:00:00:01"}], users, exclusive=True)
    assert [(row.vf, row.mac) for row in found.rows if row.sriov] == [(vf(2), "02:5a:00:00:00:01")]
    # libvirt has set it on the VF that the domain runs with
    held = with_pf(0, macs={0: "02:5a:00:00:00:01"})
    assert plan(HAS_VFS, [{"vf": vf(2), "mac": "02:5a:00:00:00:01"}], users, held, exclusive=True).rows == found.rows


def test_what_runs_behind_the_requested_ports_does_not_matter() -> None:
    more = (
        "<interface type='bridge'><mac address='52:54:00:99:00:01'/><address type='pci' bus='0x06' slot='0x00'/></interface>\n    <serial"
    )
    live = HAS_VFS.replace("<serial", more, 1)
    assert plan(HAS_VFS, [{"vf": vf(0)}, {"vf": vf(1)}], domain=running(HAS_VFS, live)).steps == ()
