# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change: which statements to set, activate or delete, and where. Pure."""

from __future__ import annotations

import dataclasses
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; nothing is parsed here

from .._errors import RefusedError
from .._junos.cluster_status import NODES
from .request import PRESENT
from .statements import BOTH, STATEMENTS, Occurrence, StatementLocations, describe_place

SET = "set"
ACTIVATE = "activate"
DELETE = "delete"


@dataclasses.dataclass(frozen=True)
class Step:
    """One change of the configuration."""

    verb: str
    statement: str
    group: t.Optional[str] = None

    def describe(self) -> str:
        return f"{self.verb} {describe_place(self.group)} {self.statement}"


def plan(locations: StatementLocations, state: str) -> tuple[Step, ...]:
    """The smallest change that brings both statements to both nodes, or to none; refuses what it cannot do where it belongs."""
    steps = _plan_additions(locations) if state == PRESENT else _plan_removals(locations)
    after = apply_steps(locations, steps)
    if steps and not (after.complete if state == PRESENT else after.empty):
        raise RefusedError(f"the planned change would leave {summarise(after)}; expected both statements on both nodes, or neither")
    return steps


def apply_steps(locations: StatementLocations, steps: t.Iterable[Step]) -> StatementLocations:
    """What is written after the steps."""
    kept = {(found.statement, found.group): found for found in locations.occurrences}
    nodes_of: dict[t.Optional[str], frozenset[str]] = {None: frozenset() if locations.deactivated else BOTH}
    nodes_of.update(locations.applied)
    for step in steps:
        key = (step.statement, step.group)
        if step.verb == DELETE:
            kept.pop(key, None)
        else:
            kept[key] = Occurrence(step.statement, step.group, True, nodes_of.get(step.group, frozenset()))
    return dataclasses.replace(locations, occurrences=tuple(kept.values()))


def render(steps: t.Iterable[Step]) -> str:
    """The steps as one <configuration> for load-configuration with action merge."""
    configuration = ET.Element("configuration")
    clusters: dict[t.Optional[str], ET.Element] = {}
    for step in steps:
        if step.group not in clusters:
            parent = configuration
            if step.group is not None:
                parent = ET.SubElement(configuration, "groups")
                ET.SubElement(parent, "name").text = step.group
            clusters[step.group] = ET.SubElement(ET.SubElement(parent, "chassis"), "cluster")
        attributes = {SET: {}, ACTIVATE: {"active": "active"}, DELETE: {"delete": "delete"}}[step.verb]
        ET.SubElement(clusters[step.group], step.statement, attributes)
    return ET.tostring(configuration, encoding="unicode")


def summarise(locations: StatementLocations) -> str:
    """Where the statements are in force, in words."""
    parts = []
    for statement in STATEMENTS:
        nodes = locations.nodes_with(statement)
        parts.append(f"{statement} on {' and '.join(sorted(nodes)) or 'no node'}")
    return ", ".join(parts)


def _plan_additions(locations: StatementLocations) -> tuple[Step, ...]:
    missing = [statement for statement in STATEMENTS if locations.nodes_with(statement) != BOTH]
    if not missing:
        return ()
    if locations.deactivated:
        raise RefusedError("[edit chassis cluster] is deactivated; expected an active cluster configuration. Activate it first")
    homes = _choose_places(locations)
    for group, level in locations.deactivated_levels:
        if group in homes:
            raise RefusedError(
                f"[edit groups {group} {level}] is deactivated, and the statements belong there; expected it to be active. Activate it, or "
                "remove it, then run again"
            )
    steps = []
    for statement in missing:
        for home in homes:
            found = locations.find_at(statement, home)
            if found is None:
                steps.append(Step(SET, statement, home))
            elif not found.active:
                steps.append(Step(ACTIVATE, statement, home))
    return tuple(steps)


def _choose_places(locations: StatementLocations) -> tuple[t.Optional[str], ...]:
    """Where the pair belongs: where one of the two already is for both nodes, else in the nodes' own groups, else in no group."""
    standing = [found for found in locations.occurrences if found.effective_on]
    everywhere = [found.group for found in standing if found.effective_on == BOTH]
    if None in everywhere or not standing:
        return (None,)
    if everywhere:
        return (everywhere[0],)
    own = dict(locations.applied)
    if all(own.get(node) == frozenset({node}) for node in NODES) and {found.group for found in standing} <= BOTH:
        return NODES
    places = ", ".join(sorted({f"[edit {describe_place(found.group)}]" for found in standing}))
    raise RefusedError(
        f"the statements come from {places}, which does not reach both nodes; expected them in [edit chassis cluster], in a group "
        "that both nodes apply, or in groups node0 and node1 applied as ${node}. Move them there, or remove them and run again"
    )


def _plan_removals(locations: StatementLocations) -> tuple[Step, ...]:
    return tuple(Step(DELETE, found.statement, found.group) for found in locations.occurrences if found.effective_on)


def find_disagreement(locations: StatementLocations, in_force: frozenset[str], node: t.Optional[str] = None) -> t.Optional[str]:
    """Says so where what the node that answers has in force does not follow from what is written; that node may not be known."""
    for name in (node,) if node is not None else NODES:
        if {statement for statement in STATEMENTS if name in locations.nodes_with(statement)} == in_force:
            return None
    found = ", ".join(sorted(in_force)) or "neither statement"
    return f"in force{f' on {node}' if node else ''} is {found}, but what is written gives {summarise(locations)}"
