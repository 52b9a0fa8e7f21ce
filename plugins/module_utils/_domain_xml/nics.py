# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The NICs of a domain: as its XML has them, and as they will be."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _mac_address
from .._errors import VsrxError
from . import pci_topology
from .document import Element
from .nic_settings import Settings
from .pci_topology import PciAddress

HOSTDEV = "hostdev"
PLAIN = "hostdev pci"


@dataclasses.dataclass(frozen=True)
class Nic:
    """A NIC of a domain: an <interface>, or a plain <hostdev> of a PCI function.

    ``kind`` is the interface's type, or ``hostdev pci``. ``function`` is the host's PCI function behind it, ``guest`` its own address.
    """

    element: Element = dataclasses.field(repr=False)
    kind: str
    mac: t.Optional[str]
    function: t.Optional[str]
    guest: t.Optional[PciAddress]
    network: t.Optional[str] = None

    @property
    def is_unassigned(self) -> bool:
        """Does libvirt keep the function from the guest?"""
        address = self.element.first("address")
        return address is not None and address.get("type") == "unassigned"

    @property
    def model(self) -> t.Optional[str]:
        """The device that QEMU emulates, such as ``virtio``; None where the XML does not say."""
        model = self.element.first("model")
        return model.get("type") if model is not None else None

    @property
    def is_teamed(self) -> bool:
        """Is it one of a failover pair, whose two NICs share a MAC address?"""
        return self.element.first("teaming") is not None

    def __str__(self) -> str:
        if self.function:
            return f"{self.kind} {self.function}"
        return f"{self.kind} {self.mac or 'without a MAC address'}"


def _read_mac(element: Element) -> t.Optional[str]:
    mac = element.first("mac")
    text = mac.get("address") if mac is not None else None
    try:
        return _mac_address.normalise(text) if text else None
    except VsrxError:
        return None


def _read_interface(element: Element, where: str) -> Nic:
    kind = element.get("type") or "unknown"
    network = element.first("source")
    actual = element.first("actual")
    source = actual.first("source", "address") if actual is not None and actual.get("type") == HOSTDEV else None
    if kind == HOSTDEV:
        source = element.first("source", "address")
    function = pci_topology.read_address(source, where)
    return Nic(
        element=element,
        kind=kind,
        mac=_read_mac(element),
        function=str(function) if function else None,
        guest=pci_topology.read_address(element.first("address"), where),
        network=network.get("network") if network is not None else None,
    )


def _read_hostdev(element: Element, where: str) -> t.Optional[Nic]:
    if element.get("type") != "pci" or element.get("mode") not in (None, "subsystem"):
        return None
    function = pci_topology.read_address(element.first("source", "address"), where)
    if function is None:
        return None
    return Nic(
        element=element, kind=PLAIN, mac=None, function=str(function), guest=pci_topology.read_address(element.first("address"), where)
    )


def list_interfaces(domain: Element, where: str) -> list[Nic]:
    """The <interface> elements of a domain, in their order."""
    devices = domain.first("devices")
    return [_read_interface(element, where) for element in devices.all("interface")] if devices is not None else []


def list_plain_hostdevs(domain: Element, where: str) -> list[Nic]:
    """The PCI functions that a domain has through plain <hostdev> elements: VFs, but also graphics cards and disks."""
    devices = domain.first("devices")
    found = (_read_hostdev(element, where) for element in devices.all("hostdev")) if devices is not None else ()
    return [nic for nic in found if nic is not None]


@dataclasses.dataclass(frozen=True)
class PlannedNic:
    """A NIC of the new definition.

    ``nic`` is the element that becomes it; None where it is new. ``function``, ``mac`` and ``settings`` are what a port
    must have. ``current`` is the guest address that its place has until now, ``requested`` the one that must be kept to, ``guest`` the
    one that it gets. ``restored`` is the XML of a NIC that comes back.
    """

    label: str
    nic: t.Optional[Nic]
    current: t.Optional[PciAddress] = None
    requested: t.Optional[PciAddress] = None
    is_port: bool = False
    function: t.Optional[str] = None
    mac: t.Optional[str] = None
    settings: Settings = dataclasses.field(default_factory=dict)
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
