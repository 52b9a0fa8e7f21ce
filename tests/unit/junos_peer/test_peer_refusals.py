# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals of daemons in ordinary replies, warnings and errors beside data, slow commits, and commits of one node."""

from __future__ import annotations

import time

import pytest
from junos_peer.remote import RemotePeer
from junos_peer.tree import parse, plain
from peer_replies import load
from peer_wire import connect

COMMANDS = {
    "request-chassis-cluster-failover": "<redundancy-group>1</redundancy-group><node>1</node>",
    "request-chassis-cluster-failover-reset": "<redundancy-group>1</redundancy-group>",
    "request-reboot": "<node>1</node>",
}
#: fault -> tags of the reply's children
SHAPES = {
    "refuse": ["rpc-error"],
    "deny": ["error"],
    "deny-in-output": ["output"],
    "deny-beside": ["error", "rpc-error"],
}


def test_commands_that_are_refused_in_each_shape(either_style: RemotePeer) -> None:
    with connect(either_style) as wire:
        for name, inside in COMMANDS.items():
            for kind, tags in SHAPES.items():
                either_style.fault(kind, rpc=name, message="error: not now")
                reply = plain(parse(wire.ask(f"<{name}>{inside}</{name}>")))
                assert [child.tag for child in reply] == tags, (name, kind)
                assert all("error: not now" in "".join(child.itertext()) for child in reply)
    assert not [row for row in either_style.log() if row["kind"] in ("failover", "failover reset", "reboot", "reboot request")]


def test_a_refusal_may_depend_on_what_the_request_holds(peer: RemotePeer) -> None:
    peer.fault("deny", rpc="request-reboot", holding="<node>", message="error: not this way", times=9)
    with connect(peer) as wire:
        assert b"not this way" in wire.ask("<request-reboot><node>all</node></request-reboot>")
        assert b"Shutdown NOW!" in wire.ask("<request-reboot/>")
    assert [row["nodes"] for row in peer.log("reboot request")] == [[0]]


def test_what_stands_beside_the_answer_does_not_keep_it_from_taking_effect(either_style: RemotePeer) -> None:
    either_style.fault("warn-around", rpc="request-chassis-cluster-failover", message="Initiating")
    either_style.fault("error-beside", rpc="request-chassis-cluster-failover-reset", message="something else")
    with connect(either_style) as wire:
        failover, reset = (plain(parse(wire.ask(f"<{name}>{inside}</{name}>"))) for name, inside in list(COMMANDS.items())[:2])
    assert [child.tag for child in failover] == ["rpc-error", "chassis-cluster-results", "rpc-error"]
    assert [child.findtext("error-severity") for child in failover] == ["warning", None, "warning"]
    assert [child.findtext("error-severity") for child in reset] == ["error", None]
    assert [row["kind"] for row in either_style.log() if row["kind"].startswith("failover")] == ["failover", "failover reset"]


def test_a_slow_commit_takes_effect_when_it_is_answered(peer: RemotePeer) -> None:
    peer.fault("slow", rpc="commit-configuration", seconds=35)
    peer.fault("time-scale", scale=50)
    with peer.netconf() as session:
        load(session, "<system><location><building>new</building></location></system>")
    with connect(peer) as wire:
        started = time.monotonic()
        wire.send('<rpc message-id="1"><commit-configuration/></rpc>')
        assert "<building>new" not in peer.committed_xml()
        wire.read()
        assert time.monotonic() - started >= 0.7 and "<building>new" in peer.committed_xml()


def test_a_commit_that_one_node_missed(peer: RemotePeer) -> None:
    peer.fault("commit-error", node=1)
    with peer.netconf() as session:
        load(session, "<system><location><building>new</building></location></system>")
    with connect(peer) as wire:
        reply = plain(parse(wire.ask("<commit-configuration/>")))
    assert [error.findtext("error-message") for error in reply.iter("rpc-error")] == ["could not connect to node1"]
    assert reply.find(".//commit-success") is not None and reply.find("ok") is None
    assert "<building>new" in peer.committed_xml()


def test_a_session_that_hangs_keeps_its_lock_until_its_client_leaves(peer: RemotePeer) -> None:
    peer.fault("hang", rpc="load-configuration")
    with connect(peer) as wire:
        assert b"<ok/>" in wire.ask("<lock-configuration/>")
        wire.channel.settimeout(0.3)
        with pytest.raises(TimeoutError):
            wire.ask("<load-configuration/>")
        assert peer.status()["lock"] is not None
    peer.wait_until(lambda seen: seen.status()["lock"] is None)
