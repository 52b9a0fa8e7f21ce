# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables at the end of a run."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.filter.site_tables import site_tables

PORT = {
    "position": 4, "junos_interface": "ge-0/0/1", "pf": "eno2", "index": 0, "vf": "0000:01:10.0", "mac": "02:5a:00:00:00:01",
    "guest_address": "0000:00:06.0", "sriov": True,
}  # fmt: skip
FXP = {**dict.fromkeys(PORT), "position": 1, "junos_interface": "fxp0", "mac": "52:54:00:00:00:01", "sriov": False}
REPORT = {
    "healthy": True,
    "restart_pending": False,
    "statements": [{"name": "use-active-child-mac-on-reth", "nodes": ["node0", "node1"]}, {"name": "other", "nodes": []}],
    "nodes": [
        {"name": "node0", "booted_at": 1795782153, "junos_version": "24.4R1.9", "mode": {"in_force": True}},
        {"name": "node1", "booted_at": None, "junos_version": None, "mode": {"in_force": None}},
    ],
    "reths": [
        {
            "name": "reth0", "mac": "02:5a:00:00:00:01", "active_port": "ge-0/0/1", "active_port_mac": "02:5a:00:00:00:01",
            "ports": {"node0": ["ge-0/0/1"], "node1": ["ge-7/0/1"]},
        }
    ],
    "findings": [{"severity": "warning", "id": "S13", "where": "reth0", "found": "odd"}],
}  # fmt: skip
HOSTS: dict[str, dict[str, t.Any]] = {
    "kvm1": {"sriov_host_result": {"changed": True, "actions": ["eno2: make 2 VFs"]}},
    "kvm2": {"sriov_host_result": {"changed": False, "actions": ["not done"]}},
}
NODES: dict[str, dict[str, t.Any]] = {
    f"fw{number}": {
        "vsrx_host": "kvm1", "vsrx_domain": f"fw{number}", "vsrx_cluster": "vsrx1", "vsrx_cluster_node": number,
        "vsrx_ports_map": [FXP, PORT], "vsrx_cluster_report": REPORT,
    }
    for number in (0, 1)
}  # fmt: skip
TABLE = """\
 fw{}: domain fw{} on kvm1
 #    Junos port   PF     VF   VF address     MAC                guest address  reth
 1    fxp0                                    52:54:00:00:00:01
 4    ge-0/0/1     eno2   0    0000:01:10.0   02:5a:00:00:00:01  0000:00:06.0   reth0""".splitlines()
CLUSTER = """\
 cluster vsrx1: healthy
   use-active-child-mac-on-reth             set on node0, node1
   other                                    not set
   node0: booted 2026-11-27 12:22:33 UTC, Junos 24.4R1.9, MAC mode in force
   node1: booted ? UTC, Junos ?, MAC mode unknown
   reth0: MAC 02:5a:00:00:00:01, active port ge-0/0/1 (02:5a:00:00:00:01)
   warning S13: reth0: odd""".splitlines()


def show(nodes: t.Optional[dict[str, dict[str, t.Any]]] = None) -> t.Any:
    known = NODES if nodes is None else nodes
    return {table: site_tables({**HOSTS, **known}, table, hosts=list(HOSTS), nodes=list(known)) for table in ("ports", "changes")}


def test_each_node_has_its_ports_and_a_cluster_comes_once() -> None:
    of_nodes = [[row.format(number, number) for row in TABLE] for number in (0, 1)]
    assert show()["ports"] == [*of_nodes[0], " ", *of_nodes[1], " ", *CLUSTER]


def test_a_cluster_that_is_not_as_it_should_be_says_so_in_capitals() -> None:
    report = {**REPORT, "healthy": None, "restart_pending": True}
    rows = show({"fw0": {**NODES["fw0"], "vsrx_cluster_report": report}})["ports"]
    assert " cluster vsrx1: NOT healthy, RESTART PENDING" in rows


def test_what_was_changed_comes_in_the_order_of_the_work() -> None:
    nodes = {
        "fw0": {
            **NODES["fw0"],
            "vsrx_cluster_commits": ["set a"],
            "vsrx_ports_drained": {"steps": ["move redundancy group 1 to node1"]},
            "vsrx_ports_result": {"changed": True, "actions": ["add VF 0 of eno2"]},
            "vsrx_ports_joined": {"steps": ["move redundancy group 1 to node0"]},
            "vsrx_cluster_steps": ["reboot node0"],
        }
    }
    assert show(nodes)["changes"] == [
        " kvm1: eno2: make 2 VFs",
        " fw0: set a",
        " vsrx1: move redundancy group 1 to node1",
        " fw0: add VF 0 of eno2",
        " vsrx1: move redundancy group 1 to node0",
        " vsrx1: reboot node0",
    ]
    assert site_tables({"fw0": NODES["fw0"]}, "changes", nodes=["fw0"]) == [" nothing"]


@pytest.mark.parametrize(
    "value", [None, "x", 1, True, [None], {"changed": True, "actions": "x"}, {"reths": [1], "nodes": 2}, "\x1b[2Jx\ny"]
)
@pytest.mark.parametrize("name", [*NODES["fw0"], "vsrx_cluster_commits", "vsrx_ports_drained", "vsrx_ports_result", "vsrx_cluster_steps"])
def test_a_host_or_a_node_can_say_anything(name: str, value: t.Any) -> None:
    tables = show({"fw0": {**NODES["fw0"], name: value}})
    for row in [*tables["ports"], *tables["changes"]]:
        assert row.isprintable() and row.startswith(" "), row


@pytest.mark.parametrize("ended", [False, True])
def test_the_steps_of_a_restart_that_failed_come_once(ended: bool) -> None:
    kept = {"__vsrx_cluster_restart_steps": ["reboot node1"], "__vsrx_cluster_restarts_ended": ended}
    nodes = {name: {**node, **kept} for name, node in NODES.items()}
    if ended:
        nodes["fw1"]["vsrx_cluster_steps"] = ["reboot node1"]
    assert show(nodes)["changes"].count(" vsrx1: reboot node1") == 1
