# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster as one session showed it, and what the modules return of that. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .._junos import cluster_status
from .._junos.cluster_status import NODES, PRIMARY, SECONDARY
from .boot_state import Commit, Mode, judge_mode
from .interfaces import Effective
from .statements import STATEMENTS, StatementLocations


@dataclasses.dataclass(frozen=True)
class Observed:
    """The cluster as one session showed it."""

    effective: Effective
    locations: StatementLocations
    nodes: tuple[cluster_status.Node, ...]
    groups: tuple[cluster_status.Group, ...]
    links: dict[str, cluster_status.Link]
    committed_at: t.Optional[int]
    #: the statements that each node booted with; None where it cannot be told
    booted_with: dict[str, t.Optional[frozenset[str]]]
    #: nodes of which that follows from a comparison of commits
    compared: frozenset[str] = frozenset()
    #: a commit that is rolled back unless it is confirmed
    pending: t.Optional[Commit] = None
    #: parts of the configuration that Junos did not show, with its reason
    unread: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: requests beside the configuration that Junos refused, with its reason: "interfaces", "history"
    refused: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: whether each node has a backup router; None where it was not read
    backup_routers: t.Mapping[str, t.Optional[bool]] = dataclasses.field(default_factory=dict)
    #: the node that answers; None where it is not known
    connected_to: t.Optional[str] = None

    @property
    def clustered(self) -> bool:
        return bool(self.groups)

    def find_node(self, name: str) -> cluster_status.Node:
        return next((node for node in self.nodes if node.name == name), cluster_status.Node(name))

    @property
    def local_node(self) -> t.Optional[cluster_status.Node]:
        """The node that answers; the times of commits are by its clock."""
        return next((node for node in self.nodes if node.name == (self.connected_to or "")), None)

    @property
    def clock(self) -> t.Optional[int]:
        """What time the node that answers has, or, where it is not known which that is, the later one."""
        times = [node.now for node in ((self.local_node,) if self.local_node else self.nodes) if node.now is not None]
        return max(times, default=None)

    def find_skew(self, name: str) -> int:
        """By how many seconds a node's clock is ahead of the clock that dates the commits."""
        return 0 if self.local_node is None else self.find_node(name).find_skew_to(self.local_node)

    def is_answered_by_primary(self) -> bool:
        """Is the node that answers known to be the primary of redundancy group 0, whose history names the users of commits?"""
        group0 = next((group for group in self.groups if group.id == 0), None)
        return group0 is not None and self.connected_to is not None and group0.find_node(cluster_status.PRIMARY) == self.connected_to


def find_modes(observed: Observed, locations: StatementLocations) -> dict[str, Mode]:
    """Each node's mode, with the configuration that is or would be committed."""
    reths = _describe_reths(observed)
    modes = {}
    for name, statements in observed.booted_with.items():
        evidence = _find_evidence(reths, name)
        found = judge_mode(locations.has_both_on(name), statements, evidence)
        if name in observed.compared and found.in_force is not None and evidence is not None and evidence != found.in_force:
            found = Mode(found.configured, None)  # the history and the addresses contradict each other
        modes[name] = found
    return modes


def _find_evidence(reths: list[dict[str, t.Any]], name: str) -> t.Optional[bool]:
    """With the mode a reth has the address of its active port, without it has a virtual one. None where nothing is seen, or both."""
    seen = {reth["mac_is_active_ports"] for reth in reths if reth["active_node"] == name} - {None}
    return seen.pop() if len(seen) == 1 else None


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
            "primary": None if group0 is None else group0.find_node(PRIMARY),
            "secondary": None if group0 is None else group0.find_node(SECONDARY),
            "redundancy_groups": [
                {
                    "id": group.id,
                    "primary": group.find_node(PRIMARY),
                    "secondary": group.find_node(SECONDARY),
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
    problems = list(cluster_status.find_health_problems(observed.groups, name, ignore_manual))
    node = observed.find_node(name)
    if node.away is not None:
        problems.append(f"does not answer the other node ({node.away})")
    elif node.booted_at is None:
        problems.append("does not tell when it booted")
    return problems


def _describe_node(observed: Observed, name: str, found: Mode) -> dict[str, t.Any]:
    node = observed.find_node(name)
    reasons = _find_problems(observed, name)
    memberships = [(group.id, group.find_member(name)) for group in observed.groups]
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
    primaries = {group.id: group.find_node(PRIMARY) for group in observed.groups}
    found = []
    for interface in observed.effective.interfaces:
        if not interface.name.startswith("reth") or interface.system:
            continue
        ports = observed.effective.find_members(interface.name)
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
                "vlans": observed.effective.count_vlans(interface.name),
            }
        )
    return found
