# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the domain's running state requires: its NICs as they run, a restart, or changes of the running domain."""

from __future__ import annotations

import typing as t

from .._domain_xml import nic_settings, reading
from .._domain_xml.nic_settings import Settings
from .._domain_xml.nics import Nic
from .._domain_xml.pci_topology import parse_address
from .._errors import Finding
from .._libvirt.model import Domain, DomainState
from .._rules import STATE
from .._steps import Step, describe_steps
from . import nic_order
from .request import ABSENT, CYCLE, LIVE, Request
from .result import Attach, Detach, PortMapEntry, SetVfAttributes, ShutDown, Start


class NicState(t.NamedTuple):
    """One NIC as it is defined, or as it runs."""

    function: t.Optional[str]
    mac: t.Optional[str]
    guest: t.Optional[str]
    settings: Settings

    def allows(self, live: NicState) -> bool:
        """Is a NIC that runs what this definition says? A pool's NIC gets its function only when it runs."""
        if self.function is None:
            return (self.mac, self.guest) == (live.mac, live.guest)
        return self == live

    def __str__(self) -> str:
        return f"{self.function or 'NIC'} {self.mac} at {self.guest}"


def _read_state(nic: Nic) -> NicState:
    return NicState(
        function=nic.function,
        mac=nic.mac,
        guest=str(nic.guest) if nic.guest else None,
        settings=nic_settings.read_settings(nic.element) if nic.function else {},
    )


def read_states(xml: str, where: str, nics: t.Collection[str]) -> list[NicState]:
    """Return one for each NIC in the order of the guest; ``nics`` tells which plain hostdevs are NICs."""
    return [_read_state(nic) for nic in nic_order.list_nics(reading.read(xml, where), nics)]


def allow(wanted: t.Sequence[NicState], live: t.Sequence[NicState]) -> bool:
    return len(wanted) == len(live) and all(each.allows(other) for each, other in zip(wanted, live))


def describe_states(states: t.Iterable[NicState]) -> str:
    return "; ".join(str(each) for each in states) or "none"


#: states in which a domain neither shuts down nor takes devices, with what leads out of them
_STUCK = {
    DomainState.PAUSED: ("is paused", "virsh resume {}; QEMU pauses a domain whose disk is full, then make space first"),
    DomainState.PMSUSPENDED: ("is suspended by its guest", "wake it up (virsh dompmwakeup {})"),
    DomainState.CRASHED: ("has crashed", "look at it, then switch it off (virsh destroy {})"),
    DomainState.SHUTDOWN: ("is shutting down", "wait until it is off, and run again"),
}


class PowerPlan(t.NamedTuple):
    """All steps, and what stands against them."""

    steps: tuple[Step, ...]
    findings: tuple[Finding, ...] = ()


def _is_running_as_requested(domain: Domain, request: Request, rows: t.Sequence[PortMapEntry], xml: str, nics: t.Collection[str]) -> bool:
    """Does the running guest have what is requested? NICs behind the last requested port do not matter."""
    running = read_states(t.cast(str, domain.live_xml), f"running domain {domain.name}", nics)
    wanted = read_states(xml, f"domain {domain.name}", nics)
    if request.state == ABSENT or request.exclusive:
        return allow(wanted, running)
    last = max((row.position for row in rows if row.sriov), default=0)
    return allow(wanted[:last], running[:last])


def _check_images(domain: Domain, changed: bool) -> t.Iterator[Finding]:
    where = f"domain {domain.name}"
    if domain.has_managed_save:
        yield STATE.error(
            where=where,
            found="it has a managed save image, which holds its old devices",
            cure=f"start it from the image, or drop the image (virsh managedsave-remove {domain.uuid})",
        )
    if changed and domain.snapshots:
        count = "1 snapshot, which brings" if domain.snapshots == 1 else f"{domain.snapshots} snapshots, which bring"
        yield STATE.warning(
            where=where,
            found=f"it has {count} its old ports back when it is reverted to",
            cure=f"run again after a revert, or delete what is not needed (virsh snapshot-list {domain.uuid})",
        )


def _check_state(domain: Domain) -> t.Iterator[Finding]:
    stuck = _STUCK.get(domain.state)
    if stuck is not None:
        cure = stuck[1].format(domain.uuid)
        yield STATE.error(where=f"domain {domain.name}", found=f"it {stuck[0]}, so it cannot be shut down or changed", cure=cure)


def check_domain(domain: Domain) -> list[Finding]:
    """Return what stands against any change of the domain, to be listed beside other reasons."""
    return [*_check_images(domain, changed=False), *_check_state(domain)]


