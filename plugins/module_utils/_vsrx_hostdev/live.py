# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Ports of a domain that runs: only behind all others, so that no port that stays gets another name at the next boot.
import typing as t

from .._domain_xml import reading
from .._domain_xml.pci_address import parse
from .._errors import VsrxError
from .._libvirt.model import Domain
from . import nic_order, nic_state
from .nic_state import Signature
from .steps import Attach, Detach


def _common(wanted: t.Sequence[Signature], running: t.Sequence[Signature]) -> int:
    count = 0
    while count < min(len(wanted), len(running)) and wanted[count].allows(running[count]):
        count += 1
    return count


def _texts(xml: str, where: str, vfs: t.Collection[str]) -> dict[str, str]:
    """The element of each VF."""
    nics = nic_order.in_order(reading.read(xml, where), vfs)
    return {nic.function: nic.element.source.decode() for nic in nics if nic.function}


def _refuse(domain: Domain, why: str) -> t.NoReturn:
    raise VsrxError(f"domain {domain.name} is running and can not be changed live: {why}; set power: cycle, or shut it down first")


def _check_seats(domain: Domain, added: t.Sequence[Signature]) -> None:
    topology = reading.read(t.cast(str, domain.live_xml), f"running domain {domain.name}").topology(())
    for each in added:
        seat = parse(t.cast(str, each.guest), "guest address")
        bus = topology.buses.get(seat.bus)
        if bus is None and seat.bus:
            _refuse(
                domain, f"guest address {seat} needs a PCI root port that the running domain has not, and root ports can not be added live"
            )
        if topology.express and (bus is None or not bus.is_port):
            _refuse(domain, f"guest address {seat} is not behind a root port, where nothing can be attached live")


def steps(domain: Domain, xml: str, vfs: t.Collection[str]) -> list[t.Union[Attach, Detach]]:
    """Detach from the end and attach at the end; everything else needs a power cycle."""
    where = f"running domain {domain.name}"
    live_xml = t.cast(str, domain.live_xml)
    running = nic_state.of_xml(live_xml, where, vfs)
    wanted = nic_state.of_xml(xml, where, vfs)
    count = _common(wanted, running)
    removed, added = running[count:], wanted[count:]
    staying = {each.mac for each in removed} & {each.mac for each in added} | {each.function for each in removed} & {
        each.function for each in added
    }
    if any(each.function is None for each in (*removed, *added)) or staying - {None}:
        _refuse(domain, "a NIC that stays would change or get another place")
    if not removed and not added:
        _refuse(domain, "what changes takes effect at the next start only")
    _check_seats(domain, added)
    old, new = _texts(live_xml, where, vfs), _texts(xml, where, vfs)
    detached: list[t.Union[Attach, Detach]] = [Detach(each.function, old[each.function]) for each in reversed(removed) if each.function]
    return [*detached, *(Attach(each.function, new[each.function]) for each in added if each.function)]
