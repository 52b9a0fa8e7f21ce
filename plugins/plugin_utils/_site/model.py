# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""A site as a run knows it: KVM hosts, nodes, and units, which are clusters or stand-alone nodes. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

#: what the roles take where a variable is not set
SHUTDOWN_S = 180
REJOIN_S = 2400
BOOT_S = 1500
SYNC_S = 900


@dataclasses.dataclass(frozen=True)
class Failure:
    """Where a host or node stopped, and why."""

    at: str
    why: str


@dataclasses.dataclass(frozen=True)
class Host:
    """A KVM host of the run."""

    name: str
    read: bool
    actions: tuple[str, ...]
    boots: bool
    """It is to be rebooted for its kernel command line."""
    changed: bool
    done: bool
    failure: t.Optional[Failure]


@dataclasses.dataclass(frozen=True)
class Node:
    """A vSRX node of the run, with what is planned for its domain and its cluster."""

    name: str
    host: str
    cluster: str
    """The name of its cluster; empty for a stand-alone node."""
    number: int
    read: bool
    actions: tuple[str, ...]
    restarts: bool
    """Its domain is shut down and started for its ports."""
    restart_planned: bool
    """It was to be, when the run began."""
    starts: bool
    """Its domain is off, and is started when it has its ports."""
    statements: tuple[str, ...]
    """What is to be committed, as this node shows it."""
    restart_required: bool
    restart: str
    known: bool
    """Its cluster was read."""
    formed: bool
    """Junos answers on it and shows a cluster with a primary and a secondary node."""
    whole: bool
    """And the cluster is healthy, apart from manual failovers."""
    settled: bool
    """And without manual failovers, with no node of which it is not known what it booted with."""
    primaries: tuple[str, ...]
    """The primary node of each redundancy group, as this node shows it."""
    shutdown_s: int
    rejoin_s: int
    boot_s: int
    sync_s: int
    committed: bool
    """This run committed the statements, on this node."""
    changed: bool
    """This run changed its ports."""
    back: bool
    """And it is back in its cluster, where it had to leave it."""
    rebooted: bool
    """Junos was asked to reboot it."""
    restart_ended: bool
    """And this node tells that each node that was rebooted is back."""
    begun: bool
    done: bool
    failure: t.Optional[Failure]

    @property
    def unit(self) -> str:
        return self.cluster or self.name


@dataclasses.dataclass(frozen=True)
class Unit:
    """A cluster with its nodes by number, or a stand-alone node."""

    name: str
    nodes: tuple[Node, ...]

    @property
    def is_cluster(self) -> bool:
        return bool(self.nodes[0].cluster)

    @property
    def failures(self) -> tuple[tuple[str, Failure], ...]:
        return tuple((node.name, node.failure) for node in self.nodes if node.failure)

    @property
    def read(self) -> bool:
        return all(node.read for node in self.nodes)

    @property
    def statements(self) -> tuple[str, ...]:
        return next((node.statements for node in self.nodes if node.statements), ())

    @property
    def restart(self) -> str:
        return self.nodes[0].restart

    @property
    def formed(self) -> bool:
        return any(node.formed for node in self.nodes)

    @property
    def whole(self) -> bool:
        """One whose ports are missing may not be healthy before it has them: it gets them first."""
        return any(node.whole for node in self.nodes)

    @property
    def mode_pending(self) -> bool:
        """Something is to be committed, or a node has not booted with what is."""
        return bool(self.statements) or any(node.restart_required for node in self.nodes)

    @property
    def restarting(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.restarts)

    @property
    def quiet(self) -> bool:
        """Nothing is to be done, and the cluster was seen as it should be: it need not be read once more."""
        changes = any(node.actions or node.starts for node in self.nodes) or self.mode_pending
        return self.read and not changes and not self.failures and (not self.is_cluster or all(node.settled for node in self.nodes))

    @property
    def interrupts(self) -> bool:
        """A node goes down for its ports or for the mode."""
        pending = self.mode_pending or (self.is_cluster and not any(node.known for node in self.nodes))
        return bool(self.restarting) or (pending and self.restart != "never")

    @property
    def commits_first(self) -> bool:
        """The boot that brings the ports brings the mode into force: the statements are committed before it, while the cluster is whole.

        Where no node may be rebooted for the mode alone, both have to boot for their ports.
        """
        boots_all = len(self.restarting) == len(self.nodes)
        return self.is_cluster and self.whole and bool(self.restarting) and (self.restart != "never" or boots_all)

    @property
    def boots_with_mode(self) -> bool:
        """When the run began, all nodes were to boot for their ports, and with what is committed before that."""
        return self.whole and all(node.restart_planned for node in self.nodes)

    @property
    def together(self) -> bool:
        """Both nodes go down for their ports at once, so that the cluster is never half in the mode."""
        return self.commits_first and self.restart == "simultaneous" and len(self.restarting) == len(self.nodes) == 2


@dataclasses.dataclass(frozen=True)
class Site:
    """The hosts and units of a run, in the order of the inventory."""

    hosts: tuple[Host, ...]
    units: tuple[Unit, ...]


def group_units(nodes: t.Iterable[Node]) -> tuple[Unit, ...]:
    """Clusters and stand-alone nodes in the order in which their first nodes are named; a cluster's nodes by number."""
    units: dict[tuple[bool, str], list[Node]] = {}
    for node in nodes:
        units.setdefault((bool(node.cluster), node.unit), []).append(node)
    return tuple(Unit(name, tuple(sorted(members, key=lambda each: each.number))) for (_cluster, name), members in units.items())
