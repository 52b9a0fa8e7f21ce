# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold for every domain that people have, whatever ports are asked for."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import reading
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev import nic_order
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.plan import Plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from support.domain_shapes import SHAPES, host, plan, vf, xml_of

# Those whose ports are refused as they stand, for a reason that other tests are about.
REFUSED = {"hostdev-trunk": "trunk"}
# Their NICs have no room for others behind them.
MUST_MOVE = ("i440fx-last-slot", "q35-bridge-behind-dmi")
ORDINARY = [shape for shape in SHAPES if shape not in REFUSED]
TWO = ({"vf": vf(5)}, {"vf": vf(6, 1)})

ports = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 1)), min_size=1, max_size=6, unique=True).map(
    lambda chosen: [{"vf": vf(index, pf)} for index, pf in chosen]
)


def after(found: Plan, before: str) -> str:
    return found.xml if found.xml is not None else before


def order_in(xml: str) -> list[tuple[t.Optional[str], t.Optional[str]]]:
    """The NICs as the guest numbers them."""
    return [(nic.function, nic.mac) for nic in nic_order.list_nics(reading.read(xml, "test"), host().nics)]


def order_of_elements(xml: str) -> list[t.Optional[str]]:
    """MAC addresses in the order of the interfaces in the XML; those without a PCI address aside."""
    return [nic.mac for nic in reading.read(xml, "test").interfaces if reading.is_pci(nic)]


def rest(xml: str) -> str:
    """The document without its NICs, the plain hostdevs of VFs and its PCI controllers, white space between elements aside."""
    root = etree.fromstring(xml.encode())
    devices = root.find("devices")
    for element in [*devices.findall("interface"), *devices.findall("controller[@type='pci']"), *devices.findall("hostdev[@type='pci']")]:
        tail = element.tail or ""
        previous = element.getprevious()
        if tail.strip():
            raise AssertionError(tail)
        if previous is not None:
            previous.tail = "\n"
        devices.remove(element)
    return etree.tostring(root, method="c14n").decode()


def squeezed(xml: str) -> str:
    return "".join(line.strip() for line in rest(xml).splitlines())


@pytest.mark.mission("S5")
@pytest.mark.parametrize("shape", ORDINARY)
def test_order_of_xml_guest_and_map_are_one(shape: str) -> None:
    before = xml_of(shape)
    found = plan(before, TWO)
    xml = after(found, before)
    in_guest = order_in(xml)
    assert in_guest == [(row.vf, row.mac) for row in found.rows]
    elements = order_of_elements(xml)
    interfaces = [nic.mac for nic in nic_order.list_nics(reading.read(xml, "test"), host().nics) if nic.kind != "hostdev pci"]
    assert elements == interfaces
    functions = [function for function, _mac in in_guest]
    assert functions.index(vf(5)) < functions.index(vf(6, 1))
    addresses = [row.guest_address for row in found.rows]
    assert len(set(addresses)) == len(addresses) and None not in addresses


@pytest.mark.parametrize("shape", ORDINARY)
def test_what_is_not_requested_keeps_its_place_and_its_bytes(shape: str) -> None:
    before = xml_of(shape)
    found = plan(before, TWO)
    xml = after(found, before)
    old = order_in(before)
    assert order_in(xml)[: len(old)] == old
    assert squeezed(before) == squeezed(xml)
    for nic in reading.read(before, "test").interfaces:
        source = nic.element.source.decode()
        assert source in xml or nic.guest is None or shape in MUST_MOVE, source


@pytest.mark.parametrize("shape", ORDINARY)
def test_every_byte_outside_the_edits_stays(shape: str) -> None:
    before = xml_of(shape)
    xml = after(plan(before, TWO), before)
    left = before
    for change in plan(before, TWO).changes:
        if change.after is not None:
            assert xml.count(change.after) == 1
            xml = xml.replace(change.after, "\0")
        if change.before is not None:
            left = left.replace(change.before, "\0")
    assert "".join(xml.replace("\0", "").split()) == "".join(left.replace("\0", "").split())


@pytest.mark.parametrize("shape", ORDINARY)
def test_a_second_plan_is_empty(shape: str) -> None:
    before = xml_of(shape)
    xml = after(plan(before, TWO), before)
    again = plan(xml, TWO)
    assert (again.xml, again.steps, again.changes) == (None, (), ())


@pytest.mark.parametrize(
    "shape", [shape for shape in ORDINARY if shape.startswith(("i440fx", "q35-virtio", "q35-has", "kinds", "hostdev-v", "size"))]
)
def test_absent_undoes_present_byte_for_byte(shape: str) -> None:
    before = xml_of(shape)
    if "libvirt-order" in shape:
        before = after(plan(before, TWO[:1], state="absent"), before)
    added = plan(before, TWO)
    removed = plan(after(added, before), TWO, state="absent")
    if any(change.before is not None for change in added.changes) or any("controller" in (change.after or "") for change in added.changes):
        assert order_in(after(removed, before)) == order_in(before)
    else:
        assert removed.xml == before


@pytest.mark.parametrize("shape", sorted(REFUSED))
def test_ports_that_libvirt_would_refuse_at_start_are_refused(shape: str) -> None:
    with pytest.raises(VsrxError, match=REFUSED[shape]):
        plan(xml_of(shape), [{"vf": vf(0)}])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=st.sampled_from(ORDINARY), first=ports, second=ports, exclusive=st.booleans())
def test_any_ports_after_any_ports(shape: str, first: list[dict[str, str]], second: list[dict[str, str]], exclusive: bool) -> None:
    """Order, uniqueness and idempotence hold from any state to any other."""
    before = xml_of(shape)
    middle = after(plan(before, first, exclusive=exclusive), before)
    found = plan(middle, second, exclusive=exclusive)
    xml = after(found, middle)
    functions = [function for function, _mac in order_in(xml) if function]
    requested = [port["vf"] for port in second]
    assert [function for function in functions if function in requested] == requested
    if exclusive:
        assert [function for function in functions if function in host().vfs] == requested
    addresses = [row.guest_address for row in found.rows]
    assert len(set(addresses)) == len(addresses)
    topology = reading.read(xml, "test").make_topology(reading.read(xml, "test").select_hostdevs(host().nics))
    nics = nic_order.list_nics(reading.read(xml, "test"), host().nics)
    paths = [topology.sort_key(nic.guest) for nic in nics if nic.guest]
    assert paths == sorted(paths) and len(paths) == len(nics)
    assert all(nic.guest is None or topology.find_device(nic.guest) is None for nic in nics)
    again = plan(xml, second, exclusive=exclusive)
    assert again.xml is None and again.steps == ()
    etree.fromstring(xml.encode())
