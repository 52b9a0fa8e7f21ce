# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""close-session and kill-session."""

from __future__ import annotations

from ..errors import Complaint, RefusedError
from ..replies import make
from ..tree import Tree
from .registry import Request, answers


@answers("close-session", "")
def close_session(request: Request) -> list[Tree]:
    request.session.closing = True
    return [make("ok")]


@answers("kill-session", "session-id")
def kill_session(request: Request) -> list[Tree]:
    number = request.text("session-id")
    victim = next((session for session in request.peer.sessions if str(session.number) == number), None)
    if victim is None or victim is request.session:
        raise RefusedError(Complaint(f"invalid session id {number}", tag="invalid-value", element="session-id"))
    request.peer.database.killed(victim)
    victim.drop()
    return [make("ok")]
