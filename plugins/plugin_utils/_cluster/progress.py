# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""One line that shows where a wait is: on a terminal it changes in place, in a log it comes when what is missing changes."""

from __future__ import annotations

import os
import typing as t

from .._results.formats import clean_text

#: Ansible loads the plugin before it forks: later the output is a pipe for everyone.
ON_TERMINAL = os.isatty(1)


def _columns() -> int:
    try:
        return max(40, os.get_terminal_size(1).columns - 1)
    except OSError:
        return 119


COLUMNS = _columns()
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
