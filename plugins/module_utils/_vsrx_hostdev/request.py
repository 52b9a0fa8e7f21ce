# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

from .. import _mac_address
from .._domain_xml import pci_address
from .._domain_xml.pci_address import PciAddress
from .._errors import VsrxError

PRESENT = "present"
ABSENT = "absent"
REFUSE = "refuse"
CYCLE = "cycle"
LIVE = "live"
LAST_VLAN = 4094


@dataclasses.dataclass(frozen=True)
class Port:
    """One entry of ``ports``; ``label`` names it in messages."""

    label: str
    vf: t.Optional[str] = None
    pf: t.Optional[str] = None
    index: t.Optional[int] = None
    mac: t.Optional[str] = None
    driver: t.Optional[str] = None
    vlan: t.Optional[int] = None
    guest: t.Optional[PciAddress] = None


@dataclasses.dataclass(frozen=True)
class Request:
    ports: tuple[Port, ...]
    state: str = PRESENT
    exclusive: bool = False
    power: str = REFUSE
    cluster_node: t.Optional[int] = None


def _pf_name(text: str, label: str) -> str:
    try:
        return str(pci_address.parse(text, label))
    except VsrxError:
        pass
    if not text or "/" in text or text in (".", "..") or any(character.isspace() for character in text):
        raise VsrxError(f"{label}: '{text}' is neither the name of a network device nor a PCI address")
    return text


def _check(port: Port) -> Port:
    if (port.vf is None) == (port.pf is None):
        raise VsrxError(f"{port.label}: give either vf (a PCI address) or pf (a PF's name or address, with or without index)")
    if port.index is not None and (port.pf is None or port.index < 0):
        raise VsrxError(f"{port.label}: index {port.index} needs a pf, and counts from 0")
    if port.vlan is not None and not 0 <= port.vlan <= LAST_VLAN:
        raise VsrxError(f"{port.label}: VLAN {port.vlan} is out of range; expected 1 to {LAST_VLAN}, or 0 for none")
    return port


def port_of(entry: t.Mapping[str, t.Any], number: int) -> Port:
    """Check one entry of the option and read it."""
    label = f"ports[{number}]"
    return _check(
        Port(
            label=label,
            vf=str(pci_address.parse(entry["vf"], f"{label}.vf")) if entry.get("vf") else None,
            pf=_pf_name(entry["pf"], f"{label}.pf") if entry.get("pf") else None,
            index=entry.get("index"),
            mac=_mac_address.station(entry["mac"], f"{label}.mac") if entry.get("mac") else None,
            driver=entry.get("driver"),
            vlan=entry.get("vlan"),
            guest=pci_address.parse(entry["guest_address"], f"{label}.guest_address") if entry.get("guest_address") else None,
        )
    )


def request_of(options: t.Mapping[str, t.Any]) -> Request:
    ports = tuple(port_of(entry, number) for number, entry in enumerate(options.get("ports") or ()))
    given: dict[str, str] = {}
    for port in ports:
        if port.mac and port.mac in given:
            raise VsrxError(f"{port.label}: MAC address {port.mac} is given to {given[port.mac]} too; each port needs its own")
        if port.mac:
            given[port.mac] = port.label
    return Request(
        ports=ports,
        state=options.get("state") or PRESENT,
        exclusive=bool(options.get("exclusive")),
        power=options.get("power") or REFUSE,
        cluster_node=options.get("cluster_node"),
    )
