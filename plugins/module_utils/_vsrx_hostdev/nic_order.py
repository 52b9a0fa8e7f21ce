# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# The order of a domain's NICs: what it is, and what it becomes.
import dataclasses
import typing as t

from .. import _mac_address
from .._domain_xml.nics import HOSTDEV, Nic
from .._domain_xml.pci_address import PciAddress
from .._domain_xml.reading import Reading, is_pci
from .vf_selection import Chosen


@dataclasses.dataclass(frozen=True)
class Place:
    """A NIC in the new order: an element that stays, a port that is asked for, or both; ``current`` is the place's address until now."""

    nic: t.Optional[Nic]
    chosen: t.Optional[Chosen]
    current: t.Optional[PciAddress]

    @property
    def function(self) -> t.Optional[str]:
        return self.chosen.function.address if self.chosen else self.nic.function if self.nic else None

    @property
    def label(self) -> str:
        return self.chosen.port.label if self.chosen else str(self.nic)


def in_order(reading: Reading, vfs: t.Collection[str]) -> list[Nic]:
    """The domain's NICs as its guest numbers them: by guest address, or as they stand where addresses are not given yet."""
    counted = reading.network_functions(vfs)
    every = [nic for nic in (*reading.interfaces, *counted) if is_pci(nic)]
    if any(nic.guest is None for nic in every):
        return every
    topology = reading.topology(counted)
    return sorted(every, key=lambda nic: topology.path(t.cast(PciAddress, nic.guest)))


def is_sriov(nic: Nic, pools: t.Collection[str]) -> bool:
    return nic.passes_through or nic.function is not None or (nic.kind == "network" and nic.network in pools)


def with_ports(
    order: t.Sequence[Nic], chosen: t.Sequence[Chosen], exclusive: bool, pools: t.Collection[str]
) -> tuple[list[Place], list[Nic]]:
    """The new order, and the NICs that go.

    Ports take the places that ports have now, in the asked order, and new places follow at the end: a NIC that
    is not asked about keeps its place, and so its name in Junos.
    """
    asked = {each.function.address for each in chosen}
    by_function = {nic.function: nic for nic in order if nic.function in asked}
    gone = [nic for nic in order if exclusive and is_sriov(nic, pools) and nic.function not in asked]
    places: list[Place] = []
    waiting = list(chosen)
    for nic in order:
        if nic in gone or nic.function in asked:
            if waiting:
                port = waiting.pop(0)
                places.append(Place(by_function.get(port.function.address), port, nic.guest))
        else:
            places.append(Place(nic, None, nic.guest))
    places += [Place(by_function.get(port.function.address), port, None) for port in waiting]
    return places, gone


def without_ports(order: t.Sequence[Nic], chosen: t.Sequence[Chosen]) -> tuple[list[Place], list[Nic]]:
    asked = {each.function.address for each in chosen}
    gone = [nic for nic in order if nic.function in asked]
    return [Place(nic, None, nic.guest) for nic in order if nic not in gone], gone


def mac_of(place: Place, uuid: str) -> t.Optional[str]:
    """The MAC address that a place's NIC gets: as asked, as it is, or made once from the domain and the VF."""
    if place.chosen is None:
        return place.nic.mac if place.nic else None
    existing = place.nic.mac if place.nic is not None and place.nic.kind == HOSTDEV else None
    return place.chosen.port.mac or existing or _mac_address.generate(uuid, place.chosen.function.address)
