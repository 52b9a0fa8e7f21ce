# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""PCI addresses of the host and of guests, as people and as the domain XML write them."""

from __future__ import annotations

import re
import typing as t

from .._errors import VsrxError
from .._pci import address as pci

if t.TYPE_CHECKING:
    from .document import Element

#: what YAML makes of an address that is not quoted: 0000:01:10.2 becomes the base-60 number 70.2
_SEXAGESIMAL = re.compile(r"\d+(\.\d+)?")


class PciAddress(pci.Address):
    """A PCI address of the host or of a guest, as the domain XML writes it."""

    __slots__ = ()

    @property
    def xml(self) -> str:
        """Its attributes as libvirt writes them."""
        return f"domain='0x{self.domain:04x}' bus='0x{self.bus:02x}' slot='0x{self.slot:02x}' function='0x{self.function:x}'"


def quoting_hint(text: str) -> str:
    """What to say where a number stands for an address."""
    if _SEXAGESIMAL.fullmatch(text.strip()):
        return "; YAML reads an address such as 0000:01:10.2 as a number unless it is put in quotes"
    return ""


def parse(text: str, where: str) -> PciAddress:
    """Read DDDD:BB:SS.F in hex, the domain optional; ``where`` names the option in the error."""
    if not pci.is_address(text):
        raise VsrxError(f"{where}: '{text}' is not a PCI address; expected hex digits as in 0000:00:05.0{quoting_hint(text)}")
    return PciAddress(*pci.parse(text))


def number(text: str, where: str) -> int:
    """A number as libvirt reads it: 0x83, 0203 (octal) and 131 are one."""
    digits = text.strip().lower()
    try:
        if digits.startswith("0x"):
            return int(digits, 16)
        return int(digits, 8 if digits.startswith("0") else 10)
    except ValueError:
        raise VsrxError(f"{where}: '{text}' is not a number of a PCI address") from None


def of(element: t.Optional[Element], where: str) -> t.Optional[PciAddress]:
    """The PCI address that an <address> element gives, or None where there is none of that kind."""
    if element is None or element.get("type") not in (None, "pci") or element.get("slot") is None and element.get("bus") is None:
        return None
    parts = (number(element.get(name) or "0", where) for name in ("domain", "bus", "slot", "function"))
    return PciAddress(*parts)
