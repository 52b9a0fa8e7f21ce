# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import re
import typing as t

from . import edit as patch
from . import pci_address
from .document import Element
from .edit import Edit
from .nics import PLAIN, Nic
from .pci_address import PciAddress
from .pci_topology import Bus

#: what a plain <hostdev> and an <interface> have in common beside the places that are written anew
_KEPT = ("boot", "rom", "alias", "teaming")
_MANAGED = re.compile(rb"(\bmanaged\s*=\s*['\"])[^'\"]*")


@dataclasses.dataclass(frozen=True)
class Settings:
    """What an SR-IOV port should have; None leaves what the element says, or libvirt's VFIO and no VLAN for a new one."""

    function: str
    mac: str
    driver: t.Optional[str] = None
    vlan: t.Optional[int] = None


@dataclasses.dataclass(frozen=True)
class Wish:
    """One NIC of the rewritten domain: an element that is there, what a port should have, and its guest address."""

    nic: t.Optional[Nic]
    settings: t.Optional[Settings]
    guest: PciAddress

    @property
    def converts(self) -> bool:
        """Does a plain <hostdev> become an <interface>?"""
        return self.nic is not None and self.nic.kind == PLAIN and self.settings is not None

    @property
    def is_interface(self) -> bool:
        return self.nic is None or self.nic.kind != PLAIN or self.converts


@dataclasses.dataclass(frozen=True)
class Change:
    """One element before and after; None where it was not, or is no more."""

    before: t.Optional[str]
    after: t.Optional[str]


@dataclasses.dataclass(frozen=True)
class Rewritten:
    xml: str
    changes: tuple[Change, ...]


def vlan_of(element: Element) -> t.Optional[int]:
    """The one VLAN tag of an interface; None where there is none."""
    tag = element.first("vlan", "tag")
    return pci_address.number(tag.get("id") or "0", "vlan") if tag is not None else None


def is_trunk(element: Element) -> bool:
    vlan = element.first("vlan")
    return vlan is not None and (vlan.get("trunk") == "yes" or len(vlan.all("tag")) > 1)


def _put(parent: Element, old: t.Optional[Element], text: t.Optional[str]) -> list[Edit]:
    if old is not None:
        return [Edit(old.start, old.end, text.encode())] if text else [patch.removal(old)]
    return patch.insertion_last(parent, [text]) if text else []


def _vlan(element: Element, vlan: int) -> list[Edit]:
    if (vlan_of(element) or 0) == vlan and not is_trunk(element):
        return []
    indent = patch.indent_of(element) + patch.STEP
    text = f"<vlan>\n{indent}{patch.STEP}<tag id='{vlan}'/>\n{indent}</vlan>" if vlan else None
    return _put(element, element.first("vlan"), text)


def _managed(element: Element) -> list[Edit]:
    if element.get("managed") == "yes":
        return []
    start, end = element.start, element.inner[0]
    opening = element.document[start:end]
    if element.get("managed") is not None:
        return [Edit(start, end, _MANAGED.sub(rb"\g<1>yes", opening))]
    name = len(element.tag) + 1
    return [Edit(start + name, start + name, b" managed='yes'")]


def _settings(nic: Nic, settings: Settings) -> list[Edit]:
    element = nic.element
    edits = _managed(element)
    if nic.mac != settings.mac:
        edits += _put(element, element.first("mac"), f"<mac address='{settings.mac}'/>")
    driver = element.first("driver")
    if settings.driver and (driver.get("name") if driver is not None else None) != settings.driver:
        edits += _put(element, driver, f"<driver name='{settings.driver}'/>")
    if settings.vlan is not None:
        edits += _vlan(element, settings.vlan)
    return edits


def _edited(nic: Nic, settings: t.Optional[Settings], guest: PciAddress) -> str:
    element = nic.element
    edits = _settings(nic, settings) if settings is not None else []
    if nic.guest != guest:
        edits += _put(element, element.first("address"), patch.guest_address(guest))
    base = element.start
    return patch.apply(element.source, [Edit(edit.start - base, edit.end - base, edit.text) for edit in edits]).decode()


