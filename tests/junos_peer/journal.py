# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened, for tests to read: every request, commit and reboot."""

from __future__ import annotations

import collections
import typing as t

LONGEST = 100_000


class Journal:
    def __init__(self, now: t.Callable[[], float]) -> None:
        self._now = now
        self._rows: collections.deque[dict[str, t.Any]] = collections.deque(maxlen=LONGEST)

    def note(self, kind: str, **facts: t.Any) -> dict[str, t.Any]:
        row = {"time": round(self._now(), 3), "kind": kind, **facts}
        self._rows.append(row)
        return row

    def rows(self, kind: str = "", node: int | None = None, rpc: str = "") -> list[dict[str, t.Any]]:
        return [
            dict(row)
            for row in self._rows
            if kind in ("", row["kind"]) and (node is None or row.get("node") in (node, f"node{node}")) and rpc in ("", row.get("rpc"))
        ]

    def clear(self) -> None:
        self._rows.clear()
