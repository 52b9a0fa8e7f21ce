# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commit history of a node, and the statements that each node booted with: from the commit that was in force then. Pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/reply.py parses

from .._junos.reply import parse_number
from .compare_output import ACTIVE, INACTIVE, Change, parse_changes
from .statements import CLUSTER, STATEMENTS, StatementLocations

_CONFIRMED = re.compile(r"commit confirmed, rollback in (\d+) ?min")


@dataclasses.dataclass(frozen=True)
class Commit:
    """One row of the commit history; number 0 is the configuration in force. None is what the row does not say."""

    number: t.Optional[int]
    seconds: t.Optional[int]
    user: str = ""
    comment: str = ""
    log: str = ""
    #: Junos says so while the timer runs (recent releases)
    rollback_pending: bool = False

    @property
    def minutes(self) -> t.Optional[int]:
        """The minutes that it waits for its confirmation; None where its comment does not say."""
        match = _CONFIRMED.search(self.comment)
        return None if match is None else parse_number(match[1])

    @property
    def deadline(self) -> t.Optional[int]:
        return None if self.minutes is None or self.seconds is None else self.seconds + self.minutes * 60

    def is_pending(self, now: t.Optional[int]) -> bool:
        """It is rolled back unless it is confirmed. The comment stays for good, so releases without the element are judged by the clock."""
        if self.number not in (0, None):
            return False
        if self.rollback_pending:
            return True
        return _CONFIRMED.search(self.comment) is not None and (now is None or self.deadline is None or now < self.deadline)


def parse_history(information: ET.Element) -> tuple[Commit, ...]:
    """Return the commits, newest first; rows without numbers come before the others, in their order."""
    rows = [_parse_row(row) for row in information.iter("commit-history")]
    return tuple(sorted(rows, key=lambda commit: -1 if commit.number is None else commit.number))


def _parse_row(row: ET.Element) -> Commit:
    moment = row.find("date-time")
    return Commit(
        number=parse_number(row.findtext("sequence-number")),
        seconds=None if moment is None else parse_number(moment.get("seconds")),
        user=(row.findtext("user") or "").strip(),
        comment=(row.findtext("comment") or "").strip(),
        log=(row.findtext("log") or "").strip(),
        rollback_pending=bool((row.findtext("commit-confirmed") or "").strip()),
    )


def parse_commit_time(configuration: ET.Element) -> t.Optional[int]:
    """When the configuration in force was committed, as the configuration itself says."""
    return parse_number(configuration.get("commit-seconds"))


def find_boot_commit(commits: t.Iterable[Commit], booted_at: int) -> t.Optional[int]:
    """Return the number of the commit that was in force when a node booted.

    None where the history cannot tell: it does not reach back, a row is missing or has no time, or times do not fall from row to row.
    """
    later: t.Optional[int] = None
    for place, commit in enumerate(commits):
        if commit.number != place or commit.seconds is None or (later is not None and commit.seconds > later):
            return None
        if commit.seconds <= booted_at:
            return place
        later = commit.seconds
    return None


#: changes beyond this number near the statements are no history that can be followed
_MAX_RELEVANT_CHANGES = 2_000


def find_statements_at_boot(locations: StatementLocations, node: str, difference: str) -> t.Optional[frozenset[str]]:
    """Return the statements that a node had at an earlier commit, from Junos' comparison of then with now; None where it cannot tell."""
    parsed = parse_changes(difference)
    if parsed is None:
        return None
    changed = tuple(change for change in parsed if _may_matter(change))
    if len(changed) > _MAX_RELEVANT_CHANGES:
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
    by_group = _sort_by_group(changed)
    direct = _stood_at(locations, statement, None, by_group.get(None, ()))
    if direct:
        return True
    groups = {found.group for found in locations.occurrences if found.group is not None}
    groups |= {group for group in by_group if group is not None}
    around = [change for change in by_group.get(None, ()) if change.path == ("groups",)]
    stood = {group: _stood_at(locations, statement, group, [*around, *by_group.get(group, ())]) for group in groups}
    # A group that never had the statement does not matter, however it is applied.
    holders = {group for group, there in stood.items() if there is not False}
    if holders and (not locations.groups_were_read or _were_applied_differently(changed, holders)):
        return None
    reached = [stood[group] for group, nodes in locations.applied if group in holders and node in nodes]
    if any(reached):
        return True
    return None if direct is None or None in reached else False


def _sort_by_group(changed: t.Iterable[Change]) -> dict[t.Optional[str], list[Change]]:
    """The changes in each group; those outside of groups are under None."""
    found: dict[t.Optional[str], list[Change]] = {}
    for change in changed:
        found.setdefault(change.path[1] if change.path[:1] == ("groups",) and len(change.path) > 1 else None, []).append(change)
    return found


def _stood_at(locations: StatementLocations, statement: str, group: t.Optional[str], changed: t.Sequence[Change]) -> t.Optional[bool]:
    """Whether the statement stood in that place and was active there, by the changes there; None where it cannot be told."""
    home = () if group is None else ("groups", group)
    whole = (*home, *CLUSTER, statement)
    for change in changed:
        around = 0 < len(change.path) < len(whole) and change.path == whole[: len(change.path)]
        if around and (change.mark == "!" or change.elided):
            return None
    marks = {(change.mark, change.state) for change in changed if change.path == whole}
    if not marks:
        found = locations.find_at(statement, group)
        return found is not None and found.active and not (group is None and locations.deactivated)
    known = group is None or locations.groups_were_read
    if len(marks) > 1 or (known and (locations.find_at(statement, group) is None) != (next(iter(marks))[0] == "-")):
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
