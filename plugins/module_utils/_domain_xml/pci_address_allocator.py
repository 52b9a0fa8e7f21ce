# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Ascending guest PCI addresses for the NICs of a domain, and the root ports that must be added for them.

Addresses stay where they ascend already. A function above 0 is given only where the slot has a function 0,
since a guest does not probe the other functions of a slot without one.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import VsrxError
from .nics import PlannedNic
from .pci_topology import FUNCTIONS, LAST_SLOT, ROOT_PORT, PciAddress, PciController, Topology

_OTHER_ADDRESS = "ask for another or leave guest_address out"


class Problem(t.NamedTuple):
    """Why a NIC cannot have an address, and what to do."""

    label: str
    found: str
    cure: str


class AllocationError(VsrxError):
    """The NICs cannot have ascending addresses; ``problems`` are all reasons."""

    def __init__(self, problems: t.Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{each.label}: {each.found}; {each.cure}" for each in problems))
        self.problems = tuple(problems)


@dataclasses.dataclass(frozen=True)
class Allocation:
    """The NICs with their guest addresses, and the root ports to add."""

    nics: tuple[PlannedNic, ...]
    root_ports: tuple[PciController, ...] = ()


class _NoAddressError(Exception):
    """No address is left for the NIC at ``position``."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.position = position


class _Attempt:
    """One way to allocate: with or without the current addresses, on bus 0 first or wherever a root port is free."""

    def __init__(self, topology: Topology, nics: t.Sequence[PlannedNic], keep: bool, bus_0_first: bool) -> None:
        self._topology = topology
        self._nics = nics
        self._keep = keep
        self._bus_0_first = bus_0_first
        self._last: tuple[int, ...] = ()
        self._root_ports: list[PciController] = []
        self._taken: dict[PciAddress, str] = {}
        self._reserved = {nic.requested for nic in nics if nic.requested}
        self._problems: list[Problem] = []
        if keep:
            self._reserved |= {nic.current for nic in nics if nic.current and not nic.requested}

    def allocate(self) -> Allocation:
        done = []
        for position, nic in enumerate(self._nics):
            address = self._take_requested(nic, position) or self._keep_current(nic) or self._find_next(position)
            self._last = self._topology.sort_key(address)
            self._taken[address] = nic.label
            done.append(dataclasses.replace(nic, guest=address))
        if self._problems:
            raise AllocationError(self._problems)
        return Allocation(tuple(done), tuple(self._root_ports))

    def _has_function_0(self, address: PciAddress) -> bool:
        first = address._replace(function=0)
        return not address.function or first in self._taken or self._topology.find_device(first) is not None

    def _keep_current(self, nic: PlannedNic) -> t.Optional[PciAddress]:
        current = nic.current
        if not self._keep or current is None:
            return None
        if not self._has_function_0(current):
            current = current._replace(function=0)
        free = current not in self._taken and self._topology.find_device(current) is None
        return current if free and self._topology.sort_key(current) > self._last else None

    def _take_requested(self, nic: PlannedNic, position: int) -> t.Optional[PciAddress]:
        if nic.requested is None:
            return None
        problem = self._check_requested(nic.requested, position)
        if problem is None:
            return nic.requested
        found, cure = problem
        self._problems.append(Problem(nic.label, " ".join(("guest address", str(nic.requested), found)), cure))
        return None

    def _check_requested(self, requested: PciAddress, position: int) -> t.Optional[tuple[str, str]]:
        """What is found against an address, and the cure."""
        problem = self._grow_for(requested)
        if problem is not None:
            return problem, _OTHER_ADDRESS
        user = self._topology.find_device(requested) or self._taken.get(requested)
        if user is not None:
            return f"is used by {user} in the domain", _OTHER_ADDRESS
        if self._topology.sort_key(requested) <= self._last:
            return (
                f"does not come after that of {self._nics[position - 1].label}, which precedes it",
                "the order of the guest addresses is the order of the ports in Junos: ask for ascending ones or leave guest_address out",
            )
        if not self._has_function_0(requested):
            return (
                f"has function {requested.function} of a slot without function 0, where a guest finds no device",
                f"ask for {requested._replace(function=0)} or leave guest_address out",
            )
        return None

    def _grow_for(self, requested: PciAddress) -> t.Optional[str]:
        """Add the next root port where the address asks for it; what is returned is why it cannot be."""
        topology = self._topology
        if requested.domain:
            return f"has PCI domain {requested.domain:04x}; a guest has domain 0000 only"
        bus = topology.controllers.get(requested.bus)
        if bus is None and requested.bus and topology.express and requested.bus == topology.next_index():
            bus = self._add_root_port()
        if bus is None and requested.bus:
            return f"is on bus {requested.bus}; the domain's buses are 0 to {max(topology.controllers, default=0)}"
        if bus is not None and bus.is_port and requested.slot:
            return f"has slot {requested.slot:x}; bus {requested.bus} is a root port, which has slot 0 only"
        return None

    def _find_next(self, position: int) -> PciAddress:
        if not self._topology.express:
            address = self._find_slot()
        else:
            address = self._find_root_port()
            if address is None:
                added = self._add_root_port()
                address = PciAddress(0, added.index, 0, 0) if added is not None else None
        if address is None:
            raise _NoAddressError(position)
        return address

    def _fits(self, address: PciAddress) -> bool:
        return address not in self._reserved and address not in self._taken and self._topology.sort_key(address) > self._last

    def _find_root_port(self) -> t.Optional[PciAddress]:
        topology = self._topology
        ports = [bus for bus in topology.controllers.values() if bus.is_port and bus.address]
        if self._bus_0_first:
            ports = [bus for bus in ports if not topology.is_behind_expander(bus.index)]
        addresses = (PciAddress(0, bus.index, 0, 0) for bus in ports)
        fitting = [address for address in addresses if self._fits(address) and not topology.is_slot_in_use(address.bus, 0)]
        return min(fitting, key=topology.sort_key, default=None)

    def _find_slot(self) -> t.Optional[PciAddress]:
        topology = self._topology
        buses = [0, *(bus.index for bus in topology.controllers.values() if bus.is_bridge)]
        taken = {(address.bus, address.slot) for address in {*self._taken, *self._reserved}}
        fitting = [
            address
            for bus in buses
            for address in (PciAddress(0, bus, slot, 0) for slot in range(1, LAST_SLOT + 1))
            if self._fits(address)
            and (bus, address.slot) not in taken
            and not topology.is_slot_in_use(bus, address.slot)
            and not topology.is_avoided(bus, address.slot)
        ]
        return min(fitting, key=topology.sort_key, default=None)

    def _add_root_port(self) -> t.Optional[PciController]:
        topology = self._topology
        for bus in (0, *topology.list_pcie_expanders()):
            found = self._find_root_port_address(bus)
            if found is not None:
                port = PciController(topology.next_index(), ROOT_PORT, address=found[0], multifunction=found[1])
                topology.add(port)
                self._root_ports.append(port)
                return port
        return None

    def _find_root_port_address(self, bus: int) -> t.Optional[tuple[PciAddress, bool]]:
        """An address on a bus after the last NIC: the next function of a slot of root ports, else a free slot."""
        for slot in range(0 if bus else 1, LAST_SLOT + 1 if bus else LAST_SLOT):
            used = [address for address in self._topology.devices if (address.bus, address.slot) == (bus, slot)]
            nics = any((address.bus, address.slot) == (bus, slot) for address in {*self._taken, *self._reserved})
            if used and not nics and self._is_slot_of_root_ports(used):
                function = max(address.function for address in used) + 1
                if function < FUNCTIONS and self._fits(PciAddress(0, bus, slot, function)):
                    return PciAddress(0, bus, slot, function), False
            free = not used and not nics and not self._topology.is_avoided(bus, slot)
            if free and self._fits(PciAddress(0, bus, slot, 0)):
                return PciAddress(0, bus, slot, 0), True
        return None

    def _is_slot_of_root_ports(self, used: t.Collection[PciAddress]) -> bool:
        ports = {bus.address: bus for bus in self._topology.controllers.values() if bus.model == ROOT_PORT}
        return all(address in ports for address in used) and any(ports[address].multifunction for address in used if not address.function)


def _explain_no_address(nics: t.Sequence[PlannedNic], position: int) -> AllocationError:
    label = nics[position].label
    requested = next((nic for nic in reversed(nics[:position]) if nic.requested), None)
    if requested is not None:
        found = f"no guest address is left after {requested.requested}, which {requested.label} asks for"
        return AllocationError([Problem(label, found, f"ask for a lower one for {requested.label}, or leave guest_address out")])
    found = f"the domain has no ascending PCI addresses for {len(nics)} NICs"
    return AllocationError([Problem(label, found, "remove devices that it does not need")])


def _check_slots_keep_function_0(before: Topology, had: t.Iterable[PciAddress], allocation: Allocation) -> None:
    """A device that is no NIC must not lose the function 0 of its slot: the guest would not find it any more."""
    after = {nic.address for nic in allocation.nics}
    problems = []
    for address, device in before.devices.items():
        first = address._replace(function=0)
        if address.function and first in had and first not in after:
            found = f"it is function {address.function} of the guest's slot {first}, and the NIC that is function 0 there would go"
            problems.append(Problem(device, found, "give the device a slot of its own first (virsh edit)"))
    if problems:
        raise AllocationError(problems)


def allocate(read_topology: t.Callable[[], Topology], nics: t.Sequence[PlannedNic], had: t.Collection[PciAddress] = ()) -> Allocation:
    """Give the NICs ascending guest addresses in their order; ``had`` are the addresses of all NICs until now.

    Current addresses change only where keeping them leaves none for a NIC. Raises AllocationError.
    """
    failure = _NoAddressError(0)
    for keep in (True, False):
        for bus_0_first in (False, True):
            try:
                allocation = _Attempt(read_topology(), nics, keep, bus_0_first).allocate()
            except _NoAddressError as full:
                failure = full
                continue
            _check_slots_keep_function_0(read_topology(), had, allocation)
            return allocation
    raise _explain_no_address(nics, failure.position)
