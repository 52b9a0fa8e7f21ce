# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/_xml.py parses

from .._number import number
from .compare_output import ACTIVE, INACTIVE, Change, changes
from .statements import CLUSTER, STATEMENTS, Written

_CONFIRMED = re.compile(r"commit confirmed, rollback in (\d+) ?min")


@dataclasses.dataclass(frozen=True)
class Commit:
    """One row of the commit history; number 0 is the configuration in force."""

    number: int
    seconds: int
    user: str = ""
    comment: str = ""
    log: str = ""
    #: Junos says so while the timer runs (recent releases)
    rollback_pending: bool = False

    @property
    def minutes(self) -> t.Optional[int]:
        """The minutes that it waits for its confirmation; None where its comment does not tell."""
        match = _CONFIRMED.search(self.comment)
        return None if match is None else number(match[1])

    @property
    def deadline(self) -> t.Optional[int]:
        return None if self.minutes is None else self.seconds + self.minutes * 60

    def pending(self, now: t.Optional[int]) -> bool:
        """It is rolled back unless somebody confirms it. The comment stays for good, so older releases are judged by the clock."""
        if self.number != 0 or _CONFIRMED.search(self.comment) is None:
            return False
        return self.rollback_pending or now is None or self.deadline is None or now < self.deadline


def history(information: ET.Element) -> tuple[Commit, ...]:
    rows: list[Commit] = []
    for row in information.iter("commit-history"):
        moment = row.find("date-time")
        seconds = None if moment is None else number(moment.get("seconds"))
        place = number(row.findtext("sequence-number"))
        if seconds is not None:
            rows.append(
                Commit(
                    number=len(rows) if place is None else place,
                    seconds=seconds,
                    user=(row.findtext("user") or "").strip(),
                    comment=(row.findtext("comment") or "").strip(),
                    log=(row.findtext("log") or "").strip(),
                    rollback_pending="pending" in (row.findtext("commit-confirmed") or ""),
                )
            )
    return tuple(sorted(rows, key=lambda commit: commit.number))


def committed_at(configuration: ET.Element) -> t.Optional[int]:
    """When the configuration in force was committed, as the configuration itself says."""
    return number(configuration.get("commit-seconds"))


def booted_with(commits: t.Iterable[Commit], booted_at: int) -> t.Optional[int]:
    """The number of the commit that was in force when a node booted; None where the history does not reach back."""
    earlier = [commit.number for commit in commits if commit.seconds <= booted_at]
    return min(earlier) if earlier else None


def statements_then(written: Written, node: str, difference: str) -> t.Optional[frozenset[str]]:
    """The statements that a node had at an earlier commit, from Junos' comparison of then with now; None where it can not be told."""
    changed = changes(difference)
    found = {statement: _had(written, node, statement, changed) for statement in STATEMENTS}
    if None in found.values():
        return None
    return frozenset(statement for statement, had in found.items() if had)


def _had(written: Written, node: str, statement: str, changed: tuple[Change, ...]) -> t.Optional[bool]:
    direct = _stood(written, statement, None, changed)
    if direct:
        return True
    groups = {found.group for found in written.occurrences if found.group is not None}
    groups |= {change.path[1] for change in changed if change.path[:1] == ("groups",) and len(change.path) > 1}
    stood = {group: _stood(written, statement, group, changed) for group in groups}
    # A group that never held the statement does not matter, however it is applied.
    holders = {group for group, there in stood.items() if there is not False}
    if holders and (not written.whole or _applied_otherwise(changed, holders)):
        return None
    reached = [stood[group] for group, nodes in written.applied if group in holders and node in nodes]
    if any(reached):
        return True
    return None if direct is None or None in reached else False


def _stood(written: Written, statement: str, group: t.Optional[str], changed: tuple[Change, ...]) -> t.Optional[bool]:
    """Whether the statement stood in that place and was active there; None where it can not be told."""
    home = () if group is None else ("groups", group)
    whole = (*home, *CLUSTER, statement)
    for change in changed:
        around = len(change.path) < len(whole) and change.path == whole[: len(change.path)] and len(change.path) >= max(1, len(home))
        if around and (change.mark == "!" or change.elided):
            return None
    marks = {(change.mark, change.state) for change in changed if change.path == whole}
    if not marks:
        found = written.at(statement, group)
        return found is not None and found.active and not (group is None and written.deactivated)
    if len(marks) > 1:
        return None
    mark, state = next(iter(marks))
    if mark == "!":
        return state == INACTIVE if state in (INACTIVE, ACTIVE) else None
    return mark == "-" and state != INACTIVE


def _applied_otherwise(changed: tuple[Change, ...], holders: set[str]) -> bool:
    """Whether groups that held the statement were applied otherwise then, at a level that reaches [edit chassis cluster]."""
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


def mode(configured: bool, then: t.Optional[frozenset[str]], evidence: t.Optional[bool] = None) -> Mode:
    """``evidence``: whether the addresses that the node's ports show are those of the mode, where the history does not tell."""
    if then is None:
        return Mode(configured, evidence)
    if len(then) == 1:
        return Mode(configured, None, half=True)
    return Mode(configured, len(then) == len(STATEMENTS))
