# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what a client got, by local names."""

from __future__ import annotations

import typing as t

from junos_peer.tree import Tree, parse, plain

BOTH = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>"


def root(reply: t.Any) -> Tree:
    """The reply of either of ncclient's device handlers."""
    text = str(reply)
    return plain(parse(text))


def ask(session: t.Any, request: str) -> Tree:
    from ncclient.xml_ import to_ele

    return root(
        session.dispatch(to_ele(request)) if type(session._device_handler).__name__ == "DefaultDeviceHandler" else session.rpc(request)
    )


def texts(tree: Tree, path: str) -> list[str]:
    return [(element.text or "").strip() for element in tree.iterfind(path)]


def load(session: t.Any, inside: str, action: str = "merge") -> Tree:
    return ask(session, f'<load-configuration action="{action}" format="xml"><configuration>{inside}</configuration></load-configuration>')


def difference(session: t.Any, rollback: int = 0, database: str = "candidate") -> str:
    reply = ask(session, f'<get-configuration database="{database}" compare="rollback" rollback="{rollback}" format="text"/>')
    return (reply.findtext(".//configuration-output") or "").strip("\n")


def denied(session: t.Any, request: str) -> str:
    """The words of a daemon that refuses inside an ordinary reply."""
    (message,) = texts(ask(session, request), ".//error/message")
    return message
