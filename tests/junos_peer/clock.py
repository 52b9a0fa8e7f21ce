# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time as the peer sees it: the machine's clock, and timers that tests can shorten."""

from __future__ import annotations

import asyncio
import time
import typing as t


class Clock:
    """`scale` divides every waiting time: with 60, ten minutes pass in ten seconds. What is reported stays unscaled."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._pending: dict[asyncio.TimerHandle, t.Callable[[], object]] = {}

    def now(self) -> float:
        return time.time()

    def seconds(self) -> int:
        return int(self.now())

    def after(self, seconds: float, action: t.Callable[[], object]) -> asyncio.TimerHandle:
        def run() -> None:
            self._pending.pop(handle, None)
            action()

        handle = asyncio.get_running_loop().call_later(seconds / self.scale, run)
        self._pending = {pending: todo for pending, todo in self._pending.items() if not pending.cancelled()}
        self._pending[handle] = action
        return handle

    def skip(self) -> None:
        """Run now whatever waits for a timer; what that starts waits again."""
        due = sorted((handle for handle in self._pending if not handle.cancelled()), key=asyncio.TimerHandle.when)
        actions = [self._pending[handle] for handle in due]
        self.stop()
        for action in actions:
            action()

    def stop(self) -> None:
        for handle in self._pending:
            handle.cancel()
        self._pending.clear()


def stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))


def length(seconds: float) -> str:
    """As Junos writes a length of time: 00:12:05, 1d 02:03, 2w3d 04:05."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    weeks, days_left = divmod(days, 7)
    if weeks:
        return f"{weeks}w{days_left}d {hours:02}:{minutes:02}"
    if days:
        return f"{days}d {hours:02}:{minutes:02}"
    return f"{hours:02}:{minutes:02}:{rest:02}"
