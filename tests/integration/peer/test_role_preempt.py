# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A redundancy group that preempts: it is held while it must be away, and goes home by itself."""

from __future__ import annotations

import pathlib
import typing as t

import junos_peer
import pytest
from harness import Runner
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from test_role_steps import role, variables

CLUSTER = pathlib.Path(junos_peer.__file__).parent / "configs" / "cluster.xml"
STATEMENTS = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>"


@pytest.fixture
def peer(tmp_path: pathlib.Path) -> t.Iterator[RemotePeer]:
    """Group 1 goes home to node 0 by itself; the mode is in force."""
    text = CLUSTER.read_text(encoding="utf-8")
    for before, more in (("        <gratuitous-arp-count>", "<preempt/>"), ("      <reth-count>", STATEMENTS)):
        assert before in text
        text = text.replace(before, more + before, 1)
    config = tmp_path / "cluster.xml"
    config.write_text(text, encoding="utf-8")
    with running_peer(config=config) as running:
        yield running


@pytest.mark.mission("S13")
def test_a_group_that_preempts_is_seen_over_there_and_goes_home_by_itself(peer: RemotePeer, runner: Runner) -> None:
    played = runner.play(role("failover_test"), vsrx_cluster_failover_consent="true", vsrx_cluster_failover_group="1", **variables())
    assert played.failed() == 0, played.messages()
    report = played.of("vsrx1-node0", "Report what a failover looks like")["ansible_facts"]["vsrx_cluster_failover_report"]
    assert [reth["active_node"] for reth in report["over"]] == ["node1", "node1"]
    assert [reth["active_node"] for reth in report["after"]] == ["node0", "node0"]
    assert [row["to"] for row in peer.log("failover")] == ["node1"]
    peer.clear_log()
    again = runner.play(role(), **variables(vsrx_cluster_state="absent", vsrx_cluster_restart="rolling"))
    assert again.failed() == 0, again.messages()
    assert [row["node"] for row in peer.log("reboot")] == ["node1", "node0"] and [
        group["primary"] for group in peer.status()["groups"]
    ] == [0, 0]
    # over to node1 both, and home only the one that does not go by itself
    assert [(row["group"], row["to"]) for row in peer.log("failover")] == [(0, "node1"), (1, "node1"), (0, "node0")]
