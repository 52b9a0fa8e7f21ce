# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several clusters in one play: each is judged, changed and restarted by itself."""

from __future__ import annotations

import typing as t

import pytest
from harness import Runner
from junos_peer.remote import RemotePeer

PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]
KNOWN: dict[str, t.Any] = {"vsrx_cluster_sriov_ports": PORTS, "vsrx_cluster_settle_timeout": 3}
REPORT = "Report what is in force"


def in_force(peer: RemotePeer) -> list[bool]:
    return [peer.node(number).mac_mode for number in (0, 1)]


def reboots(peer: RemotePeer) -> list[str]:
    return [row["node"] for row in peer.log("reboot")]


@pytest.mark.mission("S8", "S13")
def test_a_finished_cluster_is_left_alone_while_the_other_is_changed(peer: RemotePeer, other: RemotePeer, both: Runner) -> None:
    first = both.role("--limit", "vsrx1", **KNOWN)
    assert first.failed() == 0, first.messages()
    assert in_force(peer) == [True, True] and not other.log("rpc")
    peer.clear_log()
    second = both.role(vsrx_cluster_restart="rolling", **KNOWN)
    assert second.failed() == 0, second.messages()
    assert not peer.log("commit") and not peer.log("reboot") and in_force(peer) == [True, True]
    for node in (0, 1):
        assert len([row for row in peer.log("rpc", node) if row["rpc"] != "close-session"]) <= 6
    assert reboots(other) == ["node1", "node0"] and in_force(other) == [True, True] and len(other.log("commit")) == 2
    assert [second.of(f"{cluster}-node1", REPORT)["ansible_facts"]["vsrx_cluster_report"]["cluster"] for cluster in ("vsrx1", "vsrx2")] == [
        "vsrx1",
        "vsrx2",
    ]


REFUSALS = {
    "a node is cast out": ("becomes", "node1: the node is ineligible"),
    "a node is not reached": ("unreachable", "vsrx1-node1 was refused"),
}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(("kind", "words"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_cluster_that_is_refused_keeps_no_other_from_its_change(
    peer: RemotePeer, other: RemotePeer, both: Runner, kind: str, words: str
) -> None:
    peer.fault(kind, node=1)
    played = both.role(**KNOWN)
    assert words in played.messages(), played.messages()
    assert {host for host, row in played.stats.items() if row["failures"] + row["unreachable"]} == {"vsrx1-node0", "vsrx1-node1"}
    assert not peer.log("commit") and not peer.log("reboot") and in_force(peer) == [False, False]
    assert sorted(reboots(other)) == ["node0", "node1"] and in_force(other) == [True, True]
    assert not played.of("vsrx2-node0", REPORT)["ansible_facts"]["vsrx_cluster_report"]["restart_pending"]
