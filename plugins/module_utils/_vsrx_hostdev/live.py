# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Ports of a domain that runs: only behind all others, so that no port that stays gets another name at the next boot."""

from __future__ import annotations

import typing as t

from .._domain_xml import reading
from .._domain_xml.pci_address import parse
from .._errors import Finding
from .._libvirt.model import Domain
from .._rules import STATE
from . import nic_order, nic_state
from .nic_state import NicState
from .steps import Attach, Detach

LiveSteps = list[t.Union[Attach, Detach]]


def _count_common(wanted: t.Sequence[NicState], running: t.Sequence[NicState]) -> int:
    count = 0
    while count < min(len(wanted), len(running)) and wanted[count].allows(running[count]):
        count += 1
    return count


def _read_elements(xml: str, where: str, nics: t.Collection[str]) -> dict[str, str]:
    """The element of each function."""
    order = nic_order.list_nics(reading.read(xml, where), nics)
    return {nic.function: nic.element.source.decode() for nic in order if nic.function}


def _refuse(domain: Domain, why: str) -> Finding:
    return STATE.error(
        where=f"domain {domain.name}",
        found=f"it is running and cannot be changed live: {why}",
        cure="set power: cycle (in the role: vsrx_ports_power: cycle), or shut it down first",
    )


def _check_addresses(domain: Domain, added: t.Sequence[NicState]) -> t.Iterator[Finding]:
    topology = reading.read(t.cast(str, domain.live_xml), f"running domain {domain.name}").topology(())
    for each in added:
        address = parse(t.cast(str, each.guest), "guest address")
        bus = topology.controllers.get(address.bus)
        if bus is None and address.bus:
            why = f"guest address {address} needs a PCI root port that the running domain has not, and root ports cannot be added live"
            yield _refuse(domain, why)
        elif topology.express and (bus is None or not bus.is_port):
            yield _refuse(domain, f"guest address {address} is not behind a root port, where nothing can be attached live")


def plan_live(domain: Domain, xml: str, nics: t.Collection[str]) -> tuple[LiveSteps, list[Finding]]:
    """Detach from the end and attach at the end; everything else needs a power cycle."""
    where = f"running domain {domain.name}"
    live_xml = t.cast(str, domain.live_xml)
    running = nic_state.read_states(live_xml, where, nics)
    wanted = nic_state.read_states(xml, where, nics)
    count = _count_common(wanted, running)
    removed, added = running[count:], wanted[count:]
    staying = {each.mac for each in removed} & {each.mac for each in added} | {each.function for each in removed} & {
        each.function for each in added
    }
    if any(each.function is None for each in (*removed, *added)) or staying - {None}:
        return [], [_refuse(domain, "a NIC that stays would change or get another place")]
    if not removed and not added:
        return [], [_refuse(domain, "what changes takes effect at the next start only")]
    findings = list(_check_addresses(domain, added))
    old, new = _read_elements(live_xml, where, nics), _read_elements(xml, where, nics)
    detached: LiveSteps = [Detach(each.function, old[each.function]) for each in reversed(removed) if each.function]
    return [*detached, *(Attach(each.function, new[each.function]) for each in added if each.function)], findings
