# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two statements of the MAC mode: where the configuration has them, and on which nodes they are in force. Pure."""

from __future__ import annotations

import dataclasses
import functools
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/reply.py parses

from .._junos.cluster_status import NODES

ACTIVE_CHILD = "use-active-child-mac-on-reth"
ACTUAL_MAC = "use-actual-mac-on-physical-interfaces"
#: both, or neither (S9)
STATEMENTS: tuple[str, ...] = (ACTIVE_CHILD, ACTUAL_MAC)

CLUSTER: tuple[str, ...] = ("chassis", "cluster")
BOTH: frozenset[str] = frozenset(NODES)


def describe_place(group: t.Optional[str]) -> str:
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
class StatementLocations:
    """Where the statements are written, and which groups [edit chassis cluster] inherits from, on which nodes."""

    occurrences: tuple[Occurrence, ...]
    applied: tuple[tuple[str, frozenset[str]], ...] = ()
    #: [edit chassis] or [edit chassis cluster] itself is deactivated
    deactivated: bool = False
    #: groups in force only under a condition that the configuration does not decide: they never count as covering
    conditional: frozenset[str] = frozenset()
    #: (group, the level in it that is deactivated)
    deactivated_levels: tuple[tuple[str, str], ...] = ()
    #: groups were read; if not, what they hold and where they apply is not known
    groups_were_read: bool = True

    def nodes_with(self, statement: str) -> frozenset[str]:
        """The nodes on which the statement is in the configuration."""
        return frozenset().union(*(found.effective_on for found in self.occurrences if found.statement == statement))

    def find_at(self, statement: str, group: t.Optional[str]) -> t.Optional[Occurrence]:
        return self._by_place.get((statement, group))

    @functools.cached_property
    def _by_place(self) -> dict[tuple[str, t.Optional[str]], Occurrence]:
        """The first of each place; a configuration may have thousands of groups."""
        return {(found.statement, found.group): found for found in reversed(self.occurrences)}

    @property
    def complete(self) -> bool:
        return all(self.nodes_with(statement) == BOTH for statement in STATEMENTS)

    @property
    def empty(self) -> bool:
        return not any(self.nodes_with(statement) for statement in STATEMENTS)

    @property
    def configured(self) -> t.Optional[bool]:
        """True: both on both nodes. False: neither on any. None: something between."""
        return True if self.complete else (False if self.empty else None)

    def has_both_on(self, node: str) -> bool:
        """Both statements are in this node's configuration."""
        return all(node in self.nodes_with(statement) for statement in STATEMENTS)


_PER_NODE = "${node}"


def is_active(element: t.Optional[ET.Element]) -> bool:
    return element is not None and element.get("inactive") is None


def find_statements(configuration: ET.Element) -> StatementLocations:
    """Read the configuration as it is written: the statements in [edit chassis cluster] and in groups."""
    chassis = configuration.find("chassis")
    cluster = None if chassis is None else chassis.find("cluster")
    levels = [element for element in (configuration, chassis, cluster) if element is not None]
    nodes_of = find_applied_groups(levels)
    groups = {(group.findtext("name") or "").strip(): group for group in configuration.findall("groups")}
    conditional = frozenset(name for name, group in groups.items() if group.find("when") is not None)
    reaching = {name: nodes for name, nodes in nodes_of.items() if name in groups and is_active(groups[name]) and name not in conditional}
    deactivated = (chassis is not None and not is_active(chassis)) or (cluster is not None and not is_active(cluster))
    found = list(_find_occurrences(configuration, None, frozenset() if deactivated else BOTH))
    for name, group in groups.items():
        found.extend(_find_occurrences(group, name, frozenset() if deactivated else reaching.get(name, frozenset())))
    return StatementLocations(
        occurrences=tuple(found),
        applied=tuple(reaching.items()),
        deactivated=deactivated,
        conditional=conditional,
        deactivated_levels=tuple((name, where) for name, group in groups.items() for where in _find_inactive_levels(group)),
    )


def find_statements_outside_groups(configuration: ET.Element) -> t.Optional[StatementLocations]:
    """The same from the configuration in force, where both statements stand in it outside of any group; else None.

    What stands outside of groups is the same for both nodes, and nothing else needs to be read then.
    """
    chassis = configuration.find("chassis")
    cluster = None if chassis is None else chassis.find("cluster")
    if chassis is None or cluster is None:
        return None
    statements = [cluster.find(name) for name in STATEMENTS]
    if not all(is_active(element) and element is not None and element.get("group") is None for element in (chassis, cluster, *statements)):
        return None
    return StatementLocations(tuple(Occurrence(name, None, True, BOTH) for name in STATEMENTS), groups_were_read=False)


def _find_occurrences(parent: ET.Element, group: t.Optional[str], nodes: frozenset[str]) -> t.Iterator[Occurrence]:
    for chassis in parent.findall("chassis"):
        for cluster in chassis.findall("cluster"):
            for statement in STATEMENTS:
                element = cluster.find(statement)
                if element is not None:
                    whole = is_active(element) and (group is None or (is_active(chassis) and is_active(cluster)))
                    yield Occurrence(statement, group, whole, nodes)


def _find_inactive_levels(group: ET.Element) -> t.Iterator[str]:
    """The level of a group that keeps a statement in it from being in force."""
    for chassis in group.findall("chassis"):
        if not is_active(chassis):
            yield "chassis"
        elif any(not is_active(cluster) for cluster in chassis.findall("cluster")):
            yield "chassis cluster"


def find_applied_groups(levels: t.Sequence[ET.Element]) -> dict[str, frozenset[str]]:
    """Which groups reach [edit chassis cluster], and on which nodes."""
    reached: dict[str, frozenset[str]] = {}
    for level in levels:
        for name, nodes in _parse_applied(level, "apply-groups"):
            reached[name] = reached.get(name, frozenset()) | nodes
        for name, nodes in _parse_applied(level, "apply-groups-except"):
            reached[name] = reached.get(name, frozenset()) - nodes
    return {name: nodes for name, nodes in reached.items() if nodes}


def _parse_applied(level: ET.Element, tag: str) -> t.Iterator[tuple[str, frozenset[str]]]:
    for element in level.findall(tag):
        name = (element.text or "").strip()
        if not is_active(element) or not name:
            continue
        if name == _PER_NODE:
            yield from ((node, frozenset({node})) for node in NODES)
        else:
            yield name, BOTH
