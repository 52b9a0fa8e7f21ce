# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads the text of the pci.ids and modules.alias files; both are optional. Pure."""

from __future__ import annotations

import fnmatch
import re
import typing as t


def _section(data: bytes, start: int) -> bytes:
    """From a vendor's line to the next one: all lines that begin with a tab or a comment."""
    end = re.compile(rb"\n[0-9a-fC]").search(data, start)
    return data[start : end.start() if end else len(data)]


def _rest_of_line(data: bytes, start: int) -> str:
    end = data.find(b"\n", start)
    return data[start : end if end >= 0 else len(data)].decode("utf-8", "replace").strip()


def names(data: bytes, wanted: t.Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]]:
    """The words for each pair of vendor and device id in the text of a pci.ids file."""
    data = b"\n" + data
    found: dict[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]] = {}
    by_vendor: dict[str, list[str]] = {}
    for vendor_id, device_id in wanted:
        by_vendor.setdefault(vendor_id, []).append(device_id)
    for vendor_id, device_ids in by_vendor.items():
        at = data.find(f"\n{vendor_id}  ".encode())
        vendor = _rest_of_line(data, at + 7) if at >= 0 else None
        section = _section(data, at + 1) if at >= 0 else b""
        for device_id in device_ids:
            line = section.find(f"\n\t{device_id}  ".encode())
            found[(vendor_id, device_id)] = (vendor, _rest_of_line(section, line + 8) if line >= 0 else None)
    return found


def modules(data: bytes, modaliases: t.Iterable[str]) -> dict[str, tuple[str, ...]]:
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
