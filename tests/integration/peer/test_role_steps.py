# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one node does follows only on what the other did; groups that are moved are held, and what an interrupted run held is given up."""

from __future__ import annotations

import typing as t

import pytest
from harness import Runner
from junos_peer.remote import RemotePeer

PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]
KNOWN: dict[str, t.Any] = {"vsrx_cluster_sriov_ports": PORTS, "vsrx_cluster_settle_timeout": 2}


def role(tasks_from: str = "main", **more: t.Any) -> list[dict[str, t.Any]]:
    tasks = [{"name": "role", "include_role": {"name": "vsrx.sriov.vsrx_cluster", "tasks_from": tasks_from}}]
    return [{"hosts": "vsrx_nodes", "gather_facts": False, "tasks": tasks, **more}]


def variables(**others: t.Any) -> dict[str, t.Any]:
    return {"vsrx_cluster_restart": "never", "vsrx_cluster_poll_interval": 0.2, **KNOWN, **others}


def by_hand(peer: RemotePeer, group: int, node: int) -> None:
    with peer.netconf() as session:
        session.rpc(
            f"<request-chassis-cluster-failover><redundancy-group>{group}</redundancy-group><node>{node}</node></request-chassis-cluster-failover>"
        )
    peer.wait_until(lambda now: now.status()["groups"][group]["primary"] == node)


def reboots(peer: RemotePeer) -> list[str]:
    return [row["node"] for row in peer.log("reboot")]


@pytest.mark.mission("S8")
def test_a_refused_move_keeps_the_other_host_from_rebooting_the_active_node(peer: RemotePeer, runner: Runner) -> None:
    peer.fault("refuse", rpc="request-chassis-cluster-failover", message="not now", times=9)
    played = runner.role(vsrx_cluster_restart="rolling", **KNOWN)
    assert played.failed() == 2 and "Junos refused: not now" in played.messages(), played.messages()
    assert reboots(peer) == ["node1"] and [group["primary"] for group in peer.status()["groups"]] == [0, 0]


@pytest.mark.mission("S8")
def test_a_refused_commit_keeps_the_other_host_from_restarting_anything(peer: RemotePeer, runner: Runner) -> None:
    peer.fault("lock-held", user="operator")
    played = runner.role(vsrx_cluster_restart="rolling", **KNOWN)
    assert played.failed() == 2 and "the commit on vsrx1-node0 did not succeed" in played.messages(), played.messages()
    assert not peer.log("reboot") and not peer.log("failover")


def test_a_batch_of_one_node_is_refused(peer: RemotePeer, runner: Runner) -> None:
    played = runner.play(role(serial=1), **variables())
    assert "serial puts vsrx1-node1 into another batch" in played.messages() and not peer.log("rpc")


@pytest.mark.mission("S8")
def test_a_manual_failover_is_refused_with_the_command_or_given_up_with_consent(peer: RemotePeer, runner: Runner) -> None:
    by_hand(peer, 1, 1)
    refused = runner.role(**KNOWN)
    assert "'request chassis cluster failover reset redundancy-group 1' clears it" in refused.messages(), refused.messages()
    assert not peer.log("commit") and not peer.log("reboot")
    preview = runner.play(role(), "--check", vsrx_cluster_restart="rolling", **KNOWN)
    steps = preview.of("vsrx1-node0", "Keep what was done")["ansible_facts"]["vsrx_cluster_steps"]
    assert steps[0] == "clear the manual failover of redundancy group 1" and not peer.log("failover reset")
    played = runner.role(vsrx_cluster_restart="rolling", **KNOWN)
    assert played.failed() == 0, played.messages()
    assert reboots(peer) == ["node1", "node0"] and [peer.node(number).mac_mode for number in (0, 1)] == [True, True]
    # held by hand it was on node1, and there it is put back, by nobody's hand
    assert [group["primary"] for group in peer.status()["groups"]] == [0, 1]
    peer.wait_healthy()


