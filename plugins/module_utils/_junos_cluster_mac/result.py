# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import typing as t

from .._findings import Finding, warning
from .._junos.cluster_status import PRIMARY, SECONDARY, ailments
from .boot_state import Mode, mode
from .observe import Observed
from .statements import NODES, STATEMENTS, Written


def modes(observed: Observed, written: Written) -> dict[str, Mode]:
    """Each node's mode, with the configuration that is or would be committed."""
    reths = _reths(observed)
    return {name: mode(written.on(name), then, _evidence(reths, name)) for name, then in observed.booted_with.items()}


def _evidence(reths: list[dict[str, t.Any]], name: str) -> t.Optional[bool]:
    """With the mode a reth has the address of its active port, without it has a virtual one. None where nothing is seen, or both."""
    seen = {reth["mac_is_active_ports"] for reth in reths if reth["active_node"] == name} - {None}
    return seen.pop() if len(seen) == 1 else None


#: from here on times in logs of the two nodes mislead whoever compares them
LARGE_SKEW = 60


def clocks(observed: Observed) -> list[Finding]:
    """Boot times are brought to the clock of the node that answers; that the clocks differ is said nevertheless."""
    skews = [(name, observed.ahead(name)) for name in NODES]
    return [
        warning(
            "S8",
            name,
            f"its clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} that of {observed.connected_to}",
            "Give both nodes the same NTP server; until then compare times in their logs with care",
        )
        for name, seconds in skews
        if abs(seconds) > LARGE_SKEW
    ]


def pending_restart(found: dict[str, Mode]) -> list[Finding]:
    rows = []
    for name, node in found.items():
        if node.pending:
            word = {True: "still in force", False: "not in force yet", None: "in force by half"}[node.in_force]
            rows.append(warning("S8", name, f"the MAC mode is {word} on {name} since its last boot", "Restart both nodes"))
        elif node.unknown:
            cure = "Restart both nodes if it has not; the role does so with vsrx_cluster_restart_unknown"
            rows.append(warning("S8", name, f"it can not be told whether {name} has booted with what is configured", cure))
    return rows


def describe(observed: Observed, written: Written, changed: bool = False) -> dict[str, t.Any]:
    """What the module returns of the cluster's state. A node of which nothing is known must restart where this run does something."""
    found = modes(observed, written)
    nodes = [_node(observed, name, found[name]) for name in NODES] if observed.clustered else []
    group0 = next((group for group in observed.groups if group.id == 0), None)
    return {
        "restart_required": any(node.pending or (changed and node.unknown) for node in found.values()),
        "nodes": nodes,
        "reths": _reths(observed),
        "cluster": {
            "enabled": observed.clustered,
            "connected_to": observed.connected_to,
            "healthy": bool(nodes) and all(node["healthy"] for node in nodes),
            "healthy_otherwise": bool(nodes) and not any(_reasons(observed, name, but_manual=True) for name in NODES),
            "primary": None if group0 is None else group0.node_in(PRIMARY),
            "secondary": None if group0 is None else group0.node_in(SECONDARY),
            "redundancy_groups": [
                {
                    "id": group.id,
                    "primary": group.node_in(PRIMARY),
                    "secondary": group.node_in(SECONDARY),
                    "manual": group.manual,
                    "preempt": group.preempt,
                }
                for group in observed.groups
            ],
            "statements": [{"name": statement, "nodes": sorted(written.covered(statement))} for statement in STATEMENTS],
        },
    }


def _reasons(observed: Observed, name: str, but_manual: bool = False) -> list[str]:
    """Why a node is not healthy. Moving groups leaves them in manual failover on purpose; that alone can be left out."""
    reasons = list(ailments(observed.groups, name, but_manual))
    if observed.node(name).booted_at is None:
        reasons.append("does not tell when it booted")
    return reasons


def _node(observed: Observed, name: str, found: Mode) -> dict[str, t.Any]:
    node = observed.node(name)
    reasons = _reasons(observed, name)
    memberships = [(group.id, group.member(name)) for group in observed.groups]
    return {
        "name": name,
        "id": NODES.index(name),
        "host_name": node.host_name,
        "junos_version": node.junos_version,
        "model": node.model,
        "booted_at": node.booted_at,
        "mode": {"configured": found.configured, "in_force": found.in_force},
        "redundancy_groups": [
            {"id": number, "state": member.state, "priority": member.priority, "monitor_failures": list(member.failures)}
            for number, member in memberships
            if member is not None
        ],
        "healthy": not reasons,
        "reasons": reasons,
    }


def _reths(observed: Observed) -> list[dict[str, t.Any]]:
    primaries = {group.id: group.node_in(PRIMARY) for group in observed.groups}
    found = []
    for interface in observed.effective.interfaces:
        if not interface.name.startswith("reth") or interface.system:
            continue
        ports = observed.effective.members(interface.name)
        node = primaries.get(interface.redundancy_group) if interface.redundancy_group is not None else None
        children = ports.get(node, []) if node is not None else []
        child = children[0] if len(children) == 1 else None
        link = observed.links.get(interface.name)
        port = observed.links.get(child) if child is not None else None
        mac = None if link is None else link.current_mac
        port_mac = None if port is None else (port.hardware_mac or port.current_mac)
        found.append(
            {
                "name": interface.name,
                "redundancy_group": interface.redundancy_group,
                "ports": ports,
                "active_node": node,
                "active_port": child,
                "mac": mac,
                "active_port_mac": port_mac,
                "mac_is_active_ports": None if mac is None or port_mac is None else mac == port_mac,
                "up": None if link is None else link.oper == "up",
                "vlans": observed.effective.vlans(interface.name),
            }
        )
    return found
