# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the role of the ports waits for a node whose domain was cycled, before the other node's turn comes."""

from __future__ import annotations

import typing as t

import pytest
from harness import Runner
from junos_peer.remote import RemotePeer

REJOIN = [
    {
        "hosts": "vsrx1-node1",
        "gather_facts": False,
        "tasks": [{"name": "wait", "include_role": {"name": "vsrx.sriov.vsrx_ports", "tasks_from": "rejoin"}}],
    }
]
# what the peer is ordered, whether the cluster was healthy before, and the words of the refusal where the play must not go on
CASES: dict[str, tuple[list[tuple[str, dict[str, t.Any]]], bool, str]] = {
    "healthy again": ([("crash", {"node": 1})], True, ""),
    "healthy before, a monitor fails now": ([("monitor-failure", {"node": 1, "codes": "IF"})], True, "its cluster is not healthy"),
    "unhealthy before, both nodes take part": ([("monitor-failure", {"node": 1, "codes": "IF"})], False, ""),
    "unhealthy before, the node is cast out": ([("becomes", {"node": 1})], False, "has no primary and secondary"),
}


@pytest.mark.mission("S5", "S8")
@pytest.mark.parametrize(("faults", "healthy", "words"), CASES.values(), ids=CASES.keys())
def test_the_other_node_has_to_wait(
    peer: RemotePeer, runner: Runner, faults: list[tuple[str, dict[str, t.Any]]], healthy: bool, words: str
) -> None:
    for kind, details in faults:
        peer.fault(kind, **details)
    played = runner.play(
        REJOIN,
        vsrx_ports_cluster_before={"cluster": {"enabled": True, "healthy": healthy}},
        vsrx_ports_rejoin_timeout=40 if not words else 4,
        vsrx_ports_poll_interval=1,
    )
    assert (played.failed() == 0) is (not words), played.messages()
    assert words in played.messages()
    assert not peer.log("commit") and not peer.log("reboot", 0)


SECOND = [
    {
        "hosts": "vsrx1-node0",
        "gather_facts": False,
        "tasks": [
            {
                "name": "configure",
                "include_role": {"name": "vsrx.sriov.vsrx_ports", "tasks_from": "configure"},
                "vars": {"vsrx_ports_planned": {"restarted": True, "actions": []}},
            }
        ],
    }
]
DOMAIN = {"vsrx_host": "localhost", "vsrx_domain": "vsrx", "vsrx_ports": []}


@pytest.mark.mission("S5", "S8")
@pytest.mark.parametrize("cast_out", [True, False])
def test_the_only_node_that_is_up_is_not_shut_down(peer: RemotePeer, runner: Runner, cast_out: bool) -> None:
    """An earlier run may have been interrupted while the other node booted: this run has nothing to do there and waits for nothing."""
    if cast_out:
        peer.fault("becomes", node=1)
    played = runner.play(SECOND, **DOMAIN, vsrx_ports_rejoin_timeout=4, vsrx_ports_poll_interval=1)
    assert (played.failed() > 0) is cast_out, played.messages()
    assert ("its cluster had no second node: primary node0, secondary none" in played.messages()) is cast_out


@pytest.mark.mission("S5", "S8")
@pytest.mark.parametrize("consent", [True, False])
def test_a_node_that_says_nothing_of_its_cluster_is_not_shut_down_without_consent(peer: RemotePeer, runner: Runner, consent: bool) -> None:
    peer.fault("unreachable", node=0)
    played = runner.play(SECOND, **DOMAIN, vsrx_ports_unseen=consent)
    assert (played.failed() == 0) is consent, played.messages()
    assert ("vsrx1-node0 was to be shut down for its new ports, but Junos on it does not answer" in played.messages()) is not consent
    assert "vsrx_ports_unseen" in played.messages() or consent
