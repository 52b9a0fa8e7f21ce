# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks, and the opening of private or exclusive candidates."""

from __future__ import annotations

from ..candidate import Candidate
from ..clock import stamp
from ..database import Editor
from ..errors import Complaint, RefusedError, warning
from ..replies import leaf, make, moment
from ..tree import Tree
from .registry import Request, answers

_DISCARDED = "uncommitted changes will be discarded on exit"


@answers("lock-configuration", "")
def lock_configuration(request: Request) -> list[Tree]:
    request.peer.check_lock_fault()
    request.peer.database.acquire(request.session)
    return [make("ok")]


@answers("unlock-configuration", "")
def unlock_configuration(request: Request) -> list[Tree]:
    request.peer.database.release(request.session)
    return [make("ok")]


@answers("lock", "target")
def lock(request: Request) -> list[Tree]:
    _candidate_only(request)
    return lock_configuration(request)


@answers("unlock", "target")
def unlock(request: Request) -> list[Tree]:
    _candidate_only(request)
    return unlock_configuration(request)


def _candidate_only(request: Request) -> None:
    target = request.element.find("target")
    if target is None or not len(target):
        raise RefusedError(Complaint("missing <target>", tag="missing-element", element="target"))
    if target[0].tag != "candidate":
        raise RefusedError(Complaint(f"only the candidate can be locked, not {target[0].tag}", tag="operation-not-supported"))


@answers("open-configuration", "private exclusive")
def open_configuration(request: Request) -> list[Tree]:
    database, session = request.peer.database, request.session
    if request.has("private"):
        if session.private is not None:
            raise RefusedError("configuration database is already open")
        if database.lock is not None:
            database.check_lock(session)
        if database.candidate.modified:
            raise RefusedError("shared configuration database modified")
        session.private = Candidate.of(database.committed)
    elif request.has("exclusive"):
        request.peer.check_lock_fault()
        database.acquire(session)
    else:
        raise RefusedError(Complaint("missing <private/> or <exclusive/>", tag="missing-element"))
    return [warning(_DISCARDED).xml(), make("ok")]


@answers("close-configuration", "")
def close_configuration(request: Request) -> list[Tree]:
    database, session = request.peer.database, request.session
    if session.private is not None:
        session.private = None
    elif database.lock is session:
        database.release(session)
    else:
        raise RefusedError("configuration database is not open")
    return [make("ok")]


@answers("get-database-status-information", "")
def get_database_status_information(request: Request) -> list[Tree]:
    """Who is in configuration mode: with the lock, with a private candidate, or with changes in the shared one."""
    database = request.peer.database
    rows = []
    if database.lock is not None:
        rows.append(_editor(database.lock, make("exclusive")))
    for session in request.peer.sessions:
        if session.private is not None:
            rows.append(_editor(session, make("edit-path", "[edit]")))
    if database.candidate.modified and database.stranger is not None and database.lock is None:
        rows.append(_editor(database.stranger, make("edit-path", "[edit]")))
    return [make("database-status-information", *rows)]


def _editor(session: Editor, state: Tree) -> Tree:
    return make(
        "database-status",
        leaf("user", session.user),
        leaf("terminal", "pts/0"),
        leaf("pid", session.number),
        moment("start-time", stamp(session.started), session.started),
        moment("idle-time", "00:01:00", 60),
        state,
    )
