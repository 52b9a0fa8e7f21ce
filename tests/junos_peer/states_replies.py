# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that last, of the replies: nodes that are away, histories, comparisons, host names, commits of one node."""

from __future__ import annotations

import typing as t

from .compare_forms import FORMS
from .shapes import AWAY_FORMS, HistoryView

if t.TYPE_CHECKING:
    from .peer import Peer


def _away_form(peer: Peer, form: str, node: int | None = None) -> None:
    """While a node is down, replies of several nodes show it so: error (as by default), missing, empty or inside."""
    if form not in AWAY_FORMS:
        raise ValueError(f"unknown form {form}; there are {', '.join(AWAY_FORMS)}")
    for number in range(len(peer.cluster.nodes)):
        if node in (None, number):
            peer.shapes.away_forms[number] = form


def _cut_off(peer: Peer, node: int, form: str = "error", on: bool = True) -> None:
    """Neither node can ask the other, which shows as away in replies of several nodes; both run on."""
    _away_form(peer, form, node)
    (peer.shapes.cut_off.add if on else peer.shapes.cut_off.discard)(node)


def _history(peer: Peer, node: int | None = None, user: str = "", client: str = "", words: bool = True, element: bool = True) -> None:
    """A node tells the other node's commits by this user and client, and a pending one with or without words and element."""
    for number in range(len(peer.cluster.nodes)):
        if node in (None, number):
            peer.shapes.histories[number] = HistoryView(user, client, words, element)


def _comparison(peer: Peer, form: str) -> None:
    """Comparisons are written as plain, context, comment, set, commands, xml, empty, ok, error or blank."""
    if form not in FORMS:
        raise ValueError(f"unknown form {form}; there are {', '.join(FORMS)}")
    peer.shapes.comparison = form


def _host_name(peer: Peer, host_name: str = "fw") -> None:
    """Both nodes have this host name."""
    peer.shapes.host_name = host_name


def _commit_error(peer: Peer, node: int, message: str = "", times: int = 1) -> None:
    """The next commits take effect, and report an error of this node."""
    peer.shapes.commit_errors[node] = (message or f"could not connect to node{node}", times)


STATES: dict[str, t.Callable[..., None]] = {
    "away-form": _away_form,
    "cut-off": _cut_off,
    "history": _history,
    "comparison": _comparison,
    "host-name": _host_name,
    "commit-error": _commit_error,
}
