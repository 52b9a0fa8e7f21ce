# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The domain's XML with its NICs as planned: every byte that no planned NIC is about stays as it is."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from . import document, pci_topology
from .document import INDENT, Edit, Element
from .nics import PLAIN, Nic, PlannedNic
from .pci_topology import PciAddress, PciController

VFIO = "vfio"
#: what a plain <hostdev> and an <interface> have in common beside the elements that are written anew
_KEPT = ("boot", "rom", "alias", "teaming", "acpi")
_MANAGED = re.compile(rb"(\bmanaged\s*=\s*['\"])[^'\"]*")
_NAME = re.compile(rb"(\bname\s*=\s*['\"])[^'\"]*")


def write_hostdev_interface(
    function: PciAddress, mac: str, driver: str, vlan: int, guest: PciAddress, indent: str, kept: t.Iterable[str] = ()
) -> str:
    """A VF as an <interface>, as libvirt writes it; ``driver`` is its element, ``kept`` are further elements."""
    lines = [
        "<interface type='hostdev' managed='yes'>",
        f"{INDENT}<mac address='{mac}'/>",
        f"{INDENT}{driver}",
        f"{INDENT}<source>",
        f"{INDENT}{INDENT}<address type='pci' {function.xml}/>",
        f"{INDENT}</source>",
    ]
    if vlan:
        lines += [f"{INDENT}<vlan>", f"{INDENT}{INDENT}<tag id='{vlan}'/>", f"{INDENT}</vlan>"]
    lines += [*(f"{INDENT}{text}" for text in kept), f"{INDENT}{write_guest_address(guest)}", "</interface>"]
    return f"\n{indent}".join(lines)


def write_root_port(bus: PciController, indent: str) -> str:
    address = t.cast(PciAddress, bus.address)
    shared = " multifunction='on'" if bus.multifunction else ""
    return "\n".join(
        (
            f"<controller type='pci' index='{bus.index}' model='{bus.model}'>",
            f"{indent}{INDENT}<address type='pci' {address.xml}{shared}/>",
            f"{indent}</controller>",
        )
    )


def write_guest_address(address: PciAddress) -> str:
    return f"<address type='pci' {address.xml}/>"


@dataclasses.dataclass(frozen=True)
class Change:
    """One element before and after; None where it was not, or is no more."""

    before: t.Optional[str]
    after: t.Optional[str]


@dataclasses.dataclass(frozen=True)
class Rewritten:
    """The new definition, and the elements that differ."""

    xml: str
    changes: tuple[Change, ...]


def read_vlan(element: Element) -> t.Optional[int]:
    """Return the one VLAN tag of an interface; None where there is none."""
    tag = element.first("vlan", "tag")
    return pci_topology.parse_number(tag.get("id") or "0", "vlan") if tag is not None else None


def read_driver(element: Element) -> str:
    """Return how a function is assigned; libvirt takes VFIO where nothing is said."""
    driver = element.first("driver")
    return (driver.get("name") if driver is not None else None) or VFIO


def is_trunk(element: Element) -> bool:
    vlan = element.first("vlan")
    return vlan is not None and (vlan.get("trunk") == "yes" or len(vlan.all("tag")) > 1)


def _put(parent: Element, old: t.Optional[Element], text: t.Optional[str]) -> list[Edit]:
    if old is not None:
        return [Edit(old.start, old.end, text.encode())] if text else [document.make_removal(old)]
    return document.insert_last(parent, [text]) if text else []


def _edit_vlan(element: Element, vlan: int) -> list[Edit]:
    if (read_vlan(element) or 0) == vlan and not is_trunk(element):
        return []
    indent = document.find_indent(element) + INDENT
    text = f"<vlan>\n{indent}{INDENT}<tag id='{vlan}'/>\n{indent}</vlan>" if vlan else None
    return _put(element, element.first("vlan"), text)


def _set_attribute(element: Element, name: str, pattern: re.Pattern[bytes], value: bytes) -> list[Edit]:
    """Change one attribute in the opening tag, or add it; the others stay as they are."""
    start, end = element.start, element.inner[0]
    opening = element.document[start:end]
    if element.get(name) is not None:
        return [Edit(start, end, pattern.sub(rb"\g<1>" + value, opening, count=1))]
    at = start + len(element.tag) + 1
    return [Edit(at, at, b" %s='%s'" % (name.encode(), value))]


def _edit_managed(element: Element) -> list[Edit]:
    return [] if element.get("managed") == "yes" else _set_attribute(element, "managed", _MANAGED, b"yes")


def _edit_driver(element: Element, name: str) -> list[Edit]:
    if read_driver(element) == name:
        return []
    driver = element.first("driver")
    if driver is None:
        return _put(element, None, f"<driver name='{name}'/>")
    return _set_attribute(driver, "name", _NAME, name.encode())


def _edit_source(nic: Nic, function: str) -> list[Edit]:
    """Another function of the host, as after its bus got another number."""
    address = nic.element.first("source", "address")
    if nic.function == function or address is None:
        return []
    return [Edit(address.start, address.end, f"<address type='pci' {pci_topology.parse_address(function, 'vf').xml}/>".encode())]


def _edit_port(nic: Nic, planned: PlannedNic) -> list[Edit]:
    element = nic.element
    edits = [*_edit_managed(element), *_edit_source(nic, t.cast(str, planned.function))]
    if nic.mac != planned.mac:
        edits += _put(element, element.first("mac"), f"<mac address='{planned.mac}'/>")
    if planned.driver:
        edits += _edit_driver(element, planned.driver)
    if planned.vlan is not None:
        edits += _edit_vlan(element, planned.vlan)
    return edits


