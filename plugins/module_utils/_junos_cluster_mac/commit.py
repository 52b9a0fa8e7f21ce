# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import contextlib
import dataclasses
import time
import typing as t

from .._errors import VsrxError
from .._junos.configuration import Database
from .._junos.netconf import LostError, Session
from .._junos.reply import RefusedError
from .._junos.xml import UnreadableError
from .as_written import written
from .boot_state import Commit, history
from .compare_output import hide_foreign_lines, top_hierarchies
from .plan import Step, plan, render, summary
from .statements import STATEMENTS


@dataclasses.dataclass(frozen=True)
class Order:
    """What to bring about, and how to commit it."""

    state: str
    steps: tuple[Step, ...]
    confirm_timeout: int
    comment: str
    #: the box's clock when it was looked at
    now: t.Optional[int] = None

    def made(self, commit: Commit, user: t.Optional[str] = None) -> bool:
        """Is it this commit? By its comment, and by its user where it is known who asks."""
        return " ".join(commit.log.split()) == " ".join(self.comment.split()) and user in (None, commit.user)


@dataclasses.dataclass(frozen=True)
class Outcome:
    diff: str
    commit: t.Optional[dict[str, t.Any]] = None
    warnings: tuple[str, ...] = ()


def look(session: Session, order: Order) -> Outcome:
    """What can be told without a lock: nobody's edits and nobody's timer are in the way. Nothing is loaded."""
    _settled(Database(session), order)
    return Outcome("")


def preview(session: Session, order: Order) -> Outcome:
    """Junos' own comparison of the change with what is committed; the candidate is left as it was found."""
    database = Database(session)
    with _candidate(database, order) as (diff, warnings):
        return Outcome(diff, warnings=warnings)


def commit(session: Session, order: Order) -> Outcome:
    """Commit with a timer, prove the box over a new session, then confirm. What goes wrong before that is rolled back by Junos."""
    database = Database(session)
    before = session.id
    with _candidate(database, order) as (diff, warnings):
        notes = [*warnings, *_check(database)]
        started = time.time()
        try:
            notes += database.commit_confirmed(order.confirm_timeout, order.comment).warnings
        except (LostError, UnreadableError) as failure:
            notes.append(f"{failure.message}; whether it took effect was read over a new session")
    deadline = _clock(started + order.confirm_timeout * 60)
    after = _prove(session, database, order, before, deadline)
    _confirm(session, database, order, deadline)
    facts = {
        "comment": order.comment,
        "confirm_timeout": order.confirm_timeout,
        "session": before,
        "confirmed_over_session": after,
    }
    return Outcome(diff, facts, tuple(notes))


def confirm_pending(session: Session, order: Order, pending: Commit) -> Outcome:
    """Confirm our own commit that an earlier run left with its timer running: this session is the new one."""
    _confirm(session, Database(session), order, "the end of its timer" if pending.deadline is None else _clock(pending.deadline))
    return Outcome("", {"comment": order.comment, "confirm_timeout": pending.minutes, "confirmed_over_session": session.id})


@contextlib.contextmanager
def _candidate(database: Database, order: Order) -> t.Iterator[tuple[str, tuple[str, ...]]]:
    """The locked candidate with the change in it, and its diff. Left as it was found, whatever happens."""
    _lock(database)
    loaded = False
    try:
        _unchanged(database, order)
        loaded = True
        warnings = database.load(render(order.steps)).warnings
        diff = hide_foreign_lines(database.candidate_diff(), {*STATEMENTS, *(step.group for step in order.steps if step.group)})
        if not diff:
            raise VsrxError(
                f"Junos sees no change after loading: {'; '.join(step.describe() for step in order.steps)}. Nothing was committed"
            )
        yield diff, warnings
    finally:
        # A session that is gone took its lock with it, and Junos has discarded its changes.
        with contextlib.suppress(LostError, UnreadableError, RefusedError):
            if loaded:
                database.discard()
        with contextlib.suppress(LostError, UnreadableError, RefusedError):
            database.unlock()


def _check(database: Database) -> tuple[str, ...]:
    """Clusters have been seen to answer a commit check with XML that lacks its ends; the commit itself checks once more."""
    try:
        return database.check().warnings
    except UnreadableError as failure:
        return (f"{failure.message}; the commit's own check decides",)


