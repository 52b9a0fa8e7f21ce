# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""PCI addresses as numbers and as text, and where the VFs of a PF are. Pure."""

from __future__ import annotations

import re
import typing as t

from .._errors import VsrxError

_TEXT = re.compile(r"(?:(?P<domain>[0-9a-f]{4,8}):)?(?P<bus>[0-9a-f]{2}):(?P<slot>[01][0-9a-f])\.(?P<function>[0-7])")
_LAST_ROUTING_ID = 0xFFFF


class Address(t.NamedTuple):
    """A PCI address by its numbers; its text form is DDDD:BB:SS.F, the domain wider where it must be."""

    domain: int
    bus: int
    slot: int
    function: int

    def __str__(self) -> str:
        return f"{self.domain:04x}:{self.bus:02x}:{self.slot:02x}.{self.function:x}"

    @property
    def routing_id(self) -> int:
        return self.bus << 8 | self.slot << 3 | self.function

    def moved(self, by: int) -> Address:
        """The function that many routing ids further; the sum carries into the bus number."""
        rid = self.routing_id + by
        if not 0 <= rid <= _LAST_ROUTING_ID:
            raise VsrxError(f"no PCI function lies {by} routing ids from {self}: its domain ends at bus ff")
        return Address(self.domain, rid >> 8, rid >> 3 & 0x1F, rid & 7)


def is_address(text: str) -> bool:
    return _TEXT.fullmatch(text.strip().lower()) is not None


def parse(text: str) -> Address:
    """Read DDDD:BB:SS.F in hex digits; the domain may be left out or be wider than four digits."""
    match = _TEXT.fullmatch(text.strip().lower())
    if match is None:
        raise VsrxError(f"'{text}' is not a PCI address; expected hex digits as in 0000:83:00.0")
    domain, bus, slot, function = (int(part or "0", 16) for part in match.groups())
    return Address(domain, bus, slot, function)


def vf_address(pf: str, offset: int, stride: int, index: int) -> str:
    """Where a VF is or will be: its PF's routing id, plus the offset, plus a stride for each VF before it."""
    return str(parse(pf).moved(offset + index * stride))


def nodedev(address: str) -> str:
    """libvirt's name of the function, as pci_0000_83_02_3."""
    return "pci_" + address.replace(":", "_").replace(".", "_")
