# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A port takes the place of the NIC at a Junos interface; that NIC comes back when the port goes."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import UnreadableError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import ReplacedNic
from support.domain_shapes import SHAPES, plan, vf, xml_of

Q35 = xml_of("q35-virtio-two")
THREE = xml_of("kinds-bridge-network-direct-ethernet-vhostuser")
PORT = {"pf": "ens1f0", "junos_interface": "ge-0/0/0"}
IN_PLACE = [shape for shape in SHAPES if shape.startswith(("q35-", "i440fx-", "form-")) and "no-addresses" not in shape]


def after(found: t.Any, before: str) -> str:
    return found.xml if found.xml is not None else before


def places(found: t.Any) -> list[tuple[str, t.Optional[str]]]:
    return [(row.junos_interface, row.guest_address) for row in found.rows]


@pytest.mark.mission("S5", "S7")
def test_a_vf_takes_the_place_of_a_virtio_port_and_gives_it_back() -> None:
    before = plan(THREE)
    found = plan(THREE, [PORT])
    assert places(found) == places(before)
    assert [row.vf for row in found.rows][1] == vf(0) and found.rows[1].replaces
    assert found.actions[0].startswith(f"ge-0/0/0: {found.rows[1].replaces} becomes VF 0 of ens1f0, with MAC ")
    again = plan(str(found.xml), [PORT], replaced=found.replaced)
    assert (again.steps, again.replaced) == ((), found.replaced) and again.rows == found.rows
    back = plan(str(found.xml), [PORT], replaced=found.replaced, state="absent")
    assert (back.xml, back.replaced) == (THREE, ())
    place = f"with MAC {before.rows[1].mac} at guest address {before.rows[1].guest_address}"
    assert back.actions == [f"ge-0/0/0: VF 0 of ens1f0 becomes {found.rows[1].replaces}, {place}"]


@pytest.mark.parametrize("shape", IN_PLACE)
def test_every_shape_comes_back_byte_for_byte(shape: str) -> None:
    xml = xml_of(shape)
    xml = after(plan(xml, [], exclusive=True), xml)
    if len(plan(xml).rows) < 2:
        pytest.skip("it has no revenue port")
    found = plan(xml, [PORT])
    assert [row.junos_interface for row in found.rows if row.vf] == ["ge-0/0/0"]
    assert plan(str(found.xml), [PORT], replaced=found.replaced).steps == ()
    back = plan(str(found.xml), [PORT], replaced=found.replaced, state="absent")
    assert places(back) == places(plan(xml)) and [row.mac for row in back.rows] == [row.mac for row in plan(xml).rows]
    assert after(back, "") == after(plan(xml), xml)


@pytest.mark.parametrize(
    ("node", "name", "message"),
    [
        (None, "fxp0", r"\[S7\] ports\[0\].junos_interface: fxp0 is no revenue port"),
        (0, "em0", r"\[S7\] .*em0 is no revenue port"),
        (0, "ge-0/0/0", r"\[S7\] .*ge-0/0/0 is a fabric port"),
        (1, "ge-7/0/0", r"\[S7\] .*ge-7/0/0 is a fabric port"),
        (1, "ge-0/0/1", "ge-0/0/1 is no interface of node 1 of a cluster"),
        (None, "em0", "em0 is no interface of a stand-alone vSRX"),
        (None, "xe-0/0/0", "is no interface of"),
        (None, "ge-0/0/7", "the domain has no ge-0/0/7; it has fxp0, ge-0/0/0"),
    ],
)
def test_what_cannot_be_replaced_is_refused(node: t.Optional[int], name: str, message: str) -> None:
    with pytest.raises(VsrxError, match=message):
        plan(Q35, [{"vf": vf(0), "junos_interface": name}], cluster_node=node, fabric_ports=["ge-0/0/0", "ge-7/0/0"])


def test_two_ports_do_not_take_one_place() -> None:
    with pytest.raises(VsrxError, match=r"place of ge-0/0/0 is given to ports\[0\] too"):
        plan(Q35, [{"vf": vf(0), "junos_interface": "ge-0/0/0"}, {"vf": vf(1), "junos_interface": "ge-0/0/0"}])


