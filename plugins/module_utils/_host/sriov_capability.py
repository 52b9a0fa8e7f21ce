# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What a PF's configuration space and the kernel's list of its regions say of SR-IOV. Pure: takes what was read."""

from __future__ import annotations

import dataclasses
import re
import typing as t

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
