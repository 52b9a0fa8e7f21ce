# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of a site decides: turns, the order of nodes, the plan, and the summary."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.model import Site
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.order import Stage, list_stages, make_port_turns, make_turns, order_nodes
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.plan import make_plan
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


def steps(found: Site) -> list[tuple[str, str, str]]:
    return [(step.where, step.what, step.traffic) for step in make_plan(found)]


#: with the moves of groups around it
MOVES = "fail the redundancy groups over; {}; wait until the node is back; fail the groups back"
PORTS_OF_ONE = MOVES.format("add VF; shut down; start")
REBOOT_OF_ONE = MOVES.format("reboot")
VFS = ("kvm1", "eno2: make 1 VF", "no")
COMMIT = ("c", "set a; set b; commit, confirmed", "no")
#: the part of the site, and its steps after the VFs
PLANS: dict[str, tuple[dict[str, dict[str, t.Any]], list[tuple[str, str, str]]]] = {
    "rolling: committed first, each node boots once": (
        cluster(), [COMMIT, ("c1", PORTS_OF_ONE, "failover"), ("c0", PORTS_OF_ONE, "failover")],
    ),
    "simultaneous: both nodes boot once, together": (
        cluster(restart="simultaneous"),
        [COMMIT, ("c", "both nodes at once: c1: add VF; c1: shut down; c1: start; c0: add VF; c0: shut down; c0: start", "outage")],
    ),
    "never: both nodes boot for their ports, with what is committed before": (
        cluster(restart="never"), [COMMIT, ("c1", PORTS_OF_ONE, "failover"), ("c0", PORTS_OF_ONE, "failover")],
    ),
    "ports that stay: Junos reboots": (
        cluster(vsrx_ports_planned=NOTHING), [COMMIT, ("c1", REBOOT_OF_ONE, "failover"), ("c0", REBOOT_OF_ONE, "failover")],
    ),
    "ports that stay, both at once": (
        cluster(restart="simultaneous", vsrx_ports_planned=NOTHING), [COMMIT, ("c", "reboot both nodes at once", "outage")],
    ),
    "a cluster that is silent gets its ports first": (
        cluster(vsrx_cluster_seen={"lost": True}),
        [("c1", "add VF; shut down; start", "outage"), ("c0", "add VF; shut down; start", "outage")],
    ),
    "a cluster that is not healthy gets its ports first": (
        cluster(vsrx_cluster_seen={**SEEN, "cluster": {**SEEN["cluster"], "healthy_otherwise": False}}),  # type: ignore[dict-item]
        [("c1", "add VF; shut down; start", "failover"), ("c0", "add VF; shut down; start", "failover"), COMMIT,
         ("c1", REBOOT_OF_ONE, "failover"), ("c0", REBOOT_OF_ONE, "failover")],
    ),
    "nothing to do": (cluster(vsrx_ports_planned=NOTHING, vsrx_cluster_seen=DONE), []),
    "only the ports of a cluster in the mode": (
        cluster(vsrx_cluster_seen=DONE), [("c1", PORTS_OF_ONE, "failover"), ("c0", PORTS_OF_ONE, "failover")],
    ),
    "ports of a running domain": (
        {"fw": {"vsrx_ports_planned": {"actions": ["attach VF"], "restarted": False}}}, [("fw", "attach VF", "no")],
    ),
    "a stand-alone node": ({"fw": {"vsrx_ports_planned": PORTS}}, [("fw", "add VF; shut down; start", "outage")]),
    "one that failed": (cluster(vsrx_site_failure={"at": "Plan", "why": "no"}), []),
    "one that was not read": (cluster(vsrx_ports_planned={"msg": "no"}), []),
}  # fmt: skip


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize("name", PLANS)
def test_the_plan_is_in_the_order_of_execution(name: str) -> None:
    part, planned = PLANS[name]
    assert steps(site(part)) == [VFS, *planned]
    assert [step.number for step in make_plan(site(part))] == list(range(1, len(planned) + 2))


def test_one_node_that_gets_ports_boots_for_them_and_the_other_by_junos() -> None:
    nodes = cluster()
    nodes["c0"]["vsrx_ports_planned"] = NOTHING
    assert steps(site(nodes))[1:] == [COMMIT, ("c1", PORTS_OF_ONE, "failover"), ("c0", REBOOT_OF_ONE, "failover")]


def test_one_node_that_gets_ports_and_a_restart_that_is_left_are_not_mixed() -> None:
    nodes = cluster(restart="never")
    nodes["c0"]["vsrx_ports_planned"] = NOTHING
    assert steps(site(nodes))[1:] == [("c1", PORTS_OF_ONE, "failover"), COMMIT]


