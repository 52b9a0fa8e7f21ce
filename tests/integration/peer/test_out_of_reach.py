# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A KVM host and nodes that can not be reached: the playbooks that only read tell so beside what they could read, and site does nothing."""

from __future__ import annotations

import json
import pathlib
import socket
import typing as t

import pytest
from harness import Runner, inventory_of
from junos_peer.remote import RemotePeer


@pytest.fixture
def runner(peer: RemotePeer, folder: pathlib.Path) -> Runner:
    """The cluster, and a KVM host on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    inventory = inventory_of({"vsrx1": peer})
    inventory["kvm_hosts"] = {"hosts": {"kvm1": {"ansible_host": "127.0.0.1", "ansible_port": port}}, "vars": {"sriov_host_pfs": []}}
    for number in (0, 1):
        domain = {"vsrx_host": "kvm1", "vsrx_domain": f"vsrx1-node{number}", "vsrx_ports": []}
        inventory["vsrx_nodes"]["children"]["vsrx1"]["hosts"][f"vsrx1-node{number}"].update(domain)
    return Runner(folder, inventory)


def found(of: list[dict[str, t.Any]]) -> set[tuple[str, str]]:
    return {(finding["on"], finding["where"]) for finding in of if finding["stops"]}


ALL = {
    ("kvm1", "virtual functions"),
    ("vsrx1-node0", "ports"),
    ("vsrx1-node1", "ports"),
    ("vsrx1-node0", "cluster"),
    ("vsrx1-node1", "cluster"),
}


def test_preflight_and_report_tell_who_cannot_be_reached(peer: RemotePeer, runner: Runner, folder: pathlib.Path) -> None:
    for node in (0, 1):
        peer.fault("unreachable", node=node)
    preflight = runner.play([{"import_playbook": "vsrx.sriov.preflight"}])
    assert preflight.code != 0 and "site would stop" in preflight.messages()
    report = runner.play([{"import_playbook": "vsrx.sriov.report"}], vsrx_report_dir=str(folder))
    assert report.code == 0, report.messages()
    assert found(json.loads((folder / "site.json").read_text())["findings"]) == ALL


def test_site_ends_at_the_host_and_asks_junos_nothing(peer: RemotePeer, runner: Runner) -> None:
    played = runner.play([{"import_playbook": "vsrx.sriov.site"}])
    assert played.code != 0 and played.changed() == 0
    assert not peer.requests(0) and not peer.requests(1)
