# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""adopt asks Junos for all that makes two nodes a cluster, and finds it without a word of the operator; it changes nothing there."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml
from harness import Runner, inventory_of
from junos_peer.remote import RemotePeer

OURS = ("vsrx_cluster", "vsrx_cluster_node", "ansible_connection", "ansible_network_os")


@pytest.fixture
def bare(peer: RemotePeer, folder: pathlib.Path) -> Runner:
    """Both nodes by address, user and key alone, in one group and in the wrong order."""
    cluster = inventory_of({"vsrx1": peer})["vsrx_nodes"]["children"]["vsrx1"]
    shared = {key: value for key, value in cluster["vars"].items() if key not in OURS}
    hosts = {name: {key: value for key, value in host.items() if key not in OURS} for name, host in cluster["hosts"].items()}
    names = dict(zip(("edge-b", "edge-a"), (hosts["vsrx1-node1"], hosts["vsrx1-node0"])))
    return Runner(folder, {"vsrx_nodes": {"hosts": names, "vars": shared}})


def _adopt(runner: Runner) -> tuple[dict[str, t.Any], str]:
    played = runner.play([{"import_playbook": "vsrx.sriov.adopt"}], vsrx_adopt_file=str(runner.folder / "adopted.yml"))
    assert played.code == 0, played.text
    text = (runner.folder / "adopted.yml").read_text()
    return yaml.safe_load(text)["all"]["children"]["vsrx_nodes"], text


def test_the_nodes_of_a_cluster_find_each_other(peer: RemotePeer, bare: Runner) -> None:
    nodes, text = _adopt(bare)
    ((name, cluster),) = nodes["children"].items()
    assert name == cluster["vars"]["vsrx_cluster"] == "edge"
    assert [(each, about["vsrx_cluster_node"]) for each, about in cluster["hosts"].items()] == [("edge-a", 0), ("edge-b", 1)]
    assert nodes["vars"]["ansible_connection"] == "ansible.netcommon.netconf" and "hosts" not in nodes
    assert cluster["vars"]["vsrx_cluster_state"] == "absent", "no statement is set yet"
    assert "vsrx_host and vsrx_domain" in text, "no KVM host was read"
    changing = ("lock", "edit", "commit", "load", "reboot", "shutdown", "failover")
    assert not [each for each in (*peer.requests(0), *peer.requests(1)) if any(word in each for word in changing)]


def test_nodes_that_do_not_answer_are_written_so_that_site_leaves_their_junos_alone(peer: RemotePeer, bare: Runner) -> None:
    for node in (0, 1):
        peer.fault("unreachable", node=node)
    nodes, text = _adopt(bare)
    assert set(nodes["hosts"]) == {"edge-a", "edge-b"} and "children" not in nodes and text.count("UNKNOWN: Junos: ") == 2
