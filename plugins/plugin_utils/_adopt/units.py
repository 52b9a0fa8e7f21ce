# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Which domain a node is, and which nodes are one cluster. What cannot be known is said, not guessed. Pure."""

from __future__ import annotations

import dataclasses
import os.path
import re
import typing as t

from .model import Cluster, Domain, Found, Host, Node

_BOTH = (0, 1)


@dataclasses.dataclass(frozen=True)
class Place:
    """A domain and the host that has it."""

    host: Host
    domain: Domain


@dataclasses.dataclass(frozen=True)
class Member:
    """A node with its domain, and its place in its cluster."""

    node: Node
    place: t.Optional[Place] = None
    number: t.Optional[int] = None
    """None for a stand-alone vSRX, and where Junos did not answer and the inventory does not say it."""
    unknown: tuple[str, ...] = ()
    """What could not be known, a line each."""

    @property
    def seen(self) -> t.Optional[Cluster]:
        return self.node.seen


@dataclasses.dataclass(frozen=True)
class Unit:
    """A cluster with its nodes by number, or a stand-alone vSRX."""

    cluster: str
    """The cluster's name; empty for a stand-alone vSRX."""
    members: tuple[Member, ...]
    unknown: tuple[str, ...] = ()

    @property
    def seen(self) -> t.Optional[Cluster]:
        return next((member.seen for member in self.members if member.seen), None)


def find_units(found: Found) -> tuple[Unit, ...]:
    """Return the clusters and the stand-alone nodes, in the order of the inventory."""
    groups: dict[t.Any, list[Member]] = {}
    for node in found.nodes:
        groups.setdefault(_find_key(node), []).append(_make_member(node, found))
    taken = {host.name for host in found.hosts} | {node.name for node in found.nodes} | {"all", "ungrouped", "kvm_hosts", "vsrx_nodes"}
    units = []
    for key, members in groups.items():
        if key[0] == "alone":
            units.append(Unit("", tuple(members)))
            continue
        name = key[1] if key[0] == "named" else _name_cluster([member.node.name for member in members], taken)
        taken.add(name)
        ordered = sorted(members, key=lambda member: -1 if member.number is None else member.number)
        units.append(Unit(name, tuple(ordered), _find_gaps(ordered)))
    return tuple(units)


def _find_key(node: Node) -> tuple[t.Any, ...]:
    """The operator's own name counts; otherwise what both nodes of a cluster tell alike."""
    if node.cluster:
        return ("named", node.cluster)
    return ("seen", *node.seen.key) if node.seen else ("alone", node.name)


def _find_gaps(members: t.Sequence[Member]) -> tuple[str, ...]:
    numbers = [member.number for member in members]
    if numbers == list(_BOTH):
        return ()
    if len(members) == 1:
        return ("only one node of this cluster was read; add the other one",)
    shown = ", ".join(f"{member.node.name} {'?' if member.number is None else member.number}" for member in members)
    return (f"these are not node 0 and node 1 of one cluster ({shown}); correct the addresses, or set vsrx_cluster and vsrx_cluster_node",)


def _name_cluster(nodes: t.Sequence[str], taken: t.Collection[str]) -> str:
    """What the names of both nodes begin with, as a group can be named."""
    common = re.sub(r"[^A-Za-z0-9]*(node)?[^A-Za-z0-9]*$", "", os.path.commonprefix(list(nodes)))
    name = re.sub(r"[^A-Za-z0-9_]", "_", common)
    name = name if re.match(r"[A-Za-z]", name) and len(nodes) > 1 else "cluster"
    number = 1
    chosen = name
    while chosen in taken:
        number += 1
        chosen = f"{name}_{number}"
    return chosen


def _make_member(node: Node, found: Found) -> Member:
    unknown: list[str] = []
    if not node.answered:
        unknown.append(f"Junos: {node.problem}. Whether this is a node of a cluster is not known")
    number = node.seen.number if node.seen else node.number
    if node.seen and number is None:
        number = node.number
        if number is None:
            unknown.append("vsrx_cluster_node: Junos does not say which node answered")
    place, why = _find_place(node, found)
    return Member(node, place, number, (*unknown, *([why] if why else [])))


def _find_place(node: Node, found: Found) -> tuple[t.Optional[Place], str]:
    """By the name that the operator gives, else by the names of the node, else by the MAC address of an active port."""
    hosts = [host for host in found.hosts if not node.host or host.name == node.host]
    places = [Place(host, domain) for host in hosts for domain in host.domains]
    names = {node.domain} if node.domain else {node.name, node.seen.host_name if node.seen else ""} - {""}
    named = [place for place in places if place.domain.name in names or place.domain.uuid in names]
    if len(named) == 1:
        return named[0], ""
    if not named and not node.domain:
        macs = _find_active_macs(node)
        same = [place for place in places if any(nic.mac in macs for nic in place.domain.nics)]
        if len(same) == 1:
            return same[0], ""
    listed = ", ".join(f"{place.domain.name or place.domain.uuid} on {place.host.name}" for place in (named or places)) or "none was read"
    why = "several domains have the name" if named else "no domain has the name"
    return None, f"vsrx_host and vsrx_domain: {why} of this node: {listed}"


def _find_active_macs(node: Node) -> set[str]:
    if node.seen is None or node.seen.number is None:
        return set()
    return {reth.active_mac for reth in node.seen.reths if reth.active_node == node.seen.number} - {""}
