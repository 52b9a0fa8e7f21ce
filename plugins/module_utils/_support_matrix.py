# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the vendor's page supports, each row with its rule. Data only: to add a NIC, add a row to NICS. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

#: the pages of the vendor that the rows are from
SRIOV_PAGE = "SR-IOV and PCI"
REQUIREMENTS_PAGE = "Requirements for vSRX on KVM"


@dataclasses.dataclass(frozen=True)
class Nic:
    """A family of NICs by the PCI device ids of its PFs; a VF's id does not name the NIC."""

    name: str
    vendor_id: str
    device_ids: tuple[str, ...]
    #: releases from which the vendor's page lists it, one for each train; none given means all
    min_junos: tuple[str, ...] = ()
    #: listed by the vendor's page
    listed: bool = True
    #: the page that lists it
    source: str = SRIOV_PAGE
    rule: str = "S16"


_INTEL = "8086"
_MELLANOX = "15b3"
_BROADCOM = "14e4"
_FORTVILLE = ("15.1X49-D90", "17.3R1")
_CONNECTX = ("18.1R1",)

NICS: tuple[Nic, ...] = (
    Nic(
        "Intel 82599",
        _INTEL,
        ("10fb", "10f7", "10f8", "10f9", "10fc", "1517", "151c", "1529", "152a", "154f", "1557"),
    ),
    Nic("Intel X520", _INTEL, ("1507", "1514", "154a", "154d", "1558")),
    Nic("Intel X540", _INTEL, ("1528", "1560")),
    Nic("Intel X710", _INTEL, ("1572", "1581", "1585", "1586", "1589", "15ff", "104e", "104f"), _FORTVILLE),
    Nic("Intel XL710", _INTEL, ("1580", "1583", "1584", "1587", "1588"), _FORTVILLE),
    Nic("Mellanox ConnectX-3", _MELLANOX, ("1003",), _CONNECTX),
    Nic("Mellanox ConnectX-3 Pro", _MELLANOX, ("1007",), _CONNECTX),
    Nic("Mellanox ConnectX-4", _MELLANOX, ("1013",), _CONNECTX),
    Nic("Mellanox ConnectX-4 Lx", _MELLANOX, ("1015",), _CONNECTX),
    # Known to have SR-IOV, not named by the vendor's page: a warning, never a refusal.
    Nic("Intel X550", _INTEL, ("1563", "15d1"), listed=False),
    Nic("Intel X552", _INTEL, ("15ac",), listed=False),
    Nic("Intel X553", _INTEL, ("15c4",), listed=False),
    Nic("Intel XXV710", _INTEL, ("158a", "158b"), listed=False),
    Nic("Intel X722", _INTEL, ("37ce", "37cf", "37d0", "37d1", "37d2", "37d3"), listed=False),
    Nic("Intel E810", _INTEL, ("1591", "1592", "1593", "1599", "159b"), listed=False),
    Nic("Intel E830", _INTEL, ("12d1", "12d2", "12d3", "12d4", "12d5"), listed=False),
    Nic("Intel 82576", _INTEL, ("10c9",), listed=False),
    Nic("Intel I350", _INTEL, ("1521",), listed=False),
    Nic("Mellanox ConnectX-5", _MELLANOX, ("1017", "1019"), listed=False),
    Nic("Mellanox ConnectX-6", _MELLANOX, ("101b", "101d", "101f"), listed=False),
    Nic("Mellanox ConnectX-7", _MELLANOX, ("1021",), listed=False),
    Nic("Mellanox BlueField", _MELLANOX, ("a2d6", "a2dc"), listed=False),
    Nic("Broadcom BCM57414", _BROADCOM, ("16d7",), listed=False),
    Nic("Broadcom BCM5750x", _BROADCOM, ("1750",), listed=False),
)

_BY_ID: dict[tuple[str, str], Nic] = {(nic.vendor_id, device): nic for nic in NICS for device in nic.device_ids}


def find_nic(vendor_id: str, device_id: str) -> t.Optional[Nic]:
    """Return the row for a PF's ids (4 lower-case hex digits each), or None where nothing is known."""
    return _BY_ID.get((vendor_id, device_id))


def describe_listed() -> str:
    """Return the NICs that the vendor's page lists, for a sentence; the vendor's name comes once."""
    by_vendor: dict[str, list[str]] = {}
    for nic in NICS:
        if nic.listed:
            vendor, _space, family = nic.name.partition(" ")
            by_vendor.setdefault(vendor, []).append(family)
    return " and ".join(f"{vendor} {', '.join(families)}" for vendor, families in by_vendor.items())


@dataclasses.dataclass(frozen=True)
class Size:
    """A vSRX size that the vendor publishes."""

    vcpus: int
    memory_mib: int
    rule: str = "S17"
    #: the page that lists it
    source: str = REQUIREMENTS_PAGE


SIZES: tuple[Size, ...] = (Size(2, 4096), Size(5, 8192), Size(9, 16384), Size(17, 32768))


@dataclasses.dataclass(frozen=True)
class Feature:
    """A vSRX feature that SR-IOV ports do not carry where the PF driver cannot be updated or controlled."""

    key: str
    name: str
    rule: str = "S14"


UNSUPPORTED: tuple[Feature, ...] = (
    Feature("ha", "high availability"),
    Feature("irb", "IRB interfaces"),
    Feature("ipv6", "IPv6 addressing"),
    Feature("jumbo", "jumbo frames"),
    Feature("layer2", "layer 2"),
    Feature("multicast", "multicast with other features such as OSPF and IPv6"),
    Feature("packet_mode", "packet mode"),
)

#: the two statements of the MAC mode are supported from this release on, on KVM
MAC_MODE_JUNOS = "19.4R1"
MAC_MODE_RULE = "S6"
