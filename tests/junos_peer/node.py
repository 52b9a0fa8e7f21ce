# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One node of the cluster: when it booted, with what, and how far it has come."""

from __future__ import annotations

import dataclasses

STATEMENTS = ("use-active-child-mac-on-reth", "use-actual-mac-on-physical-interfaces")

DOWN, BOOTING, HOLD, READY = "down", "booting", "hold", "ready"


@dataclasses.dataclass
class Node:
    number: int
    booted_at: int
    #: the two statements that were in force for it when it booted
    booted_with: frozenset[str] = frozenset()
    state: str = READY
    #: sessions and configuration are synchronised with the other node
    synchronised: bool = True
    #: ineligible or disabled, whatever the timers say
    outcast: str = ""
    boots: int = 0

    @property
    def name(self) -> str:
        return f"node{self.number}"

    @property
    def up(self) -> bool:
        return self.state in (HOLD, READY)

    @property
    def eligible(self) -> bool:
        return self.state == READY and not self.outcast

    @property
    def mac_mode(self) -> bool:
        return set(STATEMENTS) <= self.booted_with