def test_another_vf_in_the_same_place_keeps_the_record() -> None:
    first = plan(THREE, [{"vf": vf(0), "junos_interface": "ge-0/0/1"}])
    second = plan(str(first.xml), [{"vf": vf(3), "junos_interface": "ge-0/0/1"}], replaced=first.replaced)
    assert [row.vf for row in second.rows if row.vf] == [vf(3)]
    assert [(each.vf, each.mac) for each in second.replaced] == [(vf(3), first.replaced[0].mac)]
    assert plan(str(second.xml), [{"vf": vf(3)}], replaced=second.replaced, state="absent").xml == THREE


def test_ports_that_change_places_give_back_what_was_there() -> None:
    one, other = ({"vf": vf(0), "junos_interface": "ge-0/0/0"}, {"vf": vf(1), "junos_interface": "ge-0/0/1"})
    first = plan(THREE, [one, other])
    turned = [{**one, "junos_interface": "ge-0/0/1"}, {**other, "junos_interface": "ge-0/0/0"}]
    second = plan(str(first.xml), turned, replaced=first.replaced)
    assert [row.vf for row in second.rows[1:3]] == [vf(1), vf(0)] and places(second) == places(first)
    assert plan(str(second.xml), turned, replaced=second.replaced).steps == ()
    assert plan(str(second.xml), turned, replaced=second.replaced, state="absent").xml == THREE


@pytest.mark.parametrize("options", [{"state": "absent", "ports": [{"pf": "ens1f0"}]}, {"exclusive": True, "ports": []}])
def test_it_comes_back_however_the_port_goes(options: dict[str, t.Any]) -> None:
    found = plan(THREE, [PORT])
    assert plan(str(found.xml), replaced=found.replaced, **options).xml == THREE


def test_it_comes_back_after_edits_by_hand() -> None:
    found = plan(THREE, [PORT])
    mac = str(found.rows[1].mac)
    # Another MAC address for the VF, and then no VF at all.
    edited = str(found.xml).replace(mac, "02:5a:00:00:00:77")
    assert [row.mac for row in plan(edited, [PORT], replaced=found.replaced, state="absent").rows] == [row.mac for row in plan(THREE).rows]
    start = edited.index("<interface type='hostdev'")
    without = edited[:start].rstrip() + edited[edited.index("</interface>", start) + 12 :]
    back = plan(without, [PORT], replaced=found.replaced, state="absent")
    assert [(row.mac, row.guest_address) for row in back.rows] == [(row.mac, row.guest_address) for row in plan(THREE).rows]
    assert "comes back" in back.actions[0] and back.replaced == ()


def test_a_nic_that_is_there_again_is_not_brought_back_twice() -> None:
    found = plan(THREE, [PORT])
    again = plan(THREE, [PORT], replaced=found.replaced, state="absent")
    assert (again.steps, again.replaced) == ((), ())


def test_other_ports_keep_their_record() -> None:
    found = plan(THREE, [PORT])
    more = plan(str(found.xml), [{"vf": vf(4, 1)}], replaced=found.replaced)
    assert more.replaced == found.replaced and more.rows[1].replaces == found.rows[1].replaces


def test_the_record_is_read_as_it_was_written_and_nothing_else_is() -> None:
    (record,) = plan(THREE, [PORT]).replaced
    written = json.loads(json.dumps(record.as_json()))
    assert ReplacedNic.from_json(written, "the record") == record
    damaged: list[t.Any] = [
        None,
        [],
        {**written, "more": 1},
        {**written, "xml": 5},
        {**written, "xml": "<interface"},
        {**written, "guest": "x"},
    ]
    damaged += [{**written, "xml": "<filesystem/>"}, {**written, "mac": "02:00:00:00:00:01"}, {**written, "junos_interface": None}]
    damaged += [{**written, "xml": written["xml"] + "<disk/>"}, {**written, "junos_interface": "em0"}, {**written, "vf": "/etc"}]
    for each in damaged:
        with pytest.raises(UnreadableError, match="the record is not what an earlier run wrote"):
            ReplacedNic.from_json(each, "the record")
