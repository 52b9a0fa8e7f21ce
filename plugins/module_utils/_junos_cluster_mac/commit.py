# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commit: with a timer, proven over a new session, then confirmed. What goes wrong before that is rolled back by Junos."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import typing as t

from .._errors import ApplyError, ConflictError, NoResponseError, UnreadableError, VerificationError, VsrxError
from .._junos.netconf import Session
from .._junos.reply import JunosRefusedError
from .._junos.requests import Database
from .boot_state import Commit, parse_history
from .compare_output import Editor, hide_foreign_lines, name_hierarchies, parse_editors
from .plan import Step, plan, render, summarise
from .statements import STATEMENTS, find_statements

#: what may happen to a request whose outcome can be read again
_LOST_OR_REFUSED = (NoResponseError, UnreadableError, JunosRefusedError)


@dataclasses.dataclass(frozen=True)
class CommitRequest:
    """What to bring about, and how to commit it."""

    state: str
    steps: tuple[Step, ...]
    confirm_timeout: int
    comment: str
    #: the node's clock when it was looked at
    now: t.Optional[int] = None

    def is_own(self, commit: Commit, user: t.Optional[str] = None) -> bool:
        """Is it this commit? By its comment, and by its user where it is known who asks."""
        return " ".join(commit.log.split()) == " ".join(self.comment.split()) and user in (None, commit.user)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What was done: Junos' comparison, the commit, and what Junos said beside them."""

    diff: str
    commit: t.Optional[dict[str, t.Any]] = None
    warnings: tuple[str, ...] = ()


def check_unlocked(session: Session, request: CommitRequest) -> Outcome:
    """Tell what can be told without a lock: no edit and no timer of others is in the way. Nothing is loaded."""
    _read_settled(Database(session), request)
    return Outcome("")


def compare_candidate(session: Session, request: CommitRequest) -> Outcome:
    """Return Junos' own comparison of the change with what is committed; the candidate is left as it was found."""
    database = Database(session)
    with _lock_and_load(database, request) as loaded:
        return Outcome(loaded.diff, warnings=loaded.warnings)


def commit_confirmed(session: Session, request: CommitRequest) -> Outcome:
    """Commit with a timer, prove the node over a new session, then confirm."""
    session.allow_for_commit()
    database = Database(session)
    with _lock_and_load(database, request) as loaded:
        before = session.id
        notes = [*loaded.warnings, *_check(database)]
        started = time.time()
        try:
            notes += database.commit_confirmed(request.confirm_timeout, request.comment).warnings
        except (NoResponseError, UnreadableError) as failure:
            notes.append(f"{failure.message}; whether it took effect was read over a new session")
        except JunosRefusedError as refusal:
            raise _explain_refused_commit(database, request, refusal, loaded.newest) from None
    deadline = _format_time(started + request.confirm_timeout * 60)
    after = _verify_anew(session, database, request, before, deadline)
    _confirm(session, database, request, deadline)
    facts = {
        "comment": request.comment,
        "confirm_timeout": request.confirm_timeout,
        "session": before,
        "confirmed_over_session": after,
    }
    return Outcome(loaded.diff, facts, tuple(notes))


def confirm_pending(session: Session, request: CommitRequest, pending: Commit) -> Outcome:
    """Confirm our own commit that an earlier run left with its timer running: this session is the new one."""
    session.allow_for_commit()
    _confirm(session, Database(session), request, _format_deadline(pending))
    return Outcome("", {"comment": request.comment, "confirm_timeout": pending.minutes, "confirmed_over_session": session.id})


@dataclasses.dataclass(frozen=True)
class _Loaded:
    """The locked candidate with the change in it."""

    diff: str
    warnings: tuple[str, ...]
    #: the newest commit before ours
    newest: t.Optional[Commit]


@contextlib.contextmanager
def _lock_and_load(database: Database, request: CommitRequest) -> t.Iterator[_Loaded]:
    """Lock the candidate and load the change. The candidate is left as it was found, whatever happens."""
    _lock(database)
    loaded = False
    try:
        newest = _check_unchanged(database, request)
        loaded = True
        warnings = database.load(render(request.steps)).warnings
        diff = hide_foreign_lines(database.compare_candidate(), {*STATEMENTS, *(step.group for step in request.steps if step.group)})
        if not diff:
            raise ApplyError(
                f"Junos sees no change after loading: {'; '.join(step.describe() for step in request.steps)}. Nothing was committed"
            )
        yield _Loaded(diff, warnings, newest)
    finally:
        # A session that is gone took its lock with it, and Junos has discarded its changes.
        with contextlib.suppress(*_LOST_OR_REFUSED):
            if loaded:
                database.discard()
        with contextlib.suppress(*_LOST_OR_REFUSED):
            database.unlock()


