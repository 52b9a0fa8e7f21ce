# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module over a real connection, against a peer that answers as Junos does."""

from __future__ import annotations

import typing as t

import pytest
from harness import MODULE, Runner
from junos_peer.remote import RemotePeer

STATEMENTS = ("use-active-child-mac-on-reth", "use-actual-mac-on-physical-interfaces")
PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]
NODE0 = "vsrx1-node0"


def count(xml: str) -> int:
    return sum(name in xml for name in STATEMENTS)


def settled(peer: RemotePeer) -> int:
    """Both or neither is committed; the candidate is nobody's but the committed one, and nobody holds the lock."""
    assert count(peer.committed_xml()) in (0, 2)
    status = peer.status()
    assert not status["candidate_modified"]
    assert status["lock"] is None
    return count(peer.committed_xml())


@pytest.mark.mission("S6", "S9")
@pytest.mark.parametrize("options", [{}, {"rfc_compliant": True}], ids=["default", "rfc-compliant"])
def test_check_mode_then_commit_then_nothing_then_removal(peer: RemotePeer, runner: Runner) -> None:
    foretold = runner.module(NODE0, "--check", "--diff", sriov_ports=PORTS)
    assert foretold["changed"] and settled(peer) == 0 and not peer.log("commit")
    done = runner.module(NODE0, "--diff", sriov_ports=PORTS)
    assert (done["actions"], done["diff"]) == (foretold["actions"], foretold["diff"])
    assert settled(peer) == 2 and not peer.status()["pending"]
    assert [row["confirm_minutes"] for row in peer.log("commit")] == [10.0, None]
    assert {row["log"] for row in peer.log("commit")} == {"vsrx.sriov: MAC mode of the chassis cluster"}
    assert done["commit"]["session"] != done["commit"]["confirmed_over_session"]
    assert done["restart_required"] and [node["mode"]["in_force"] for node in done["nodes"]] == [False, False]
    again = runner.module(NODE0, sriov_ports=PORTS)
    assert not again["changed"] and again["commit"] is None and len(peer.log("commit")) == 2
    gone = runner.module(NODE0, state="absent", sriov_ports=PORTS)
    assert gone["changed"] and settled(peer) == 0 and not gone["restart_required"]


@pytest.mark.mission("S13")
def test_what_is_seen_of_the_cluster(peer: RemotePeer, runner: Runner) -> None:
    seen = runner.module(NODE0, "--check", sriov_ports=PORTS)
    assert [(node["name"], node["model"], node["junos_version"], node["healthy"]) for node in seen["nodes"]] == [
        ("node0", "vSRX", "24.4R1.9", True),
        ("node1", "vSRX", "24.4R1.9", True),
    ]
    assert [node["booted_at"] for node in seen["nodes"]] == [peer.node(0).booted_at, peer.node(1).booted_at]
    assert (seen["cluster"]["primary"], seen["cluster"]["connected_to"]) == ("node0", "node0")
    assert [(reth["name"], reth["active_port"], reth["up"]) for reth in seen["reths"]] == [
        ("reth0", "ge-0/0/1", True),
        ("reth1", "ge-0/0/2", True),
    ]
    assert seen["findings"] == [{**seen["findings"][0], "id": "S8"}, {**seen["findings"][1], "id": "S8"}]


def test_a_task_leaves_no_session_behind(peer: RemotePeer, runner: Runner) -> None:
    """An idle one ends by itself after a while, and a task that comes just then would fail."""
    tasks = [
        {"name": "look", MODULE: {"sriov_ports": PORTS}, "check_mode": True},
        {"name": "see", "debug": {"msg": "{{ lookup('pipe', 'ls -F " + str(runner.folder / "pc") + "') }}"}},
    ]
    played = runner.play([{"hosts": NODE0, "gather_facts": False, "tasks": tasks}])
    assert played.failed() == 0, played.messages()
    assert "=" not in played.of(NODE0, "see")["msg"]


REFUSALS: dict[str, tuple[str, dict[str, t.Any], str]] = {
    "the lock is held": ("lock-held", {"user": "operator"}, "Nothing was changed"),
    "the candidate has changes": ("dirty", {"user": "operator"}, "Nothing was changed"),
    "the check fails": ("check-refused", {}, "ordered to fail the check"),
    "the commit fails": ("commit-refused", {}, "ordered to fail the commit"),
    "another's commit is pending": (
        "foreign-commit",
        {"xml": "<system><domain-name>x.org</domain-name></system>", "minutes": 10},
        "awaits confirmation",
    ),
    "a load is refused": ("refuse", {"rpc": "load-configuration", "message": "no such statement"}, "no such statement"),
}


