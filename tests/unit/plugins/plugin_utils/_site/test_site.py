# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of a site decides: turns and the summary."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.model import Site
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.order import make_turns
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.summary import show_outcomes, sum_up
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.variables import read_site

KVM = {"sriov_host_preview": {"actions": ["eno2: make 1 VF"], "pfs": []}}
SEEN = {
    "actions": ["set a", "set b"],
    "restart_required": True,
    "cluster": {
        "enabled": True,
        "primary": "node0",
        "secondary": "node1",
        "healthy_otherwise": True,
        "redundancy_groups": [{"primary": "node0"}, {"primary": "node0"}],
    },
}
DONE = {"actions": [], "restart_required": False, "cluster": SEEN["cluster"]}
PORTS = {"actions": ["add VF", "shut down", "start"], "restarted": True}
NOTHING = {"actions": [], "restarted": False}


def cluster(name: str = "c", restart: str = "rolling", **more: t.Any) -> dict[str, dict[str, t.Any]]:
    node = {"vsrx_cluster": name, "vsrx_ports_planned": PORTS, "vsrx_cluster_seen": SEEN, "vsrx_cluster_restart": restart, **more}
    return {f"{name}{number}": {**node, "vsrx_cluster_node": number} for number in (0, 1)}


def site(*parts: dict[str, dict[str, t.Any]]) -> Site:
    return read_site({"kvm1": KVM}, {name: variables for part in parts for name, variables in part.items()})


QUIET = cluster("quiet", vsrx_ports_planned=NOTHING, vsrx_cluster_seen=DONE)
ALONE = {"fw": {"vsrx_ports_planned": NOTHING}}


@pytest.mark.parametrize(
    ("at_once", "turns"),
    [(1, [["quiet", "fw"], ["a"], ["b"], ["c"]]), (2, [["quiet", "fw"], ["a", "b"], ["c"]]), (0, [["quiet", "fw"], ["a"], ["b"], ["c"]])],
)
def test_clusters_that_are_interrupted_take_turns(at_once: int, turns: list[list[str]]) -> None:
    assert make_turns(site(cluster("a"), QUIET, cluster("b"), ALONE, cluster("c")), at_once) == turns


NOT_BEGUN = "cluster c: not begun: no node of it was touched; where a node of it failed, its failure is above; next: run again"
CUT_OFF = "cluster c: failed: it was begun and did not end; its failure is above; next: remove the cause, then run again"
#: what is known of the hosts and nodes at the end, and the row
ENDS: dict[str, tuple[dict[str, dict[str, t.Any]], str]] = {
    "done": (cluster(vsrx_site_begun=True, vsrx_site_done=True), "cluster c: done"),
    "not begun": (
        cluster(),
        NOT_BEGUN,
    ),
    "cut off": (
        cluster(vsrx_site_begun=True),
        CUT_OFF,
    ),
    "a restart is pending": (
        cluster(restart="never", vsrx_site_done=True),
        "cluster c: done: a restart of both nodes is pending; next: run again with vsrx_cluster_restart rolling or simultaneous",
    ),
    "failed in the plan": (
        {**cluster(), "c0": {**cluster()["c0"], "vsrx_site_failure": {"at": "Plan the ports", "why": "no\n such  VF"}}},
        "cluster c: failed: c0: Plan the ports: no such VF (no node of it was touched); next: remove the cause, then run again",
    ),
    "failed on the way": (
        {**cluster(), "c1": {**cluster()["c1"], "vsrx_site_begun": True, "vsrx_site_failure": {"at": "Restart", "why": "away"}}},
        "cluster c: failed: c1: Restart: away; next: remove the cause, then run again",
    ),
    "a stand-alone node": ({"fw": {"vsrx_ports_planned": PORTS, "vsrx_site_done": True}}, "node fw: done"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_end_has_a_row_for_each(name: str) -> None:
    part, row = ENDS[name]
    assert show_outcomes(sum_up(site(part))) == ["host kvm1: failed: its failure is above; next: remove the cause, then run again", row]


@pytest.mark.parametrize("value", [None, "x", 1, True, [], {}, [None], {"actions": "x"}, {"actions": [1]}, {"cluster": []}, "²"])
@pytest.mark.parametrize(
    "name",
    [
        "vsrx_ports_planned",
        "vsrx_cluster_seen",
        "vsrx_cluster_node",
        "vsrx_cluster_restart",
        "vsrx_site_failure",
    ],
)
def test_any_value_of_a_variable_has_turns_and_an_end(name: str, value: t.Any) -> None:
    found = site(
        cluster(**{name: value}) if name != "vsrx_cluster_node" else {key: {**node, name: value} for key, node in cluster().items()}
    )
    assert show_outcomes(sum_up(found)) and make_turns(found, 1)