def _check(database: Database) -> tuple[str, ...]:
    """Clusters have been seen to answer a commit check with truncated XML; the commit itself checks once more."""
    try:
        return database.check().warnings
    except UnreadableError as failure:
        return (f"{failure.message}; the commit's own check decides",)


def _lock(database: Database) -> None:
    try:
        database.lock()
    except JunosRefusedError as refusal:
        edited = ""
        with contextlib.suppress(*_LOST_OR_REFUSED):
            difference = database.compare_candidate()
            edited = f" Its candidate is changed in {' and '.join(name_hierarchies(difference))}." if difference else ""
        raise ConflictError(
            f"{refusal.message}.{edited}{_describe_editors(database)} "
            "Expected a configuration that no other user edits: have the changes committed or discarded by "
            "their owner ('show system users' and 'show | compare' in configuration mode show whose they are and what), "
            "then run again. Nothing was changed",
            **refusal.facts,
        ) from None


def _check_unchanged(database: Database, request: CommitRequest) -> t.Optional[Commit]:
    """Under the lock: no edit and no timer of others, and still the configuration that was planned for. Returns the newest commit."""
    newest = _read_settled(database, request)
    if plan(find_statements(database.read_as_written()), request.state) != request.steps:
        raise ConflictError("the configuration was changed by another user between reading and locking. Nothing was changed; run again")
    return newest


def _read_settled(database: Database, request: CommitRequest) -> t.Optional[Commit]:
    foreign = database.compare_candidate()
    if foreign:
        raise ConflictError(
            f"the candidate configuration holds changes in {' and '.join(name_hierarchies(foreign))} that are not committed; they were "
            f"left alone, and their values are not shown here.{_describe_editors(database)} "
            "See them with 'show | compare' in configuration mode, commit or discard "
            "them, then run again. Nothing was changed"
        )
    newest = _read_newest(database)
    refuse_pending(newest if newest is not None and newest.is_pending(request.now) else None)
    return newest


def _describe_editors(database: Database) -> str:
    """Who edits the configuration and since when, as far as Junos says. Changes of a session that ended have no owner any more."""
    editors: tuple[Editor, ...] = ()
    with contextlib.suppress(*_LOST_OR_REFUSED):
        editors = parse_editors(database.read_editors())
    if not editors:
        return ""
    return f" In configuration mode: {'; '.join(map(_describe_editor, editors))}."


def _describe_editor(editor: Editor) -> str:
    words = [editor.user or "an unknown user"]
    words += [f"on terminal {editor.terminal}"] if editor.terminal else []
    words += [f"since {_format_time(editor.since)}"] if editor.since is not None else []
    words += [f"(idle for {editor.idle // 60} min)"] if editor.idle is not None else []
    words += ["with the lock"] if editor.exclusive else []
    return " ".join(words)


def _read_newest(database: Database) -> t.Optional[Commit]:
    return next(iter(parse_history(database.read_commits())), None)


def refuse_pending(pending: t.Optional[Commit]) -> None:
    """Raise ``ConflictError`` where a commit awaits its confirmation."""
    if pending is not None:
        at = "" if pending.seconds is None else f" at {_format_time(pending.seconds)}"
        raise ConflictError(
            f"a commit of {pending.user or 'an unknown user'}{at} awaits confirmation "
            f"({'; '.join(filter(None, (pending.comment, pending.log)))}). "
            "Expected a settled configuration: confirm it or let it roll back, then run again. Nothing was changed"
        )


def _explain_refused_commit(
    database: Database, request: CommitRequest, refusal: JunosRefusedError, before: t.Optional[Commit]
) -> ApplyError:
    """A commit of a cluster can take effect on one node and report an error of the other: the history says which it was."""
    try:
        newest = _read_newest(database)
    except _LOST_OR_REFUSED as failure:
        outcome = f"whether it took effect could not be read ({failure.message}); if it did, Junos rolls it back unless it is confirmed"
    else:
        if newest is None or newest == before or not request.is_own(newest):
            outcome = "nothing was committed"
        else:
            outcome = (
                "it took effect on the node that answered nevertheless. It was not confirmed, and Junos rolls it back by "
                f"{_format_deadline(newest, request.confirm_timeout)}. See that both nodes take part in the cluster, then run again"
            )
    return ApplyError(f"{refusal.message}; {outcome}", **refusal.facts)


