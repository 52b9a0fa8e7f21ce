# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clusters and nodes of a run, put together from what the KVM hosts and Junos said."""

from __future__ import annotations

import collections.abc
import dataclasses

from .decode import clean_text, decode
from .model import Cluster, Host, Node, Port, Reth
from .variables import Variables, get_mapping, get_mappings, get_node_number

Nodes = collections.abc.Mapping[str, Variables]


def read_host(name: str, host: Variables) -> Host:
    preview = get_mapping(host, "sriov_host_preview")
    return decode(Host, {"name": name, "read": preview.get("actions") is not None, "pfs": preview.get("pfs")})


def group_by_cluster(nodes: Nodes) -> dict[str, list[str]]:
    """The names of each cluster's nodes, by number; clusters as they come in the inventory."""
    clusters: dict[str, list[str]] = {}
    for name, node in nodes.items():
        if node.get("vsrx_cluster") is not None:
            clusters.setdefault(clean_text(node["vsrx_cluster"]), []).append(name)
    return {cluster: sorted(names, key=lambda name: _find_place(nodes[name])) for cluster, names in clusters.items()}


def read_standalone(nodes: Nodes) -> tuple[Node, ...]:
    return tuple(_read_node(name, node, {}, {}) for name, node in nodes.items() if node.get("vsrx_cluster") is None)


def read_cluster(name: str, members: Nodes) -> Cluster:
    """A cluster; what Junos says is that of the first node that answered."""
    seen = next((look for look in map(_get_seen, members.values()) if get_mapping(look, "cluster")), {})
    state = get_mapping(seen, "cluster")
    reths = _read_reths(seen)
    home = {(side, port): reth.name for reth in reths for side, ports in reth.ports.items() for port in ports}
    junos = {clean_text(each.get("name")): each for each in get_mappings(seen, "nodes")}
    cluster = decode(
        Cluster,
        {
            "name": name,
            "healthy": state.get("healthy"),
            "restart_required": seen.get("restart_required"),
            "statements": state.get("statements"),
        },
    )
    return dataclasses.replace(cluster, reths=reths, nodes=tuple(_read_node(each, node, junos, home) for each, node in members.items()))


def _find_place(node: Variables) -> int:
    number = get_node_number(node)
    return 2 if number is None else number


def _get_seen(node: Variables) -> Variables:
    return get_mapping(node, "vsrx_cluster_seen")


def _read_reths(seen: Variables) -> tuple[Reth, ...]:
    """By name, each once, with only the nodes that a cluster has."""
    reths = {reth.name: reth for reth in (decode(Reth, raw) for raw in get_mappings(seen, "reths")) if reth.name}
    known = ("node0", "node1")
    return tuple(
        dataclasses.replace(reth, ports={side: reth.ports[side] for side in known if side in reth.ports}) for reth in reths.values()
    )


def _read_node(
    name: str, node: Variables, junos: collections.abc.Mapping[str, Variables], home: collections.abc.Mapping[tuple[str, str], str]
) -> Node:
    number = get_node_number(node)
    re_name = None if node.get("vsrx_cluster") is None else f"node{'?' if number is None else number}"
    said = junos.get(re_name or "", {})
    groups = [each.get("id") for each in get_mappings(said, "redundancy_groups") if each.get("state") == "primary"]
    read = decode(
        Node,
        {
            "name": name,
            "re_name": re_name,
            "host": node.get("vsrx_host"),
            "domain": node.get("vsrx_domain"),
            "junos_version": said.get("junos_version"),
            "booted_at": said.get("booted_at"),
            "in_force": get_mapping(said, "mode").get("in_force"),
            "healthy": said.get("healthy"),
            "reasons": said.get("reasons") if said else (["it does not answer"] if re_name else []),
            "primary_of": groups,
        },
    )
    ports = (decode(Port, raw) for raw in get_mappings(node, "vsrx_ports_map"))
    return dataclasses.replace(
        read, ports=tuple(dataclasses.replace(port, reth=home.get((re_name or "", port.junos_interface or ""))) for port in ports)
    )
