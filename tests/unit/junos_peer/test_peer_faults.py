# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ordered misbehaviour, and the log that tests count by."""

from __future__ import annotations

import time

import pytest
from junos_peer.faults import KINDS, Faults
from junos_peer.options import HERE
from junos_peer.remote import RemotePeer
from junos_peer.states import STATES
from junos_peer.tree import MalformedError, parse
from peer_replies import ask, load
from peer_wire import connect

SOFTWARE = "<get-software-information/>"
COMMIT = "<commit-configuration/>"
CHANGE = "<system><location><building>new</building></location></system>"


def test_the_nth_request_of_a_name_is_hit() -> None:
    faults = Faults()
    faults.order("garbage", rpc="a", node=1, nth=2, times=2)
    hits = [bool(faults.at(rpc, node)) for rpc, node in [("a", 1), ("b", 1), ("a", 0), ("a", 1), ("a", 1), ("a", 1)]]
    assert hits == [False, False, False, True, True, False]


@pytest.mark.parametrize("details", [{"kind": "nonsense"}, {"kind": "delay", "nonsense": 1}])
def test_wrong_orders_are_refused(peer: RemotePeer, details: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        peer.fault(**details)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "committed", "answered"), [("drop-before", False, b""), ("drop-after", True, b""), ("drop-mid", True, b"<rpc-reply")]
)
def test_a_session_that_drops(peer: RemotePeer, kind: str, committed: bool, answered: bytes) -> None:
    with peer.netconf() as session:
        load(session, CHANGE)
    peer.fault(kind, rpc="commit-configuration")
    with connect(peer) as wire:
        reply = wire.ask(COMMIT)
    assert reply.lstrip().startswith(answered)
    assert b"</rpc-reply>" not in reply
    peer.wait_until(lambda seen: not seen.status()["sessions"])
    assert ("<building>new" in peer.committed_xml()) is committed
    with connect(peer) as wire:
        assert b"</rpc-reply>" in wire.ask(SOFTWARE)


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("garbage", lambda reply: b"<<<" in reply),
        ("truncated", lambda reply: reply.startswith(b"<rpc-reply") and not reply.endswith(b"</rpc-reply>")),
        ("empty", lambda reply: reply == b""),
        ("refuse", lambda reply: b"<error-message>ordered fault</error-message>" in reply),
        ("warn", lambda reply: b"<error-severity>warning</error-severity>" in reply and b"junos-version" in reply),
        ("huge", lambda reply: len(reply) > 10 * 1024 * 1024 and reply.endswith(b"</rpc-reply>")),
    ],
)
def test_a_reply_that_is_wrong(peer: RemotePeer, kind: str, holds) -> None:  # type: ignore[no-untyped-def]
    peer.fault(kind, rpc="get-software-information")
    with connect(peer) as wire:
        assert holds(wire.ask(SOFTWARE))
        assert wire.ask(SOFTWARE).endswith(b"</rpc-reply>")


def test_unclosed_elements(peer: RemotePeer) -> None:
    peer.fault("unclosed", rpc="commit-configuration")
    with connect(peer) as wire:
        reply = wire.ask("<commit-configuration><check/></commit-configuration>")
    assert reply.count(b"<routing-engine>") == 2
    assert b"</routing-engine>" not in reply


def test_a_late_reply(peer: RemotePeer) -> None:
    peer.fault("delay", seconds=0.5)
    with connect(peer) as wire:
        started = time.monotonic()
        wire.ask(SOFTWARE)
        assert time.monotonic() - started >= 0.5


def test_no_reply(peer: RemotePeer) -> None:
    peer.fault("hang", rpc="get-software-information")
    with connect(peer) as wire:
        wire.channel.settimeout(0.5)
        with pytest.raises(TimeoutError):
            wire.ask(SOFTWARE)
    with connect(peer) as wire:
        assert wire.ask(SOFTWARE).endswith(b"</rpc-reply>")


