# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What was read of hosts and nodes for an inventory. Pure."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Pf:
    """A PF and what its host does with it."""

    name: str
    """Its network device, or its PCI address where it has none or one that an inventory cannot carry."""
    address: str
    num_vfs: int
    total_vfs: int
    up: bool
    persist: bool
    host_use: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """What the module would do for an entry with this number of VFs; nothing where the entry says what is there."""
    refusal: str = ""


@dataclasses.dataclass(frozen=True)
class Nic:
    """A NIC of a domain."""

    position: int
    sriov: bool
    is_port: bool
    mac: str
    guest_address: str
    attached_to: str
    network: str
    vf: str
    pf: str
    pf_address: str
    index: t.Optional[int]
    replaced_at: str


@dataclasses.dataclass(frozen=True)
class Domain:
    """A libvirt domain."""

    name: str
    uuid: str
    nics: tuple[Nic, ...] = ()
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class Host:
    """A KVM host; a problem says why something of it is not known."""

    name: str
    connection: t.Mapping[str, t.Any]
    pfs: tuple[Pf, ...] = ()
    domains: tuple[Domain, ...] = ()
    problems: tuple[str, ...] = ()
    uri: str = ""
    """The libvirt connection, where the operator names one."""
    networks: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The PF that is on the same wire as a bridge, a libvirt network or a device, as the operator says."""


@dataclasses.dataclass(frozen=True)
class Reth:
    """A reth, with its ports on each node by the node's number."""

    name: str
    ports: t.Mapping[int, tuple[str, ...]]
    active_node: t.Optional[int]
    active_mac: str


@dataclasses.dataclass(frozen=True)
class Cluster:
    """A chassis cluster as one of its nodes tells it."""

    number: t.Optional[int]
    """The node that answered."""
    host_names: tuple[str, ...]
    """Of node 0 and node 1."""
    reths: tuple[Reth, ...]
    fabric_ports: tuple[str, ...]
    statements: tuple[tuple[str, tuple[str, ...]], ...]
    """Both statements and the nodes that have each."""

    @property
    def key(self) -> tuple[t.Any, ...]:
        """What both nodes of a cluster tell alike, and two clusters hardly do."""
        return (self.host_names, tuple((reth.name, tuple(sorted(reth.ports.items()))) for reth in self.reths), self.statements)

    @property
    def host_name(self) -> str:
        known = self.number is not None and self.number < len(self.host_names)
        return self.host_names[self.number or 0] if known else ""

    def find_reth(self, port: str) -> str:
        return next((reth.name for reth in self.reths for ports in reth.ports.values() if port in ports), "")


@dataclasses.dataclass(frozen=True)
class Node:
    """A vSRX node: what the operator says of it, and what Junos says."""

    name: str
    connection: t.Mapping[str, t.Any]
    host: str = ""
    domain: str = ""
    cluster: str = ""
    number: t.Optional[int] = None
    seen: t.Optional[Cluster] = None
    answered: bool = False
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class Found:
    """All that was read, in the order of the inventory."""

    hosts: tuple[Host, ...]
    nodes: tuple[Node, ...]
