# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies that are not as kind as those of a healthy cluster: nothing unknown is taken for fine, and what is known is used."""

from __future__ import annotations

import typing as t

import pytest
from direct_work import look, run
from junos_peer.direct import DirectPeer, direct_peer

STATEMENTS = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>"
BOTH = f"<chassis><cluster>{STATEMENTS}</cluster></chassis>"
OTHER = "<system><domain-name>x.org</domain-name></system>"


@pytest.fixture(params=[False, True], ids=["default", "rfc-compliant"])
def peer(request: pytest.FixtureRequest) -> t.Iterator[DirectPeer]:
    with direct_peer(rfc_compliant=request.param) as running:
        yield running


def modes(result: dict[str, t.Any]) -> list[t.Optional[bool]]:
    return [node["mode"]["in_force"] for node in result["nodes"]]


def found(result: dict[str, t.Any], severity: str = "error") -> set[tuple[str, str]]:
    return {(finding["id"], finding["where"]) for finding in result["findings"] if finding["severity"] == severity}


@pytest.mark.mission("S8")
@pytest.mark.parametrize("form", ["error", "missing", "empty", "inside"])
@pytest.mark.parametrize("requested", [0, 1])
def test_with_one_node_away_the_other_is_known_and_the_change_is_refused(peer: DirectPeer, form: str, requested: int) -> None:
    peer.fault("cut-off", node=1 - requested, form=form)
    peer.node = requested
    result = look(peer)
    here, there = result["nodes"][requested], result["nodes"][1 - requested]
    assert (here["away"], there["away"]) == (False, True)
    assert here["junos_version"] and here["booted_at"] and here["mode"]["in_force"] is False
    assert there["junos_version"] is None and there["booted_at"] is None and there["mode"]["in_force"] is not True
    assert result["cluster"]["connected_to"] == here["name"] and not result["cluster"]["healthy"]
    assert ("S8", there["name"]) in found(result)
    refused = run(peer)
    assert refused["failed"] and f"[S8] {there['name']}" in refused["msg"] and "lost" not in refused
    assert [request for request in peer.requested if not request.startswith("<get-")] == []


@pytest.mark.parametrize("requested", [0, 1])
def test_nodes_of_one_host_name_are_distinguished_by_asking(peer: DirectPeer, requested: int) -> None:
    peer.fault("host-name", host_name="fw")
    peer.node = requested
    assert look(peer)["cluster"]["connected_to"] == f"node{requested}"


ASIDE = {
    "get-interface-information": "interfaces",
    "get-commit-information": "node1",
    "get-system-uptime-information": "node1",
    "get-software-information": "node0",
}


@pytest.mark.parametrize("kind", ["refuse", "deny", "deny-in-output", "deny-beside", "warn", "error-beside"])
@pytest.mark.parametrize(("rpc", "where"), ASIDE.items())
def test_a_read_that_is_refused_or_kept_back_costs_its_own_facts_and_is_said(peer: DirectPeer, kind: str, rpc: str, where: str) -> None:
    peer.fault("foreign-commit", xml=BOTH)
    peer.fault(kind, rpc=rpc, times=99, message="permission denied")
    result = look(peer)
    assert result["cluster"]["enabled"] and [reth["name"] for reth in result["reths"]] == ["reth0", "reth1"]
    assert True not in modes(result)
    said = [finding for finding in result["findings"] if finding["where"] == where and "permission denied" in finding["found"]]
    assert said or rpc == "get-software-information", result["findings"]
    if rpc == "get-software-information":
        assert found(result) & {("S6", "node0"), ("S6", "node1")}


@pytest.mark.parametrize("kind", ["warn", "refuse", "deny", "error-beside"])
def test_a_status_that_is_not_shown_is_never_a_stand_alone_box(peer: DirectPeer, kind: str) -> None:
    peer.fault(kind, rpc="get-chassis-cluster-status", times=99, message="chassis cluster is busy")
    refused = run(peer)
    assert refused["failed"] and "chassis cluster is busy" in refused["msg"]
    assert "not enabled" not in refused["msg"]


COMPARISONS = {
    "plain": False,
    "comment": False,
    "context": None,
    "set": None,
    "commands": None,
    "xml": None,
    "empty": None,
    "ok": None,
    "error": None,
}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(("form", "expected"), COMPARISONS.items())
def test_a_comparison_in_another_form_is_unknown_and_never_in_force(peer: DirectPeer, form: str, expected: t.Optional[bool]) -> None:
    peer.fault("foreign-commit", xml=BOTH)
    peer.fault("comparison", form=form)
    result = run(peer)
    assert not result["changed"] and modes(result) == [False, expected]  # node0's addresses show it
    assert {where for rule, where in found(result, "warning") if rule == "S8"} == {"node0", "node1"}


def test_a_comparison_that_says_nothing_differs_does_not_outweigh_the_addresses(peer: DirectPeer) -> None:
    peer.fault("foreign-commit", xml=BOTH)
    peer.fault("comparison", form="blank")
    assert True not in modes(run(peer))[:1]


@pytest.mark.mission("S8")
@pytest.mark.parametrize(("words", "element"), [(True, True), (True, False), (False, True), (False, False)])
def test_the_confirmation_is_always_sent_and_proven(peer: DirectPeer, words: bool, element: bool) -> None:
    peer.fault("history", words=words, element=element)
    result = run(peer)
    assert result["changed"], result
    commits = [request for request in peer.requested if request.startswith("<commit-configuration") and "<check/>" not in request]
    assert ["<confirmed/>" in request for request in commits] == [True, False]
    peer.expire()
    assert not run(peer)["changed"]


