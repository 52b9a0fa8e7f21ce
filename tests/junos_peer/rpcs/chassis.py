# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chassis cluster's state, and failovers by hand."""

from __future__ import annotations

import time

from ..errors import Complaint, RefusedError, xnm_error
from ..node import Node
from ..replies import leaf, make
from ..tree import Tree
from .registry import Request, answers
from .system import per_node

_NOT_A_CLUSTER = "error: Chassis cluster is not enabled"


def _denied(request: Request) -> list[Tree]:
    """A stand-alone box says so inside an ordinary reply."""
    return [xnm_error(_NOT_A_CLUSTER, "jsrpd")] if request.peer.cluster.standalone else []


@answers("get-chassis-cluster-status", "redundancy-group node")
def get_chassis_cluster_status(request: Request) -> list[Tree]:
    if request.peer.cluster.standalone:
        return _denied(request)
    cluster, cluster_id = request.peer.cluster, request.peer.topology.cluster_id
    wanted = request.text("redundancy-group")
    status = make("chassis-cluster-status", leaf("cluster-id", cluster_id))
    for group in sorted(cluster.groups.values(), key=lambda row: row.number):
        if wanted and wanted != str(group.number):
            continue
        # Flat: the nodes follow each other in one element.
        stats = make("device-stats")
        for node in cluster.nodes:
            failures = cluster.monitor_failures(node, group)
            rows: list[tuple[str, object]] = [
                ("device-name", node.name),
                ("device-priority", group.priority(node, failures)),
                ("redundancy-group-status", group.status(node)),
                ("preempt", "yes" if group.preempt else "no"),
                ("failover-mode", "yes" if group.manual is not None else "no"),
            ]
            if request.peer.shows_monitor_failures:
                rows.append(("monitor-failures", " ".join(failures) or "None"))
            stats.extend(leaf(tag, value) for tag, value in rows)
        status.append(
            make(
                "redundancy-group",
                leaf("cluster-id", cluster_id),
                leaf("redundancy-group-id", group.number),
                leaf("redundancy-group-failover-count", group.failovers),
                stats,
            )
        )
    return [status]


@answers("get-chassis-cluster-information", "node redundancy-group")
def get_chassis_cluster_information(request: Request) -> list[Tree]:
    if request.peer.cluster.standalone:
        return _denied(request)
    cluster = request.peer.cluster

    def information(node: Node) -> Tree:
        groups = make("chassis-cluster-redundancy-group-information")
        worst = "Green"
        for group in sorted(cluster.groups.values(), key=lambda row: row.number):
            failures = cluster.monitor_failures(node, group)
            worst = "Yellow" if failures else worst
            row = make(
                "redundancy-group-list",
                leaf("redundancy-group-id", group.number),
                leaf("redundancy-group-status", group.status(node)),
                leaf("redundancy-group-weight", 0 if failures else 255),
            )
            for moment, number, before, after, reason in group.transitions:
                if number == node.number:
                    row.append(
                        make(
                            "redundancy-group-state-transition-record",
                            leaf("transition-time", time.strftime("%b %e %H:%M:%S", time.gmtime(moment))),
                            leaf("from-state", before),
                            leaf("to-state", after),
                            leaf("transition-reason", reason),
                        )
                    )
            groups.append(row)
        reason = "No failures" if worst == "Green" else "Monitored objects are down"
        lost = next((other for other in cluster.nodes if other is not node and not other.eligible), None)
        if lost is not None:
            worst, reason = "Red", f"Peer node: {lost.name} is {cluster.groups[0].status(lost)}"
        led = make("chassis-cluster-led-information", leaf("current-led-color", worst), leaf("last-change-reason", reason))
        return make("chassis-cluster-information", groups, led)

    return per_node(request, information)


@answers("get-chassis-cluster-interfaces", "")
def get_chassis_cluster_interfaces(request: Request) -> list[Tree]:
    if request.peer.cluster.standalone:
        return _denied(request)
    peer = request.peer
    rows = {interface.name: interface for interface in peer.interfaces.all(request.node)}
    both = all(node.up for node in peer.cluster.nodes)
    state = "Up" if both else "Down"
    control = make(
        "control-information",
        leaf("control-link-interface-index", 0),
        leaf("control-link-interface-name", "em0"),
        leaf("control-link-interface-status", state),
        leaf("control-link-interface-internal-sa-status", "Disabled"),
        leaf("control-link-interface-security-status", "Disabled"),
    )
    answer = make("chassis-cluster-interface-statistics", leaf("control-interface-status", state), make("control-link-interfaces", control))
    fabric = make("dataplane-interfaces")
    for name, members in peer.interfaces.fabrics().items():
        information = make("fabric-information", leaf("fabric-interface-index", name[-1]))
        for member in members:
            up = member in rows and rows[member].up
            information.append(leaf("fabric-child-interface-name", member))
            information.append(leaf("fabric-child-interface-status", f"{'Up' if up else 'Down':4} / {'Up' if up and both else 'Down'}"))
            information.append(leaf("fabric-link-interface-security-status", "Disabled"))
        # The index stands at both ends of an entry.
        information.append(leaf("fabric-interface-index", name[-1]))
        fabric.append(information)
    answer.append(leaf("dataplane-interface-status", state))
    answer.append(fabric)
    # Flat: name, status and group repeat.
    reths = make("reth")
    for reth in peer.interfaces.reths():
        reths.append(leaf("reth-name", reth.name))
        reths.append(leaf("reth-status", "Up" if rows[reth.name].up else "Down"))
        reths.append(leaf("redundancy-group-id-for-reth", reth.group or "Not configured"))
    answer.append(reths)
    answer.append(make("pseudo-if", leaf("name", "lo0"), leaf("status", "Up"), leaf("redundancy-group-id", 0)))
    return [answer]


@answers("request-chassis-cluster-failover", "redundancy-group node")
def request_failover(request: Request) -> list[Tree]:
    if request.peer.cluster.standalone:
        return _denied(request)
    group, node = _number(request, "redundancy-group"), _number(request, "node")
    request.peer.cluster.failover(group, node)
    output = f"\nInitiated manual failover for redundancy group {group}\n"
    return [make("chassis-cluster-results", leaf("output", output))]


@answers("request-chassis-cluster-failover-reset", "redundancy-group")
def request_failover_reset(request: Request) -> list[Tree]:
    if request.peer.cluster.standalone:
        return _denied(request)
    group = _number(request, "redundancy-group")
    request.peer.cluster.reset(group)
    output = f"\nSuccessfully reset manual failover for redundancy group {group}\n"
    return [make("chassis-cluster-results", leaf("output", output))]


def _number(request: Request, name: str) -> int:
    text = request.text(name)
    if not text.isdigit():
        raise RefusedError(Complaint("syntax error", element=name, tag="missing-element" if not text else "invalid-value"))
    return int(text)
