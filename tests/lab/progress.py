# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show what goes on: one line that changes on a terminal, a line a change elsewhere."""

from __future__ import annotations

import sys
import time


def say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


class Progress:
    """Progress of one thing that takes a while."""

    def __init__(self, what: str, pause: float = 4.0) -> None:
        self._what, self._pause = what, pause
        self._begun = time.monotonic()
        self._shown, self._last = 0.0, ""
        self._terminal = sys.stderr.isatty()
        say(what)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def show(self, detail: str) -> None:
        now = time.monotonic()
        if detail == self._last or now - self._shown < (0.2 if self._terminal else self._pause):
            return
        self._shown, self._last = now, detail
        line = f"    {self.seconds:5.1f} s  {detail}"
        if self._terminal:
            print(f"\r\033[K{line[:110]}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def done(self, detail: str) -> None:
        clear = "\r\033[K" if self._terminal else ""
        print(f"{clear}    {self.seconds:5.1f} s  {detail}", file=sys.stderr, flush=True)
