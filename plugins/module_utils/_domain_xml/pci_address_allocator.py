# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import VsrxError
from .pci_address import PciAddress
from .pci_topology import FUNCTIONS, LAST_SLOT, ROOT_PORT, Bus, Topology


@dataclasses.dataclass(frozen=True)
class Guest:
    """A NIC that needs a guest address: ``asked`` must be kept to, ``current`` is kept where it can be."""

    label: str
    current: t.Optional[PciAddress] = None
    asked: t.Optional[PciAddress] = None


@dataclasses.dataclass(frozen=True)
class Seating:
    """A guest address for each NIC in order, and the root ports that must be added for them."""

    addresses: tuple[PciAddress, ...]
    ports: tuple[Bus, ...] = ()


class _FullError(Exception):
    pass


class _Planner:
    def __init__(self, topology: Topology, guests: t.Sequence[Guest], keep: bool) -> None:
        self._topology = topology
        self._guests = guests
        self._keep = keep
        self._last: tuple[int, ...] = ()
        self._ports: list[Bus] = []
        self._taken: set[PciAddress] = set()
        self._reserved = {guest.asked for guest in guests if guest.asked}
        if keep:
            self._reserved |= {guest.current for guest in guests if guest.current and not guest.asked}

    def seat(self) -> Seating:
        addresses = []
        for position, guest in enumerate(self._guests):
            seat = self._asked(guest, position) if guest.asked else self._kept(guest) or self._next()
            self._last = self._topology.path(seat)
            self._taken.add(seat)
            addresses.append(seat)
        return Seating(tuple(addresses), tuple(self._ports))

    def _kept(self, guest: Guest) -> t.Optional[PciAddress]:
        current = guest.current
        if not self._keep or current is None or current in self._taken:
            return None
        return current if self._topology.path(current) > self._last else None

    def _asked(self, guest: Guest, position: int) -> PciAddress:
        asked = t.cast(PciAddress, guest.asked)
        self._grow_for(asked, guest)
        holder = self._topology.holder(asked)
        if holder is None and asked in self._taken:
            holder = next(other.label for other in self._guests[:position] if asked in (other.asked, other.current))
        if holder is not None:
            raise VsrxError(f"{guest.label}: guest address {asked} is held by {holder}; ask for another or leave guest_address out")
        if self._topology.path(asked) <= self._last:
            before = self._guests[position - 1].label
            raise VsrxError(
                f"{guest.label}: guest address {asked} does not come after that of {before}, which precedes it; "
                "the order of the guest addresses is the order of the ports in Junos, so ask for ascending ones or leave guest_address out"
            )
        return asked

    def _grow_for(self, asked: PciAddress, guest: Guest) -> None:
        topology = self._topology
        bus = topology.buses.get(asked.bus)
        if bus is None and asked.bus and topology.express and asked.bus == topology.next_index():
            bus = self._add_port()
        if bus is None and asked.bus:
            highest = max(topology.buses, default=0)
            raise VsrxError(f"{guest.label}: guest address {asked} is on bus {asked.bus}; the domain's buses are 0 to {highest}")
        if bus is not None and bus.is_port and asked.slot:
            raise VsrxError(
                f"{guest.label}: guest address {asked} has slot {asked.slot:x}; bus {asked.bus} is a root port, which has slot 0 only"
            )
        if asked.domain:
            raise VsrxError(f"{guest.label}: guest address {asked} has PCI domain {asked.domain:04x}; a guest has domain 0000 only")

    def _next(self) -> PciAddress:
        if self._topology.express:
            return self._free_port() or PciAddress(0, self._add_port().index, 0, 0)
        seat = self._free_slot()
        if seat is None:
            raise _FullError
        return seat

    def _fits(self, seat: PciAddress) -> bool:
        return seat not in self._reserved and seat not in self._taken and self._topology.path(seat) > self._last

    def _free_port(self) -> t.Optional[PciAddress]:
        seats = (PciAddress(0, bus.index, 0, 0) for bus in self._topology.buses.values() if bus.is_port and bus.seat)
        fitting = [seat for seat in seats if self._fits(seat) and not self._topology.slot_taken(seat.bus, 0)]
        return min(fitting, key=self._topology.path, default=None)

    def _free_slot(self) -> t.Optional[PciAddress]:
        topology = self._topology
        buses = [0, *(bus.index for bus in topology.buses.values() if bus.is_bridge)]
        taken = {(seat.bus, seat.slot) for seat in self._taken | self._reserved}
        fitting = [
            seat
            for bus in buses
            for seat in (PciAddress(0, bus, slot, 0) for slot in range(1, LAST_SLOT + 1))
            if self._fits(seat)
            and (bus, seat.slot) not in taken
            and not topology.slot_taken(bus, seat.slot)
            and not topology.avoided(bus, seat.slot)
        ]
        return min(fitting, key=topology.path, default=None)

    def _add_port(self) -> Bus:
        topology = self._topology
        seat, multifunction = self._seat_for_port()
        bus = Bus(index=topology.next_index(), model=ROOT_PORT, seat=seat, multifunction=multifunction)
        topology.add(bus)
        self._ports.append(bus)
        return bus

    def _seat_for_port(self) -> tuple[PciAddress, bool]:
        """A seat on bus 0 after the last NIC: the next function of a slot of root ports, else a free slot."""
        for slot in range(1, LAST_SLOT):
            used = [seat for seat in self._topology.holders if seat.bus == 0 and seat.slot == slot]
            nics = any((seat.bus, seat.slot) == (0, slot) for seat in self._taken | self._reserved)
            if used and not nics and self._shared_by_ports(used):
                function = max(seat.function for seat in used) + 1
                if function < FUNCTIONS and self._fits(PciAddress(0, 0, slot, function)):
                    return PciAddress(0, 0, slot, function), False
            free = not used and not nics and not self._topology.avoided(0, slot)
            if free and self._fits(PciAddress(0, 0, slot, 0)):
                return PciAddress(0, 0, slot, 0), True
        raise _FullError

    def _shared_by_ports(self, used: t.Collection[PciAddress]) -> bool:
        ports = {bus.seat: bus for bus in self._topology.buses.values() if bus.model == ROOT_PORT}
        return all(seat in ports for seat in used) and any(ports[seat].multifunction for seat in used if seat.function == 0)


def seat(fresh: t.Callable[[], Topology], guests: t.Sequence[Guest]) -> Seating:
    """Ascending guest addresses for the NICs in their order; ``fresh`` gives the domain's topology as it is.

    Addresses stay where they ascend already; only where that leaves no room are they dealt out anew.
    """
    for keep in (True, False):
        try:
            return _Planner(fresh(), guests, keep).seat()
        except _FullError:
            continue
    raise VsrxError(f"the domain has no room for {len(guests)} NICs at ascending PCI addresses; remove devices that it does not need")
