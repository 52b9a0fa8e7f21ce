# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""PCI: addresses, ids and names of classes, and what configuration space and the list of regions say of a PF's SR-IOV. Pure."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
import typing as t

from ._errors import VsrxError

_ADDRESS = re.compile(r"(?:(?P<domain>[0-9a-f]{4,8}):)?(?P<bus>[0-9a-f]{2}):(?P<slot>[01][0-9a-f])\.(?P<function>[0-7])")
_LAST_ROUTING_ID = 0xFFFF
_SRIOV_ID = 0x0010
_FIRST_EXTENDED = 0x100
_TOTAL_VFS = 0x0E
_BARS = 0x24
_BAR_COUNT = 6
_LENGTH = _BARS + 4 * _BAR_COUNT
#: in a BAR: bit 0 is I/O, bits 1 and 2 are the width, of which 2 is 64 bits
_TYPE = 0x7
_IS_64_BIT = 0x4
#: lines of the file 'resource' that describe the VFs' regions: after six BARs and the ROM
_VF_REGIONS = slice(7, 7 + _BAR_COUNT)
_REGION = re.compile(r"0x([0-9a-fA-F]{1,16}) 0x([0-9a-fA-F]{1,16}) 0x([0-9a-fA-F]{1,16})")
#: a region that has a size and no place (kernels that keep it so)
_IORESOURCE_UNSET = 0x20000000


class Address(t.NamedTuple):
    """A PCI address by its numbers; its text form is DDDD:BB:SS.F, the domain wider where it must be."""

    domain: int
    bus: int
    slot: int
    function: int

    def __str__(self) -> str:
        return f"{self.domain:04x}:{self.bus:02x}:{self.slot:02x}.{self.function:x}"

    @property
    def routing_id(self) -> int:
        return self.bus << 8 | self.slot << 3 | self.function

    def moved(self, by: int) -> Address:
        """The function that many routing ids further; the sum carries into the bus number."""
        rid = self.routing_id + by
        if not 0 <= rid <= _LAST_ROUTING_ID:
            raise VsrxError(f"no PCI function lies {by} routing ids from {self}: its domain ends at bus ff")
        return Address(self.domain, rid >> 8, rid >> 3 & 0x1F, rid & 7)


def is_address(text: str) -> bool:
    """Tell whether a text is a PCI address."""
    return _ADDRESS.fullmatch(text.strip().lower()) is not None


def parse_address(text: str) -> Address:
    """Read DDDD:BB:SS.F in hex digits; the domain may be left out or be wider than four digits."""
    match = _ADDRESS.fullmatch(text.strip().lower())
    if match is None:
        raise VsrxError(f"'{text}' is not a PCI address; expected hex digits as in 0000:83:00.0")
    domain, bus, slot, function = (int(part or "0", 16) for part in match.groups())
    return Address(domain, bus, slot, function)


def compute_vf_address(pf: str, offset: int, stride: int, index: int) -> str:
    """Where a VF is or will be: its PF's routing id, plus the offset, plus a stride for each VF before it."""
    return str(parse_address(pf).moved(offset + index * stride))


def name_nodedev(address: str) -> str:
    """libvirt's name of the function, as pci_0000_83_02_3."""
    return "pci_" + address.replace(":", "_").replace(".", "_")


_CLASSES = {
    "00": "unclassified",
    "01": "storage",
    "02": "network",
    "03": "display",
    "04": "multimedia",
    "05": "memory",
    "06": "bridge",
    "07": "communication",
    "08": "system",
    "09": "input",
    "0a": "docking",
    "0b": "processor",
    "0c": "serial",
    "0d": "wireless",
    "0e": "intelligent",
    "0f": "satellite",
    "10": "encryption",
    "11": "signal",
    "12": "accelerator",
    "13": "instrumentation",
    "40": "coprocessor",
}

NETWORK = "network"
BRIDGE = "bridge"
#: class and subclass of an InfiniBand controller
INFINIBAND = 0x0207
CLASS_NAMES = tuple(_CLASSES.values())


def name_class(class_id: str) -> str:
    """The base class in a word: network for 0200; 'other' for one that has no word here."""
    return _CLASSES.get(class_id[:2], "other")


def _cut_section(data: bytes, start: int) -> bytes:
    """From a vendor's line to the next one: all lines that begin with a tab or a comment."""
    end = re.compile(rb"\n[0-9a-fC]").search(data, start)
    return data[start : end.start() if end else len(data)]


