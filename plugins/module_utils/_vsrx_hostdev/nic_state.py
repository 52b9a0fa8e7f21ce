# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What tells two NICs of a domain apart, for the guest and for the network behind it; compared after every write."""

from __future__ import annotations

import typing as t

from .._domain_xml import nic_writer, reading
from .._domain_xml.nics import Nic
from . import nic_order

VFIO = nic_writer.VFIO


class NicState(t.NamedTuple):
    """One NIC as it is defined, or as it runs."""

    function: t.Optional[str]
    mac: t.Optional[str]
    guest: t.Optional[str]
    vlan: int
    driver: t.Optional[str]

    def allows(self, live: NicState) -> bool:
        """Is a NIC that runs what this definition says? A pool's NIC gets its function only when it runs."""
        if self.function is None:
            return (self.mac, self.guest) == (live.mac, live.guest)
        return self == live

    def __str__(self) -> str:
        return f"{self.function or 'NIC'} {self.mac} at {self.guest}"


def _read_state(nic: Nic) -> NicState:
    return NicState(
        function=nic.function,
        mac=nic.mac,
        guest=str(nic.guest) if nic.guest else None,
        vlan=(nic_writer.read_vlan(nic.element) or 0) if nic.function else 0,
        driver=nic_writer.read_driver(nic.element) if nic.function else None,
    )


def read_states(xml: str, where: str, nics: t.Collection[str]) -> list[NicState]:
    """Return one for each NIC in the order of the guest; ``nics`` tells which plain hostdevs are NICs."""
    return [_read_state(nic) for nic in nic_order.list_nics(reading.read(xml, where), nics)]


def allow(wanted: t.Sequence[NicState], live: t.Sequence[NicState]) -> bool:
    return len(wanted) == len(live) and all(each.allows(other) for each, other in zip(wanted, live))


def describe_states(states: t.Iterable[NicState]) -> str:
    return "; ".join(str(each) for each in states) or "none"