@pytest.mark.parametrize(("words", "element"), [(True, True), (True, False), (False, True)])
def test_a_commit_of_another_user_that_awaits_confirmation_is_seen(peer: DirectPeer, words: bool, element: bool) -> None:
    peer.fault("history", words=words, element=element)
    peer.fault("foreign-commit", xml=OTHER, minutes=10)
    assert look(peer)["pending_commit"]["user"] == "operator"
    refused = run(peer)
    assert refused["failed"] and "awaits confirmation" in refused["msg"]


@pytest.mark.mission("S8")
def test_a_commit_that_reports_an_error_of_one_node_is_said_to_be_in_effect_with_its_deadline(peer: DirectPeer) -> None:
    peer.fault("commit-error", node=1)
    refused = run(peer)
    assert refused["failed"] and "it took effect on the node that answered" in refused["msg"] and "rolls it back by 20" in refused["msg"]
    again = run(peer)
    assert "failed" not in again, again["msg"]
    assert again["actions"] == ["confirm the commit of an earlier run"]


def test_a_confirmation_that_reports_an_error_of_one_node_says_which_node_has_it(peer: DirectPeer) -> None:
    peer.fault("error-beside", rpc="commit-configuration", nth=3, message="could not connect to node1")
    refused = run(peer)
    assert refused["failed"] and "could not connect to node1; the commit is confirmed on the node that answered" in refused["msg"]
    peer.expire()
    assert run(peer)["changed"] is False


def test_a_commit_that_was_refused_whole_is_said_not_to_be_there(peer: DirectPeer) -> None:
    peer.fault("refuse", rpc="commit-configuration", nth=2, message="no space left")
    refused = run(peer)
    assert refused["failed"] and "no space left; nothing was committed" in refused["msg"]


def test_our_own_pending_commit_is_known_by_its_comment_on_the_other_node(peer: DirectPeer) -> None:
    """Commits that arrive by synchronisation carry another user there."""
    peer.fault("foreign-commit", xml=BOTH, minutes=10, user="automation", log="the mode")
    peer.fault("history", node=1, user="root", client="other")
    peer.node = 1
    assert run(peer, check_mode=True)["actions"] == ["confirm the commit of an earlier run"]
    peer.node = 0
    assert run(peer)["changed"]


def test_another_users_commit_with_our_comment_is_not_ours_on_the_primary(peer: DirectPeer) -> None:
    peer.fault("foreign-commit", xml=BOTH, minutes=10, user="operator", log="the mode")
    refused = run(peer)
    assert refused["failed"] and "awaits confirmation" in refused["msg"]


@pytest.mark.parametrize("state", ["lost", "disabled", "ineligible"])
def test_nothing_is_committed_on_half_a_cluster(peer: DirectPeer, state: str) -> None:
    honest = DirectPeer.rpc

    def rpc(self: DirectPeer, request: str) -> str:
        return honest(self, request).replace(">secondary<", f">{state}<")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DirectPeer, "rpc", rpc)
        refused = run(peer)
        accepted = run(peer, check_mode=True, accept=["S8"])
    assert refused["failed"] and f"[S8] node1: the node is {state}" in refused["msg"]
    assert accepted["changed"]


def test_what_a_restart_needs_to_know_is_returned(peer: DirectPeer) -> None:
    peer.fault(
        "foreign-commit",
        xml="<chassis><cluster><redundancy-group><name>0</name><hold-down-interval>600</hold-down-interval></redundancy-group></cluster></chassis>",
    )
    result = look(peer)
    assert [group["hold_down_interval"] for group in result["cluster"]["redundancy_groups"]] == [600, None]
    assert [node["backup_router"] for node in result["nodes"]] == [True, True]


TENANT = (
    "<tenants><name>t</name><security><nat><proxy-arp><interface><name>reth0.7</name><address><name>203.0.113.9/32</name></address>"
    "</interface></proxy-arp></nat></security><interfaces><interface><name>reth0</name><unit><name>7</name><family><inet6><address>"
    "<name>2001:db8::1/64</name></address></inet6></family></unit></interface></interfaces></tenants>"
)


@pytest.mark.mission("S11", "S14")
@pytest.mark.parametrize("missing", ["<logical-systems>", "<tenants>"])
@pytest.mark.parametrize("pipelined", [False, True])
def test_the_other_kind_of_system_is_judged_where_a_release_does_not_know_one(peer: DirectPeer, missing: str, pipelined: bool) -> None:
    peer.pipelines = pipelined
    peer.fault("foreign-commit", xml=TENANT if missing == "<logical-systems>" else TENANT.replace("tenants>", "logical-systems>"))
    peer.fault("refuse", rpc="get-configuration", holding=missing, times=99, message="syntax error")
    kind = "tenants" if missing == "<logical-systems>" else "logical-systems"
    rows = [(finding["id"], finding["where"]) for finding in look(peer)["findings"]]
    peer.pipelines = False
    assert ("S11", f"[edit {kind} t security nat proxy-arp interface reth0.7]") in rows
    assert ("S14", f"[edit {kind} t interfaces reth0 unit 7 family inet6 address 2001:db8::1/64]") in rows
