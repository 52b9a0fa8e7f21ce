# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/_xml.py parses

from .statements import BOTH, NODES, STATEMENTS, Occurrence, Written

_PER_NODE = "${node}"


def active(element: t.Optional[ET.Element]) -> bool:
    return element is not None and element.get("inactive") is None


def written(configuration: ET.Element) -> Written:
    """Read the configuration as it is written: the statements in [edit chassis cluster] and in groups."""
    chassis = configuration.find("chassis")
    cluster = None if chassis is None else chassis.find("cluster")
    levels = [element for element in (configuration, chassis, cluster) if element is not None]
    nodes_of = _inherited(levels)
    groups = {(group.findtext("name") or "").strip(): group for group in configuration.findall("groups")}
    conditional = frozenset(name for name, group in groups.items() if group.find("when") is not None)
    reaching = {name: nodes for name, nodes in nodes_of.items() if name in groups and active(groups[name]) and name not in conditional}
    deactivated = (chassis is not None and not active(chassis)) or (cluster is not None and not active(cluster))
    found = list(_occurrences(configuration, None, frozenset() if deactivated else BOTH))
    for name, group in groups.items():
        found.extend(_occurrences(group, name, frozenset() if deactivated else reaching.get(name, frozenset())))
    return Written(
        occurrences=tuple(found),
        applied=tuple(reaching.items()),
        deactivated=deactivated,
        conditional=conditional,
        idle=tuple((name, where) for name, group in groups.items() for where in _inactive_level(group)),
    )


def written_plainly(configuration: ET.Element) -> t.Optional[Written]:
    """The same from the configuration in force, where both statements stand in it outside of any group; else None.

    What stands outside of groups is the same for both nodes, and nothing else needs to be read then.
    """
    chassis = configuration.find("chassis")
    cluster = None if chassis is None else chassis.find("cluster")
    if chassis is None or cluster is None:
        return None
    statements = [cluster.find(name) for name in STATEMENTS]
    if not all(active(element) and element is not None and element.get("group") is None for element in (chassis, cluster, *statements)):
        return None
    return Written(tuple(Occurrence(name, None, True, BOTH) for name in STATEMENTS), whole=False)


def _occurrences(parent: ET.Element, group: t.Optional[str], nodes: frozenset[str]) -> t.Iterator[Occurrence]:
    for chassis in parent.findall("chassis"):
        for cluster in chassis.findall("cluster"):
            for statement in STATEMENTS:
                element = cluster.find(statement)
                if element is not None:
                    whole = active(element) and (group is None or (active(chassis) and active(cluster)))
                    yield Occurrence(statement, group, whole, nodes)


def _inactive_level(group: ET.Element) -> t.Iterator[str]:
    """The level of a group that keeps a statement in it from being in force."""
    for chassis in group.findall("chassis"):
        if not active(chassis):
            yield "chassis"
        elif any(not active(cluster) for cluster in chassis.findall("cluster")):
            yield "chassis cluster"


def _inherited(levels: t.Sequence[ET.Element]) -> dict[str, frozenset[str]]:
    """Which groups reach [edit chassis cluster], and on which nodes."""
    reached: dict[str, frozenset[str]] = {}
    for level in levels:
        for name, nodes in _named(level, "apply-groups"):
            reached[name] = reached.get(name, frozenset()) | nodes
        for name, nodes in _named(level, "apply-groups-except"):
            reached[name] = reached.get(name, frozenset()) - nodes
    return {name: nodes for name, nodes in reached.items() if nodes}


def _named(level: ET.Element, tag: str) -> t.Iterator[tuple[str, frozenset[str]]]:
    for element in level.findall(tag):
        name = (element.text or "").strip()
        if not active(element) or not name:
            continue
        if name == _PER_NODE:
            yield from ((node, frozenset({node})) for node in NODES)
        else:
            yield name, BOTH
