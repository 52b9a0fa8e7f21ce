# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""PCI addresses and where VFs are, words for PCI classes, and the files that name ids and modules, as text. Pure."""

from __future__ import annotations

import fnmatch
import re
import typing as t

from ._errors import VsrxError

_ADDRESS = re.compile(r"(?:(?P<domain>[0-9a-f]{4,8}):)?(?P<bus>[0-9a-f]{2}):(?P<slot>[01][0-9a-f])\.(?P<function>[0-7])")
_LAST_ROUTING_ID = 0xFFFF


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
