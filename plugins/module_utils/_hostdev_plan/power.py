# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What the domain's running state asks for.
import typing as t

from .._domain import Domain
from .._domain_xml import reading
from .._errors import VsrxError
from . import layout
from .request import ABSENT, CYCLE, LIVE, Request
from .row import Row
from .steps import ShutDown, Start, Step

Signature = tuple[t.Optional[str], t.Optional[str], t.Optional[str]]


def signatures(rows: t.Sequence[Row]) -> list[Signature]:
    """What tells NICs apart for the guest: host function, MAC address, guest address."""
    return [(row.vf, row.mac, row.guest_address) for row in rows]


def seen(xml: str, where: str, vfs: t.Collection[str]) -> list[Signature]:
    """The same of a domain's XML."""
    order = layout.in_order(reading.read(xml, where), vfs)
    return [(nic.function, nic.mac, str(nic.guest) if nic.guest else None) for nic in order]


def _runs_as_asked(domain: Domain, request: Request, rows: t.Sequence[Row]) -> bool:
    """Does the running guest have what is asked? NICs behind the last asked port do not matter."""
    vfs = {row.vf for row in rows if row.vf}
    live = seen(t.cast(str, domain.live_xml), f"running domain {domain.name}", vfs)
    wanted = signatures(rows)
    if request.state == ABSENT or request.exclusive:
        return [each[1:] for each in live] == [each[1:] for each in wanted]
    last = max((row.position for row in rows if row.sriov), default=0)
    pool = {row.position for row in rows if row.sriov and row.vf is None}
    return all(
        position <= len(live)
        and live[position - 1][1:] == wanted[position - 1][1:]
        and (position in pool or live[position - 1][0] == wanted[position - 1][0])
        for position in range(1, last + 1)
    )


def _refuse_images(domain: Domain) -> None:
    if domain.has_managed_save:
        raise VsrxError(
            f"domain {domain.name} has a managed save image, which holds its old devices; "
            f"start it from the image, or drop the image (virsh managedsave-remove {domain.name})"
        )
    if domain.snapshots:
        raise VsrxError(
            f"domain {domain.name} has {domain.snapshots} snapshots, which bring its old ports back when they are reverted to; "
            f"delete them first (virsh snapshot-list {domain.name})"
        )


def steps(
    domain: Domain, request: Request, edits: t.Sequence[Step], rows: t.Sequence[Row], changed: bool, pending_start: bool
) -> tuple[Step, ...]:
    if changed:
        _refuse_images(domain)
    if not domain.active:
        if pending_start:
            return (*edits, Start(domain.name, "an earlier run shut it down"))
        return (*edits, Start(domain.name)) if request.power == CYCLE else tuple(edits)
    if not changed and _runs_as_asked(domain, request, rows):
        return ()
    if request.power == CYCLE:
        return (*edits, ShutDown(domain.name), Start(domain.name))
    what = "; ".join(step.describe() for step in edits) or "what it runs with differs from its definition"
    if request.power == LIVE:
        raise VsrxError(f"domain {domain.name} is running and can not be changed live: {what}")
    raise VsrxError(
        f"domain {domain.name} is running and its ports would change: {what}; "
        "set power: cycle to let it be shut down and started, or shut it down first"
    )