def _verify_anew(session: Session, database: Database, request: CommitRequest, before: t.Optional[str], deadline: str) -> t.Optional[str]:
    """Over a new session the node answers, and has what was planned."""
    try:
        session.reconnect()
        found = find_statements(database.read_as_written())
        after = session.id
    except VsrxError as failure:
        raise NoResponseError(
            f"after the commit no new session could be made: {failure.message}. "
            f"The commit was not confirmed; Junos rolls it back by {deadline}",
            **failure.facts,
        ) from None
    if before is not None and after == before:
        raise VerificationError(
            f"the session after the commit is still session {before}; the commit was not confirmed, Junos rolls it back by {deadline}"
        )
    if plan(found, request.state):
        raise VerificationError(
            f"after the commit the configuration has {summarise(found)}; expected state {request.state}. "
            f"The commit was refused or did not arrive whole; if it takes effect after all, Junos rolls it back by {deadline}. Run again"
        )
    return after


def _confirm(session: Session, database: Database, request: CommitRequest, deadline: str) -> None:
    """Confirm under the lock, so that no edit of others is committed along; a lost answer is asked for once more.

    A second commit confirms whatever is pending, so each attempt looks first whether the newest commit is ours.
    """
    consequence = f"Junos then rolls it back by {deadline}. Run again before that to have it confirmed"
    try:
        try:
            _confirm_newest(database, request)
        except (NoResponseError, UnreadableError):
            session.reconnect()
            _confirm_newest(database, request)
    except _LOST_OR_REFUSED as failure:
        raise ApplyError(f"{failure.message}; the commit may be unconfirmed, and {consequence}", **failure.facts) from None
    finally:
        with contextlib.suppress(*_LOST_OR_REFUSED):
            database.unlock()


def _confirm_newest(database: Database, request: CommitRequest) -> None:
    """Confirm, and prove it: the timer may have run out just before, and the commit would have confirmed nothing.

    The confirmation is sent whatever the history says. Where nothing waits for it, it is a commit without a change.
    """
    database.lock()
    newest = _read_newest(database)
    if newest is None or not request.is_own(newest):
        raise ConflictError(
            f"the newest commit is that of {_describe_commit(newest)}; expected this run's own, to confirm it. Junos rolled it back, or "
            "another user committed meanwhile: see 'show system commit', then run again"
        )
    whole, refusal = True, None
    try:
        database.confirm(request.comment)
    except UnreadableError:  # as of a commit check, truncated replies have been seen
        whole = False
    except JunosRefusedError as failure:
        whole, refusal = False, failure
    confirmed = _read_newest(database)
    awaits = confirmed is not None and (confirmed.rollback_pending or (not whole and confirmed.is_pending(None)))
    if refusal is not None:
        # Only a newer commit of this run proves a confirmation: another one is the roll back of its timer, or another user's.
        if confirmed is None or confirmed == newest or awaits or not request.is_own(confirmed):
            raise refusal
        raise ApplyError(
            f"{refusal.message}; the commit is confirmed on the node that answered, and the other one may not have it. "
            "See that both nodes take part in the cluster, then run again",
            **refusal.facts,
        )
    if confirmed is None or not request.is_own(confirmed) or awaits:
        raise VerificationError(
            f"after the confirmation the newest commit is that of {_describe_commit(confirmed)}"
            f"{', and it still awaits its confirmation' if awaits else ''}; expected this run's own, confirmed. "
            "See 'show system commit', then run again"
        )
    found = find_statements(database.read_as_written())
    if plan(found, request.state):
        raise VerificationError(
            f"after the confirmation the configuration has {summarise(found)}; expected state {request.state}. Run again"
        )


def _describe_commit(commit: t.Optional[Commit]) -> str:
    if commit is None:
        return "no user"
    at = "" if commit.seconds is None else f" at {_format_time(commit.seconds)}"
    return f"{commit.user or 'an unknown user'}{at} ({commit.log or commit.comment or 'no comment'})"


def _format_deadline(commit: Commit, minutes: t.Optional[int] = None) -> str:
    if commit.deadline is not None:
        return _format_time(commit.deadline)
    if commit.seconds is not None and minutes is not None:
        return _format_time(commit.seconds + minutes * 60)
    return "the end of its timer"


def _format_time(seconds: float) -> str:
    """A time to read, also where a reply gave one that no calendar has: it stands in messages that must be said."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"
