# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interfaces that Junos shows, with the MAC addresses that the mode of each node gives them."""

from __future__ import annotations

import dataclasses
import re

from .cluster import Cluster
from .inheritance import inherited
from .topology import Port, Topology
from .tree import Tree


@dataclasses.dataclass
class Interface:
    name: str
    up: bool
    current: str
    hardware: str
    speed: str = "1000mbps"
    mtu: int = 1514
    enabled: bool = True
    #: node number; None for what belongs to the cluster
    node: int | None = None


@dataclasses.dataclass
class Reth:
    name: str
    group: int
    children: dict[int, list[str]]


class Interfaces:
    def __init__(self, cluster: Cluster, topology: Topology) -> None:
        self.cluster = cluster
        self.topology = topology
        #: reth name -> MAC address that it claims, ordered by a test
        self.lies: dict[str, str] = {}

    def effective(self) -> Tree:
        return inherited(self.cluster.committed(), "node0")

    def reths(self) -> list[Reth]:
        root = self.effective()
        count = int(root.findtext("chassis/cluster/reth-count") or 0)
        found = []
        for number in range(count):
            name = f"reth{number}"
            interface = _interface(root, name)
            group = interface.findtext("redundant-ether-options/redundancy-group") if interface is not None else None
            children: dict[int, list[str]] = {0: [], 1: []}
            for row in root.iterfind("interfaces/interface"):
                for leaf in row.iterfind("*/redundant-parent/parent"):
                    if leaf.text == name and row.findtext("name"):
                        children[node_of(row.findtext("name") or "")].append(row.findtext("name") or "")
            found.append(Reth(name, int(group) if group and group.isdigit() else 0, children))
        return found

    def fabrics(self) -> dict[str, list[str]]:
        root = self.effective()
        rows = {name: _interface(root, name) for name in ("fab0", "fab1")}
        return {
            name: [leaf.text or "" for leaf in row.iterfind("fabric-options/member-interfaces/name")]
            for name, row in rows.items()
            if row is not None
        }

    def active_child(self, reth: Reth) -> tuple[int, Port] | None:
        """The port that carries the reth: on the primary of its group, with link."""
        holder = self.cluster.primary(reth.group)
        if reth.group == 0 or holder is None:
            return None
        for child in reth.children[holder.number]:
            found = self.topology.port(child, holder.number)
            if found is not None and found[1].link:
                return found
        return None

    def all(self, seen_from: int = 0) -> list[Interface]:
        """What a node shows: the cluster's ports, but only its own fxp0 and em0."""
        root = self.effective()
        found = self._standalone(root) if self.cluster.standalone else self._cluster(root, seen_from)
        return sorted(found, key=lambda row: _order(row.name))

    def _standalone(self, root: Tree) -> list[Interface]:
        return [
            Interface(port.name, port.link, port.mac, port.mac, port.speed, _mtu(root, port.name), _on(root, port.name), number)
            for number, port in self.topology.ports()
        ]

    def _cluster(self, root: Tree, seen_from: int) -> list[Interface]:
        reths = self.reths()
        parents = {child: reth for reth in reths for children in reth.children.values() for child in children}
        found = [self._port(root, number, port, parents) for number, port in self.topology.ports() if self._shown(number, port, seen_from)]
        for name, members in self.fabrics().items():
            rows = [row for row in found if row.name in members]
            up = any(row.up for row in rows)
            mac = rows[0].current if rows else _pool(self.topology.cluster_id, int(name[-1]), 240)
            found.append(Interface(name, up, mac, mac, mtu=9014, node=int(name[-1])))
        return found + [self._reth(root, reth) for reth in reths]

    def _shown(self, number: int, port: Port, seen_from: int) -> bool:
        return self.cluster.nodes[number].up and (number == seen_from or port.name.startswith(("ge-", "xe-")))

    def _port(self, root: Tree, number: int, port: Port, parents: dict[str, Reth]) -> Interface:
        node = self.cluster.nodes[number]
        index = self.topology.nodes[number].index(port)
        revenue = port.name.startswith(("ge-", "xe-"))
        if node.mac_mode or not revenue:
            current = hardware = port.mac
        else:
            current = hardware = _pool(self.topology.cluster_id, number, index)
            if port.name in parents:
                current = self.virtual_mac(parents[port.name].name)
        enabled = _on(root, port.name)
        return Interface(port.name, port.link and enabled, current, hardware, port.speed, _mtu(root, port.name), enabled, number)

    def _reth(self, root: Tree, reth: Reth) -> Interface:
        active = self.active_child(reth)
        holder = self.cluster.primary(reth.group)
        mac = virtual = self.virtual_mac(reth.name)
        if holder is not None and holder.mac_mode and active is not None:
            mac = active[1].mac
        enabled = _on(root, reth.name)
        current = self.lies.get(reth.name, mac)
        return Interface(
            reth.name,
            active is not None and enabled,
            current,
            current if current != virtual else virtual,
            mtu=_mtu(root, reth.name),
            enabled=enabled,
        )

    def virtual_mac(self, reth: str) -> str:
        return f"00:10:db:ff:{self.topology.cluster_id * 16 % 256:02x}:{int(reth[4:]):02x}"


def node_of(name: str) -> int:
    """ge-7/0/1 belongs to node 1 of a vSRX cluster."""
    match = re.match(r"[a-z]+-(\d+)/", name)
    return 1 if match and int(match[1]) >= 7 else 0


def _interface(root: Tree, name: str) -> Tree | None:
    return next((row for row in root.iterfind("interfaces/interface") if row.findtext("name") == name), None)


def _mtu(root: Tree, name: str) -> int:
    row = _interface(root, name)
    mtu = row.findtext("mtu") if row is not None else None
    return int(mtu) if mtu else 1514


def _on(root: Tree, name: str) -> bool:
    row = _interface(root, name)
    return row is None or row.find("disable") is None


def _pool(cluster_id: int, node: int, index: int) -> str:
    """An address of Juniper's own, as a cluster node without actual MACs uses."""
    return f"4c:96:14:{cluster_id % 256:02x}:{node:02x}:{index:02x}"


def _order(name: str) -> tuple[int, tuple[int, ...]]:
    kinds = ("ge-", "xe-", "fxp", "em", "fab", "reth")
    kind = next((index for index, start in enumerate(kinds) if name.startswith(start)), len(kinds))
    return kind, tuple(int(part) for part in re.findall(r"\d+", name))
