# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that is away, in every request of several nodes and in every form; both namespace styles."""

from __future__ import annotations

import pytest
from junos_peer.remote import RemotePeer
from junos_peer.shapes import AWAY_FORMS
from junos_peer.tree import Tree, parse, plain
from peer_wire import Wire, connect

#: every request that asks both nodes
REQUESTS = (
    "get-software-information",
    "get-system-uptime-information",
    "get-chassis-cluster-information",
    "get-chassis-inventory",
    "get-route-engine-information",
)


def requested(wire: Wire, request: str) -> Tree:
    return plain(parse(wire.ask(request)))


def names(reply: Tree) -> list[str | None]:
    return [item.findtext("re-name") for item in reply.iter("multi-routing-engine-item")]


def test_a_node_away_in_every_form(either_style: RemotePeer) -> None:
    with connect(either_style) as wire:
        for form in AWAY_FORMS:
            either_style.fault("cut-off", node=1, form=form)
            for request in REQUESTS:
                reply = requested(wire, f"<{request}/>")
                errors = [error.findtext("error-message") for error in reply.iterfind("rpc-error")]
                assert errors == (["Could not connect to node1 : No route to host"] if form == "error" else []), (form, request)
                assert names(reply) == (["node0"] if form in ("error", "missing") else ["node0", "node1"]), (form, request)
                items = list(reply.iter("multi-routing-engine-item"))
                assert len(items[0]) == 2, request
                if form == "empty":
                    assert len(items[1]) == 1
                if form == "inside":
                    assert items[1].findtext("error/message") == "error: Could not connect to node1 : No route to host"
        either_style.clear_faults()
        assert names(requested(wire, "<get-software-information/>")) == ["node0", "node1"]


def test_a_node_that_is_down_answers_so_by_itself(peer: RemotePeer) -> None:
    peer.fault("no-return", node=1)
    peer.fault("crash", node=1)
    with connect(peer) as wire:
        reply = requested(wire, "<get-system-uptime-information/>")
        assert [child.tag for child in reply] == ["rpc-error", "multi-routing-engine-results"] and names(reply) == ["node0"]
        peer.fault("away-form", form="missing")
        reply = requested(wire, "<get-system-uptime-information/>")
        assert [child.tag for child in reply] == ["multi-routing-engine-results"] and names(reply) == ["node0"]
        reply = requested(wire, "<request-reboot><node>all</node><in>9</in></request-reboot>")
        assert [child.tag for child in reply] == ["rpc-error", "multi-routing-engine-results"]


@pytest.mark.parametrize(
    ("node", "expected"), [("local", ["node0"]), ("node0", ["node0"]), ("0", ["node0"]), ("all", ["node0"]), ("1", []), ("node1", [])]
)
def test_one_node_may_be_requested(peer: RemotePeer, node: str, expected: list[str]) -> None:
    peer.fault("cut-off", node=1)
    with connect(peer) as wire:
        reply = requested(wire, f"<get-software-information><node>{node}</node></get-software-information>")
    assert names(reply) == expected
    assert (reply.find("rpc-error") is None) is (node in ("local", "node0", "0"))


@pytest.mark.parametrize(("kind", "form"), [("away-form", "gone"), ("comparison", "prose")])
def test_a_form_that_is_not_there_is_refused(peer: RemotePeer, kind: str, form: str) -> None:
    with pytest.raises(ValueError, match="unknown form"):
        peer.fault(kind, form=form)