def _lock(database: Database) -> None:
    try:
        database.lock()
    except RefusedError as refusal:
        edited = ""
        with contextlib.suppress(LostError, UnreadableError, RefusedError):
            difference = database.candidate_diff()
            edited = f" Its candidate is changed in {_listed(top_hierarchies(difference))}." if difference else ""
        raise VsrxError(
            f"{refusal.message}.{edited} Expected a configuration that nobody else edits: have the changes committed or discarded by their "
            "owner ('show system users' and 'show | compare' in configuration mode show whose they are and what), "
            "then run again. Nothing was changed",
            **refusal.facts,
        ) from None


def _unchanged(database: Database, order: Order) -> None:
    """Under the lock: nobody's edits, nobody's timer, and still the configuration that was planned for."""
    _settled(database, order)
    if plan(written(database.literal()), order.state) != order.steps:
        raise VsrxError("the configuration was changed by somebody else between reading and locking. Nothing was changed; run again")


def _settled(database: Database, order: Order) -> None:
    foreign = database.candidate_diff()
    if foreign:
        raise VsrxError(
            f"the candidate configuration holds changes in {_listed(top_hierarchies(foreign))} that are not committed; they were left "
            "alone, and their values are not shown here. See them with 'show | compare' in configuration mode, commit or discard them, "
            "then run again. Nothing was changed"
        )
    refuse_pending(next((row for row in history(database.commits()) if row.pending(order.now)), None))


def refuse_pending(pending: t.Optional[Commit]) -> None:
    if pending is not None:
        raise VsrxError(
            f"a commit of {pending.user or 'somebody'} at {_clock(pending.seconds)} awaits confirmation "
            f"({'; '.join(filter(None, (pending.comment, pending.log)))}). "
            "Expected a settled configuration: confirm it or let it roll back, then run again. Nothing was changed"
        )


def _prove(session: Session, database: Database, order: Order, before: t.Optional[str], deadline: str) -> t.Optional[str]:
    """Over a new session the box answers, and has what was planned."""
    try:
        session.renew()
        found = written(database.literal())
        after = session.id
    except VsrxError as failure:
        raise VsrxError(
            f"after the commit no new session could be made: {failure.message}. "
            f"The commit was not confirmed; Junos rolls it back by {deadline}",
            **failure.facts,
        ) from None
    if before is not None and after == before:
        raise VsrxError(
            f"the session after the commit is still session {before}; the commit was not confirmed, Junos rolls it back by {deadline}"
        )
    if plan(found, order.state):
        raise VsrxError(
            f"after the commit the configuration has {summary(found)}; expected state {order.state}. "
            f"The commit was refused or did not arrive whole; if it takes effect after all, Junos rolls it back by {deadline}. Run again"
        )
    return after


def _confirm(session: Session, database: Database, order: Order, deadline: str) -> None:
    """Confirm under the lock, so that nobody's edits are committed along; a lost answer is asked for once more.

    A second commit confirms whatever is pending, so each attempt looks first whether the newest commit is ours.
    """
    consequence = f"the commit may be unconfirmed, and Junos then rolls it back by {deadline}. Run again before that to have it confirmed"
    try:
        try:
            _confirm_newest(database, order)
        except (LostError, UnreadableError):
            session.renew()
            _confirm_newest(database, order)
    except (LostError, UnreadableError, RefusedError) as failure:
        raise VsrxError(f"{failure.message}; {consequence}", **failure.facts) from None
    finally:
        with contextlib.suppress(LostError, UnreadableError, RefusedError):
            database.unlock()


def _confirm_newest(database: Database, order: Order) -> None:
    """Confirm if need be, then read once more: the timer may have run out just before, and the commit would have confirmed nothing."""
    database.lock()
    newest = next(iter(history(database.commits())), None)
    if newest is None or not order.made(newest):
        raise VsrxError(
            f"the newest commit is that of {_named(newest)}; expected this run's own, to confirm it. Junos rolled it back, or somebody "
            "committed meanwhile: see 'show system commit', then run again"
        )
    if newest.pending(None):
        database.confirm(order.comment)
    found = written(database.literal())
    if plan(found, order.state):
        raise VsrxError(f"after the confirmation the configuration has {summary(found)}; expected state {order.state}. Run again")


def _listed(places: t.Sequence[str]) -> str:
    return " and ".join(places)


def _named(commit: t.Optional[Commit]) -> str:
    return (
        "nobody"
        if commit is None
        else f"{commit.user or 'somebody'} at {_clock(commit.seconds)} ({commit.log or commit.comment or 'no comment'})"
    )


def _clock(seconds: float) -> str:
    """A time to read, also where a reply gave one that no calendar has: it stands in messages that must be said."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"