def _text(wish: Wish, indent: str) -> str:
    if wish.nic is not None and not wish.converts:
        return _edited(wish.nic, wish.settings, wish.guest)
    settings = t.cast(Settings, wish.settings)
    function = pci_address.parse(settings.function, "vf")
    former = wish.nic.element if wish.nic is not None else None
    driver = former.first("driver") if former is not None else None
    named = settings.driver or (driver.get("name") if driver is not None else None) or "vfio"
    kept = [child.source.decode() for child in former.children if child.tag in _KEPT] if former is not None else []
    return patch.hostdev_interface(function, settings.mac, named, settings.vlan or 0, wish.guest, indent, kept)


class _Rewriter:
    def __init__(self, domain: Element, wishes: t.Sequence[Wish], dropped: t.Sequence[Nic], ports: t.Sequence[Bus]) -> None:
        self._devices = t.cast(Element, domain.first("devices"))
        self._domain = domain
        self._wishes = wishes
        self._dropped = dropped
        self._ports = ports
        self._edits: list[Edit] = []
        self._changes: list[Change] = []

    def rewrite(self) -> Rewritten:
        self._last: list[str] = []
        self._controllers()
        self._plain()
        self._interfaces()
        if self._last:
            self._edits += patch.insertion_last(self._devices, self._last)
        xml = patch.apply(self._domain.document, self._edits).decode()
        return Rewritten(xml, tuple(self._changes))

    def _indent(self) -> str:
        return next((patch.indent_of(child) for child in self._devices.children), "")

    def _change(self, before: t.Optional[str], after: t.Optional[str]) -> None:
        if before != after:
            self._changes.append(Change(before, after))

    def _insert(self, anchor: t.Optional[Element], texts: list[str]) -> None:
        for text in texts:
            self._change(None, text)
        if anchor is not None and texts:
            self._edits.append(patch.insertion_after(anchor, texts))
        elif anchor is None:
            self._last += texts

    def _controllers(self) -> None:
        controllers = self._devices.all("controller")
        self._insert(controllers[-1] if controllers else None, [patch.root_port(bus, self._indent()) for bus in self._ports])

    def _plain(self) -> None:
        for wish in self._wishes:
            if not wish.is_interface:
                element = t.cast(Nic, wish.nic).element
                self._replace(element, _text(wish, patch.indent_of(element)))
        converted = [t.cast(Nic, wish.nic) for wish in self._wishes if wish.converts]
        for nic in (*converted, *(nic for nic in self._dropped if nic.kind == PLAIN)):
            self._remove(nic.element)

    def _replace(self, element: Element, text: str) -> None:
        before = element.source.decode()
        if before != text:
            self._edits.append(Edit(element.start, element.end, text.encode()))
            self._change(before, text)

    def _remove(self, element: Element) -> None:
        self._edits.append(patch.removal(element))
        self._change(element.source.decode(), None)

    def _interfaces(self) -> None:
        indent = self._indent()
        texts = [_text(wish, indent) for wish in self._wishes if wish.is_interface]
        dropped = sorted((nic.element for nic in self._dropped if nic.kind != PLAIN), key=lambda each: each.start)
        kept = [wish.nic.element for wish in self._wishes if wish.nic is not None and wish.nic.kind != PLAIN]
        places = sorted([*kept, *dropped], key=lambda each: each.start)
        surplus = max(len(places) - len(texts), 0)
        for element in dropped[len(dropped) - surplus :]:
            self._remove(element)
            places.remove(element)
        for element, text in zip(places, texts):
            self._replace(element, text)
        self._insert(places[-1] if places else None, texts[len(places) :])


def rewrite(domain: Element, wishes: t.Sequence[Wish], dropped: t.Sequence[Nic] = (), ports: t.Sequence[Bus] = ()) -> Rewritten:
    """The domain's XML with the NICs in the order of the wishes, the dropped ones gone and the root ports added."""
    return _Rewriter(domain, wishes, dropped, ports).rewrite()