def _edit_element(nic: Nic, planned: PlannedNic) -> str:
    element = nic.element
    edits = _edit_port(nic, planned) if planned.is_port else []
    if nic.guest != planned.guest:
        edits += _put(element, element.first("address"), write_guest_address(planned.address))
    base = element.start
    return document.apply_edits(element.source, [Edit(edit.start - base, edit.end - base, edit.text) for edit in edits]).decode()


def _restore(text: str, planned: PlannedNic) -> str:
    """A NIC that comes back: as it was, at the guest address that its place has now."""
    root = document.parse(text, planned.label, "interface")
    address = root.first("address")
    if address is not None and pci_topology.read_address(address, planned.label) == planned.guest:
        return text
    return document.apply_edits(root.document, _put(root, address, write_guest_address(planned.address))).decode()


def _make_driver_element(former: t.Optional[Element], name: t.Optional[str]) -> str:
    driver = former.first("driver") if former is not None else None
    if driver is None:
        return f"<driver name='{name or VFIO}'/>"
    if name is None or read_driver(t.cast(Element, former)) == name:
        return driver.source.decode()
    edits = _set_attribute(driver, "name", _NAME, name.encode())
    return document.apply_edits(
        driver.source, [Edit(edit.start - driver.start, edit.end - driver.start, edit.text) for edit in edits]
    ).decode()


def _write(planned: PlannedNic, indent: str) -> str:
    if planned.restored is not None:
        return _restore(planned.restored, planned)
    if planned.nic is not None and not planned.is_converted:
        return _edit_element(planned.nic, planned)
    former = planned.nic.element if planned.nic is not None else None
    return write_hostdev_interface(
        function=pci_topology.parse_address(t.cast(str, planned.function), "vf"),
        mac=t.cast(str, planned.mac),
        driver=_make_driver_element(former, planned.driver),
        vlan=planned.vlan or 0,
        guest=planned.address,
        indent=indent,
        kept=[child.source.decode() for child in former.children if child.tag in _KEPT] if former is not None else [],
    )


class _Rewriter:
    def __init__(
        self, domain: Element, planned: t.Sequence[PlannedNic], dropped: t.Sequence[Nic], root_ports: t.Sequence[PciController]
    ) -> None:
        self._devices = t.cast(Element, domain.first("devices"))
        self._domain = domain
        self._planned = planned
        self._dropped = dropped
        self._root_ports = root_ports
        self._edits: list[Edit] = []
        self._changes: list[Change] = []
        self._last: list[str] = []

    def rewrite(self) -> Rewritten:
        self._write_controllers()
        self._write_plain_hostdevs()
        self._write_interfaces()
        if self._last:
            self._edits += document.insert_last(self._devices, self._last)
        xml = document.apply_edits(self._domain.document, self._edits).decode()
        return Rewritten(xml, tuple(self._changes))

    def _indent(self) -> str:
        return next((document.find_indent(child) for child in self._devices.children), "")

    def _note(self, before: t.Optional[str], after: t.Optional[str]) -> None:
        if before != after:
            self._changes.append(Change(before, after))

    def _insert(self, anchor: t.Optional[Element], texts: list[str]) -> None:
        for text in texts:
            self._note(None, text)
        if anchor is not None and texts:
            self._edits.append(document.insert_after(anchor, texts))
        elif anchor is None:
            self._last += texts

    def _write_controllers(self) -> None:
        controllers = self._devices.all("controller")
        self._insert(controllers[-1] if controllers else None, [write_root_port(bus, self._indent()) for bus in self._root_ports])

    def _write_plain_hostdevs(self) -> None:
        for planned in self._planned:
            if not planned.is_interface:
                element = t.cast(Nic, planned.nic).element
                self._replace(element, _write(planned, document.find_indent(element)))
        converted = [t.cast(Nic, planned.nic) for planned in self._planned if planned.is_converted]
        for nic in (*converted, *(nic for nic in self._dropped if nic.kind == PLAIN)):
            self._remove(nic.element)

    def _replace(self, element: Element, text: str) -> None:
        before = element.source.decode()
        if before != text:
            self._edits.append(Edit(element.start, element.end, text.encode()))
            self._note(before, text)

    def _remove(self, element: Element) -> None:
        self._edits.append(document.make_removal(element))
        self._note(element.source.decode(), None)

    def _write_interfaces(self) -> None:
        """Put the interfaces in their new order into the places of the old ones; what is left over is removed, or comes behind."""
        indent = self._indent()
        interfaces = [planned for planned in self._planned if planned.is_interface]
        texts = [_write(planned, indent) for planned in interfaces]
        dropped = sorted((nic.element for nic in self._dropped if nic.kind != PLAIN), key=lambda each: each.start)
        kept = [planned.nic.element for planned in self._planned if planned.nic is not None and planned.nic.kind != PLAIN]
        places = sorted([*kept, *dropped], key=lambda each: each.start)
        surplus = max(len(places) - len(texts), 0)
        for element in dropped[len(dropped) - surplus :]:
            self._remove(element)
            places.remove(element)
        for element, text in zip(places, texts):
            self._replace(element, text)
        self._insert(places[-1] if places else None, texts[len(places) :])


def rewrite(
    domain: Element, planned: t.Sequence[PlannedNic], dropped: t.Sequence[Nic] = (), root_ports: t.Sequence[PciController] = ()
) -> Rewritten:
    """Return the domain's XML with the NICs in their planned order, the dropped ones gone and the root ports added."""
    return _Rewriter(domain, planned, dropped, root_ports).rewrite()
