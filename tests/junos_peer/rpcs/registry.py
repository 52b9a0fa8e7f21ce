# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which function answers which RPC."""

from __future__ import annotations

import dataclasses
import typing as t

from ..errors import Complaint, RefusedError
from ..tree import Tree, words

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
_ACCEPTED: dict[str, frozenset[str]] = {}


def answers(name: str, accepts: str | None = None) -> t.Callable[[Answer], Answer]:
    """`accepts` names the arguments; an RPC that says so refuses all others."""

    def register(function: Answer) -> Answer:
        ANSWERS[name] = function
        if accepts is not None:
            _ACCEPTED[name] = words(accepts)
        return function

    return register


def answer(request: Request) -> list[Tree]:
    name = str(request.element.tag)
    if name not in ANSWERS:
        raise RefusedError(Complaint("syntax error", element=name))
    for child in request.element:
        if name in _ACCEPTED and child.tag not in _ACCEPTED[name]:
            raise RefusedError(Complaint("syntax error", element=str(child.tag)))
    return ANSWERS[name](request)
