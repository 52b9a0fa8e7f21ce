# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The statements that each node booted with, from the comparison of then with now. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .compare_output import ACTIVE, INACTIVE, Change, parse_changes
from .statements import CLUSTER, STATEMENTS, StatementLocations

#: changes beyond this number near the statements are no history that can be followed
_MOST_CHANGES = 2_000


def find_statements_at_boot(locations: StatementLocations, node: str, difference: str) -> t.Optional[frozenset[str]]:
    """Return the statements that a node had at an earlier commit, from Junos' comparison of then with now; None where it cannot tell."""
    parsed = parse_changes(difference)
    if parsed is None:
        return None
    changed = tuple(change for change in parsed if _may_matter(change))
    if len(changed) > _MOST_CHANGES:
        return None
    had = {statement: _was_set(locations, node, statement, changed) for statement in STATEMENTS}
    if None in had.values():
        return None
    return frozenset(statement for statement, was_set in had.items() if was_set)


def _may_matter(change: Change) -> bool:
    """Can the change move a statement, or a group that holds one? What stands elsewhere cannot."""
    path = change.path[2:] if change.path[:1] == ("groups",) else change.path
    return not path or path[0] in (CLUSTER[0], "apply-groups", "apply-groups-except", "when")


def _was_set(locations: StatementLocations, node: str, statement: str, changed: tuple[Change, ...]) -> t.Optional[bool]:
    direct = _stood_at(locations, statement, None, changed)
    if direct:
        return True
    groups = {found.group for found in locations.occurrences if found.group is not None}
    groups |= {change.path[1] for change in changed if change.path[:1] == ("groups",) and len(change.path) > 1}
    stood = {group: _stood_at(locations, statement, group, changed) for group in groups}
    # A group that never had the statement does not matter, however it is applied.
    holders = {group for group, there in stood.items() if there is not False}
    if holders and (not locations.groups_were_read or _were_applied_differently(changed, holders)):
        return None
    reached = [stood[group] for group, nodes in locations.applied if group in holders and node in nodes]
    if any(reached):
        return True
    return None if direct is None or None in reached else False


def _stood_at(locations: StatementLocations, statement: str, group: t.Optional[str], changed: tuple[Change, ...]) -> t.Optional[bool]:
    """Whether the statement stood in that place and was active there; None where it cannot be told."""
    home = () if group is None else ("groups", group)
    whole = (*home, *CLUSTER, statement)
    for change in changed:
        around = len(change.path) < len(whole) and change.path == whole[: len(change.path)] and len(change.path) >= max(1, len(home))
        if around and (change.mark == "!" or change.elided):
            return None
    marks = {(change.mark, change.state) for change in changed if change.path == whole}
    if not marks:
        found = locations.at(statement, group)
        return found is not None and found.active and not (group is None and locations.deactivated)
    known = group is None or locations.groups_were_read
    if len(marks) > 1 or (known and (locations.at(statement, group) is None) != (next(iter(marks))[0] == "-")):
        return None  # the comparison does not fit what is there now
    mark, state = next(iter(marks))
    if mark == "!":
        return state == INACTIVE if state in (INACTIVE, ACTIVE) else None
    return mark == "-" and state != INACTIVE


def _were_applied_differently(changed: tuple[Change, ...], holders: set[str]) -> bool:
    """Whether groups that had the statement were applied otherwise then, at a level that reaches [edit chassis cluster]."""
    for change in changed:
        inside = change.path[:1] == ("groups",)
        path = change.path[2:] if inside else change.path
        if inside and path[:1] == ("when",) and change.path[1] in holders:
            return True
        for depth in range(min(len(path), len(CLUSTER) + 1)):
            if path[depth] in ("apply-groups", "apply-groups-except") and path[:depth] == CLUSTER[:depth]:
                named = set(path[depth + 1 :])
                if not named or "${node}" in named or named & holders:
                    return True
    return False


@dataclasses.dataclass(frozen=True)
class Mode:
    """The MAC mode of one node: as configured for it, and as it booted with."""

    configured: bool
    #: None: not known, or one statement alone
    in_force: t.Optional[bool]
    #: it booted with one statement alone, which is neither
    half: bool = False

    @property
    def unknown(self) -> bool:
        return self.in_force is None and not self.half

    @property
    def pending(self) -> bool:
        """It is known that the node did not boot with what is configured."""
        return self.half or (self.in_force is not None and self.in_force != self.configured)


def judge_mode(configured: bool, then: t.Optional[frozenset[str]], evidence: t.Optional[bool] = None) -> Mode:
    """``evidence``: whether the addresses that the node's ports show are those of the mode, where the history does not tell."""
    if then is None:
        return Mode(configured, evidence)
    if len(then) == 1:
        return Mode(configured, None, half=True)
    return Mode(configured, len(then) == len(STATEMENTS))
