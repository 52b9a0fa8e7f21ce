# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""PCI addresses as libvirt writes them, and the buses of a domain.

The guest walks the buses depth first, each bus by slot and function. Junos numbers its NICs in that order.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .. import _pci as pci
from .._errors import VsrxError
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


def make_quoting_hint(text: str) -> str:
    """What to say where a number stands for an address."""
    if _SEXAGESIMAL.fullmatch(text.strip()):
        return "; YAML reads an address such as 0000:01:10.2 as a number unless it is put in quotes"
    return ""


def parse_address(text: str, where: str) -> PciAddress:
    """Read DDDD:BB:SS.F in hex, the domain optional; ``where`` names the option in the error."""
    if not pci.is_address(text):
        raise VsrxError(f"{where}: '{text}' is not a PCI address; expected hex digits as in 0000:00:05.0{make_quoting_hint(text)}")
    return PciAddress(*pci.parse_address(text))


def parse_number(text: str, where: str) -> int:
    """A number as libvirt reads it: 0x83, 0203 (octal) and 131 are one."""
    digits = text.strip().lower()
    try:
        if digits.startswith("0x"):
            return int(digits, 16)
        return int(digits, 8 if digits.startswith("0") else 10)
    except ValueError:
        raise VsrxError(f"{where}: '{text}' is not a number of a PCI address") from None


def read_address(element: t.Optional[Element], where: str) -> t.Optional[PciAddress]:
    """The PCI address that an <address> element gives, or None where there is none of that kind."""
    if element is None or element.get("type") not in (None, "pci") or element.get("slot") is None and element.get("bus") is None:
        return None
    parts = (parse_number(element.get(name) or "0", where) for name in ("domain", "bus", "slot", "function"))
    return PciAddress(*parts)


ROOT_PORT = "pcie-root-port"
PCIE_EXPANDER = "pcie-expander-bus"
_PORTS = (ROOT_PORT, "pcie-switch-downstream-port")
_BRIDGES = ("pci-bridge", "dmi-to-pci-bridge", "pcie-to-pci-bridge")
_EXPANDERS = ("pci-expander-bus", PCIE_EXPANDER)
_EXPRESS_MACHINES = ("q35", "virt")
_NICS = ("interface",)
#: slots of bus 0 that the chipset takes, or that firmware and libvirt want for the first graphics card
_CHIPSET = {False: {0: "host bridge", 1: "PIIX3"}, True: {0: "host bridge", 0x1F: "ICH9"}}
_AVOIDED = {False: (2,), True: (1, 0x1A, 0x1D, 0x1E)}
LAST_SLOT = 0x1F
FUNCTIONS = 8


@dataclasses.dataclass(frozen=True)
class PciController:
    """A PCI controller, which is a bus; ``address`` is its own address on the bus above."""

    index: int
    model: str
    address: t.Optional[PciAddress]
    multifunction: bool = False
    number: int = 0

    @property
    def is_port(self) -> bool:
        """Does it take exactly one device, at slot 0?"""
        return self.model in _PORTS

    @property
    def is_bridge(self) -> bool:
        return self.model in _BRIDGES


def _is_express(domain: Element, controllers: t.Iterable[PciController]) -> bool:
    models = {controller.model for controller in controllers}
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
    """The PCI controllers of a domain, and the devices that are no NICs by their address."""

    def __init__(self, domain: Element, where: str, nics: t.Collection[int] = ()) -> None:
        """``nics`` are the starts of the elements that count as NICs besides interfaces."""
        devices = domain.first("devices")
        self.controllers: dict[int, PciController] = {}
        self.devices: dict[PciAddress, str] = {}
        for element in devices.children if devices is not None else ():
            address = read_address(element.first("address"), where)
            if element.tag == "controller" and element.get("type") == "pci":
                self._add_controller(element, address, where)
            if address is not None and element.tag not in _NICS and element.start not in nics:
                self.devices[address] = _describe(element)
        self.express = _is_express(domain, self.controllers.values())

    def _add_controller(self, element: Element, address: t.Optional[PciAddress], where: str) -> None:
        own = element.first("address")
        target = element.first("target")
        number = (target.get("busNr") if target is not None else None) or "0"
        index = parse_number(element.get("index") or "0", where)
        self.controllers[index] = PciController(
            index=index,
            model=element.get("model") or "",
            address=address,
            multifunction=own is not None and own.get("multifunction") == "on",
            number=parse_number(number, where),
        )

    def add(self, controller: PciController) -> None:
        self.controllers[controller.index] = controller
        if controller.address is not None:
            self.devices[controller.address] = f"controller pci {controller.model} {controller.index}"

    def sort_key(self, address: PciAddress) -> tuple[int, ...]:
        """Sorts guest addresses as the guest enumerates them."""
        return (*self._make_bus_key(address.bus, ()), address.slot, address.function)

    def number_key(self, address: PciAddress) -> tuple[int, ...]:
        """Sorts guest addresses by the numbers that firmware gives to buses: all of bus 0 comes before what is behind its bridges."""
        order = sorted({0, address.bus, *self.controllers}, key=lambda index: self._make_bus_key(index, ()))
        return (order.index(address.bus), address.slot, address.function)

    def _make_bus_key(self, index: int, above: tuple[int, ...]) -> tuple[int, ...]:
        controller = self.controllers.get(index)
        if index == 0:
            return (0,)
        if index in above:
            raise VsrxError(f"PCI controller {index} sits behind itself in the domain's XML")
        if controller is None or controller.address is None:
            return (0, LAST_SLOT + 1 + index, 0)
        if controller.model in _EXPANDERS:
            return (controller.number,)
        return (*self._make_bus_key(controller.address.bus, (*above, index)), controller.address.slot, controller.address.function)

    def is_behind_expander(self, index: int) -> bool:
        return bool(index) and self._make_bus_key(index, ())[0] != 0

    def list_pcie_expanders(self) -> list[int]:
        """The buses besides bus 0 that take root ports, in the guest's order."""
        found = [controller for controller in self.controllers.values() if controller.model == PCIE_EXPANDER]
        return [controller.index for controller in sorted(found, key=lambda each: each.number)]

    def find_device(self, address: PciAddress) -> t.Optional[str]:
        """The device, NICs aside, at an address; a device of the chipset counts for every function of its slot."""
        if address.bus == 0:
            chipset = _CHIPSET[self.express].get(address.slot)
            if chipset is not None:
                return chipset
        return self.devices.get(address)

    def is_slot_in_use(self, bus: int, slot: int) -> bool:
        chipset = bus == 0 and slot in _CHIPSET[self.express]
        return chipset or any(address.bus == bus and address.slot == slot for address in self.devices)

    def is_avoided(self, bus: int, slot: int) -> bool:
        return bus == 0 and slot in _AVOIDED[self.express]

    def next_index(self) -> int:
        return max(self.controllers, default=0) + 1
