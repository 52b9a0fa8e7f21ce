# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Histories and comparisons in other words, equal host names, hold-down timers and management addresses."""

from __future__ import annotations

import pytest
from junos_peer.compare_forms import FORMS
from junos_peer.remote import RemotePeer
from junos_peer.tree import parse, plain
from peer_replies import ask, denied, load, texts
from peer_wire import connect

FAILOVER = "<request-chassis-cluster-failover><redundancy-group>{}</redundancy-group><node>{}</node></request-chassis-cluster-failover>"
RESET = "<request-chassis-cluster-failover-reset><redundancy-group>{}</redundancy-group></request-chassis-cluster-failover-reset>"
COMPARE = '<get-configuration database="committed" compare="rollback" rollback="1" format="text"/>'
STATEMENT = "use-active-child-mac-on-reth"
#: form -> what its reply holds
HOLDS = {
    "plain": "[edit chassis cluster]\n+   use-active-child-mac-on-reth;",
    "context": "+        use-active-child-mac-on-reth;",
    "comment": "+   use-active-child-mac-on-reth; ## changed",
    "set": "+ set chassis cluster use-active-child-mac-on-reth",
    "commands": "\nset chassis cluster use-active-child-mac-on-reth",
    "xml": 'use-active-child-mac-on-reth operation="create"',
    "error": "error: Could not open rollback file",
}


def test_comparisons_in_every_form(either_style: RemotePeer) -> None:
    either_style.fault("foreign-commit", xml=f"<chassis><cluster><{STATEMENT}/></cluster></chassis>")
    with connect(either_style) as wire:
        for form in FORMS:
            either_style.fault("comparison", form=form)
            reply = wire.ask(COMPARE).decode()
            plain(parse(reply.encode()))
            assert HOLDS.get(form, "rpc-reply") in reply, form
            assert (STATEMENT in reply) is (form not in ("empty", "ok", "error", "blank")), form
            assert ("@@" in reply) is (form == "context")


@pytest.mark.parametrize(("words", "element"), [(True, True), (False, True), (True, False), (False, False)])
def test_a_pending_commit_with_and_without_its_signs(peer: RemotePeer, words: bool, element: bool) -> None:
    peer.fault("history", user="root", client="other", words=words, element=element)
    with peer.netconf(0) as session:
        load(session, "<system><location><building>new</building></location></system>")
        ask(session, "<commit-configuration><confirmed/><confirm-timeout>7</confirm-timeout><log>why</log></commit-configuration>")
        own = ask(session, "<get-commit-information/>")
    with peer.netconf(1) as session:
        other = ask(session, "<get-commit-information/>")
    for reply, said in ((own, ["automation", "netconf"]), (other, ["root", "other"])):
        newest = next(reply.iter("commit-history"))
        expected = "ansible" if said[0] == "automation" else said[0]
        assert [newest.findtext("user"), newest.findtext("client"), newest.findtext("log")] == [expected, said[1], "why"]
        assert (newest.findtext("comment") is not None) is words
        assert (newest.findtext("commit-confirmed") is not None) is element


def test_both_nodes_may_have_one_host_name(peer: RemotePeer) -> None:
    peer.fault("host-name", host_name="fw")
    with peer.netconf() as session:
        assert texts(ask(session, "<get-software-information/>"), ".//host-name") == ["fw", "fw"]


def test_a_hold_down_timer_keeps_the_group_from_the_node_that_gave_it_away(peer: RemotePeer) -> None:
    peer.fault("hold-down", seconds=60)
    with peer.netconf() as session:
        ask(session, FAILOVER.format(0, 1))
        ask(session, RESET.format(0))
        assert "secondary-hold" in denied(session, FAILOVER.format(0, 0))
        assert peer.status()["groups"][0]["status"] == ["secondary-hold", "primary"]
        ask(session, FAILOVER.format(1, 1))  # other groups have no such timer
        ask(session, RESET.format(1))
        peer.wait_until(lambda seen: seen.status()["groups"][1]["status"] == ["secondary", "primary"])
    peer.fault("crash", node=1)
    peer.wait_until(lambda seen: seen.status()["groups"][0]["primary"] == 0)  # where the primary is lost it takes over all the same


def test_the_configured_interval_is_the_timer(peer: RemotePeer) -> None:
    peer.fault("time-scale", scale=600)
    group = "<redundancy-group><name>0</name><hold-down-interval>300</hold-down-interval></redundancy-group>"
    peer.fault("foreign-commit", xml=f"<chassis><cluster>{group}</cluster></chassis>")
    with peer.netconf() as session:
        ask(session, FAILOVER.format(0, 1))
    assert peer.status()["groups"][0]["status"][0] == "secondary-hold"
    peer.wait_until(lambda seen: seen.status()["groups"][0]["status"][0] == "secondary")


def test_without_a_backup_router_the_secondary_is_out_of_reach_for_a_remote_client(peer: RemotePeer) -> None:
    peer.fault("foreign-commit", xml='<groups><name>node0</name><system><backup-router delete="delete"/></system></groups>')
    peer.fault("remote-client")
    assert peer.node(0).listening and peer.node(1).listening  # the one is primary, the other has its backup-router
    with peer.netconf(1) as session:
        ask(session, FAILOVER.format(0, 1))
        peer.wait_until(lambda seen: not seen.node(0).listening)
        ask(session, RESET.format(0))
        ask(session, FAILOVER.format(0, 0))
    peer.wait_until(lambda seen: seen.node(0).listening and seen.node(1).listening)


def test_a_master_only_address_leads_to_the_primary(peer: RemotePeer) -> None:
    peer.fault("master-only")
    for primary in (0, 1):
        for port in (0, 1):
            peer.wait_until(lambda seen, to=(port, primary): seen.node(to[0]).listening and seen.node(to[0]).leads_to == to[1])
            with peer.netconf(port) as session:
                ask(session, "<get-software-information><node>local</node></get-software-information>")
        assert {row["node"] for row in peer.log("rpc", rpc="get-software-information")} == {primary}
        if not primary:
            with peer.netconf(1) as session:
                ask(session, FAILOVER.format(0, 1))
            peer.wait_until(lambda seen: seen.status()["groups"][0]["primary"] == 1)
            peer.clear_log()
    peer.clear_faults()
    peer.wait_until(lambda seen: all(node["listening"] for node in seen.status()["nodes"]))
    peer.clear_log()
    with peer.netconf(0) as session:
        ask(session, "<get-software-information/>")
    assert [row["node"] for row in peer.log("rpc", rpc="get-software-information")] == [0]
