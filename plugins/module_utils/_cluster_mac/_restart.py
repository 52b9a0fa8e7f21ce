# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/_xml.py parses

from ._statements import STATEMENTS, Written

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

    def pending(self, now: t.Optional[int]) -> bool:
        """It is rolled back unless somebody confirms it. The comment stays for good, so older releases are judged by the clock."""
        match = _CONFIRMED.search(self.comment)
        if self.number != 0 or match is None:
            return False
        return self.rollback_pending or now is None or now < self.seconds + int(match[1]) * 60


def history(information: ET.Element) -> tuple[Commit, ...]:
    rows: list[Commit] = []
    for row in information.iter("commit-history"):
        moment = row.find("date-time")
        seconds = "" if moment is None else (moment.get("seconds") or "")
        if seconds.isdigit():
            number = (row.findtext("sequence-number") or "").strip()
            rows.append(
                Commit(
                    number=int(number) if number.isdigit() else len(rows),
                    seconds=int(seconds),
                    user=(row.findtext("user") or "").strip(),
                    comment=(row.findtext("comment") or "").strip(),
                    log=(row.findtext("log") or "").strip(),
                    rollback_pending="pending" in (row.findtext("commit-confirmed") or ""),
                )
            )
    return tuple(sorted(rows, key=lambda commit: commit.number))


def committed_at(configuration: ET.Element) -> t.Optional[int]:
    """When the configuration in force was committed, as the configuration itself says."""
    seconds = configuration.get("commit-seconds") or ""
    return int(seconds) if seconds.isdigit() else None


def booted_with(commits: t.Iterable[Commit], booted_at: int) -> t.Optional[int]:
    """The number of the commit that was in force when a node booted; None where the history does not reach back."""
    earlier = [commit.number for commit in commits if commit.seconds <= booted_at]
    return min(earlier) if earlier else None


def statements_then(written: Written, node: str, difference: str) -> t.Optional[frozenset[str]]:
    """The statements that a node had at an earlier commit, from Junos' comparison of then with now; None where it can not be told."""
    then = set()
    for statement in STATEMENTS:
        now = node in written.covered(statement)
        found = written.at(statement, None)
        direct = found is not None and found.active and not written.deactivated
        marks = {line.lstrip()[0] for line in difference.splitlines() if statement in line and line.lstrip()[:1] in ("+", "-", "!")}
        if not marks:
            if not direct and _inheritance_changed(difference):
                return None
            before = now
        elif marks == {"+"}:
            before = False
        elif marks == {"-"}:
            before = True
        elif marks == {"!"}:
            before = not now
        else:
            return None
        if before:
            then.add(statement)
    return frozenset(then)


def _inheritance_changed(difference: str) -> bool:
    return any(line.lstrip()[:1] in ("+", "-", "!") and "apply-groups" in line for line in difference.splitlines())


@dataclasses.dataclass(frozen=True)
class Mode:
    """The MAC mode of one node: as configured for it, and as it booted with (None: not known, or one statement alone)."""

    configured: bool
    in_force: t.Optional[bool]

    @property
    def pending(self) -> bool:
        return self.in_force is None or self.in_force != self.configured


def mode(configured: bool, then: t.Optional[frozenset[str]]) -> Mode:
    if then is None or len(then) == 1:
        return Mode(configured, None)
    return Mode(configured, len(then) == len(STATEMENTS))
