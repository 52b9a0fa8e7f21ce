# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A restart, step by step, on a cluster that answers as unkindly as Junos."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError, VsrxError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster import commands
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.look import Look
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.plan import Strategy
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.restart import (
    Request,
    ResetNeeded,
    Restart,
    plan_steps,
    read_state,
    write_state,
)

from .fake_cluster import FakeCluster

DENIED = "<rpc-reply><error><source-daemon>jsrpd</source-daemon><message>error: not now</message></error></rpc-reply>"
REFUSED = "<rpc-reply><rpc-error><error-severity>error</error-severity><error-message>syntax error</error-message></rpc-error></rpc-reply>"
WARNED = (
    "<rpc-reply><rpc-error><error-severity>warning</error-severity><error-message>Rebooting</error-message></rpc-error>"
    "<request-reboot-results/></rpc-reply>"
)


def restart(cluster: FakeCluster, strategy: Strategy, can_reset: bool = False, boot: float = 200) -> tuple[Look, list[str]]:
    operations, warnings = cluster.operations()
    look = operations.paths.look_through_any()
    return Restart(operations, Request(strategy, True, boot, 300, can_reset)).begin(look), warnings


@pytest.mark.mission("S8")
def test_rolling_moves_holds_and_returns_the_groups() -> None:
    cluster = FakeCluster()
    look, warnings = restart(cluster, Strategy.ROLLING)
    assert cluster.commands == [
        "node1: reboot 1",
        "node1: move 0 1",
        "node1: move 1 1",
        "node0: reboot 0",
        "node1: clear 0",
        "node1: clear 1",
        "node0: move 0 0",
        "node0: move 1 0",
        "node0: clear 0",
        "node0: clear 1",
    ]
    assert look.healthy and look.homes == {0: "node0", 1: "node0"} and warnings == []


@pytest.mark.mission("S8")
@pytest.mark.parametrize("primary", ["node0", "node1"])
def test_the_node_that_carries_everything_never_goes_first(primary: str) -> None:
    cluster = FakeCluster()
    cluster.primaries = {0: primary, 1: primary}
    restart(cluster, Strategy.ROLLING)
    reboots = [command for command in cluster.commands if "reboot" in command]
    assert not reboots[0].endswith(primary[-1]) and reboots[1].endswith(primary[-1])


def test_only_nodes_that_need_it_restart() -> None:
    cluster = FakeCluster()
    cluster.nodes["node1"].in_force = True
    restart(cluster, Strategy.SIMULTANEOUS)
    assert [command for command in cluster.commands if "reboot" in command] == ["node0: reboot 0"]


@pytest.mark.mission("S8")
def test_both_at_once_are_requested_by_the_primary() -> None:
    cluster = FakeCluster()
    look, _warnings = restart(cluster, Strategy.SIMULTANEOUS)
    assert cluster.commands == ["node0: reboot all"] and look.healthy


# F2: a refusal by a daemon in an ordinary reply is a refusal at once; F8: a warning beside the answer is none
@pytest.mark.mission("S8")
@pytest.mark.parametrize("reply", [DENIED, REFUSED], ids=["xnm:error", "rpc-error"])
def test_a_refusal_of_both_at_once_falls_back_to_each_node(reply: str) -> None:
    cluster = FakeCluster()
    cluster.replies["<node>all"] = reply
    look, warnings = restart(cluster, Strategy.SIMULTANEOUS)
    assert cluster.commands == ["node0: reboot all", "node1: reboot 1", "node0: reboot 0"] and look.healthy
    assert "each node is asked by itself" in warnings[0]


def test_a_box_that_takes_no_node_gets_requests_in_words_that_name_none() -> None:
    cluster = FakeCluster()
    cluster.replies["<request-reboot><node>"] = DENIED
    restart(cluster, Strategy.ROLLING)
    assert [command for command in cluster.commands if command.endswith("reboot")] == ["node1: reboot", "node0: reboot"]


def test_a_reboot_that_no_one_grants_fails_at_once_in_junos_words() -> None:
    cluster = FakeCluster()
    cluster.replies["request-reboot"] = DENIED
    began = cluster.time
    with pytest.raises(VsrxError, match="error: not now"):
        restart(cluster, Strategy.ROLLING)
    assert cluster.time - began < 30


def test_warnings_beside_the_answer_are_reported_and_no_refusal() -> None:
    cluster = FakeCluster()
    operations, warnings = cluster.operations()
    cluster.replies["request-chassis-cluster-failover><"] = WARNED
    operations.command(lambda session: commands.fail_over(session, 1, "node1"))
    assert warnings == ["Rebooting"] and len(cluster.commands) == 1


def test_an_answer_that_is_cut_off_is_a_reboot_that_has_begun() -> None:
    cluster = FakeCluster()
    real = cluster.answer

    def cut(host: str, request: str) -> str:
        answer = real(host, request)
        if "request-reboot" in request:
            raise VsrxError("session closed", lost=True)
        return answer

    cluster.answer = cut  # type: ignore[method-assign]
    look, _warnings = restart(cluster, Strategy.ROLLING)
    assert [command for command in cluster.commands if "reboot" in command] == ["node1: reboot 1", "node0: reboot 0"] and look.healthy


