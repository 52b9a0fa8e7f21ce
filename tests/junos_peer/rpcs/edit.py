# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changing the candidate: load-configuration, edit-config, discard-changes."""

from __future__ import annotations

from ..errors import Complaint, RefusedError
from ..merge import merge
from ..replies import make
from ..set_format import SetError, apply
from ..tree import Tree, clone
from .registry import Request, answers


@answers("load-configuration", "configuration configuration-set configuration-text")
def load_configuration(request: Request) -> list[Tree]:
    rollback = request.element.get("rollback")
    try:
        complaints = _loaded(request) if rollback is None else _rolled_back(request, rollback)
    except RefusedError as refusal:
        raise RefusedError(*refusal.complaints, wrapper="load-configuration-results") from None
    return [make("load-configuration-results", *(complaint.xml() for complaint in complaints), make("ok"))]


def _rolled_back(request: Request, number: str) -> list[Complaint]:
    if not number.isdigit():
        raise RefusedError(Complaint(f"invalid rollback number '{number}'", tag="invalid-value"))
    database = request.peer.database
    if number == "0":
        database.discard(request.session)
    else:
        database.edit(request.session, clone(database.rollback(int(number)).tree))
    return []


def _loaded(request: Request) -> list[Complaint]:
    element = request.element
    action = element.get("action", "merge")
    form = element.get("format", "xml")
    database = request.peer.database
    tree = clone(database.candidate_of(request.session).tree)
    database.check_lock(request.session)
    if action == "set" or form == "set" or element.find("configuration-set") is not None:
        lines = element.findtext("configuration-set") or ""
        try:
            apply(tree, lines)
        except SetError as failure:
            raise RefusedError(Complaint(f"syntax error: {failure}", element=failure.word)) from None
        if request.peer.models is not None:
            request.peer.models.check_load(tree)
        complaints: list[Complaint] = []
    else:
        loaded = element.find("configuration")
        if loaded is None:
            what = (
                "configuration in text format is not supported by this peer"
                if element.find("configuration-text") is not None
                else "no configuration"
            )
            raise RefusedError(Complaint(what, tag="operation-not-supported"))
        if request.peer.models is not None:
            request.peer.models.check_load(loaded)
        if action in ("override", "update"):
            fresh = clone(tree)
            fresh.clear()
            complaints = merge(fresh, loaded)
            tree = fresh
        elif action in ("merge", "replace"):
            complaints = merge(tree, loaded)
        else:
            raise RefusedError(Complaint(f"invalid value '{action}' for action", tag="invalid-value"))
    database.edit(request.session, tree)
    return complaints


@answers("edit-config", "target default-operation test-option error-option config")
def edit_config(request: Request) -> list[Tree]:
    target = request.element.find("target")
    if target is None or target.find("candidate") is None:
        raise RefusedError(Complaint("only the candidate can be edited", tag="operation-not-supported"))
    default = request.text("default-operation", "merge")
    config = request.element.find("config")
    loaded = config.find("configuration") if config is not None else None
    if loaded is None:
        raise RefusedError(Complaint("missing <configuration>", tag="missing-element", element="configuration"))
    database = request.peer.database
    database.check_lock(request.session)
    if request.peer.models is not None:
        request.peer.models.check_load(loaded)
    tree = clone(database.candidate_of(request.session).tree)
    if default == "replace":
        tree.clear()
        default = "merge"
    complaints = merge(tree, loaded, default)
    if request.text("test-option") != "test-only":
        database.edit(request.session, tree)
    return [*(complaint.xml() for complaint in complaints), make("ok")]


@answers("discard-changes", "")
def discard_changes(request: Request) -> list[Tree]:
    request.peer.database.discard(request.session)
    return [make("ok")]
