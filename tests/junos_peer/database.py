# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration database that both nodes share: committed, candidate, lock, history and the timer of a confirmed commit."""

from __future__ import annotations

import asyncio
import typing as t

from .candidate import Candidate
from .clock import Clock, stamp
from .entry import Entry
from .errors import Complaint, RefusedError
from .tree import Tree, clone

HISTORY = 50


class Editor(t.Protocol):
    """What the database knows of a session."""

    number: int
    user: str
    started: float
    private: Candidate | None
    node: int


class Database:
    def __init__(self, clock: Clock, history: list[Entry]) -> None:
        self.clock = clock
        self.history = history
        self.candidate = Candidate.of(self.committed)
        self.lock: Editor | None = None
        #: who left changes in the shared candidate, and is in configuration mode still
        self.stranger: Editor | None = None
        #: the second of the latest boot; whatever is committed from then on is later
        self.last_boot: t.Callable[[], int] = lambda: 0
        self.changed: t.Callable[[], None] = lambda: None
        self._timer: asyncio.TimerHandle | None = None
        self._before: Entry | None = None
        self._confirming = 0
        #: RFC 6241 takes a confirmed commit back when its session ends; Junos keeps its timer
        self.confirm_needs_session = False

    @property
    def committed(self) -> Tree:
        return self.history[0].tree

    @property
    def last(self) -> Entry:
        return self.history[0]

    @property
    def pending(self) -> bool:
        return self._timer is not None

    def rollback(self, number: int) -> Entry:
        if not 0 <= number < len(self.history):
            raise RefusedError(Complaint(f"Rollback file {number} does not exist", type="application"))
        return self.history[number]

    # candidates

    def candidate_of(self, session: Editor) -> Candidate:
        return session.private or self.candidate

    def edit(self, session: Editor, tree: Tree) -> None:
        self.check_lock(session)
        self.candidate_of(session).put(tree, session.number)

    def discard(self, session: Editor) -> None:
        self.check_lock(session)
        self.candidate_of(session).reset(self.committed)

    def check_lock(self, session: Editor) -> None:
        if self.lock is not None and self.lock is not session and session.private is None:
            raise RefusedError(_locked(self.lock, "in-use"))

    # locks

    def acquire(self, session: Editor) -> None:
        if self.lock is not None:
            if self.lock is session:
                raise RefusedError(Complaint("configuration database is already open", tag="lock-denied", session=session.number))
            raise RefusedError(_locked(self.lock, "lock-denied"))
        if self.candidate.modified:
            raise RefusedError(Complaint("configuration database modified"))
        self.lock = session

    def release(self, session: Editor) -> None:
        if self.lock is not session:
            raise RefusedError(Complaint("configuration database is not locked" if self.lock is None else "not the owner of the lock"))
        self.lock = None
        self.candidate.reset(self.committed)

    def leave(self, session: Editor) -> None:
        """The session ended: its lock goes and, with the lock, its uncommitted changes; a plain edit's changes stay."""
        session.private = None
        if self.lock is session:
            self.release(session)
        if self.confirm_needs_session and self._confirming == session.number and self.pending:
            self.take_back()

    def killed(self, session: Editor) -> None:
        """Another session ended it: its uncommitted changes go, and its commit that awaits confirmation is taken back."""
        if self.candidate.editors == {session.number}:
            self.candidate.reset(self.committed)
        if self.pending and self._confirming == session.number:
            self.take_back()

    # commits

    def commit(self, session: Editor, *, minutes: float | None = None, log: str = "", comment: str = "") -> Entry:
        self.check_lock(session)
        candidate = self.candidate_of(session)
        # A confirmed commit on top of one that is pending goes back to before both.
        before = self._before if self._before is not None and self.pending else self.last
        self._cancel()
        for row in self.history:
            row.pending = False
        tree = clone(candidate.tree)
        entry = Entry(tree, self._moment(), session.user, "netconf", comment, log, minutes is not None, session.node)
        self._push(entry)
        if minutes is not None:
            whole = int(minutes) if minutes == int(minutes) else minutes
            entry.comment = comment or f"commit confirmed, rollback in {whole}mins"
            self._before, self._confirming = before, session.number
            self._timer = self.clock.after(minutes * 60, lambda: self._expire(before))
        self._settle(session, candidate)
        return entry

    def confirm(self) -> bool:
        """End the timer of a pending commit and keep it; false where none is pending."""
        if not self.pending:
            return False
        self._cancel()
        self.last.pending = False
        return True

    def take_back(self) -> None:
        """RFC 6241 cancel-commit: back to what was there before the confirmed commit."""
        if self._before is None or not self.pending:
            raise RefusedError(Complaint("no confirmed commit is pending"))
        before = self._before
        self._cancel()
        self._expire(before)

    def _settle(self, session: Editor, candidate: Candidate) -> None:
        shared_was_clean = not self.candidate.modified
        candidate.reset(self.committed)
        if candidate is not self.candidate:
            if shared_was_clean:
                self.candidate.reset(self.committed)
            else:
                self.candidate.base = self.committed

    def _expire(self, before: Entry) -> None:
        self._timer = None
        self.last.pending = False
        clean = not self.candidate.modified
        self._push(Entry(clone(before.tree), self._moment(), "root", "other", ""))
        if clean:
            self.candidate.reset(self.committed)
        else:
            self.candidate.base = self.committed
        self.changed()

    def _push(self, entry: Entry) -> None:
        self.history.insert(0, entry)
        del self.history[HISTORY:]
        self.changed()

    def _moment(self) -> int:
        return max(self.clock.seconds(), self.last.seconds, self.last_boot() + 1)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _locked(holder: Editor, tag: str) -> Complaint:
    since = stamp(holder.started)
    who = f"{holder.user} terminal  (pid {holder.number}) on since {since}, idle 00:00:00"
    message = f"\nconfiguration database locked by:\n  {who}\n      exclusive\n"
    return Complaint(message, tag=tag, session=holder.number)
