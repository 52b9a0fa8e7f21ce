# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node leaves its cluster before its domain is stopped, and is back in it before the other node's turn comes."""

from __future__ import annotations

import typing as t

import pytest
from harness import Played, Runner
from junos_peer.remote import RemotePeer

BEFORE: dict[str, t.Any] = {"booted_at": 1, "homes": {"0": "node0", "1": "node0"}, "reths": [], "healthy": True}


def run(runner: Runner, state: str, *arguments: str, node: str = "node1", **options: t.Any) -> Played:
    module = {"cluster": "vsrx1", "node": node, "state": state, "timeout": 4, "poll_interval": 0.5, **options}
    tasks = [{"name": "node", "vsrx.sriov.junos_cluster_node": module, "when": "vsrx_cluster_node == 0"}]
    return runner.play([{"hosts": "vsrx_nodes", "gather_facts": False, "tasks": tasks}], *arguments)


def result(played: Played) -> dict[str, t.Any]:
    return played.of("vsrx1-node0", "node")


def primaries(peer: RemotePeer) -> list[int]:
    return [group["primary"] for group in peer.status()["groups"]]


# what the peer is ordered, whether the cluster was healthy before, and the words of the refusal where the play must not go on
CASES: dict[str, tuple[list[tuple[str, dict[str, t.Any]]], bool, str]] = {
    "healthy again": ([("crash", {"node": 1})], True, ""),
    "healthy before, a monitor fails now": ([("monitor-failure", {"node": 1, "codes": "IF"})], True, "monitor failures IF"),
    "unhealthy before, both nodes take part": ([("monitor-failure", {"node": 1, "codes": "IF"})], False, ""),
    "unhealthy before, the node is cast out": ([("becomes", {"node": 1})], False, "node1 is ineligible"),
    "it stays off": ([("power-off", {"node": 1})], True, "node1 has not booted"),
}


@pytest.mark.mission("S5", "S8")
@pytest.mark.parametrize(("faults", "healthy", "words"), CASES.values(), ids=CASES.keys())
def test_the_other_node_has_to_wait(
    peer: RemotePeer, runner: Runner, faults: list[tuple[str, dict[str, t.Any]]], healthy: bool, words: str
) -> None:
    for kind, details in faults:
        peer.fault(kind, **details)
    played = run(runner, "joined", before={**BEFORE, "healthy": healthy}, timeout=40 if not words else 4)
    assert (played.failed() == 0) is (not words), played.messages()
    assert words in played.messages() and ("node1 is not back in its cluster" in played.messages()) is bool(words)
    assert not peer.log("commit") and not peer.log("reboot", 0)


def test_a_boot_before_the_node_left_is_not_taken_for_the_one_after(peer: RemotePeer, runner: Runner) -> None:
    booted_at = peer.node(1).booted_at
    assert "node1 has not booted" in run(runner, "joined", before={**BEFORE, "booted_at": booted_at}).messages()
    assert run(runner, "joined", before={**BEFORE, "booted_at": booted_at}, booted=False).failed() == 0


@pytest.mark.mission("S5", "S8")
@pytest.mark.parametrize(("kind", "words"), [("becomes", "node1 is ineligible"), ("power-off", "node1 is lost")])
def test_the_only_node_that_is_up_does_not_go_down(peer: RemotePeer, runner: Runner, kind: str, words: str) -> None:
    """An earlier run may have been interrupted while the other node booted: this run has nothing to do there."""
    peer.fault(kind, node=1)
    played = run(runner, "drained", node="node0")
    assert "node0 was to go down, but its cluster had no second node for 4 s" in played.messages() and words in played.messages()
    assert not peer.log("failover")


@pytest.mark.mission("S5", "S8")
def test_a_partner_that_boots_is_waited_for(peer: RemotePeer, runner: Runner) -> None:
    peer.fault("crash", node=1)
    played = run(runner, "drained", node="node0", timeout=60)
    assert played.failed() == 0 and primaries(peer) == [1, 1], played.messages()


@pytest.mark.mission("S5", "S8")
@pytest.mark.parametrize("consent", [True, False])
def test_a_node_of_a_cluster_that_says_nothing_does_not_go_down_without_consent(peer: RemotePeer, runner: Runner, consent: bool) -> None:
    for number in (0, 1):
        peer.fault("unreachable", node=number)
    played = run(runner, "drained", unseen=consent)
    assert (played.failed() == 0) is consent, played.messages()
    assert (
        "no node of its cluster tells how the cluster is" in played.messages() and "vsrx_ports_unseen" in played.messages()
    ) is not consent
    assert not consent or result(played)["before"] == {}


@pytest.mark.mission("S8")
def test_groups_leave_the_node_and_are_where_they_were_when_it_is_back(peer: RemotePeer, runner: Runner) -> None:
    preview = run(runner, "drained", "--check", node="node0")
    assert result(preview)["steps"] == ["move redundancy groups 0, 1 to node1"] and not peer.log("failover")
    left = run(runner, "drained", node="node0")
    assert left.failed() == 0 and primaries(peer) == [1, 1], left.messages()
    before = result(left)["before"]
    assert before["homes"] == {"0": "node0", "1": "node0"} and before["healthy"] is True
    peer.fault("power-off", node=0)
    peer.fault("power-on", node=0)
    back = run(runner, "joined", node="node0", before={**before, "booted_at": before["booted_at"] - 60}, timeout=60)
    assert back.failed() == 0 and primaries(peer) == [0, 0], back.messages()
    assert [group["primary"] for group in peer.status()["groups"]] == [0, 0]
    peer.wait_healthy()


def test_a_cluster_that_is_not_healthy_moves_no_group(peer: RemotePeer, runner: Runner) -> None:
    peer.fault("monitor-failure", node=1, codes="IF")
    left = run(runner, "drained", node="node0")
    assert left.failed() == 0 and not peer.log("failover") and result(left)["before"]["healthy"] is False, left.messages()


def test_what_is_no_state_of_a_cluster_is_refused(peer: RemotePeer, runner: Runner) -> None:
    played = run(runner, "joined", before={"booted_at": 1})
    assert "expected what this task returned as before" in played.messages()
