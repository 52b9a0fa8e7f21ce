# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What became of each host and unit: one row each, at the end of a run. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .model import Failure, Host, Node, Site, Unit
from .plan import COMMIT, PORTS, REBOOT, Step


@dataclasses.dataclass(frozen=True)
class Outcome:
    """``state`` is done, failed or not begun; ``found`` says why or what is pending, ``next`` what to run."""

    name: str
    kind: str
    state: str
    found: str
    next: str


def sum_up(site: Site, plan: t.Sequence[Step] = (), preview: bool = False) -> list[Outcome]:
    """``plan`` is what was planned before the first change; with it a unit that did not end says at which step it stopped.

    In a preview the mode is pending still where a run would have brought it into force with the ports.
    """
    return [_sum_up_host(host) for host in site.hosts] + [_sum_up_unit(unit, plan, preview) for unit in site.units]


def show_outcomes(outcomes: t.Sequence[Outcome]) -> list[str]:
    rows = []
    for each in outcomes:
        said = "; ".join(part for part in (each.found, f"next: {each.next}" if each.next else "") if part)
        rows.append(f"{each.kind} {each.name}: {each.state}{': ' + said if said else ''}")
    return rows


def _sum_up_host(host: Host) -> Outcome:
    if host.failure:
        return Outcome(host.name, "host", "failed", _say(host.failure), "remove the cause, then run again")
    if not host.done:
        return Outcome(host.name, "host", "failed", "its failure is above", "remove the cause, then run again")
    return Outcome(host.name, "host", "done", "", "")


def _sum_up_unit(unit: Unit, plan: t.Sequence[Step], preview: bool) -> Outcome:
    kind = "cluster" if unit.is_cluster else "node"
    if unit.failures:
        found = "; ".join(f"{name}: {_say(failure)}" for name, failure in unit.failures)
        begun = "" if any(node.begun for node in unit.nodes) else " (no node of it was touched)"
        return Outcome(unit.name, kind, "failed", found + begun, "remove the cause, then run again")
    if not all(node.done for node in unit.nodes):
        if any(node.begun for node in unit.nodes):
            found = "; ".join(["it was begun and did not end; its failure is above", *_say_where_it_stands(unit, plan)])
            return Outcome(unit.name, kind, "failed", found, "remove the cause, then run again")
        found = "no node of it was touched; where a node of it failed, its failure is above"
        return Outcome(unit.name, kind, "not begun", found, "run again")
    if unit.is_cluster and unit.restart == "never" and unit.mode_pending and not (preview and unit.boots_with_mode):
        return Outcome(
            unit.name, kind, "done", "a restart of both nodes is pending", "run again with vsrx_cluster_restart rolling or simultaneous"
        )
    return Outcome(unit.name, kind, "done", "", "")


def _say_where_it_stands(unit: Unit, plan: t.Sequence[Step]) -> list[str]:
    """At which step a unit stopped, and what its nodes are on. Nothing without a plan, as in a preview, which changes none of them."""
    if not plan:
        return []
    own = [step for step in plan if step.where in (unit.name, *(node.name for node in unit.nodes))]
    left = [step for place, step in enumerate(own) if not _is_done(step, unit, own[place + 1 :])]
    said = [f"it stopped at step {left[0].number} of the plan ({left[0].where})"] if left else []
    if any(node.committed for node in unit.nodes):
        said.append("the statements are committed")
    for node in unit.nodes:
        planned = {step.kind for step in own if _concerns(step, node)}
        awaited = any(step.kind == REBOOT and _concerns(step, node) for step in left)
        if node.changed:
            said.append(f"{node.name} has its ports{_say_back(node.back)}")
        elif PORTS in planned:
            said.append(f"{node.name} has its ports from before")
        if node.rebooted:
            said.append(f"{node.name} was rebooted{_say_back(not awaited)}")
        elif REBOOT in planned:
            said.append(f"{node.name} was not rebooted")
    return said


def _is_done(step: Step, unit: Unit, later: t.Sequence[Step]) -> bool:
    if step.kind == COMMIT:
        return any(node.committed for node in unit.nodes)
    if step.kind == PORTS:
        return all(node.back for node in unit.nodes if _concerns(step, node))
    if step.kind != REBOOT:
        return False
    # A node is rebooted only when the one before it is back.
    ordered = [node for node in unit.nodes if node.rebooted]
    return any(node.restart_ended for node in unit.nodes) or any(_concerns(other, node) for other in later for node in ordered)


def _concerns(step: Step, node: Node) -> bool:
    return step.where in (node.name, node.unit)


def _say_back(back: bool) -> str:
    return "" if back else " and is not known to be back"


def _say(failure: Failure) -> str:
    return f"{failure.at}: {failure.why}" if failure.at else failure.why
