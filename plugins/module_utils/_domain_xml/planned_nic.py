# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""One NIC of a domain as it will be: the element that it is now, what a port must have, and its guest address."""

from __future__ import annotations

import dataclasses
import typing as t

from .nics import PLAIN, Nic
from .pci_address import PciAddress


@dataclasses.dataclass(frozen=True)
class PlannedNic:
    """A NIC of the new definition.

    ``nic`` is the element that becomes it; None where it is new. ``function``, ``mac``, ``driver`` and ``vlan`` are what a port
    must have; ``driver`` and ``vlan`` of None keep what the element says. ``current`` is the guest address that its place has
    until now, ``asked`` the one that must be kept to, ``guest`` the one that it gets. ``restored`` is the XML of a NIC that comes back.
    """

    label: str
    nic: t.Optional[Nic]
    current: t.Optional[PciAddress] = None
    asked: t.Optional[PciAddress] = None
    is_port: bool = False
    function: t.Optional[str] = None
    mac: t.Optional[str] = None
    driver: t.Optional[str] = None
    vlan: t.Optional[int] = None
    guest: t.Optional[PciAddress] = None
    restored: t.Optional[str] = None

    @property
    def is_converted(self) -> bool:
        """Does a plain <hostdev> become an <interface>?"""
        return self.nic is not None and self.nic.kind == PLAIN and self.is_port

    @property
    def is_interface(self) -> bool:
        return self.nic is None or self.nic.kind != PLAIN or self.is_converted

    @property
    def address(self) -> PciAddress:
        """The guest address, once it is allocated."""
        return t.cast(PciAddress, self.guest)