# F1: what is away is away, and what carries traffic is left alone
@pytest.mark.mission("S8")
@pytest.mark.parametrize("strategy", list(Strategy))
def test_only_the_node_that_its_partner_shows_as_lost_may_be_reset(strategy: Strategy) -> None:
    cluster = FakeCluster()
    cluster.never_back = {"node1"}
    with pytest.raises(ResetNeeded) as needed:
        restart(cluster, strategy, can_reset=True)
    assert needed.value.nodes == ("node1",)
    cluster.never_back = set()
    cluster.reboot(["node1"])
    operations, _warnings = cluster.operations()
    state = read_state(write_state(needed.value.state))
    look = Restart(operations, Request(strategy, True, 200, 300, True)).resume(state)
    assert look.healthy and all(node.in_force for node in cluster.nodes.values())
    assert len([command for command in cluster.commands if "reboot" in command]) == (2 if strategy == Strategy.ROLLING else 1)


@pytest.mark.mission("S8")
def test_a_node_is_reset_once_and_its_partner_is_left_alone() -> None:
    cluster = FakeCluster()
    cluster.never_back = {"node1"}
    with pytest.raises(ResetNeeded) as needed:
        restart(cluster, Strategy.ROLLING, can_reset=True)
    operations, _warnings = cluster.operations()
    with pytest.raises(VsrxError, match="node1 did not boot .* node0 carries the traffic and was left alone"):
        Restart(operations, Request(Strategy.ROLLING, True, 200, 300, True)).resume(needed.value.state)
    assert cluster.commands == ["node1: reboot 1"]


def test_where_no_address_answers_both_may_be_reset() -> None:
    cluster = FakeCluster()
    cluster.never_back = {"node0", "node1"}
    with pytest.raises(ResetNeeded) as needed:
        restart(cluster, Strategy.SIMULTANEOUS, can_reset=True)
    assert set(needed.value.nodes) == {"node0", "node1"}


def test_without_consent_nothing_is_reset() -> None:
    cluster = FakeCluster()
    cluster.never_back = {"node1"}
    with pytest.raises(VsrxError, match="node1 did not boot with what is configured within 200 s"):
        restart(cluster, Strategy.SIMULTANEOUS)


# F5: addresses that lead elsewhere
@pytest.mark.parametrize(
    "leads_to", [{"node0": "node1", "node1": "node0"}, {"node0": "node0", "node1": "node0"}], ids=["exchanged", "master-only"]
)
def test_addresses_that_lead_to_another_node_are_refused_before_anything_is_done(leads_to: dict[str, str]) -> None:
    cluster = FakeCluster()
    cluster.leads_to = leads_to
    with pytest.raises(RequestError, match="its address leads to node"):
        restart(cluster, Strategy.ROLLING)
    assert cluster.commands == []


# F6: the secondary cannot be reached; the partner reboots it
@pytest.mark.mission("S8")
def test_a_node_without_backup_router_is_warned_of_and_rebooted_by_its_partner() -> None:
    cluster = FakeCluster()
    cluster.secondary_unreachable = True
    cluster.backup_router = False
    look, warnings = restart(cluster, Strategy.ROLLING)
    reboots = [command for command in cluster.commands if "reboot" in command]
    assert reboots == ["node0: reboot 1", "node1: reboot 0"] and look.healthy
    assert [text for text in warnings if "node0 has no 'system backup-router'" in text]


# F12: hold-down timers
def test_a_hold_down_timer_is_read_and_given_its_time() -> None:
    cluster = FakeCluster()
    cluster.hold_downs = {0: 900}
    operations, _warnings = cluster.operations()
    operations.paths.look_through_any()
    assert operations.limit([0]) == 960 and operations.limit([1]) == 300


def test_a_partner_that_cannot_take_the_groups_keeps_the_node_up() -> None:
    cluster = FakeCluster()
    cluster.nodes["node1"].up_at = float("inf")
    operations, _warnings = cluster.operations()
    look = operations.paths.look_through_any()
    with pytest.raises(VsrxError, match="node0 cannot go down: its partner node1 is lost"):
        operations.evacuate(look, "node0")
    assert cluster.commands == []


@pytest.mark.parametrize(
    ("strategy", "steps"),
    [
        (Strategy.SIMULTANEOUS, ["reboot both nodes"]),
        (Strategy.ROLLING, ["reboot node1", "move redundancy groups 0, 1 to node1", "reboot node0"]),
    ],
)
def test_check_mode_tells_the_steps_that_are_taken(strategy: Strategy, steps: list[str]) -> None:
    cluster = FakeCluster()
    operations, _warnings = cluster.operations()
    look = operations.paths.look_through_any()
    assert plan_steps(look, strategy, True) == steps and cluster.commands == []
    Restart(operations, Request(strategy, True, 200, 300)).begin(look)
    assert operations.steps[: len(steps)] == steps


def test_a_group_that_preempts_goes_home_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = FakeCluster()
    cluster.preempting = {1}
    real = cluster.answer

    def preempt(host: str, request: str) -> t.Any:
        answer = real(host, request)
        if "failover-reset" in request and cluster.is_up("node0") and 1 not in cluster.manual:
            cluster.primaries[1] = "node0"
        return answer

    monkeypatch.setattr(cluster, "answer", preempt)
    look, _warnings = restart(cluster, Strategy.ROLLING)
    assert look.homes == {0: "node0", 1: "node0"} and "node0: move 1 0" not in cluster.commands