@pytest.mark.parametrize(
    ("restart", "turns"), [("rolling", [["c1"], ["c0"]]), ("simultaneous", [["c1", "c0"]]), ("never", [["c1"], ["c0"]])]
)
def test_nodes_get_their_ports_by_turns(restart: str, turns: list[list[str]]) -> None:
    nodes = cluster(restart=restart)
    assert make_port_turns(site(nodes).units[0]) == turns
    nodes["c1"]["vsrx_ports_planned"] = NOTHING
    assert make_port_turns(site(nodes).units[0]) == [["c0"]]


def test_a_node_that_is_off_is_started_before_the_commit() -> None:
    nodes = cluster(vsrx_cluster_seen={**SEEN, "cluster": {**t.cast("dict[str, t.Any]", SEEN["cluster"]), "healthy_otherwise": False}})
    nodes["c1"]["vsrx_ports_planned"] = {"actions": ["add VF", "start"], "restarted": False, "started": True}
    assert steps(site(nodes))[1:] == [
        ("c1", "add VF; start; wait until the node is back", "no"),
        COMMIT,
        ("c0", PORTS_OF_ONE, "failover"),
        ("c1", REBOOT_OF_ONE, "failover"),
    ]
    both = {name: {**node, "vsrx_ports_planned": nodes["c1"]["vsrx_ports_planned"]} for name, node in nodes.items()}
    assert [where for where, _what, _traffic in steps(site(both))[1:]] == ["c1", "c1", "c0", "c0", "c", "c1", "c0"]


@pytest.mark.parametrize("name", ["vsrx_ports_refusal", "vsrx_cluster_refusal"])
def test_a_cluster_of_which_preflight_says_that_a_node_is_refused_has_no_steps(name: str) -> None:
    nodes = cluster()
    nodes["c1"][name] = "no\n such domain"
    assert steps(site(nodes)) == [VFS]
    assert show_outcomes(sum_up(site(nodes)))[1].startswith("cluster c: failed: c1: no such domain (no node of it was touched)")


def test_each_step_has_its_limit() -> None:
    assert [step.longest_s for step in make_plan(site(cluster()))] == [120, 120, 180 + 2400 + 2 * 900, 180 + 2400 + 2 * 900]


QUIET = cluster("quiet", vsrx_ports_planned=NOTHING, vsrx_cluster_seen=DONE)
ALONE = {"fw": {"vsrx_ports_planned": NOTHING}}


@pytest.mark.parametrize(
    ("at_once", "turns"),
    [(1, [["quiet", "fw"], ["a"], ["b"], ["c"]]), (2, [["quiet", "fw"], ["a", "b"], ["c"]]), (0, [["quiet", "fw"], ["a"], ["b"], ["c"]])],
)
def test_clusters_that_are_interrupted_take_turns(at_once: int, turns: list[list[str]]) -> None:
    assert make_turns(site(cluster("a"), QUIET, cluster("b"), ALONE, cluster("c")), at_once) == turns


@pytest.mark.parametrize(
    ("primaries", "first"),
    [(["node0", "node0"], "c1"), (["node1", "node1"], "c0"), (["node0", "node1"], "c1"), ([], "c1"), (["node1"], "c0")],
)
def test_the_node_that_carries_more_goes_last(primaries: list[str], first: str) -> None:
    groups = [{"primary": name} for name in primaries]
    seen = {**SEEN, "cluster": {**t.cast("dict[str, t.Any]", SEEN["cluster"]), "redundancy_groups": groups}}
    assert order_nodes(site(cluster(vsrx_cluster_seen=seen)).units[0])[0].name == first


