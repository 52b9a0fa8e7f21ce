# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be asked of a running peer from outside NETCONF: faults, its log, its state."""

from __future__ import annotations

import typing as t

from lxml import etree

from .faults import KINDS
from .shapes import Shapes
from .states import STATES
from .stranger import Stranger

if t.TYPE_CHECKING:
    from .peer import Peer

Order = t.Callable[..., t.Any]
ORDERS: dict[str, Order] = {}


def order(name: str) -> t.Callable[[Order], Order]:
    def register(function: Order) -> Order:
        ORDERS[name] = function
        return function

    return register


def carry_out(peer: Peer, name: str, details: dict[str, t.Any]) -> t.Any:
    if name not in ORDERS:
        raise ValueError(f"unknown order {name}; there are {', '.join(sorted(ORDERS))}")
    return ORDERS[name](peer, **details)


@order("describe")
def describe(peer: Peer) -> t.Any:
    return peer.describe()


@order("status")
def status(peer: Peer) -> t.Any:
    cluster = peer.cluster
    nodes = [
        {
            "name": node.name,
            "state": node.outcast or node.state,
            "booted_at": node.booted_at,
            "boots": node.boots,
            "mac_mode": node.mac_mode,
            "synchronised": node.synchronised,
            "port": peer.servers[node.number].port,
            "listening": peer.servers[node.number].listening,
            "leads_to": peer.servers[node.number].leads_to,
        }
        for node in cluster.nodes
    ]
    groups = [
        {
            "id": group.number,
            "primary": group.primary,
            "status": [group.status(node) for node in cluster.nodes],
            "failovers": group.failovers,
        }
        for group in sorted(cluster.groups.values(), key=lambda row: row.number)
    ]
    lock = peer.database.lock
    return {
        "nodes": nodes,
        "groups": groups,
        "commits": len(peer.database.history),
        "last_commit": peer.database.last.seconds,
        "pending": peer.database.pending,
        "candidate_modified": peer.database.candidate.modified,
        "lock": None if lock is None else {"user": lock.user, "session": lock.number},
        "faults": peer.faults.waiting(),
        "sessions": [{"session": session.number, "node": session.node, "user": session.user} for session in peer.sessions],
    }


@order("log")
def log(peer: Peer, kind: str = "", node: int | None = None, rpc: str = "") -> t.Any:
    return peer.journal.rows(kind, node, rpc)


@order("clear-log")
def clear_log(peer: Peer) -> t.Any:
    peer.journal.clear()


@order("committed")
def committed(peer: Peer, rollback: int = 0) -> t.Any:
    return etree.tostring(peer.database.rollback(rollback).tree, encoding="unicode", pretty_print=True)


@order("candidate")
def candidate(peer: Peer) -> t.Any:
    return etree.tostring(peer.database.candidate.tree, encoding="unicode", pretty_print=True)


@order("clear-faults")
def clear_faults(peer: Peer) -> t.Any:
    peer.faults.clear()
    peer.refusals.clear()
    peer.interfaces.lies.clear()
    peer.cluster.failures.clear()
    peer.cluster.hold_downs.clear()
    peer.shapes = Shapes()
    if peer.reachability.active:
        peer.reachability.order(remote_client=False, master_only=False)
    if isinstance(peer.database.lock, Stranger):
        peer.database.lock = None


@order("fault")
def fault(peer: Peer, kind: str, **details: t.Any) -> t.Any:
    """A fault of a request or reply, or one of those below."""
    if kind in KINDS:
        peer.faults.order(kind, **details)
    elif kind in STATES:
        STATES[kind](peer, **details)
    else:
        raise ValueError(f"unknown fault {kind}; there are {', '.join(sorted([*KINDS, *STATES]))}")
