# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What a domain's XML says, as far as its NICs and its size are concerned."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._errors import VsrxError
from . import document, nics
from .document import Element
from .nics import Nic
from .pci_topology import Topology

_UNITS = {
    "b": 1,
    "bytes": 1,
    "kb": 1000,
    "k": 1024,
    "kib": 1024,
    "mb": 1000**2,
    "m": 1024**2,
    "mib": 1024**2,
    "gb": 1000**3,
    "g": 1024**3,
    "gib": 1024**3,
    "tb": 1000**4,
    "t": 1024**4,
    "tib": 1024**4,
}
_COUNT = re.compile("[0-9]{1,18}")
#: more than QEMU gives to a domain
_MOST_VCPUS = 65536
_RANGE = re.compile(r"(\^?)([0-9]{1,18})(?:-([0-9]{1,18}))?")


@dataclasses.dataclass(frozen=True)
class Tuning:
    """Where the domain's threads run and what its memory is made of, as far as its XML says."""

    #: the CPUs of each vCPU that is pinned
    vcpu_pins: t.Mapping[int, frozenset[int]] = dataclasses.field(default_factory=dict)
    #: the CPUs of QEMU's own threads; None where they are not pinned
    emulator_pin: t.Optional[frozenset[int]] = None
    has_hugepages: bool = False


@dataclasses.dataclass(frozen=True)
class Reading:
    """What a domain's XML says, as far as its NICs are concerned."""

    root: Element = dataclasses.field(repr=False)
    name: str
    uuid: str
    vcpus: int
    memory_mib: int
    numa_nodes: frozenset[int]
    tuning: Tuning
    interfaces: tuple[Nic, ...]
    hostdevs: tuple[Nic, ...]

    def make_topology(self, counted: t.Collection[Nic]) -> Topology:
        """Return the domain's PCI buses; ``counted`` are the plain <hostdev>s that count as NICs."""
        return Topology(self.root, f"domain {self.name}", {nic.element.start for nic in counted})

    def select_hostdevs(self, functions: t.Collection[str]) -> tuple[Nic, ...]:
        """Return the plain <hostdev>s whose function is one of those given: the Ethernet functions."""
        return tuple(nic for nic in self.hostdevs if nic.function in functions)


def parse_set(text: str) -> frozenset[int]:
    """Read a set of numbers of libvirt or of the kernel, as in 0-3,^2; empty where it is neither."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            return frozenset()
        first, last = int(match[2]), int(match[3] or match[2])
        numbers = set(range(first, min(last, first + 4096) + 1))
        found = found - numbers if match[1] else found | numbers
    return frozenset(found)


def _read_count(text: str) -> t.Optional[int]:
    """Return a number as libvirt writes it; None for other digits of Unicode, and for more of them than any count of a domain has."""
    return int(text) if _COUNT.fullmatch(text) else None


def _read_memory_mib(root: Element, where: str) -> int:
    memory = root.first("memory")
    unit = ((memory.get("unit") if memory is not None else None) or "KiB").lower()
    text = root.content("memory") or "0"
    count = _read_count(text)
    if unit not in _UNITS or count is None:
        raise VsrxError(f"{where}: memory '{text[:40]}' in unit '{unit[:40]}' is not understood")
    return count * _UNITS[unit] // _UNITS["mib"]


def _read_vcpus(root: Element, where: str) -> int:
    vcpu = root.first("vcpu")
    text = (vcpu.get("current") if vcpu is not None else None) or root.content("vcpu")
    count = _read_count(text or "1")
    if count is None or count > _MOST_VCPUS:
        raise VsrxError(f"{where}: vcpu '{text[:40]}' is not understood; expected a number up to {_MOST_VCPUS}")
    return count


def _read_numa_nodes(root: Element) -> frozenset[int]:
    memory = root.first("numatune", "memory")
    return parse_set(memory.get("nodeset") or "") if memory is not None else frozenset()


def _read_tuning(root: Element) -> Tuning:
    tune = root.first("cputune")
    pins = tune.all("vcpupin") if tune is not None else []
    emulator = tune.first("emulatorpin") if tune is not None else None
    return Tuning(
        vcpu_pins={
            vcpu: parse_set(pin.get("cpuset") or "") for pin in pins for vcpu in [_read_count(pin.get("vcpu") or "")] if vcpu is not None
        },
        emulator_pin=parse_set(emulator.get("cpuset") or "") if emulator is not None else None,
        has_hugepages=root.first("memoryBacking", "hugepages") is not None,
    )


def is_pci(nic: Nic) -> bool:
    """Does the NIC take a PCI address in the guest? USB, virtio-mmio and channel devices do not."""
    own = nic.element.first("address")
    model = nic.element.first("model")
    if own is not None and own.get("type") not in (None, "pci"):
        return False
    return model is None or model.get("type") != "usb-net"


def read(xml: str, where: str) -> Reading:
    root = document.parse(xml, where, "domain")
    if root.first("devices") is None or not t.cast(Element, root.first("devices")).children:
        raise VsrxError(f"{where} has no devices in its XML")
    return Reading(
        root=root,
        name=root.content("name"),
        uuid=root.content("uuid"),
        vcpus=_read_vcpus(root, where),
        memory_mib=_read_memory_mib(root, where),
        numa_nodes=_read_numa_nodes(root),
        tuning=_read_tuning(root),
        interfaces=tuple(nics.list_interfaces(root, where)),
        hostdevs=tuple(nics.list_plain_hostdevs(root, where)),
    )


def list_functions(reading: Reading) -> list[str]:
    """Return the host functions that the domain names, in order."""
    return [nic.function for nic in (*reading.interfaces, *reading.hostdevs) if nic.function]


def _list_rest(root: Element) -> list[str]:
    """Everything of a domain but its NICs and PCI controllers, without white space."""
    devices = root.first("devices")
    kept = [child for child in (devices.children if devices is not None else ()) if not _is_ours(child)]
    others = [child for child in root.children if child.tag != "devices"]
    return ["".join(child.source.decode().split()) for child in (*others, *kept)]


def _is_ours(element: Element) -> bool:
    return element.tag in ("interface", "hostdev") or (element.tag == "controller" and element.get("type") == "pci")


def is_rest_same(one: str, other: str, where: str) -> bool:
    """Do two definitions of a domain differ in nothing but NICs and PCI controllers?"""
    return _list_rest(document.parse(one, where, "domain")) == _list_rest(document.parse(other, where, "domain"))