@pytest.mark.parametrize(("kind", "details", "words"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_one_clear_error_and_no_one_loses_anything(
    peer: RemotePeer, runner: Runner, kind: str, details: dict[str, t.Any], words: str
) -> None:
    peer.fault(kind, **details)
    before = (peer.committed_xml(), peer.candidate_xml())
    failed = runner.module(NODE0, sriov_ports=PORTS)
    assert failed["failed"] and words in failed["msg"]
    assert (peer.committed_xml(), peer.candidate_xml()) == before


FAULTS = {
    "before the first read": ("drop-before", {"rpc": "get-configuration"}),
    "cut in the first read": ("drop-mid", {"rpc": "get-configuration"}),
    "garbage": ("garbage", {"rpc": "get-chassis-cluster-status"}),
    "nothing": ("empty", {"rpc": "get-software-information"}),
    "truncated": ("truncated", {"rpc": "get-system-uptime-information"}),
    "10 MB": ("huge", {"rpc": "get-interface-information"}),
    "silence": ("hang", {"rpc": "get-interface-information"}),
    "before the load": ("drop-before", {"rpc": "load-configuration"}),
    "after the load": ("drop-after", {"rpc": "load-configuration"}),
    "at the check": ("drop-mid", {"rpc": "commit-configuration"}),
    "an unclosed check": ("unclosed", {"rpc": "commit-configuration"}),
    "before the commit": ("drop-before", {"rpc": "commit-configuration", "nth": 2}),
    "during the commit": ("drop-mid", {"rpc": "commit-configuration", "nth": 2}),
    "after the commit": ("drop-after", {"rpc": "commit-configuration", "nth": 2}),
    "before the confirmation": ("drop-before", {"rpc": "commit-configuration", "nth": 3}),
    "after the confirmation": ("drop-after", {"rpc": "commit-configuration", "nth": 3}),
    "a warning beside the load": ("warn", {"rpc": "load-configuration", "message": "mind the gap"}),
}


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize(("kind", "details"), FAULTS.values(), ids=FAULTS.keys())
def test_after_any_fault_the_configuration_is_old_or_new_and_a_rerun_ends_right(
    peer: RemotePeer, runner: Runner, kind: str, details: dict[str, t.Any]
) -> None:
    peer.fault(kind, **details)
    first = runner.module(NODE0, sriov_ports=PORTS)
    assert first.get("changed") or len(first["msg"].splitlines()) == 1, first
    peer.clear_faults()
    peer.wait_until(lambda now: now.status()["lock"] is None)
    assert settled(peer) == 2 or first.get("failed")
    again = runner.module(NODE0, sriov_ports=PORTS)
    assert not again.get("failed"), again
    assert settled(peer) == 2 and not peer.status()["pending"] and again["restart_required"]


def test_a_commit_that_cannot_be_confirmed_is_rolled_back_by_the_timer(peer: RemotePeer, runner: Runner) -> None:
    peer.fault("time-scale", scale=60)
    peer.fault("refuse", rpc="commit-configuration", nth=3, message="no space left")
    failed = runner.module(NODE0, sriov_ports=PORTS, confirm_timeout=1)
    assert "no space left" in failed["msg"] and "rolls it back by" in failed["msg"]
    peer.wait_until(lambda now: not now.status()["pending"])
    assert settled(peer) == 0


def test_commits_that_take_longer_than_the_connections_time_for_an_answer_succeed(peer: RemotePeer, runner: Runner) -> None:
    """The inventory's time is 8 s, less than a commit of a large cluster takes; reads keep it."""
    peer.fault("slow", rpc="commit-configuration", seconds=10, nth=2, times=2)
    done = runner.module(NODE0, sriov_ports=PORTS)
    assert done.get("changed"), done
    assert settled(peer) == 2 and not peer.status()["pending"]


@pytest.mark.parametrize("options", [{"personality": "standalone"}])
def test_a_stand_alone_box_is_no_cluster(peer: RemotePeer, runner: Runner) -> None:
    assert "chassis cluster is not enabled on this node" in runner.module("vsrx1", sriov_ports=[])["msg"]
    assert not runner.module("vsrx1", state="absent")["changed"]


@pytest.mark.mission("S6")
@pytest.mark.parametrize("options", [{"release": "18.4R3.3"}])
def test_an_old_release_is_refused_before_the_lock(peer: RemotePeer, runner: Runner) -> None:
    failed = runner.module(NODE0, sriov_ports=PORTS)
    assert "[S6]" in failed["msg"] and {"S6"} <= {finding["id"] for finding in failed["findings"]}
    assert not peer.log(rpc="lock-configuration")
