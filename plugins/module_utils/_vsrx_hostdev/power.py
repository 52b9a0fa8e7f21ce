# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the domain's running state asks for, and stands against."""

from __future__ import annotations

import typing as t

from .._errors import Finding
from .._libvirt.model import Domain, DomainState
from .._rules import STATE
from .._steps import Step, describe_steps
from . import live, nic_state
from .request import ABSENT, CYCLE, LIVE, Request
from .result import PortMapEntry
from .steps import ShutDown, Start

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


def _runs_as_asked(domain: Domain, request: Request, rows: t.Sequence[PortMapEntry], xml: str, nics: t.Collection[str]) -> bool:
    """Does the running guest have what is asked? NICs behind the last asked port do not matter."""
    running = nic_state.read_states(t.cast(str, domain.live_xml), f"running domain {domain.name}", nics)
    wanted = nic_state.read_states(xml, f"domain {domain.name}", nics)
    if request.state == ABSENT or request.exclusive:
        return nic_state.allow(wanted, running)
    last = max((row.position for row in rows if row.sriov), default=0)
    return nic_state.allow(wanted[:last], running[:last])


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
    """Return what stands against any change of the domain, to be told beside other reasons."""
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
) -> PowerPlan:
    """Return the edits and what else it takes; ``xml`` is the definition as it will be, ``nics`` the host's Ethernet functions."""
    changed = xml != domain.inactive_xml
    starts = not domain.active and (pending_start or request.power == CYCLE)
    images = tuple(_check_images(domain, changed)) if changed or starts else ()
    if starts:
        return PowerPlan((*edits, Start(domain.name, "an earlier run shut it down" if pending_start else "")), images)
    if not domain.active:
        return PowerPlan(tuple(edits), images)
    if not edits and not changed and _runs_as_asked(domain, request, rows, xml, nics):
        return PowerPlan(())
    findings = (*images, *_check_state(domain))
    if request.power == CYCLE:
        return PowerPlan((*edits, ShutDown(domain.name), Start(domain.name)), findings)
    if request.power == LIVE:
        steps, reasons = live.plan_live(domain, xml, nics)
        return PowerPlan((*edits, *steps), (*findings, *reasons))
    return PowerPlan(tuple(edits), (*findings, _refuse_running(domain, edits)))
