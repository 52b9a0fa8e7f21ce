# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The plan of a site: one numbered list in the order of execution, with where, traffic, and the longest each step may take. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .model import Host, Node, Site, Unit
from .order import list_nodes_to_start, make_turns, order_nodes

#: making VFs: the kernel's own limit of the module, whatever the number
VFS_S = 120
HOST_BOOT_S = 900
#: two sessions of a commit that is confirmed
COMMIT_S = 120
NONE, FAILOVER, OUTAGE = "no", "failover", "outage"
#: kinds of steps
HOST, COMMIT, PORTS, REBOOT = "host", "commit", "ports", "reboot"


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing that happens, at one place."""

    what: str
    where: str
    kind: str
    traffic: str
    longest_s: int
    number: int = 0


def make_plan(site: Site, at_once: int = 1) -> list[Step]:
    """Every step of the run that would be made now; hosts and units that failed or were not read have none."""
    steps = [step for host in site.hosts for step in _plan_host(host)]
    units = {unit.name: unit for unit in site.units}
    for turn in make_turns(site, at_once):
        for name in turn:
            steps += _plan_unit(units[name])
    return [dataclasses.replace(step, number=number) for number, step in enumerate(steps, 1)]


def _plan_host(host: Host) -> list[Step]:
    if host.failure or not host.read:
        return []
    boot = [Step("reboot for the IOMMU; its firewalls go down with it", host.name, HOST, OUTAGE, HOST_BOOT_S)] if host.boots else []
    return boot + [Step(action, host.name, HOST, NONE, VFS_S) for action in host.actions]


def _plan_unit(unit: Unit) -> list[Step]:
    if unit.failures or not unit.read:
        return []
    off = list_nodes_to_start(unit)
    if off:
        started = [node for node in unit.nodes if node.name in off]
        return [_plan_start(node) for node in started] + _plan_unit(_predict_started(unit, off))
    commit = [Step("; ".join([*unit.statements, "commit, confirmed"]), unit.name, COMMIT, NONE, COMMIT_S)] if unit.statements else []
    ports = _plan_ports_together(unit) if unit.together else [step for node in order_nodes(unit) for step in _plan_ports(unit, node)]
    reboot = _plan_reboots(unit)
    return commit + ports + reboot if unit.commits_first else ports + commit + reboot


def _plan_start(node: Node) -> Step:
    return Step("; ".join([*node.actions, "wait until the node is back"]), node.name, PORTS, NONE, node.boot_s)


def _predict_started(unit: Unit, names: t.Collection[str]) -> Unit:
    """The cluster as it is when the nodes that were off are up: formed, as far as a plan can tell."""
    nodes = [dataclasses.replace(node, formed=True, whole=True, known=True) for node in unit.nodes]
    return Unit(unit.name, tuple(dataclasses.replace(node, actions=(), starts=False) if node.name in names else node for node in nodes))


def _plan_ports(unit: Unit, node: Node) -> list[Step]:
    if not node.actions:
        return []
    if not node.restarts:
        return [Step(action, node.name, PORTS, NONE, 0) for action in node.actions]
    traffic = FAILOVER if unit.is_cluster and unit.formed else OUTAGE
    moves = unit.is_cluster and unit.whole
    longest = node.shutdown_s + (node.rejoin_s if unit.is_cluster else 0) + (2 * node.sync_s if moves else 0)
    return [Step(_add_moves("; ".join(node.actions), moves), node.name, PORTS, traffic, longest)]


def _add_moves(what: str, moves: bool) -> str:
    """With the moves of redundancy groups before a node goes down and after it is back."""
    return f"fail the redundancy groups over; {what}; wait until the node is back; fail the groups back" if moves else what


def _plan_ports_together(unit: Unit) -> list[Step]:
    longest = max(node.shutdown_s + node.rejoin_s for node in unit.nodes)
    actions = [f"{node.name}: {action}" for node in order_nodes(unit) for action in node.actions]
    return [Step("both nodes at once: " + "; ".join(actions), unit.name, PORTS, OUTAGE, longest)]


def _plan_reboots(unit: Unit) -> list[Step]:
    """The reboots by Junos. A node that gets ports in this run boots then, and with what is committed before."""
    if not unit.is_cluster or unit.restart == "never" or not unit.mode_pending:
        return []
    booted = {node.name for node in unit.restarting} if unit.commits_first else set()
    pending = [node for node in order_nodes(unit) if node.name not in booted]
    if unit.restart == "rolling":
        return [Step(_add_moves("reboot", moves=True), node.name, REBOOT, FAILOVER, node.boot_s + 3 * node.sync_s) for node in pending]
    if len(pending) == 2:
        return [Step("reboot both nodes at once", unit.name, REBOOT, OUTAGE, max(node.boot_s + node.sync_s for node in pending))]
    return [Step("reboot", node.name, REBOOT, OUTAGE, node.boot_s + node.sync_s) for node in pending]
