# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role over real connections, against a peer that reboots as a cluster does."""

from __future__ import annotations

import typing as t

import pytest
from harness import Runner
from junos_peer.remote import RemotePeer

PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]
KNOWN: dict[str, t.Any] = {"vsrx_cluster_sriov_ports": PORTS}


def reboots(peer: RemotePeer) -> list[str]:
    return sorted(row["node"] for row in peer.log("reboot"))


def in_force(peer: RemotePeer) -> list[bool]:
    return [peer.node(number).mac_mode for number in (0, 1)]


@pytest.mark.mission("S6", "S8", "S9", "S13")
@pytest.mark.parametrize("options", [{}, {"rfc_compliant": True}], ids=["default", "rfc-compliant"])
def test_the_mode_comes_into_force_and_a_second_run_only_looks(peer: RemotePeer, runner: Runner) -> None:
    first = runner.role("--diff", **KNOWN)
    assert first.failed() == 0, first.messages()
    assert reboots(peer) == ["node0", "node1"] and in_force(peer) == [True, True]
    report = first.of("vsrx1-node1", "Report what is in force")["ansible_facts"]["vsrx_cluster_report"]
    assert report["healthy"] and not report["restart_pending"] and report["findings"] == []
    assert [(reth["mac"], reth["mac_is_active_ports"]) for reth in report["reths"]] == [
        ("02:5a:00:00:00:01", True),
        ("02:5a:00:00:00:02", True),
    ]
    peer.clear_log()
    second = runner.role(**KNOWN)
    assert second.failed() == 0 and second.changed() == 0
    assert not peer.log("commit") and not peer.log("reboot")
    for node in (0, 1):
        requests = [row["rpc"] for row in peer.log("rpc", node) if row["rpc"] != "close-session"]
        assert len(requests) <= 6, requests


@pytest.mark.mission("S8")
def test_a_run_that_died_between_commit_and_restart_is_finished_by_the_next(peer: RemotePeer, runner: Runner) -> None:
    assert runner.role(vsrx_cluster_restart="never", **KNOWN).failed() == 0
    assert reboots(peer) == [] and in_force(peer) == [False, False]
    commits = len(peer.log("commit"))
    peer.fault("foreign-commit", xml="<system><domain-name>x.org</domain-name></system>", user="operator")
    assert runner.role(**KNOWN).failed() == 0
    assert len(peer.log("commit")) == commits + 1 and reboots(peer) == ["node0", "node1"] and in_force(peer) == [True, True]


@pytest.mark.mission("S8")
def test_rolling_restarts_the_secondary_first_and_puts_the_groups_back(peer: RemotePeer, runner: Runner) -> None:
    """The secondary is node0 here, and a group is active on each node: the order comes from the cluster, not from the names."""
    with peer.netconf() as session:
        session.rpc(
            "<request-chassis-cluster-failover><redundancy-group>0</redundancy-group><node>1</node></request-chassis-cluster-failover>"
        )
        session.rpc(
            "<request-chassis-cluster-failover-reset><redundancy-group>0</redundancy-group></request-chassis-cluster-failover-reset>"
        )
    peer.wait_healthy()
    assert [group["primary"] for group in peer.status()["groups"]] == [1, 0]
    played = runner.role(vsrx_cluster_restart="rolling", **KNOWN)
    assert played.failed() == 0, played.messages()
    assert [row["node"] for row in peer.log("reboot")] == ["node0", "node1"] and in_force(peer) == [True, True]
    assert [group["primary"] for group in peer.status()["groups"]] == [1, 0]


def test_absent_restores_what_was_before_with_its_restart(peer: RemotePeer, runner: Runner) -> None:
    before = peer.committed_xml()
    assert runner.role(**KNOWN).failed() == 0
    assert runner.role(vsrx_cluster_state="absent", **KNOWN).failed() == 0
    assert peer.committed_xml() == before and in_force(peer) == [False, False] and len(reboots(peer)) == 4


