# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster as one session showed it. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .._junos import cluster_status
from . import history
from .interfaces import Effective
from .statements import StatementLocations


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
    pending: t.Optional[history.Commit] = None
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

    def node(self, name: str) -> cluster_status.Node:
        return next((node for node in self.nodes if node.name == name), cluster_status.Node(name))

    @property
    def here(self) -> t.Optional[cluster_status.Node]:
        """The node that answers; the times of commits are by its clock."""
        return next((node for node in self.nodes if node.name == (self.connected_to or "")), None)

    @property
    def clock(self) -> t.Optional[int]:
        """What time the node that answers has, or, where it is not known which that is, the later one."""
        times = [node.now for node in ((self.here,) if self.here else self.nodes) if node.now is not None]
        return max(times, default=None)

    def ahead(self, name: str) -> int:
        """By how many seconds a node's clock is ahead of the clock that dates the commits."""
        return 0 if self.here is None else self.node(name).ahead_of(self.here)

    def answers_as_primary(self) -> bool:
        """Is the node that answers known to be the primary of redundancy group 0, whose history names the users of commits?"""
        group0 = next((group for group in self.groups if group.id == 0), None)
        return group0 is not None and self.connected_to is not None and group0.node_in(cluster_status.PRIMARY) == self.connected_to
