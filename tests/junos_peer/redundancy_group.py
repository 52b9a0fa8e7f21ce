# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A redundancy group: who is primary, and what each node is in it."""

from __future__ import annotations

import dataclasses

from .node import HOLD, Node


@dataclasses.dataclass
class RedundancyGroup:
    number: int
    priorities: tuple[int, int] = (1, 1)
    preempt: bool = False
    primary: int | None = None
    failovers: int = 0
    #: the node that was made primary by hand
    manual: int | None = None
    #: a node that has just given the group away
    holding: int | None = None
    #: seconds for which it is in secondary-hold then; None for a moment
    hold_down: float | None = None
    #: (time, node, from, to, reason)
    transitions: list[tuple[float, int, str, str, str]] = dataclasses.field(default_factory=list)

    def status(self, node: Node) -> str:
        if node.outcast:
            return node.outcast
        if not node.up:
            return "lost"
        if node.state == HOLD:
            return "hold"
        if self.primary == node.number:
            return "primary"
        return "secondary-hold" if self.holding == node.number else "secondary"

    def priority(self, node: Node, failures: list[str]) -> int:
        if not node.up or (failures and self.number > 0):
            return 0
        if self.manual == node.number:
            return 255
        return self.priorities[node.number]

    def failover(self, to: int | None, reason: str, now: float) -> None:
        if to == self.primary:
            return
        for number, before, after in ((self.primary, "primary", "secondary-hold"), (to, "secondary", "primary")):
            if number is not None:
                self.transitions.append((now, number, before, after, reason))
        self.primary = to
        if self.holding == to:
            self.holding = None  # the other was lost: who is in secondary-hold takes over
        if to is not None:
            self.failovers += 1
