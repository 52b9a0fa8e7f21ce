# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# The guest numbers its NICs as it walks the buses: depth first, each bus by slot and function.
import dataclasses
import typing as t

from .._errors import VsrxError
from . import pci_address
from .document import Element
from .pci_address import PciAddress

ROOT_PORT = "pcie-root-port"
_PORTS = (ROOT_PORT, "pcie-switch-downstream-port")
_BRIDGES = ("pci-bridge", "dmi-to-pci-bridge", "pcie-to-pci-bridge")
_EXPANDERS = ("pci-expander-bus", "pcie-expander-bus")
_EXPRESS_MACHINES = ("q35", "virt")
_NICS = ("interface",)
#: slots of bus 0 that the chipset takes, or that firmware and libvirt want for the first graphics card
_CHIPSET = {False: {0: "host bridge", 1: "PIIX3"}, True: {0: "host bridge", 0x1F: "ICH9"}}
_AVOIDED = {False: (2,), True: (1, 0x1A, 0x1D, 0x1E)}
LAST_SLOT = 0x1F
FUNCTIONS = 8


@dataclasses.dataclass(frozen=True)
class Bus:
    """A PCI controller of the domain; ``seat`` is its own address on the bus above."""

    index: int
    model: str
    seat: t.Optional[PciAddress]
    multifunction: bool = False
    number: int = 0

    @property
    def is_port(self) -> bool:
        """Does it take exactly one device, at slot 0?"""
        return self.model in _PORTS

    @property
    def is_bridge(self) -> bool:
        return self.model in _BRIDGES


def _is_express(domain: Element, buses: t.Iterable[Bus]) -> bool:
    models = {bus.model for bus in buses}
    if "pcie-root" in models or "pci-root" in models:
        return "pcie-root" in models
    kind = domain.first("os", "type")
    machine = (kind.get("machine") if kind is not None else None) or ""
    return any(part in _EXPRESS_MACHINES for part in machine.split("-"))


def _describe(element: Element) -> str:
    model = element.first("model")
    target = element.first("target")
    parts = (
        element.tag,
        element.get("type"),
        element.get("model") or (model.get("type") if model is not None else None),
        element.get("index") or (target.get("dev") if target is not None else None),
    )
    return " ".join(part for part in parts if part)


class Topology:
    """The PCI buses of a domain, and who sits where."""

    def __init__(self, domain: Element, where: str, passed: t.Collection[int] = ()) -> None:
        """``passed`` are the starts of the elements that count as NICs besides interfaces: they hold no seat here."""
        devices = domain.first("devices")
        self.buses: dict[int, Bus] = {}
        self.holders: dict[PciAddress, str] = {}
        for element in devices.children if devices is not None else ():
            seat = pci_address.of(element.first("address"), where)
            if element.tag == "controller" and element.get("type") == "pci":
                self._add_controller(element, seat, where)
            if seat is not None and element.tag not in _NICS and element.start not in passed:
                self.holders[seat] = _describe(element)
        self.express = _is_express(domain, self.buses.values())

    def _add_controller(self, element: Element, seat: t.Optional[PciAddress], where: str) -> None:
        own = element.first("address")
        target = element.first("target")
        number = (target.get("busNr") if target is not None else None) or "0"
        index = pci_address.number(element.get("index") or "0", where)
        self.buses[index] = Bus(
            index=index,
            model=element.get("model") or "",
            seat=seat,
            multifunction=own is not None and own.get("multifunction") == "on",
            number=pci_address.number(number, where),
        )

    def add(self, bus: Bus) -> None:
        self.buses[bus.index] = bus
        if bus.seat is not None:
            self.holders[bus.seat] = f"controller pci {bus.model} {bus.index}"

    def path(self, seat: PciAddress) -> tuple[int, ...]:
        """A key that sorts guest addresses as the guest meets them."""
        return (*self._bus_path(seat.bus, ()), seat.slot, seat.function)

    def _bus_path(self, index: int, above: tuple[int, ...]) -> tuple[int, ...]:
        bus = self.buses.get(index)
        if index == 0:
            return (0,)
        if index in above:
            raise VsrxError(f"PCI controller {index} sits behind itself in the domain's XML")
        if bus is None or bus.seat is None:
            return (0, LAST_SLOT + 1 + index, 0)
        if bus.model in _EXPANDERS:
            return (bus.number,)
        return (*self._bus_path(bus.seat.bus, (*above, index)), bus.seat.slot, bus.seat.function)

    def holder(self, seat: PciAddress) -> t.Optional[str]:
        """Who, NICs aside, sits at an address; a device that owns its slot counts for every function of it."""
        if seat.bus == 0:
            chipset = _CHIPSET[self.express].get(seat.slot)
            if chipset is not None:
                return chipset
        return self.holders.get(seat)

    def slot_taken(self, bus: int, slot: int) -> bool:
        chipset = bus == 0 and slot in _CHIPSET[self.express]
        return chipset or any(seat.bus == bus and seat.slot == slot for seat in self.holders)

    def avoided(self, bus: int, slot: int) -> bool:
        return bus == 0 and slot in _AVOIDED[self.express]

    def next_index(self) -> int:
        return max(self.buses, default=0) + 1