def test_a_failover_test_in_check_mode_moves_nothing(peer: RemotePeer, runner: Runner) -> None:
    played = runner.play(role("failover_test"), "--check", vsrx_cluster_failover_consent=True, **variables())
    assert played.failed() == 0 and played.changed() == 0, played.messages()
    assert "would be moved from node0 to node1 and back" in played.of("vsrx1-node0", "Show what would be done")["msg"]
    assert not peer.log("failover")


REFUSALS: dict[str, tuple[dict[str, t.Any], str]] = {
    "no interface": ({"vsrx_cluster_sriov_ports": "ge-0/0/1, ge-0/0/2.0,eno2"}, "vsrx_cluster_sriov_ports has ge-0/0/2.0, eno2"),
    "a misspelt restart": ({"vsrx_cluster_restart": "roling"}, "value of vsrx_cluster_restart must be one of"),
}


@pytest.mark.parametrize(("others", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_no_value_is_refused_by_preflight(peer: RemotePeer, runner: Runner, others: dict[str, t.Any], words: str) -> None:
    played = runner.play(role("preflight"), **variables(**others))
    assert played.failed() == 2 and words in played.messages(), played.messages() + played.text
    assert not peer.log("rpc")


def test_ports_may_come_as_one_string_and_numbers_as_strings(peer: RemotePeer, runner: Runner) -> None:
    numbers = {"vsrx_cluster_settle_timeout": "2", "vsrx_cluster_confirm_timeout": "9", "vsrx_cluster_poll_interval": "0.2"}
    played = runner.play(role("preflight"), **variables(vsrx_cluster_sriov_ports=", ".join(PORTS), **numbers))
    assert played.failed() == 0, played.messages()
    arguments = played.of("vsrx1-node1", "Check the cluster")["invocation"]["module_args"]
    # Of ports that are listed, and in no map, trust mode is not known.
    assert (arguments["sriov_ports"], arguments["trusted_ports"]) == (PORTS, None)


def test_ports_of_one_node_alone_are_not_taken_for_those_of_both(peer: RemotePeer, runner: Runner) -> None:
    plays = [
        {
            "hosts": "vsrx1-node0",
            "gather_facts": False,
            "tasks": [{"name": "map", "set_fact": {"vsrx_ports_map": [{"junos_interface": "ge-0/0/1", "sriov": True, "mac": None}]}}],
        },
        *role("preflight"),
    ]
    alone = {name: value for name, value in variables().items() if name != "vsrx_cluster_sriov_ports"}
    played = runner.play(plays, **alone)
    assert played.failed() == 0, played.messages()
    assert played.of("vsrx1-node0", "Check the cluster")["invocation"]["module_args"]["sriov_ports"] is None


@pytest.mark.parametrize(("kind", "node"), [("becomes", 1), ("unreachable", 1)])
def test_a_preflight_that_does_not_judge_health_lets_a_cluster_pass_whose_ports_are_still_to_be_changed(
    peer: RemotePeer, runner: Runner, kind: str, node: int
) -> None:
    peer.fault(kind, node=node)
    judged = runner.play(role("preflight"), **variables(vsrx_cluster_settling="0"))
    assert judged.failed()
    played = runner.play(role("preflight"), **variables(vsrx_cluster_settling=0, vsrx_cluster_judge_health=False))
    assert played.failed() == 0, played.messages()


def test_a_check_that_has_to_wait_says_that_the_play_lacks_a_node(peer: RemotePeer, runner: Runner) -> None:
    peer.fault("monitor-failure", node=1, codes="IF")
    check = {"name": "check", "vsrx.sriov.junos_cluster_check": {"cluster": "vsrx1", "node": "node0", "timeout": 1}}
    played = runner.play([{"hosts": "vsrx1-node0", "gather_facts": False, "tasks": [check]}])
    assert played.failed() == 1 and "expected one host for each node" in played.messages(), played.messages()