def _cut_line(data: bytes, start: int) -> str:
    end = data.find(b"\n", start)
    return data[start : end if end >= 0 else len(data)].decode("utf-8", "replace").strip()


def find_names(data: bytes, wanted: t.Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]]:
    """The words for each pair of vendor and device id in the text of a pci.ids file."""
    data = b"\n" + data
    found: dict[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]] = {}
    by_vendor: dict[str, list[str]] = {}
    for vendor_id, device_id in wanted:
        by_vendor.setdefault(vendor_id, []).append(device_id)
    for vendor_id, device_ids in by_vendor.items():
        at = data.find(f"\n{vendor_id}  ".encode())
        vendor = _cut_line(data, at + 7) if at >= 0 else None
        section = _cut_section(data, at + 1) if at >= 0 else b""
        for device_id in device_ids:
            line = section.find(f"\n\t{device_id}  ".encode())
            found[(vendor_id, device_id)] = (vendor, _cut_line(section, line + 8) if line >= 0 else None)
    return found


def find_modules(data: bytes, modaliases: t.Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The kernel modules for each modalias in the text of a modules.alias file, in the file's order."""
    wanted = set(modaliases)
    if not wanted:
        return {}
    # fnmatch compiles each pattern it is asked about, and the file has thousands: only those of these devices, and the wild ones, are.
    devices = "|".join(sorted({alias[5:22] for alias in wanted}))
    vendors = "|".join(sorted({alias[5:13] for alias in wanted}))
    wild = rf"(?:{vendors})d[0-9A-F]*\*|[0-9A-F]*\*d"
    lines = re.findall(rf"^alias (pci:v(?:{devices}|{wild})\S*) (\S+)$".encode(), data, re.MULTILINE)
    patterns = [(pattern.decode("utf-8", "replace"), module.decode("utf-8", "replace")) for pattern, module in lines]
    return {alias: tuple(dict.fromkeys(module for pattern, module in patterns if fnmatch.fnmatchcase(alias, pattern))) for alias in wanted}


@dataclasses.dataclass(frozen=True)
class SriovCapability:
    """The SR-IOV extended capability: how many VFs the device has at most, and which of its six VF BARs it implements."""

    total_vfs: int
    bars: tuple[int, ...]


def _parse_at(config: bytes, at: int) -> SriovCapability:
    def read(offset: int, size: int) -> int:
        return int.from_bytes(config[at + offset : at + offset + size], "little")

    bars, index = [], 0
    while index < _BAR_COUNT:
        register = read(_BARS + 4 * index, 4)
        # One that reads 0 is not there, or is a 32-bit one without a place: both read alike.
        if register:
            bars.append(index)
        index += 2 if register & _TYPE == _IS_64_BIT else 1
    return SriovCapability(read(_TOTAL_VFS, 2), tuple(bars))


def parse_capability(config: t.Optional[bytes]) -> t.Union[SriovCapability, bool, None]:
    """Return the SR-IOV capability, False where there is none, None where the configuration space cannot be read that far."""
    if config is None or len(config) < _FIRST_EXTENDED + 4:
        return None
    at, seen = _FIRST_EXTENDED, set()
    while _FIRST_EXTENDED <= at <= len(config) - 4 and at not in seen:
        seen.add(at)
        header = int.from_bytes(config[at : at + 4], "little")
        if header & 0xFFFF == _SRIOV_ID:
            return _parse_at(config, at) if at + _LENGTH <= len(config) else None
        at = header >> 20
    return False


def has_vf_memory(resource: t.Optional[str], capability: t.Union[SriovCapability, bool, None]) -> t.Optional[bool]:
    """Tell whether the VFs' regions have a place; None where that is not known.

    A region that the kernel could not place is zero in all three numbers: drivers/pci/setup-bus.c resets it. So a PF without any region for
    its VFs has none, and so has one that lacks a region for a BAR of the capability.
    """
    lines = (resource or "").splitlines()[_VF_REGIONS]
    if len(lines) < _BAR_COUNT:
        return None
    matches = [_REGION.fullmatch(line.strip()) for line in lines]
    regions = [tuple(int(number, 16) for number in match.groups()) for match in matches if match is not None]
    if len(regions) < _BAR_COUNT:
        return None
    placed = [bool(start and flags and not flags & _IORESOURCE_UNSET) for start, _end, flags in regions]
    expected = [index for index, (_start, _end, flags) in enumerate(regions) if flags]
    if isinstance(capability, SriovCapability):
        expected += capability.bars
    return any(placed) and all(placed[index] for index in expected)
