# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The domain's XML with its NICs as planned: every byte that no planned NIC is about stays as it is."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from . import document, nic_settings, pci_topology
from .document import INDENT, Edit, Element
from .nic_settings import Settings
from .nics import PLAIN, Nic, PlannedNic
from .pci_topology import PciAddress, PciController

#: what a plain <hostdev> and an <interface> have in common beside the elements that are written anew
_KEPT = ("boot", "rom", "alias", "teaming", "acpi")
_MANAGED = re.compile(rb"(\bmanaged\s*=\s*['\"])[^'\"]*")


def write_hostdev_interface(
    function: PciAddress, mac: str, settings: Settings, guest: PciAddress, indent: str, former: t.Optional[Element] = None
) -> str:
    """A VF as an <interface>, as libvirt writes it; ``former`` is the plain <hostdev> that it was."""
    lines = [
        f"<mac address='{mac}'/>",
        *nic_settings.write_settings(former, settings, before_source=True),
        "<source>",
        f"{INDENT}<address type='pci' {function.xml}/>",
        "</source>",
        *nic_settings.write_settings(former, settings, before_source=False),
        *(child.source.decode() for child in (former.children if former is not None else ()) if child.tag in _KEPT),
        write_guest_address(guest),
    ]
    return f"\n{indent}".join(["<interface type='hostdev' managed='yes'>", *(INDENT + line for line in lines), "</interface>"])


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


def _edit_managed(element: Element) -> list[Edit]:
    return [] if element.get("managed") == "yes" else document.set_attribute(element, "managed", _MANAGED, b"yes")


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
        edits += document.put_child(element, element.first("mac"), f"<mac address='{planned.mac}'/>")
    return [*edits, *nic_settings.edit_settings(element, planned.settings)]


def _edit_element(nic: Nic, planned: PlannedNic) -> str:
    element = nic.element
    edits = _edit_port(nic, planned) if planned.is_port else []
    if nic.guest != planned.guest:
        edits += document.put_child(element, element.first("address"), write_guest_address(planned.address))
    return document.edit_element(element, edits).decode()


def _restore(text: str, planned: PlannedNic) -> str:
    """A NIC that comes back: as it was, at the guest address that its place has now."""
    root = document.parse(text, planned.label, "interface")
    address = root.first("address")
    if address is not None and pci_topology.read_address(address, planned.label) == planned.guest:
        return text
    return document.apply_edits(root.document, document.put_child(root, address, write_guest_address(planned.address))).decode()


def _write(planned: PlannedNic, indent: str) -> str:
    if planned.restored is not None:
        return _restore(planned.restored, planned)
    if planned.nic is not None and not planned.is_converted:
        return _edit_element(planned.nic, planned)
    return write_hostdev_interface(
        function=pci_topology.parse_address(t.cast(str, planned.function), "vf"),
        mac=t.cast(str, planned.mac),
        settings=planned.settings,
        guest=planned.address,
        indent=indent,
        former=planned.nic.element if planned.nic is not None else None,
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
