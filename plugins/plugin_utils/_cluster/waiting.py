# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Looks at a cluster until a goal is reached or the time is up, and shows on the way what is still missing, in one line.

On a terminal the line changes in place; in a log it comes when what is missing changes.
"""

from __future__ import annotations

import os
import time
import typing as t

from ...module_utils._errors import VsrxError
from .._results.formats import clean_text
from .commands import is_no_response
from .goals import Goal
from .look import Look
from .paths import Paths

#: Ansible loads the plugin before it forks: later the output is a pipe for everyone.
ON_TERMINAL = os.isatty(1)
#: a path that gave no answer is tried again only so many looks later while the other one answers
_PAUSE_LOOKS = 4


def _count_columns() -> int:
    try:
        return max(40, os.get_terminal_size(1).columns - 1)
    except OSError:
        return 119


COLUMNS = _count_columns()
#: seconds after which a log shows the line again although nothing changed
REPEAT_S = 60.0


class Shows(t.Protocol):
    """What a line needs of Ansible's display."""

    def display(self, msg: str, newline: bool = True) -> None: ...
    def v(self, msg: str) -> None: ...


class Progress:
    def __init__(self, display: Shows, subject: str, terminal: t.Optional[bool] = None) -> None:
        self._display = display
        self._subject = subject
        self._terminal = ON_TERMINAL if terminal is None else terminal
        self._last = ""
        self._shown_at = 0.0
        self._width = 0

    def begin(self, step: str) -> None:
        self._end_line()
        self._display.display(f"{self._subject}: {step}")
        self._last = ""

    def show(self, awaited: str, missing: t.Sequence[str], elapsed: float, limit: float) -> None:
        state = f"waiting for {awaited}: {'; '.join(missing) or 'no answer'}"
        line = clean_text(f"{self._subject}: {state}, {elapsed:.0f} of {limit:.0f} s").replace("\n", " ")
        if self._terminal:
            shown = line[:COLUMNS]
            self._display.display("\r" + shown.ljust(self._width), newline=False)
            self._width = len(shown)
        elif state != self._last or elapsed - self._shown_at >= REPEAT_S:
            self._display.display(line)
            self._shown_at = elapsed
        else:
            self._display.v(line)
        self._last = state

    def end(self, awaited: str, elapsed: float) -> None:
        if self._last:
            self._end_line()
            self._display.display(f"{self._subject}: {awaited} after {elapsed:.0f} s")
        self._last = ""

    def _end_line(self) -> None:
        if self._terminal and self._width:
            self._display.display("\r" + " " * self._width + "\r", newline=False)
            self._width = 0


class NotReachedError(VsrxError):
    """The time was up; ``missing`` is what was still missing, ``look`` the last look that succeeded."""

    def __init__(self, goal: Goal, limit: float, missing: t.Sequence[str], look: t.Optional[Look]) -> None:
        super().__init__(f"{goal.awaited}: not within {limit:.0f} s; {'; '.join(missing) or 'no answer'}")
        self.goal, self.missing, self.look = goal, tuple(missing), look


class Clock:
    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Waiter:
    def __init__(self, paths: Paths, progress: Progress, interval: float, clock: t.Optional[Clock] = None) -> None:
        self.paths = paths
        self.progress = progress
        self.interval = interval
        self.clock = clock or Clock()
        self._pauses: dict[str, int] = {}

    def wait(self, goal: Goal, limit: float) -> Look:
        """The look that shows the goal. At least one look is taken, whatever the limit."""
        began = self.clock.now()
        last: t.Optional[Look] = None
        while True:
            look, missing = self._look(goal)
            elapsed = self.clock.now() - began
            if look is not None and not missing:
                self.progress.end(goal.awaited, elapsed)
                return look
            last = look or last
            self.progress.show(goal.awaited, missing, elapsed, limit)
            if elapsed + self.interval > limit:
                raise NotReachedError(goal, limit, missing, last)
            self.clock.sleep(self.interval)

    def _look(self, goal: Goal) -> tuple[t.Optional[Look], tuple[str, ...]]:
        """Through the path that answered last; through the other one where that fails, or shows that the goal is not reached."""
        best: t.Optional[Look] = None
        best_missing: tuple[str, ...] = ()
        failures: list[str] = []
        for node in self.paths.names:
            if best is not None and not self._is_due(node):
                continue
            try:
                look = self.paths.look(node)
            except VsrxError as failure:
                self._pauses[node] = _PAUSE_LOOKS
                failures.append(_shorten(self.paths.host(node), failure))
                continue
            self._pauses.pop(node, None)
            missing = goal.missing(look)
            if not missing:
                return look, ()
            if best is None:
                best, best_missing = look, missing
        return best, best_missing or tuple(failures)

    def _is_due(self, node: str) -> bool:
        """A path that failed is tried again after a pause; one that did not is not needed beside the one that answered."""
        left = self._pauses.get(node)
        if left is None:
            return False
        self._pauses[node] = left - 1
        return left <= 1


def _shorten(host: str, failure: VsrxError) -> str:
    return f"{host} does not answer" if is_no_response(failure) else failure.message