def _refuse_running(domain: Domain, edits: t.Sequence[Step]) -> Finding:
    lines = describe_steps(edits)
    listed = "".join(f"\n  {number}. {line}" for number, line in enumerate(lines, 1))
    return STATE.error(
        where=f"domain {domain.name}",
        found=f"it is running, and its ports would change:{listed}" if lines else "what it runs with differs from its definition",
        cure="set power: cycle (in the role: vsrx_ports_power: cycle) to let it be shut down and started, or shut it down first",
    )


def plan_power(
    domain: Domain,
    request: Request,
    edits: t.Sequence[Step],
    rows: t.Sequence[PortMapEntry],
    xml: str,
    nics: t.Collection[str],
    pending_start: bool,
    settings: t.Sequence[SetVfAttributes] = (),
) -> PowerPlan:
    """Return all steps: the edits, what else it takes, and between stop and start what the PFs are to enforce.

    ``xml`` is the definition as it will be, ``nics`` the host's Ethernet functions.
    """
    changed = xml != domain.inactive_xml
    starts = not domain.active and (pending_start or request.power == CYCLE)
    images = tuple(_check_images(domain, changed)) if changed or starts else ()
    if starts:
        return PowerPlan((*edits, *settings, Start(domain.name, "an earlier run shut it down" if pending_start else "")), images)
    if not domain.active:
        return PowerPlan((*edits, *settings), images)
    if not edits and not changed and _is_running_as_requested(domain, request, rows, xml, nics):
        running = {each.function for each in read_states(t.cast(str, domain.live_xml), f"running domain {domain.name}", nics)}
        if request.power == LIVE or not any(step.is_disruptive and step.vf in running for step in settings):
            return PowerPlan(tuple(settings))
    findings = (*images, *_check_state(domain))
    if request.power == CYCLE:
        return PowerPlan((*edits, ShutDown(domain.name), *settings, Start(domain.name)), findings)
    if request.power == LIVE:
        steps, reasons = plan_live(domain, xml, nics)
        detached = [step for step in steps if isinstance(step, Detach)]
        attached = [step for step in steps if isinstance(step, Attach)]
        return PowerPlan((*edits, *detached, *settings, *attached), (*findings, *reasons))
    return PowerPlan((*edits, *settings), (*findings, _refuse_running(domain, [*edits, *settings])))


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


def _refuse_live(domain: Domain, why: str) -> Finding:
    return STATE.error(
        where=f"domain {domain.name}",
        found=f"it is running and cannot be changed live: {why}",
        cure="set power: cycle (in the role: vsrx_ports_power: cycle), or shut it down first",
    )


def _check_addresses(domain: Domain, added: t.Sequence[NicState]) -> t.Iterator[Finding]:
    topology = reading.read(t.cast(str, domain.live_xml), f"running domain {domain.name}").make_topology(())
    for each in added:
        address = parse_address(t.cast(str, each.guest), "guest address")
        bus = topology.controllers.get(address.bus)
        if bus is None and address.bus:
            why = f"guest address {address} needs a PCI root port that the running domain has not, and root ports cannot be added live"
            yield _refuse_live(domain, why)
        elif topology.express and (bus is None or not bus.is_port):
            yield _refuse_live(domain, f"guest address {address} is not behind a root port, where nothing can be attached live")


def plan_live(domain: Domain, xml: str, nics: t.Collection[str]) -> tuple[LiveSteps, list[Finding]]:
    """Detach from the end and attach at the end; everything else needs a power cycle."""
    where = f"running domain {domain.name}"
    live_xml = t.cast(str, domain.live_xml)
    running = read_states(live_xml, where, nics)
    wanted = read_states(xml, where, nics)
    count = _count_common(wanted, running)
    removed, added = running[count:], wanted[count:]
    staying = {each.mac for each in removed} & {each.mac for each in added} | {each.function for each in removed} & {
        each.function for each in added
    }
    if any(each.function is None for each in (*removed, *added)) or staying - {None}:
        return [], [_refuse_live(domain, "a NIC that stays would change or get another place")]
    if not removed and not added:
        return [], [_refuse_live(domain, "what changes takes effect at the next start only")]
    findings = list(_check_addresses(domain, added))
    old, new = _read_elements(live_xml, where, nics), _read_elements(xml, where, nics)
    detached: LiveSteps = [Detach(each.function, old[each.function]) for each in reversed(removed) if each.function]
    return [*detached, *(Attach(each.function, new[each.function]) for each in added if each.function)], findings