#: what the role vsrx_cluster keeps of a restart
REBOOTED = "__vsrx_cluster_rebooted"
NOT_BEGUN = "cluster c: not begun: no node of it was touched; where a node of it failed, its failure is above; next: run again"
CUT_OFF = (
    "cluster c: failed: it was begun and did not end; its failure is above; it stopped at step 2 of the plan (c); "
    "c0 has its ports from before; c1 has its ports from before; next: remove the cause, then run again"
)
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
    "stopped at a step": (
        {
            "c1": {
                **cluster()["c1"],
                "vsrx_site_begun": True,
                "vsrx_ports_result": {"ports": [], "restarted": True},
                "vsrx_ports_joined": {"failed": True, "steps": ["move redundancy groups 0 to node0"]},
            },
            "c0": {**cluster()["c0"], "vsrx_site_begun": True, "vsrx_cluster_commits": ["set a"]},
        },
        "cluster c: failed: it was begun and did not end; its failure is above; it stopped at step 3 of the plan (c1); the statements are "
        "committed; c0 has its ports from before; c1 has its ports and is not known to be back; next: remove the cause, then run again",
    ),
    "stopped at a step, one node done": (
        {
            "c1": {
                **cluster()["c1"],
                "vsrx_site_begun": True,
                "vsrx_ports_joined": {"steps": []},
                "vsrx_ports_result": {"ports": [], "restarted": True},
            },
            "c0": {**cluster()["c0"], "vsrx_site_begun": True, "vsrx_cluster_commits": ["set a"]},
        },
        "cluster c: failed: it was begun and did not end; its failure is above; it stopped at step 4 of the plan (c0); the statements are "
        "committed; c0 has its ports from before; c1 has its ports; next: remove the cause, then run again",
    ),
    "Junos rebooted one node of two": (
        cluster(vsrx_site_begun=True, vsrx_ports_planned=NOTHING, vsrx_cluster_commits=["set a"], **{REBOOTED: ["node1"]}),
        "cluster c: failed: it was begun and did not end; its failure is above; it stopped at step 3 of the plan (c1); the statements are "
        "committed; c0 was not rebooted; c1 was rebooted and is not known to be back; next: remove the cause, then run again",
    ),
    "Junos rebooted both nodes, one after the other": (
        cluster(
            vsrx_site_begun=True,
            vsrx_ports_planned=NOTHING,
            vsrx_cluster_commits=["set a"],
            **{REBOOTED: ["node1", "node0"]},
        ),
        "cluster c: failed: it was begun and did not end; its failure is above; it stopped at step 4 of the plan (c0); the statements are "
        "committed; c0 was rebooted and is not known to be back; c1 was rebooted; next: remove the cause, then run again",
    ),
    "Junos rebooted both nodes, and what is in force is not as it should be": (
        cluster(
            vsrx_site_begun=True,
            vsrx_ports_planned=NOTHING,
            vsrx_cluster_commits=["set a"],
            __vsrx_cluster_restarts_ended=True,
            **{REBOOTED: ["node0", "node1"]},
        ),
        "cluster c: failed: it was begun and did not end; its failure is above; the statements are committed; c0 was rebooted; c1 was "
        "rebooted; next: remove the cause, then run again",
    ),
    "a stand-alone node": ({"fw": {"vsrx_ports_planned": PORTS, "vsrx_site_done": True}}, "node fw: done"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_end_has_a_row_for_each(name: str) -> None:
    part, row = ENDS[name]
    ports = NOTHING if name.startswith("Junos") else PORTS
    plan = make_plan(site(cluster(vsrx_ports_planned=ports)))
    assert show_outcomes(sum_up(site(part), plan)) == [
        "host kvm1: failed: its failure is above; next: remove the cause, then run again",
        row,
    ]


@pytest.mark.parametrize("value", [None, "x", 1, True, [], {}, [None], {"actions": "x"}, {"actions": [1]}, {"cluster": []}, "²"])
@pytest.mark.parametrize(
    "name",
    [
        "vsrx_ports_planned",
        "vsrx_cluster_seen",
        "vsrx_cluster_node",
        "vsrx_cluster_restart",
        "vsrx_site_failure",
        "vsrx_ports_rejoin_timeout",
    ],
)
def test_any_value_of_a_variable_makes_a_plan(name: str, value: t.Any) -> None:
    found = site(
        cluster(**{name: value}) if name != "vsrx_cluster_node" else {key: {**node, name: value} for key, node in cluster().items()}
    )
    assert make_plan(found) is not None and show_outcomes(sum_up(found)) and make_turns(found, 1)


BOOTED = [{"name": f"node{number}", "mode": {"in_force": True}} for number in (0, 1)]
SETTLED: dict[str, t.Any] = {**DONE, "nodes": BOOTED, "cluster": {**t.cast("dict[str, t.Any]", SEEN["cluster"]), "healthy": True}}
NOT_QUIET: dict[str, dict[str, t.Any]] = {
    "ports to change": {"vsrx_ports_planned": PORTS},
    "a domain to start": {"vsrx_ports_planned": {"actions": [], "started": True}},
    "a domain that was not read": {"vsrx_ports_planned": {}},
    "something to commit": {"vsrx_cluster_seen": {**SETTLED, "actions": ["set a"]}},
    "a restart is pending": {"vsrx_cluster_seen": {**SETTLED, "restart_required": True}},
    "a manual failover": {"vsrx_cluster_seen": {**SETTLED, "cluster": {**SETTLED["cluster"], "healthy": False}}},
    "a boot of which nothing is known": {
        "vsrx_cluster_seen": {**SETTLED, "nodes": [BOOTED[0], {"name": "node1", "mode": {"in_force": None}}]}
    },
    "a node that is not shown": {"vsrx_cluster_seen": {**SETTLED, "nodes": BOOTED[:1]}},
    "no secondary": {"vsrx_cluster_seen": {**SETTLED, "cluster": {**SETTLED["cluster"], "secondary": None}}},
    "a silent cluster": {"vsrx_cluster_seen": {"lost": True}},
    "a refusal": {"vsrx_cluster_refusal": "no"},
}


@pytest.mark.parametrize("changes", NOT_QUIET.values(), ids=NOT_QUIET)
def test_a_cluster_is_left_alone_only_where_nothing_is_to_be_done_and_all_is_known(changes: dict[str, t.Any]) -> None:
    variables = cluster(vsrx_ports_planned=NOTHING, vsrx_cluster_seen=SETTLED)
    assert site(variables).units[0].quiet
    variables["c1"].update(changes)
    assert not site(variables).units[0].quiet


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("booting", [2, 1])
def test_a_preview_takes_no_restart_for_pending_that_the_boot_for_the_ports_is(booting: int, preview: bool) -> None:
    nodes = cluster(restart="never", vsrx_site_done=True, vsrx_ports_result={"ports": [], "restarted": True})
    if booting == 1:
        nodes["c0"]["vsrx_ports_planned"] = NOTHING
    pending = "a restart of both nodes is pending" in show_outcomes(sum_up(site(nodes), preview=preview))[1]
    assert pending is not (preview and booting == 2)


def test_a_preview_takes_the_restart_for_pending_where_the_statements_come_after_the_boot_for_the_ports() -> None:
    unhealthy = {**SEEN, "cluster": {**t.cast("dict[str, t.Any]", SEEN["cluster"]), "healthy_otherwise": False}}
    nodes = cluster(restart="never", vsrx_site_done=True, vsrx_ports_result={"ports": [], "restarted": True}, vsrx_cluster_seen=unhealthy)
    assert "a restart of both nodes is pending" in show_outcomes(sum_up(site(nodes), preview=True))[1]


BOTH = ("ports", "mac_mode")
#: what is planned for the cluster, what is changed, whether it is a preview, and the stages
STAGES: dict[str, tuple[dict[str, t.Any], tuple[str, ...], bool, list[Stage]]] = {
    "rolling": (
        cluster(restart="rolling"), BOTH, False,
        [Stage("commit"), Stage("ports", ("c1",)), Stage("ports", ("c0",)), Stage("mac_mode")],
    ),
    "simultaneous": (cluster(restart="simultaneous"), BOTH, False, [Stage("commit"), Stage("ports", ("c1", "c0")), Stage("mac_mode")]),
    "a preview": (cluster(restart="rolling"), BOTH, True, [Stage("commit"), Stage("ports", ("c1",)), Stage("ports", ("c0",))]),
    "ports that need no boot": (
        cluster(vsrx_ports_planned={"actions": ["attach VF"]}, restart="never"), BOTH, False,
        [Stage("ports", ("c1",)), Stage("ports", ("c0",)), Stage("mac_mode")],
    ),
    "a cluster that does not answer": (
        cluster(vsrx_cluster_seen={}), BOTH, False, [Stage("ports", ("c1",)), Stage("ports", ("c0",)), Stage("mac_mode")],
    ),
    "the mode alone": (cluster(), ("mac_mode",), False, [Stage("commit"), Stage("mac_mode")]),
    "the ports alone": (cluster(), ("ports",), False, [Stage("ports", ("c1",)), Stage("ports", ("c0",))]),
    "no ports to change": (cluster(vsrx_ports_planned=NOTHING), BOTH, False, [Stage("mac_mode")]),
    "nothing to do": (cluster(vsrx_ports_planned=NOTHING, vsrx_cluster_seen=SETTLED), BOTH, False, [Stage("verify")]),
    "nothing to do in a preview": (cluster(vsrx_ports_planned=NOTHING, vsrx_cluster_seen=SETTLED), BOTH, True, [Stage("verify")]),
    "a stand-alone node": ({"fw": {"vsrx_ports_planned": PORTS}}, BOTH, False, [Stage("ports", ("fw",))]),
    "a stand-alone node with nothing to do": ({"fw": {"vsrx_ports_planned": NOTHING}}, BOTH, False, []),
}  # fmt: skip


@pytest.mark.parametrize("name", STAGES)
def test_a_turn_has_its_stages_in_their_order(name: str) -> None:
    nodes, parts, preview, stages = STAGES[name]
    assert list_stages(site(nodes).units[0], parts, preview) == stages
