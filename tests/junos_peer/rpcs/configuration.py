# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading configuration: get-configuration, get-config and the history."""

from __future__ import annotations

from ..clock import stamp
from ..compare import compare
from ..compare_forms import compared
from ..entry import Entry
from ..errors import Complaint, RefusedError
from ..filters import select
from ..inheritance import inherited
from ..replies import leaf, make, mark
from ..shapes import HistoryView
from ..text_format import commands, text
from ..tree import Tree, clone
from .registry import Request, answers


@answers("get-configuration", "configuration")
def get_configuration(request: Request) -> list[Tree]:
    element = request.element
    database = element.get("database", "candidate")
    if database not in ("candidate", "committed"):
        raise RefusedError(Complaint(f"invalid value '{database}' for database", tag="invalid-value"))
    if element.get("compare") is not None:
        return _compared(request, database)
    tree = _source(request, database)
    if element.get("inherit"):
        tree = inherited(tree, f"node{request.node}", mark=element.get("groups") is not None)
    root = element.find("configuration")
    chosen = select(tree, root)
    return [_formatted(request, chosen, database)]


def _source(request: Request, database: str) -> Tree:
    if database == "committed":
        return request.peer.database.committed
    return request.peer.database.candidate_of(request.session).tree


def _compared(request: Request, database: str) -> list[Tree]:
    number = request.element.get("rollback", "0")
    if request.element.get("compare") not in ("rollback", "configuration") or not number.isdigit():
        raise RefusedError(Complaint("invalid value for compare or rollback", tag="invalid-value"))
    old = request.peer.database.rollback(int(number)).tree
    return compared(request.peer.shapes.comparison, _source(request, database), old)


def _formatted(request: Request, tree: Tree, database: str) -> Tree:
    form = request.element.get("format", "xml")
    style, rfc = request.peer.style, request.peer.rfc
    if form == "text":
        return style.configuration(leaf("configuration-text", "\n" + _head(request) + text(tree)), False)
    if form == "set":
        return style.configuration(leaf("configuration-set", "\n" + "".join(f"{line}\n" for line in commands(tree))), False)
    if form != "xml":
        raise RefusedError(Complaint(f"invalid value '{form}' for format", tag="invalid-value"))
    marked = _marked(tree)
    for name, value in _attributes(request, database).items():
        marked.set(mark(name), value)
    return style.configuration(marked, rfc)


def _marked(tree: Tree) -> Tree:
    """The name of the group that a statement is inherited from stands in the junos: namespace."""
    made = clone(tree)
    for element in made.iter():
        group = element.get("group")
        if group is not None:
            del element.attrib["group"]
            element.set(mark("group"), group)
    return made


def _head(request: Request) -> str:
    last = request.peer.database.last
    return f"## Last commit: {stamp(last.seconds)} by {last.user}\n"


def _attributes(request: Request, database: str) -> dict[str, str]:
    last = request.peer.database.last
    if database == "committed" or not request.peer.database.candidate_of(request.session).modified:
        kind = "commit" if database == "committed" else "changed"
        found = {f"{kind}-seconds": str(last.seconds), f"{kind}-localtime": stamp(last.seconds)}
        return {**found, "commit-user": last.user} if kind == "commit" else found
    now = request.peer.clock.seconds()
    return {"changed-seconds": str(now), "changed-localtime": stamp(now)}


@answers("get-config", "source filter")
def get_config(request: Request) -> list[Tree]:
    source = request.element.find("source")
    name = source[0].tag if source is not None and len(source) else "running"
    if name not in ("running", "candidate"):
        raise RefusedError(Complaint(f"datastore {name} is not supported", tag="operation-not-supported"))
    database = "committed" if name == "running" else "candidate"
    wanted = request.element.find("filter")
    if wanted is not None and wanted.get("type", "subtree") != "subtree":
        raise RefusedError(Complaint("only subtree filters are supported", tag="operation-not-supported"))
    tree = _source(request, database)
    if wanted is not None:
        root = wanted.find("configuration")
        if root is None:
            return [make("data")]
        tree = select(tree, root)
    else:
        tree = clone(tree)
    for key, value in _attributes(request, database).items():
        tree.set(mark(key), value)
    data = make("data")
    data.append(request.peer.style.configuration(tree, request.peer.rfc))
    return [data]


@answers("get", "filter")
def get(request: Request) -> list[Tree]:
    """Configuration only: what else Junos has comes by RPCs of its own."""
    return get_config(request)


@answers("get-commit-information", "")
def get_commit_information(request: Request) -> list[Tree]:
    information = make("commit-information")
    view = request.peer.shapes.histories.get(request.node, HistoryView())
    for number, row in enumerate(request.peer.database.history):
        history = make(
            "commit-history",
            leaf("sequence-number", number),
            leaf("user", (view.user if _foreign(request, row) else "") or row.user),
            leaf("client", (view.client if _foreign(request, row) else "") or row.client),
            leaf("date-time", stamp(row.seconds), seconds=str(row.seconds)),
        )
        comment = row.comment if view.words or not row.comment.startswith("commit confirmed") else ""
        pending = "rollback pending" if row.pending and view.element else ""
        for tag, value in (("comment", comment), ("log", row.log), ("commit-confirmed", pending)):
            if value:
                history.append(leaf(tag, value))
        information.append(history)
    return [information]


def _foreign(request: Request, row: Entry) -> bool:
    """The other node's session committed it."""
    return row.node not in (None, request.node)


@answers("get-rollback-information", "rollback compare format")
def get_rollback_information(request: Request) -> list[Tree]:
    number, other = request.text("rollback", "0"), request.text("compare")
    if not number.isdigit() or (other and not other.isdigit()):
        raise RefusedError(Complaint("invalid rollback number", tag="invalid-value"))
    tree = request.peer.database.rollback(int(number)).tree
    content = compare(request.peer.database.rollback(int(other)).tree, tree) if other else text(tree)
    output = make("configuration-information", leaf("configuration-output", f"\n{content}"))
    return [make("rollback-information", output)]
