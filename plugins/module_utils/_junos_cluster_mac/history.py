# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commit history of a node, and the commit that was in force when a node booted. Pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/xml.py parses

from .._number import parse_number

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
