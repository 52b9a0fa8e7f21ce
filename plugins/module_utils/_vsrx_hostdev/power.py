# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What the domain's running state asks for.
import typing as t

from .._errors import VsrxError
from .._libvirt.model import Domain
from . import live, nic_state
from .port_map import Row
from .request import ABSENT, CYCLE, LIVE, Request
from .steps import ShutDown, Start, Step


def _runs_as_asked(domain: Domain, request: Request, rows: t.Sequence[Row], xml: str, vfs: t.Collection[str]) -> bool:
    """Does the running guest have what is asked? NICs behind the last asked port do not matter."""
    running = nic_state.of_xml(t.cast(str, domain.live_xml), f"running domain {domain.name}", vfs)
    wanted = nic_state.of_xml(xml, f"domain {domain.name}", vfs)
    if request.state == ABSENT or request.exclusive:
        return nic_state.allow(wanted, running)
    last = max((row.position for row in rows if row.sriov), default=0)
    return nic_state.allow(wanted[:last], running[:last])


def _refuse_image(domain: Domain) -> None:
    if domain.has_managed_save:
        raise VsrxError(
            f"domain {domain.name} has a managed save image, which holds its old devices; "
            f"start it from the image, or drop the image (virsh managedsave-remove {domain.name})"
        )


def _refuse_snapshots(domain: Domain) -> None:
    if domain.snapshots:
        raise VsrxError(
            f"domain {domain.name} has {domain.snapshots} snapshots, which bring its old ports back when they are reverted to; "
            f"delete them first (virsh snapshot-list {domain.name})"
        )


def steps(
    domain: Domain, request: Request, edits: t.Sequence[Step], rows: t.Sequence[Row], xml: str, vfs: t.Collection[str], pending_start: bool
) -> tuple[Step, ...]:
    """The edits and what else it takes; ``xml`` is the definition as it will be, ``vfs`` the host's VFs."""
    changed = xml != domain.inactive_xml
    starts = not domain.active and (pending_start or request.power == CYCLE)
    if changed or starts:
        _refuse_image(domain)
    if changed:
        _refuse_snapshots(domain)
    if starts:
        return (*edits, Start(domain.name, "an earlier run shut it down" if pending_start else ""))
    if not domain.active:
        return tuple(edits)
    if not changed and _runs_as_asked(domain, request, rows, xml, vfs):
        return ()
    if request.power == CYCLE:
        return (*edits, ShutDown(domain.name), Start(domain.name))
    if request.power == LIVE:
        return (*edits, *live.steps(domain, xml, vfs))
    what = "; ".join(step.describe() for step in edits) or "what it runs with differs from its definition"
    raise VsrxError(
        f"domain {domain.name} is running and its ports would change: {what}; "
        "set power: cycle to let it be shut down and started, or shut it down first"
    )
