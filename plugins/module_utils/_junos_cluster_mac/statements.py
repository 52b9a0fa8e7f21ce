# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

ACTIVE_CHILD = "use-active-child-mac-on-reth"
ACTUAL_MAC = "use-actual-mac-on-physical-interfaces"
#: both, or neither (S9)
STATEMENTS: tuple[str, ...] = (ACTIVE_CHILD, ACTUAL_MAC)

CLUSTER: tuple[str, ...] = ("chassis", "cluster")
NODES: tuple[str, ...] = ("node0", "node1")
BOTH: frozenset[str] = frozenset(NODES)


def path(group: t.Optional[str]) -> str:
    """The place of a statement as Junos writes it; no group means the configuration itself."""
    return "chassis cluster" if group is None else f"groups {group} chassis cluster"


@dataclasses.dataclass(frozen=True)
class Occurrence:
    """A statement as it is written in one place, and the nodes that take it from there."""

    statement: str
    group: t.Optional[str]
    active: bool
    nodes: frozenset[str]

    @property
    def effective_on(self) -> frozenset[str]:
        return self.nodes if self.active else frozenset()


@dataclasses.dataclass(frozen=True)
class Written:
    """Where the statements are written, and which groups [edit chassis cluster] inherits from, on which nodes."""

    occurrences: tuple[Occurrence, ...]
    applied: tuple[tuple[str, frozenset[str]], ...] = ()
    #: [edit chassis] or [edit chassis cluster] itself is deactivated
    deactivated: bool = False
    #: groups in force only under a condition that the configuration does not decide: they never count as covering
    conditional: frozenset[str] = frozenset()
    #: (group, the level in it that is deactivated)
    idle: tuple[tuple[str, str], ...] = ()
    #: groups were read; if not, what they hold and where they apply is not known
    whole: bool = True

    def covered(self, statement: str) -> frozenset[str]:
        """The nodes on which the statement is in the configuration."""
        return frozenset().union(*(found.effective_on for found in self.occurrences if found.statement == statement))

    def at(self, statement: str, group: t.Optional[str]) -> t.Optional[Occurrence]:
        return next((found for found in self.occurrences if (found.statement, found.group) == (statement, group)), None)

    @property
    def complete(self) -> bool:
        return all(self.covered(statement) == BOTH for statement in STATEMENTS)

    @property
    def empty(self) -> bool:
        return not any(self.covered(statement) for statement in STATEMENTS)

    @property
    def configured(self) -> t.Optional[bool]:
        """True: both on both nodes. False: neither on any. None: something between."""
        return True if self.complete else (False if self.empty else None)

    def on(self, node: str) -> bool:
        """Both statements are in this node's configuration."""
        return all(node in self.covered(statement) for statement in STATEMENTS)
