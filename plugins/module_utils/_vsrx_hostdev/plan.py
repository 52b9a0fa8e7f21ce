# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

from .. import _findings, _junos_ifname
from .._domain_xml import nic_writer, pci_address_allocator, reading
from .._domain_xml.nic_writer import Change, Settings, Wish
from .._domain_xml.nics import PLAIN, Nic
from .._errors import VsrxError
from .._findings import Finding
from .._host.vf_user import UserKind, VfUser
from .._libvirt.model import Domain
from . import findings as rules
from . import mac_conflicts, nic_order, power
from .host_state import Function, Host
from .nic_order import Place
from .port_map import Row
from .request import ABSENT, Request
from .steps import AddPort, AddRootPort, ChangeNic, RemovePort, Step
from .vf_selection import Chooser


@dataclasses.dataclass(frozen=True)
class Plan:
    """What will be done, and what must be true afterwards; ``xml`` is None where the definition stays as it is."""

    steps: tuple[Step, ...]
    xml: t.Optional[str]
    changes: tuple[Change, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    @property
    def actions(self) -> list[str]:
        return [step.describe() for step in self.steps]


def pools_of(claims: t.Iterable[VfUser]) -> frozenset[str]:
    """The networks that hand out host functions, by name."""
    return frozenset(claim.name for claim in claims if claim.kind is UserKind.NETWORK)


def _exists(address: t.Optional[str], known: t.Optional[Function]) -> t.Optional[bool]:
    if address is None or (known is not None and known.pf is None):
        return None
    return known is not None and known.made


def _row(position: int, place: Place, guest: str, mac: t.Optional[str], host: Host, request: Request, pools: t.Collection[str]) -> Row:
    function = place.function
    pf = host.pf_of(function)
    known = host.functions.get(function) if function else None
    return Row(
        position=position,
        junos_interface=_junos_ifname.junos_name(position, request.cluster_node),
        sriov=place.chosen is not None or (place.nic is not None and nic_order.is_sriov(place.nic, pools)),
        mac=mac,
        guest_address=guest,
        vf=function,
        pf=pf.name if pf else None,
        pf_address=pf.address if pf else None,
        index=known.index if known else None,
        vf_exists=_exists(function, known),
    )


def _settings(place: Place, mac: t.Optional[str]) -> t.Optional[Settings]:
    if place.chosen is None:
        return None
    port = place.chosen.port
    return Settings(function=place.chosen.function.address, mac=t.cast(str, mac), driver=port.driver, vlan=port.vlan)


def _what(wish: Wish) -> tuple[str, ...]:
    nic = t.cast(Nic, wish.nic)
    found = [f"guest address {nic.guest} to {wish.guest}"] if nic.guest != wish.guest else []
    settings = wish.settings
    if settings is None:
        return tuple(found)
    if nic.kind == PLAIN:
        return (*found, f"plain hostdev to interface with MAC {settings.mac}")
    driver = nic.element.first("driver")
    before = driver.get("name") if driver is not None else None
    vlan = "a trunk" if nic_writer.is_trunk(nic.element) else nic_writer.vlan_of(nic.element) or 0
    if nic.mac != settings.mac:
        found.append(f"MAC {nic.mac} to {settings.mac}")
    if settings.driver and before != settings.driver:
        found.append(f"driver {before or 'default'} to {settings.driver}")
    if settings.vlan is not None and settings.vlan != vlan:
        found.append(f"VLAN {vlan or 'none'} to {settings.vlan or 'none'}")
    if nic.element.get("managed") != "yes":
        found.append("managed to yes")
    return tuple(found)


class Planner:
    """Plans one domain; asks nothing and touches nothing."""

    def __init__(self, request: Request, domain: Domain, host: Host, claims: t.Sequence[VfUser]) -> None:
        if not domain.persistent or domain.inactive_xml is None:
            raise VsrxError(f"domain {domain.name} is transient: it has no definition to change; define it first (virsh define)")
        self._request = request
        self._domain = domain
        self._host = host
        self._claims = claims
        self._pools = pools_of(claims)
        self._reading = reading.read(domain.inactive_xml, f"domain {domain.name}")

    def plan(self, *, pending_start: bool = False) -> Plan:
        """``pending_start`` tells that an earlier run shut the domain down and never started it."""
        request, found = self._request, self._reading
        present = nic_order.in_order(found, self._host.vfs)
        chooser = Chooser(self._host, self._claims, self._domain.uuid, [nic.function for nic in present if nic.function])
        absent = request.state == ABSENT
        chosen = chooser.choose(request.ports, strict=not absent)
        vfs = self._host.vfs | {each.function.address for each in chosen}
        order = nic_order.in_order(found, vfs)
        places, gone = (
            nic_order.without_ports(order, chosen) if absent else nic_order.with_ports(order, chosen, request.exclusive, self._pools)
        )
        mac_conflicts.check_trunks(places)
        macs = [nic_order.mac_of(place, self._domain.uuid) for place in places]
        mac_conflicts.check_macs(self._domain, places, macs, self._claims, self._host, self._had())

        counted = found.network_functions(vfs)
        guests = [
            pci_address_allocator.Guest(place.label, place.current, place.chosen.port.guest if place.chosen else None) for place in places
        ]
        seats = pci_address_allocator.seat(lambda: found.topology(counted), guests)
        wishes = [Wish(place.nic, _settings(place, mac), seat) for place, mac, seat in zip(places, macs, seats.addresses)]
        rewritten = nic_writer.rewrite(found.root, wishes, gone, seats.ports)
        rows = tuple(
            _row(position, place, str(seat), mac, self._host, request, self._pools)
            for position, (place, mac, seat) in enumerate(zip(places, macs, seats.addresses), 1)
        )
        findings = rules.judge(found, rows, self._host, request.cluster_node)
        if not absent:
            _findings.refuse(f"domain {self._domain.name}", findings)
        edits = [*self._edits(wishes, rows, order, gone), *(AddRootPort(bus.index, str(bus.seat)) for bus in seats.ports)]
        # Elements that merely stand in another order are the same domain to libvirt and to the guest.
        xml = rewritten.xml if edits else t.cast(str, self._domain.inactive_xml)
        steps = power.steps(self._domain, request, edits, rows, xml, vfs, pending_start)
        return Plan(steps, xml if edits else None, rewritten.changes if edits else (), rows, tuple(findings))

    def _had(self) -> set[str]:
        """The VFs that the domain has until now, by its definition and as it runs; libvirt has set its MAC addresses on them."""
        running = reading.read(self._domain.live_xml, f"running domain {self._domain.name}") if self._domain.live_xml else None
        return {function for each in (self._reading, running) if each is not None for function in reading.managed_functions(each)}

    def _edits(self, wishes: t.Sequence[Wish], rows: t.Sequence[Row], order: t.Sequence[Nic], gone: t.Sequence[Nic]) -> list[Step]:
        steps: list[Step] = []
        for position, nic in enumerate(order, 1):
            if nic in gone:
                steps.append(RemovePort(nic.function or str(nic), _junos_ifname.junos_name(position, self._request.cluster_node)))
        for wish, row in zip(wishes, rows):
            if wish.nic is None:
                source = f"{row.pf} VF {row.index}" if row.pf else "VF"
                steps.append(AddPort(t.cast(str, row.vf), source, t.cast(str, row.mac), str(row.guest_address), row.junos_interface))
            elif _what(wish):
                steps.append(ChangeNic(str(wish.nic), _what(wish), row.junos_interface))
        return steps