def test_faults_on_one_node_only(peer: RemotePeer) -> None:
    peer.fault("refuse", node=1, times=9)
    with connect(peer, 0) as first, connect(peer, 1) as second:
        assert b"ordered fault" not in first.ask(SOFTWARE)
        assert b"ordered fault" in second.ask(SOFTWARE)
        peer.clear_faults()
        assert b"ordered fault" not in second.ask(SOFTWARE)


def test_a_reboot_may_cut_its_own_reply_off(peer: RemotePeer) -> None:
    peer.fault("drop-mid", rpc="request-reboot")
    with connect(peer) as wire:
        assert b"</rpc-reply>" not in wire.ask("<request-reboot><node>all</node></request-reboot>")
    peer.wait_until(lambda seen: [node["boots"] for node in seen.status()["nodes"]] == [1, 1])
    peer.wait_healthy()


def test_every_kind_is_described() -> None:
    readme = (HERE / "README.md").read_text()
    assert all(KINDS.values()) and all(state.__doc__ for state in STATES.values())
    assert [kind for kind in [*KINDS, *STATES] if f"`{kind}" not in readme] == []


#: requests that only read, or change nothing that a next one minds
MATRIX = {
    "get-software-information": "",
    "get-system-uptime-information": "",
    "get-chassis-cluster-status": "",
    "get-chassis-cluster-information": "",
    "get-chassis-cluster-interfaces": "",
    "get-interface-information": "<media/>",
    "get-commit-information": "",
    "get-configuration": "",
    "lock-configuration": "",
    "unlock-configuration": "",
    "commit-configuration": "<check/>",
    "request-chassis-cluster-failover": "<redundancy-group>1</redundancy-group><node>1</node>",
    "request-chassis-cluster-failover-reset": "<redundancy-group>1</redundancy-group>",
}
#: fault -> what the reply is then: XML with this text in it, or no XML
OUTPUT = {
    "refuse": b"ordered fault",
    "deny": b"ordered fault",
    "deny-in-output": b"ordered fault",
    "deny-beside": b"ordered fault",
    "warn": b"<error-severity>warning",
    "warn-around": b"<error-severity>warning",
    "error-beside": b"<error-severity>error",
    "garbage": None,
    "truncated": None,
    "empty": None,
}


def test_each_fault_of_a_reply_meets_each_request_and_the_next_is_whole(either_style: RemotePeer) -> None:
    with connect(either_style) as wire:
        for kind, output in OUTPUT.items():
            for name, inside in MATRIX.items():
                either_style.fault(kind, rpc=name)
                reply = wire.ask(f"<{name}>{inside}</{name}>")
                plain_reply = reply.replace(b"nc:", b"")
                if output is None:
                    with pytest.raises(MalformedError):
                        parse(reply)
                else:
                    assert parse(reply) is not None and output in plain_reply, (kind, name)
            either_style.fault("lock-released")
            assert parse(wire.ask(SOFTWARE)) is not None


def test_requests_are_logged_with_node_and_session(peer: RemotePeer) -> None:
    with peer.netconf(0) as first, peer.netconf(1) as second:
        ask(first, SOFTWARE)
        ask(second, "<get-chassis-cluster-status/>")
        ask(second, SOFTWARE)
        assert peer.requests() == ["get-software-information", "get-chassis-cluster-status", "get-software-information"]
        assert peer.requests(1) == ["get-chassis-cluster-status", "get-software-information"]
        rows = peer.log("rpc", rpc="get-software-information")
        assert [str(row["session"]) for row in rows] == [first.session_id, second.session_id]
        assert all(row["outcome"] == "ok" and abs(row["time"] - time.time()) < 600 for row in rows)
        peer.clear_log()
        assert peer.requests() == []


def test_commits_are_logged(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        load(session, CHANGE)
        ask(session, "<commit-configuration><confirmed/><confirm-timeout>7</confirm-timeout><log>why</log></commit-configuration>")
    (row,) = peer.log("commit")
    assert (row["user"], row["log"], row["confirm_minutes"], row["seconds"]) == ("ansible", "why", 7.0, peer.status()["last_commit"])
