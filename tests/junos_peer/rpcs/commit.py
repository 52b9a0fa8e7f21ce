# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commits: Junos' own with minutes, RFC 6241's with seconds, checks and confirmation."""

from __future__ import annotations

from ..errors import Complaint, RefusedError
from ..replies import leaf, make
from ..tree import Tree, same
from .registry import Request, answers

DEFAULT_MINUTES = 10


@answers("commit-configuration", "check confirmed confirm-timeout log synchronize force-synchronize full")
def commit_configuration(request: Request) -> list[Tree]:
    if request.has("check"):
        _check(request)
        if request.peer.database.confirm():
            request.peer.journal.note("confirmed", session=request.session.number, by="commit check")
        return _results(request, "commit-check-success")
    minutes = None
    if request.has("confirmed"):
        minutes = _number(request.text("confirm-timeout", str(DEFAULT_MINUTES)), "confirm-timeout", 1, 65535)
    return _commit(request, minutes, request.text("log"))


@answers("commit", "confirmed confirm-timeout log synchronize")
def commit(request: Request) -> list[Tree]:
    minutes = None
    if request.has("confirmed"):
        minutes = _number(request.text("confirm-timeout", str(DEFAULT_MINUTES * 60)), "confirm-timeout", 1, 65535 * 60) / 60
    return _commit(request, minutes, request.text("log"))


@answers("cancel-commit", "")
def cancel_commit(request: Request) -> list[Tree]:
    request.peer.database.take_back()
    return [make("ok")]


@answers("validate", "source")
def validate(request: Request) -> list[Tree]:
    _check(request)
    return _results(request, "commit-check-success")


def _number(text: str, name: str, low: int, high: int) -> float:
    if not text.isdigit() or not low <= int(text) <= high:
        raise RefusedError(Complaint(f"invalid value '{text}' for {name}: expected {low}..{high}", tag="invalid-value", element=name))
    return float(text)


def _check(request: Request) -> None:
    peer, database = request.peer, request.peer.database
    database.check_lock(request.session)
    peer.check_fault("check")
    candidate = database.candidate_of(request.session)
    if candidate is not database.candidate and not same(candidate.base, database.committed):
        raise RefusedError(Complaint("configuration database modified by another session; update the private candidate first"))
    if peer.models is not None:
        try:
            peer.models.check_commit(candidate.tree)
        except RefusedError as refusal:
            failed = Complaint("configuration check-out failed", type="application")
            raise RefusedError(*refusal.complaints, failed, wrapper="commit-results") from None


def _commit(request: Request, minutes: float | None, log: str) -> list[Tree]:
    _check(request)
    request.peer.check_fault("commit")
    entry = request.peer.database.commit(request.session, minutes=minutes, log=log)
    facts = {"session": request.session.number, "node": request.node, "user": entry.user, "seconds": entry.seconds, "log": log}
    request.peer.journal.note("commit", **facts, confirm_minutes=minutes)
    return _results(request, "commit-success")


def _results(request: Request, success: str) -> list[Tree]:
    peer = request.peer
    if peer.rfc and request.element.tag in ("commit", "validate"):
        return [make("ok")]
    results = make("commit-results")
    if peer.cluster.standalone:
        results.append(make("routing-engine", leaf("name", "re0"), make(success), style="normal"))
    else:
        up = [node for node in peer.cluster.nodes if node.up]
        here = [node for node in up if node.number == request.node]
        others = [node for node in up if node.number != request.node]
        if success == "commit-success":
            results.extend(make("routing-engine", leaf("name", node.name), make("commit-check-success")) for node in here)
        errors = {node.number: peer.shapes.commit_error(node.number) for node in up if success == "commit-success"}
        for node in [*others, *here]:
            error = errors.get(node.number)
            result = make(success) if error is None else Complaint(error).xml()
            results.append(make("routing-engine", leaf("name", node.name), result))
        if any(errors.values()):
            return [results]
    return [results, make("ok")]
