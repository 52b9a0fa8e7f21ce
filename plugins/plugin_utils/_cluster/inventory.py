# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the inventory and the maps of its nodes say of a cluster: its SR-IOV ports, and what does not fit. Pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._hostvars import parse_list

Variables = t.Mapping[str, t.Any]
#: the variables of a node that are read
OF_NODE = ("vsrx_cluster", "vsrx_cluster_node", "vsrx_host", "vsrx_domain", "vsrx_ports_map", "vsrx_cluster_sriov_ports")
_INTERFACE = re.compile(r"([a-z]+-[0-9]+/[0-9]+/[0-9]+|(em|fxp)[0-9]+)")


@dataclasses.dataclass(frozen=True)
class Play:
    """The hosts of a play by inventory name: all, those that go on, and those of the batch."""

    every: t.Sequence[str]
    left: t.Collection[str]
    batch: t.Collection[str]


@dataclasses.dataclass(frozen=True)
class NodePorts:
    """The SR-IOV ports of one node, from its map where there is one."""

    names: tuple[str, ...]
    known: bool
    trusted: tuple[str, ...]
    trust_known: bool


def read_ports(node: Variables) -> NodePorts:
    """From the map of the domain's ports, or from the list that the node was given."""
    rows = node.get("vsrx_ports_map")
    if rows is None:
        listed = node.get("vsrx_cluster_sriov_ports")
        names = [str(name).strip() for name in parse_list(listed)]
        return NodePorts(tuple(filter(None, names)), listed is not None, (), False)
    virtual = [row for row in rows if row.get("sriov")]
    return NodePorts(
        _names(virtual),
        True,
        _names(row for row in virtual if row.get("trust")),
        # An old ip does not show trust mode.
        all(row.get("trust") is not None for row in virtual),
    )


def describe_cluster(variables: t.Mapping[str, Variables], cluster: str, host: str, play: Play, resets: bool) -> dict[str, t.Any]:
    """The ports of both nodes, as the module takes them, and ``refusals``: what does not fit, as ``host`` says it."""
    members = sorted(name for name in play.every if variables[name].get("vsrx_cluster") == cluster)
    ports = [read_ports(variables[name]) for name in members]
    return {
        "ports": sorted({name for each in ports for name in each.names}),
        "ports_known": all(each.known for each in ports),
        "trusted": sorted({name for each in ports for name in each.trusted}),
        "trust_known": all(each.trust_known for each in ports),
        "refusals": list(_refusals(variables, cluster, host, play, members, resets)),
    }


def _refusals(
    variables: t.Mapping[str, Variables], cluster: str, host: str, play: Play, members: t.Sequence[str], resets: bool
) -> t.Iterator[str]:
    numbers = sorted(str(variables[name].get("vsrx_cluster_node")) for name in members)
    stopped = [name for name in members if name not in play.left]
    if numbers != ["0", "1"] or stopped:
        yield (
            f"Cluster {cluster} has {', '.join(members) or 'no host'} in this play ({', '.join(stopped) or 'none'} failed before); "
            "expected two hosts with vsrx_cluster_node 0 and 1. Run the play for both nodes."
        )
        return
    apart = [name for name in members if name not in play.batch]
    if apart:
        yield (
            f"Cluster {cluster}: serial puts {', '.join(apart)} into another batch than {host}; expected both nodes in one, since each "
            "step of the one waits for the other. Take serial out of the play. Nothing was changed."
        )
    node = variables[host]
    if resets and not (node.get("vsrx_host") and node.get("vsrx_domain")):
        yield (
            f"vsrx_cluster_power_cycle is true, but {host} has no vsrx_host or no vsrx_domain; expected the KVM host and the domain "
            "that may be reset there. Add them, or set vsrx_cluster_power_cycle to false. Nothing was changed."
        )
    misnamed = [name for name in read_ports(node).names if not _INTERFACE.fullmatch(name)]
    if misnamed:
        yield (
            f"{host}: vsrx_cluster_sriov_ports has {', '.join(misnamed)}; expected names of Junos interfaces without a unit, such as "
            "ge-0/0/1 or ge-7/0/1. Correct the list. Nothing was changed."
        )


def _names(rows: t.Iterable[Variables]) -> tuple[str, ...]:
    return tuple(row["junos_interface"] for row in rows if isinstance(row.get("junos_interface"), str))
