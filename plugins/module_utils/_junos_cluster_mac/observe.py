# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/_xml.py parses

from .._junos import cluster_status
from .._junos.chassis import Chassis
from .._junos.configuration import Database
from .._junos.netconf import Session
from . import boot_state
from .as_written import written, written_plainly
from .interfaces import Effective, effective
from .statements import NODES, STATEMENTS, Written


@dataclasses.dataclass(frozen=True)
class Observed:
    """The cluster as one session showed it."""

    effective: Effective
    written: Written
    nodes: tuple[cluster_status.Node, ...]
    groups: tuple[cluster_status.Group, ...]
    links: dict[str, cluster_status.Link]
    committed_at: t.Optional[int]
    #: the statements that each node booted with; None where it can not be told
    booted_with: dict[str, t.Optional[frozenset[str]]]
    #: a commit that is rolled back unless it is confirmed
    pending: t.Optional[boot_state.Commit] = None
    #: parts of the configuration that Junos did not show, with its reason
    unread: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: the node that answers, as far as host names tell
    connected_to: t.Optional[str] = None

    @property
    def clustered(self) -> bool:
        return bool(self.groups)

    def node(self, name: str) -> cluster_status.Node:
        return next((node for node in self.nodes if node.name == name), cluster_status.Node(name))

    @property
    def here(self) -> t.Optional[cluster_status.Node]:
        """The node that answers; the times of commits are by its clock."""
        return next((node for node in self.nodes if node.name == (self.connected_to or "")), None)

    @property
    def clock(self) -> t.Optional[int]:
        """What time the node that answers has, or, where it is not known which that is, the later one."""
        told = [node.now for node in ((self.here,) if self.here else self.nodes) if node.now is not None]
        return max(told, default=None)

    def ahead(self, name: str) -> int:
        """By how many seconds a node's clock is ahead of the one that commits are told by."""
        return 0 if self.here is None else self.node(name).ahead_of(self.here)


def observe(session: Session, wanted: bool) -> Observed:
    """Five requests where the mode is wanted and in force; one more to see where statements stand, more to see what a node booted with."""
    database, chassis = Database(session), Chassis(session)
    inherited = database.effective()
    in_force = inherited.root
    literal = (written_plainly(in_force) if wanted else None) or written(database.literal())
    nodes = cluster_status.nodes(chassis.software(), chassis.uptime())
    groups = cluster_status.groups(chassis.status())
    links = cluster_status.links(chassis.interfaces()) if groups else {}
    committed_at = boot_state.committed_at(in_force)
    history = _History(database)
    here = [node.name for node in nodes if node.host_name and node.host_name == host_name(in_force)]
    connected_to = here[0] if groups and len(here) == 1 else None
    observed = Observed(
        effective(in_force), literal, nodes, groups, links, committed_at, {}, connected_to=connected_to, unread=inherited.refused
    )
    booted_with = {name: _booted_with(observed, name, history) for name in NODES} if groups else {}
    return dataclasses.replace(observed, booted_with=booted_with, pending=history.pending(observed.clock))


def host_name(configuration: ET.Element) -> t.Optional[str]:
    return (configuration.findtext("system/host-name") or "").strip() or None


class _History:
    """The commit history, read when it is first needed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._commits: t.Optional[tuple[boot_state.Commit, ...]] = None
        self._differences: dict[int, str] = {}

    @property
    def commits(self) -> tuple[boot_state.Commit, ...]:
        if self._commits is None:
            self._commits = boot_state.history(self._database.commits())
        return self._commits

    def pending(self, now: t.Optional[int]) -> t.Optional[boot_state.Commit]:
        """Asked of what was read: where nothing was committed since the nodes booted, nothing can be pending."""
        return next((commit for commit in self._commits or () if commit.pending(now)), None)

    def since(self, number: int) -> str:
        if number not in self._differences:
            self._differences[number] = self._database.since(number)
        return self._differences[number]


def _booted_with(observed: Observed, name: str, history: _History) -> t.Optional[frozenset[str]]:
    booted_at = observed.node(name).booted_at
    if booted_at is None:
        return None
    booted_at -= observed.ahead(name)
    now = frozenset(statement for statement in STATEMENTS if name in observed.written.covered(statement))
    if observed.committed_at is not None and booted_at >= observed.committed_at:
        return now
    number = boot_state.booted_with(history.commits, booted_at)
    if number is None:
        return None
    return now if number == 0 else boot_state.statements_then(observed.written, name, history.since(number))
