# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What tells two NICs of a domain apart, for the guest and for the network behind it.
import typing as t

from .._domain_xml import nic_writer, reading
from .._domain_xml.nics import Nic
from . import nic_order

VFIO = "vfio"


class Signature(t.NamedTuple):
    function: t.Optional[str]
    mac: t.Optional[str]
    guest: t.Optional[str]
    vlan: int
    driver: t.Optional[str]

    def allows(self, live: Signature) -> bool:
        """Is a NIC that runs what this definition says? A pool's NIC gets its function only when it runs."""
        if self.function is None:
            return (self.mac, self.guest) == (live.mac, live.guest)
        return self == live

    def __str__(self) -> str:
        return f"{self.function or 'NIC'} {self.mac} at {self.guest}"


def _of(nic: Nic) -> Signature:
    driver = nic.element.first("driver")
    named = driver.get("name") if driver is not None else None
    return Signature(
        function=nic.function,
        mac=nic.mac,
        guest=str(nic.guest) if nic.guest else None,
        vlan=(nic_writer.vlan_of(nic.element) or 0) if nic.function else 0,
        driver=(named or VFIO) if nic.function else None,
    )


def of_xml(xml: str, where: str, vfs: t.Collection[str]) -> list[Signature]:
    """One for each NIC in the order of the guest; ``vfs`` tells which plain hostdevs are NICs."""
    return [_of(nic) for nic in nic_order.in_order(reading.read(xml, where), vfs)]


def allow(wanted: t.Sequence[Signature], live: t.Sequence[Signature]) -> bool:
    return len(wanted) == len(live) and all(each.allows(other) for each, other in zip(wanted, live))


def told(signatures: t.Iterable[Signature]) -> str:
    return "; ".join(str(each) for each in signatures) or "none"
