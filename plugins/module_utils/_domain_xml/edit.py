# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Edits of a document: spans of bytes and what replaces them. Whatever no edit names stays as it is."""

from __future__ import annotations

import dataclasses
import typing as t

from .document import Element
from .pci_address import PciAddress
from .pci_topology import PciController

STEP = "  "


@dataclasses.dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: bytes


def apply(document: bytes, edits: t.Iterable[Edit]) -> bytes:
    """Replace spans that do not overlap; insertions at one place keep their order."""
    result = []
    done = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        result += [document[done : edit.start], edit.text]
        done = edit.end
    return b"".join((*result, document[done:]))


def indent_of(element: Element) -> str:
    """The white space before an element on its line; empty where other text precedes it."""
    line = element.document[element.document.rfind(b"\n", 0, element.start) + 1 : element.start]
    return line.decode() if line.isspace() else ""


def removal(element: Element) -> Edit:
    """Take an element out with the line break and the white space before it."""
    start = element.start
    while start and element.document[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    if element.document[start - 1 : start] != b"\n":
        start = element.start
    elif start:
        start -= 1
    return Edit(start, element.end, b"")


def insertion_after(element: Element, texts: t.Sequence[str]) -> Edit:
    indent = indent_of(element)
    return Edit(element.end, element.end, "".join(f"\n{indent}{text}" for text in texts).encode())


def insertion_last(parent: Element, texts: t.Sequence[str]) -> list[Edit]:
    """Put texts at the end of an element's content, one step deeper than the element."""
    indent = indent_of(parent)
    block = "".join(f"\n{indent}{STEP}{text}" for text in texts)
    if parent.empty:
        opening = parent.source[:-2].rstrip()
        return [Edit(parent.start, parent.end, opening + f">{block}\n{indent}</{parent.tag}>".encode())]
    start, end = parent.inner
    content = parent.document[start:end]
    kept = len(content.rstrip())
    closing = b"" if content[kept:].strip(b" \t") else f"\n{indent}".encode()
    return [Edit(start + kept, start + kept, block.encode() + closing)]


def guest_address(address: PciAddress) -> str:
    return f"<address type='pci' {address.xml}/>"


def root_port(bus: PciController, indent: str) -> str:
    address = t.cast(PciAddress, bus.address)
    shared = " multifunction='on'" if bus.multifunction else ""
    return "\n".join(
        (
            f"<controller type='pci' index='{bus.index}' model='{bus.model}'>",
            f"{indent}{STEP}<address type='pci' {address.xml}{shared}/>",
            f"{indent}</controller>",
        )
    )


def hostdev_interface(
    function: PciAddress, mac: str, driver: str, vlan: int, guest: PciAddress, indent: str, kept: t.Iterable[str] = ()
) -> str:
    """A VF as an <interface>, as libvirt writes it; ``driver`` is its element, ``kept`` are further elements."""
    lines = [
        "<interface type='hostdev' managed='yes'>",
        f"{STEP}<mac address='{mac}'/>",
        f"{STEP}{driver}",
        f"{STEP}<source>",
        f"{STEP}{STEP}<address type='pci' {function.xml}/>",
        f"{STEP}</source>",
    ]
    if vlan:
        lines += [f"{STEP}<vlan>", f"{STEP}{STEP}<tag id='{vlan}'/>", f"{STEP}</vlan>"]
    lines += [*(f"{STEP}{text}" for text in kept), f"{STEP}{guest_address(guest)}", "</interface>"]
    return f"\n{indent}".join(lines)
