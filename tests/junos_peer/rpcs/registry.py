# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which function answers which RPC."""

from __future__ import annotations

import dataclasses
import typing as t

from ..tree import Tree

if t.TYPE_CHECKING:
    from ..peer import Peer
    from ..session import Session


@dataclasses.dataclass
class Request:
    """One RPC: its element by local names, as sent by a session to one node."""

    peer: Peer
    session: Session
    element: Tree

    @property
    def node(self) -> int:
        return self.session.node

    def text(self, path: str, default: str = "") -> str:
        return (self.element.findtext(path) or default).strip()

    def has(self, path: str) -> bool:
        return self.element.find(path) is not None


Answer = t.Callable[[Request], "list[Tree]"]
ANSWERS: dict[str, Answer] = {}


def answers(*names: str) -> t.Callable[[Answer], Answer]:
    def register(function: Answer) -> Answer:
        for name in names:
            ANSWERS[name] = function
        return function

    return register
