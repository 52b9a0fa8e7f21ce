# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The two nodes of a cluster, and what one look at it showed, as typed values. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from ...module_utils._errors import RequestError

NODES = ("node0", "node1")
#: states of a node that can carry a group now
ACTIVE_STATES = ("primary", "secondary")


@dataclasses.dataclass(frozen=True)
class NodeView:
    """A node, as the one that answered shows it."""

    name: str
    booted_at: t.Optional[int] = None
    #: it booted with both statements; None where that is not known
    in_force: t.Optional[bool] = None
    reasons: tuple[str, ...] = ()
    #: what stands against its health apart from a manual failover
    problems: tuple[str, ...] = ()
    #: it has routes while its rpd does not run; None where that is not known
    backup_router: t.Optional[bool] = None
    #: redundancy group -> state, such as primary or lost
    states: t.Mapping[int, str] = dataclasses.field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        return not self.reasons

    @property
    def is_lost(self) -> bool:
        """The cluster shows it as lost in every group."""
        return bool(self.states) and all(state == "lost" for state in self.states.values())

    @property
    def is_able(self) -> bool:
        """It takes part in every group."""
        return bool(self.states) and all(state in ACTIVE_STATES for state in self.states.values())

    @property
    def carries(self) -> tuple[int, ...]:
        return tuple(group for group, state in self.states.items() if state == "primary")


@dataclasses.dataclass(frozen=True)
class GroupView:
    id: int
    primary: t.Optional[str] = None
    manual: bool = False
    preempt: bool = False
    #: seconds for which the node that gave the group away cannot get it again
    hold_down: t.Optional[float] = None


@dataclasses.dataclass(frozen=True)
class Look:
    """One successful reading of the cluster through one node."""

    enabled: bool
    nodes: t.Mapping[str, NodeView]
    groups: tuple[GroupView, ...]
    reths_up: frozenset[str]
    healthy: bool
    #: nothing but manual failovers stands against the health
    healthy_but_manual: bool
    connected_to: t.Optional[str] = None
    #: the document that it was read from, as the modules return it
    document: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    def node(self, name: str) -> NodeView:
        return self.nodes.get(name) or NodeView(name)

    @property
    def primary(self) -> t.Optional[str]:
        return next((group.primary for group in self.groups if group.id == 0), None)

    @property
    def homes(self) -> dict[int, str]:
        """The primary node of each group that has one."""
        return {group.id: group.primary for group in self.groups if group.primary is not None}

    @property
    def manual(self) -> tuple[int, ...]:
        return tuple(group.id for group in self.groups if group.manual)

    @property
    def hold_downs(self) -> dict[int, float]:
        return {group.id: group.hold_down for group in self.groups if group.hold_down is not None}

    @property
    def preempting(self) -> frozenset[int]:
        return frozenset(group.id for group in self.groups if group.preempt)


def read_look(document: t.Mapping[str, t.Any]) -> Look:
    """The look that a module's result describes."""
    cluster = document["cluster"]
    nodes = {row["name"]: _read_node(row) for row in document["nodes"]}
    groups = tuple(
        GroupView(int(row["id"]), row["primary"], bool(row["manual"]), bool(row["preempt"]), row.get("hold_down_interval"))
        for row in cluster["redundancy_groups"]
    )
    return Look(
        enabled=bool(cluster["enabled"]),
        nodes=nodes,
        groups=groups,
        reths_up=frozenset(row["name"] for row in document["reths"] if row["up"] is True),
        healthy=bool(cluster["healthy"]),
        healthy_but_manual=bool(cluster["healthy_otherwise"]),
        connected_to=cluster.get("connected_to"),
        document=document,
    )


def _read_node(row: t.Mapping[str, t.Any]) -> NodeView:
    states = {int(group["id"]): str(group["state"]) for group in row["redundancy_groups"]}
    return NodeView(
        name=row["name"],
        booted_at=row["booted_at"],
        in_force=row["mode"]["in_force"],
        reasons=tuple(row["reasons"]),
        problems=_find_problems(row),
        backup_router=row.get("backup_router"),
        states=states,
    )


def _find_problems(row: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """In few words, since they stand in a line of progress: each problem once, with the groups that have it."""
    found: dict[str, list[str]] = {}
    for group in row["redundancy_groups"]:
        problems = [f"is {group['state'] or 'in no state'}"] if group["state"] not in ACTIVE_STATES else []
        problems += ["has priority 0"] if group["priority"] == 0 else []
        problems += [f"reports monitor failures {', '.join(group['monitor_failures'])}"] if group["monitor_failures"] else []
        for problem in problems:
            found.setdefault(problem, []).append(str(group["id"]))
    sentences = [f"{problem} in redundancy group{'s' if len(ids) > 1 else ''} {', '.join(ids)}" for problem, ids in found.items()]
    return (*sentences, *(("does not tell when it booted",) if row["booted_at"] is None else ()))


def find_partner(node: str) -> str:
    """The partner of a node."""
    return NODES[1 - NODES.index(node)]


def find_members(hosts: t.Mapping[str, t.Mapping[str, t.Any]], names: t.Iterable[str], cluster: str) -> dict[str, str]:
    """node0 and node1 -> inventory name, of the hosts that share the cluster's name."""
    found: dict[str, list[str]] = {name: [] for name in NODES}
    for name in names:
        host = hosts[name]
        if host.get("vsrx_cluster") == cluster and f"node{host.get('vsrx_cluster_node')}" in found:
            found[f"node{host['vsrx_cluster_node']}"].append(name)
    return check_members(found, cluster)


def check_members(found: t.Mapping[str, t.Sequence[str]], cluster: str) -> dict[str, str]:
    wrong = {node: hosts for node, hosts in found.items() if len(hosts) != 1}
    if wrong:
        rows = "; ".join(f"{node}: {', '.join(hosts) or 'none'}" for node, hosts in sorted(wrong.items()))
        raise RequestError(
            f"cluster {cluster}: expected one host for each node, found {rows}. Give both nodes the same vsrx_cluster, and "
            "vsrx_cluster_node 0 and 1. Nothing was changed"
        )
    return {node: hosts[0] for node, hosts in found.items()}
