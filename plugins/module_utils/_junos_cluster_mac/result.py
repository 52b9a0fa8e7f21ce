# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules return of the cluster's state, and what is said of restarts and clocks (S8). Pure."""

from __future__ import annotations

import typing as t

from .._errors import Finding
from .._junos.cluster_status import NODES, PRIMARY, SECONDARY, find_health_problems
from .._rules import RULES
from .boot_state import Mode, judge_mode
from .observed import Observed
from .statements import STATEMENTS, StatementLocations

#: from here on times in logs of the two nodes mislead a reader who compares them
LARGE_SKEW = 60


def find_modes(observed: Observed, locations: StatementLocations) -> dict[str, Mode]:
    """Each node's mode, with the configuration that is or would be committed."""
    reths = _describe_reths(observed)
    modes = {}
    for name, statements in observed.booted_with.items():
        evidence = _find_evidence(reths, name)
        found = judge_mode(locations.on(name), statements, evidence)
        if name in observed.compared and found.in_force is not None and evidence is not None and evidence != found.in_force:
            found = Mode(found.configured, None)  # the history and the addresses contradict each other
        modes[name] = found
    return modes


def _find_evidence(reths: list[dict[str, t.Any]], name: str) -> t.Optional[bool]:
    """With the mode a reth has the address of its active port, without it has a virtual one. None where nothing is seen, or both."""
    seen = {reth["mac_is_active_ports"] for reth in reths if reth["active_node"] == name} - {None}
    return seen.pop() if len(seen) == 1 else None


def find_clock_skews(observed: Observed) -> list[Finding]:
    """Boot times are brought to the clock of the node that answers; that the clocks differ is said nevertheless."""
    skews = [(name, observed.ahead(name)) for name in NODES]
    return [
        RULES["S8"].warning(
            where=name,
            found=f"its clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} that of {observed.connected_to}",
            cure="Give both nodes the same NTP server; until then compare times in their logs with care",
        )
        for name, seconds in skews
        if abs(seconds) > LARGE_SKEW
    ]


def find_restarts(observed: Observed, modes: t.Mapping[str, Mode]) -> list[Finding]:
    """Return a warning for each node that has not booted with what is configured, or of which that is not known."""
    rows = []
    for name, node in modes.items():
        if node.pending:
            words = {True: "still in force", False: "not in force yet", None: "only partly in force"}[node.in_force]
            found = f"the MAC mode is {words} on {name} since its last boot"
            rows.append(RULES["S8"].warning(where=name, found=found, cure="Restart both nodes"))
        elif node.unknown:
            reason = next((f": {observed.refused[part]}" for part in ("uptime", "history") if part in observed.refused), "")
            cure = "Restart both nodes if it has not; the role does so with vsrx_cluster_restart_unknown"
            found = f"it cannot be told whether {name} has booted with what is configured{reason}"
            rows.append(RULES["S8"].warning(where=name, found=found, cure=cure))
    return rows


def describe(observed: Observed, locations: StatementLocations, changed: bool = False) -> dict[str, t.Any]:
    """What the modules return of the cluster's state. If this run changes anything, a node of unknown state counts as needing a restart."""
    found = find_modes(observed, locations)
    nodes = [_describe_node(observed, name, found[name]) for name in NODES] if observed.clustered else []
    group0 = next((group for group in observed.groups if group.id == 0), None)
    return {
        "restart_required": any(node.pending or (changed and node.unknown) for node in found.values()),
        "nodes": nodes,
        "reths": _describe_reths(observed),
        "cluster": {
            "enabled": observed.clustered,
            "connected_to": observed.connected_to,
            "healthy": bool(nodes) and all(node["healthy"] for node in nodes),
            "healthy_otherwise": bool(nodes) and not any(_find_problems(observed, name, ignore_manual=True) for name in NODES),
            "primary": None if group0 is None else group0.node_in(PRIMARY),
            "secondary": None if group0 is None else group0.node_in(SECONDARY),
            "redundancy_groups": [
                {
                    "id": group.id,
                    "primary": group.node_in(PRIMARY),
                    "secondary": group.node_in(SECONDARY),
                    "manual": group.manual,
                    "preempt": group.preempt,
                    "hold_down_interval": observed.effective.hold_downs.get(group.id),
                }
                for group in observed.groups
            ],
            "fabric_ports": [port for interface in observed.effective.interfaces for port in interface.fabric_members],
            "statements": [{"name": statement, "nodes": sorted(locations.nodes_with(statement))} for statement in STATEMENTS],
        },
    }


def _find_problems(observed: Observed, name: str, ignore_manual: bool = False) -> list[str]:
    """Why a node is not healthy. Moving groups leaves them in manual failover on purpose; that alone can be left out."""
    problems = list(find_health_problems(observed.groups, name, ignore_manual))
    node = observed.node(name)
    if node.away is not None:
        problems.append(f"does not answer the other node ({node.away})")
    elif node.booted_at is None:
        problems.append("does not tell when it booted")
    return problems


def _describe_node(observed: Observed, name: str, found: Mode) -> dict[str, t.Any]:
    node = observed.node(name)
    reasons = _find_problems(observed, name)
    memberships = [(group.id, group.member(name)) for group in observed.groups]
    return {
        "name": name,
        "id": NODES.index(name),
        "host_name": node.host_name,
        "junos_version": node.junos_version,
        "model": node.model,
        "booted_at": node.booted_at,
        "away": node.away is not None,
        "backup_router": observed.backup_routers.get(name),
        "mode": {"configured": found.configured, "in_force": found.in_force},
        "redundancy_groups": [
            {"id": number, "state": member.state, "priority": member.priority, "monitor_failures": list(member.failures)}
            for number, member in memberships
            if member is not None
        ],
        "healthy": not reasons,
        "reasons": reasons,
    }


def _describe_reths(observed: Observed) -> list[dict[str, t.Any]]:
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