def test_check_mode_shows_the_diff_and_touches_nothing(peer: RemotePeer, runner: Runner) -> None:
    played = runner.role("--check", "--diff", **KNOWN)
    assert played.failed() == 0 and played.changed() == 2, "the commit and the restart, as in a real run"
    assert "+   use-active-child-mac-on-reth;" in str(played.of("vsrx1-node0", "Commit on the primary")["diff"])
    assert not peer.log("commit") and not peer.log("reboot")


# what is ordered, and the words of the refusal where the run must not succeed
FAULTS: dict[str, tuple[list[tuple[str, dict[str, t.Any]]], str]] = {
    "the reply to the reboot is cut off": ([("drop-mid", {"rpc": "request-reboot"})], ""),
    "the primary does not reboot the other": ([("refuse", {"rpc": "request-reboot", "message": "syntax error"})], ""),
    "a node is down for longer than the other": ([("boot-delay", {"seconds": 6, "node": 1})], ""),
    "a node never returns": ([("no-return", {"node": 1})], "node1 did not boot with what is configured"),
    "a node returns ineligible": ([("returns-as", {"node": 1, "state": "ineligible"})], "did not become healthy"),
    "a reth has another address": ([("reth-mac", {"reth": "reth0", "mac": "00:10:db:ff:10:00"})], "(S13)"),
    "the lock is held": ([("lock-held", {})], "locked by"),
    "a node is ineligible before": ([("becomes", {"node": 1})], "node1: the node is ineligible"),
    "a monitor fails before": ([("monitor-failure", {"node": 1, "codes": "IF"})], "monitor failures IF"),
}
# Each takes most of a minute, so they share the two namespace styles instead of running in both.
IN_TURN = [(*case, {"rfc_compliant": number % 2 == 1}) for number, case in enumerate(FAULTS.values())]
PATIENCE = {
    "vsrx_cluster_settle_timeout": 3,
    "vsrx_cluster_boot_timeout": 18,
    "vsrx_cluster_sync_timeout": 8,
    "vsrx_cluster_answer_timeout": 8,
}


@pytest.mark.mission("S8", "S13")
@pytest.mark.parametrize(("faults", "words", "options"), IN_TURN, ids=FAULTS)
def test_faults_of_a_restart(peer: RemotePeer, runner: Runner, faults: list[tuple[str, dict[str, t.Any]]], words: str) -> None:
    for kind, details in faults:
        peer.fault(kind, **details)
    first = runner.role(**KNOWN, **PATIENCE)
    assert (first.failed() == 0) is (not words), first.messages()
    assert words in first.messages()
    peer.clear_faults()
    peer.fault("revive", node=1)
    peer.wait_healthy()
    second = runner.role(**KNOWN, **PATIENCE)
    assert second.failed() == 0, second.messages()
    assert in_force(peer) == [True, True]
    assert len([row for row in peer.log("commit") if row["user"] != "operator"]) == 2


@pytest.mark.mission("S13")
def test_a_failover_test_reports_what_it_saw_and_wants_consent(peer: RemotePeer, runner: Runner) -> None:
    assert runner.role(**KNOWN).failed() == 0
    tasks = [{"name": "test", "include_role": {"name": "vsrx.sriov.vsrx_cluster", "tasks_from": "failover_test"}}]
    plays = [{"hosts": "vsrx_nodes", "gather_facts": False, "tasks": tasks}]
    variables = {"vsrx_cluster_restart": "never", "vsrx_cluster_poll_interval": 0.2, **KNOWN}
    refused = runner.play(plays, **variables)
    assert refused.failed() == 2 and "vsrx_cluster_failover_consent" in refused.messages() and not peer.log("failover")
    played = runner.play(plays, vsrx_cluster_failover_consent=True, **variables)
    assert played.failed() == 0, played.messages()
    report = played.of("vsrx1-node0", "Report what a failover looks like")["ansible_facts"]["vsrx_cluster_failover_report"]
    assert [reth["mac"] for reth in report["over"]] == ["02:5a:00:00:01:01", "02:5a:00:00:01:02"]
    assert [row["to"] for row in peer.log("failover")] == ["node1", "node0"]
