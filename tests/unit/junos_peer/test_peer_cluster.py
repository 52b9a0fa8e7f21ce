# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster: its state on the wire, reboots, elections, failovers."""

from __future__ import annotations

import asyncio
import json
import pathlib
import socket
import typing as t

import asyncssh
import pytest
from junos_peer.options import HERE
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from junos_peer.tree import Tree
from ncclient.operations.rpc import RPCError
from peer_replies import BOTH, ask, denied, load, texts

REBOOT = "<request-reboot>{}</request-reboot>"
FAILOVER = "<request-chassis-cluster-failover><redundancy-group>{}</redundancy-group><node>{}</node></request-chassis-cluster-failover>"
RESET = "<request-chassis-cluster-failover-reset><redundancy-group>{}</redundancy-group></request-chassis-cluster-failover-reset>"


def states(peer: RemotePeer, group: int, node: int = 0) -> dict[str, list[str]]:
    """What a node shows of a group, read from the flat list: name -> priority, state, preempt, manual, failures."""
    with peer.netconf(node) as session:
        status = ask(session, "<get-chassis-cluster-status/>")
    wanted = next(row for row in status.iter("redundancy-group") if row.findtext("redundancy-group-id") == str(group))
    flat = [(child.text or "") for child in wanted.iterfind("device-stats/*")]
    return {flat[at]: flat[at + 1 : at + 6] for at in range(0, len(flat), 6)}


def test_a_healthy_cluster(either_style: RemotePeer) -> None:
    for node in (0, 1):
        assert states(either_style, 1, node) == {
            "node0": ["200", "primary", "no", "no", "None"],
            "node1": ["100", "secondary", "no", "no", "None"],
        }


def test_status_has_no_wrapper_for_each_node(peer: RemotePeer) -> None:
    with peer.netconf(device="default") as session:
        reply = ask(session, "<get-chassis-cluster-status/>")
        assert [child.tag for child in reply] == ["chassis-cluster-status"]
        assert texts(reply, ".//redundancy-group-id") == ["0", "1"]
        for name in ("get-software-information", "get-system-uptime-information", "get-chassis-cluster-information"):
            reply = ask(session, f"<{name}/>")
            assert texts(reply, "multi-routing-engine-results/multi-routing-engine-item/re-name") == ["node0", "node1"]


def test_old_releases_show_no_monitor_failures() -> None:
    with running_peer(release="12.3X48-D105") as peer, peer.netconf() as session:
        assert ask(session, "<get-chassis-cluster-status/>").find(".//monitor-failures") is None


def test_a_standalone_box_answers_bare(standalone: RemotePeer) -> None:
    with standalone.netconf(device="default") as session:
        assert [child.tag for child in ask(session, "<get-software-information/>")] == ["software-information"]
        assert [child.tag for child in ask(session, "<get-system-uptime-information/>")] == ["system-uptime-information"]
        names = texts(ask(session, "<get-interface-information/>"), ".//physical-interface/name")
    assert names == ["ge-0/0/0", "fxp0"]


def test_release_and_model() -> None:
    with running_peer(release="19.3R2.9", model="SRX340") as peer, peer.netconf() as session:
        software = ask(session, "<get-software-information/>")
    assert set(texts(software, ".//junos-version")) == {"19.3R2.9"}
    assert set(texts(software, ".//product-model")) == {"SRX340"}


# reboots


def booted(session: t.Any) -> dict[str, int]:
    reply = ask(session, "<get-system-uptime-information/>")
    return {
        item.findtext("re-name") or "": int(_moment(item, "system-booted-time").get("seconds") or 0)
        for item in reply.iter("multi-routing-engine-item")
    }


def _moment(item: Tree, name: str) -> Tree:
    found = item.find(f".//{name}/date-time")
    assert found is not None
    return found


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("requested_of", "what", "rebooted"),
    [
        (0, "<node>all</node>", {"node0", "node1"}),
        (0, "<node>node1</node>", {"node1"}),
        (1, "<node>0</node>", {"node0"}),
        (1, "<node>local</node>", {"node1"}),
        (1, "", {"node1"}),
        (0, "<in>1</in>", {"node0"}),
    ],
)
def test_reboot(requested_of: int, what: str, rebooted: set[str]) -> None:
    with running_peer(boot_delay=0.2, sync_delay=0.2) as peer:
        with peer.netconf(0) as session:
            before = booted(session)
        if "<in>" in what:
            peer.fault("time-scale", scale=300)
        with peer.netconf(requested_of) as session:
            reply = ask(session, REBOOT.format(what))
            assert reply.find(".//request-reboot-status") is not None
        peer.wait_until(lambda seen: {row["node"] for row in seen.log("up")} == rebooted)
        peer.wait_healthy()
        with peer.netconf(0) as session:
            after = booted(session)
    assert {name for name in after if after[name] > before[name]} == rebooted


@pytest.mark.parametrize("what", ["<node>node7</node>", "<in>soon</in>", "<at>12:00</at>"])
def test_wrong_reboots(peer: RemotePeer, what: str) -> None:
    with peer.netconf() as session, pytest.raises(RPCError):
        ask(session, REBOOT.format(what))
    assert peer.log("reboot") == []


def test_a_node_that_is_down_refuses_connections_and_shows_as_lost() -> None:
    # Longer than ncclient's timeout: that is how long it may take to find the session dead.
    with running_peer(boot_delay=600) as peer:
        with peer.netconf(0) as session:
            ask(session, REBOOT.format(""))
            peer.wait_until(lambda seen: bool(seen.log("reboot")))
            with pytest.raises(Exception):  # noqa: B017 - whatever ncclient makes of a dead session
                ask(session, "<get-software-information/>")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((peer.host, peer.ports[0]))
        for group in (0, 1):
            shown = states(peer, group, 1)
            assert shown["node0"][:2] == ["0", "lost"]
            assert shown["node1"][1] == "primary"
        with peer.netconf(1) as session:
            with pytest.raises(RPCError, match="Could not connect to node0"):
                ask(session, "<get-software-information/>")
            with pytest.raises(RPCError, match="No route"):
                ask(session, REBOOT.format("<node>node0</node>"))


def test_a_node_that_is_back_is_in_hold_then_unsynchronised_then_secondary() -> None:
    with running_peer(boot_delay=0.1, sync_delay=3600) as peer:
        with peer.netconf(1) as session:
            ask(session, REBOOT.format(""))
        peer.wait_until(lambda seen: bool(seen.log("up")))
        assert states(peer, 1)["node1"][1] == "hold"
        peer.fault("skip-timers")
        assert states(peer, 1)["node1"] == ["0", "secondary", "no", "no", "CS"]
        peer.fault("skip-timers")
        assert states(peer, 1)["node1"] == ["100", "secondary", "no", "no", "None"]


def test_after_a_reboot_of_both_the_higher_priority_is_primary_again() -> None:
    with running_peer(boot_delay=0.1, sync_delay=0.2) as peer:
        peer.fault("boot-delay", seconds=0.3, node=0)  # node 1 is back first, and waits
        peer.fault("sync-delay", seconds=2)
        with peer.netconf() as session:
            ask(session, REBOOT.format("<node>all</node>"))
        peer.wait_until(lambda seen: len(seen.log("up")) == 2)
        peer.wait_healthy()
        assert states(peer, 0)["node0"][1] == "primary"


@pytest.mark.mission("S8")
def test_the_mode_is_in_force_on_a_node_that_booted_with_both_statements() -> None:
    with running_peer() as peer:
        with peer.netconf() as session:
            load(session, f"<chassis><cluster>{BOTH}</cluster></chassis>")
            ask(session, "<commit-configuration/>")
        assert [peer.node(number).mac_mode for number in (0, 1)] == [False, False]
        with peer.netconf(1) as session:
            ask(session, REBOOT.format(""))
        peer.wait_until(lambda seen: seen.node(1).boots == 1)
        peer.wait_healthy()
        assert [peer.node(number).mac_mode for number in (0, 1)] == [False, True]
        assert peer.node(1).booted_at > peer.status()["last_commit"]


@pytest.mark.parametrize("where", ["groups", "inactive", "one"])
def test_statements_count_as_they_are_in_force(where: str) -> None:
    inside = {
        "groups": f"<groups><name>node1</name><chassis><cluster>{BOTH}</cluster></chassis></groups>",
        "inactive": "<chassis><cluster>{}</cluster></chassis>".format(BOTH.replace("/>", ' inactive="inactive"/>')),
        "one": "<chassis><cluster><use-active-child-mac-on-reth/></cluster></chassis>",
    }[where]
    with running_peer() as peer:
        peer.fault("foreign-commit", xml=inside)
        with peer.netconf() as session:
            ask(session, REBOOT.format("<node>all</node>"))
        peer.wait_until(lambda seen: all(node["boots"] == 1 for node in seen.status()["nodes"]))
        assert [peer.node(number).mac_mode for number in (0, 1)] == [False, where == "groups"]


# failovers


def test_failover_and_reset(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        ask(session, FAILOVER.format(1, 1))
        shown = states(peer, 1)
        assert shown["node1"][:4] == ["255", "primary", "no", "yes"]
        assert shown["node0"][1] in ("secondary-hold", "secondary")
        assert states(peer, 0)["node0"][1] == "primary"
        assert "reset it first" in denied(session, FAILOVER.format(1, 0))
        ask(session, RESET.format(1))
        peer.wait_until(lambda seen: "secondary-hold" not in seen.status()["groups"][1]["status"])
        assert states(peer, 1)["node1"] == ["100", "primary", "no", "no", "None"]
        ask(session, FAILOVER.format(1, 0))
        ask(session, RESET.format(1))
    assert [row["kind"] for row in peer.log() if row["kind"].startswith("failover")] == ["failover", "failover reset"] * 2


def test_a_failover_is_counted_and_recorded(peer: RemotePeer) -> None:
    def count(session: t.Any) -> list[str]:
        return texts(ask(session, "<get-chassis-cluster-status/>"), ".//redundancy-group-failover-count")

    with peer.netconf() as session:
        assert count(session) == ["1", "1"]
        ask(session, FAILOVER.format(1, 1))
        assert count(session) == ["1", "2"]
        information = ask(session, "<get-chassis-cluster-information/>")
        records = {
            item.findtext("re-name"): [
                (row.findtext("from-state"), row.findtext("to-state"), row.findtext("transition-reason"))
                for row in item.iter("redundancy-group-state-transition-record")
            ]
            for item in information.iter("multi-routing-engine-item")
        }
    assert records["node0"][-1] == ("primary", "secondary-hold", "manual failover")
    assert records["node1"] == [("secondary", "primary", "manual failover")]


def test_only_a_takeover_is_counted() -> None:
    with running_peer() as peer:
        with peer.netconf() as session:
            ask(session, REBOOT.format("<node>all</node>"))
        peer.wait_until(lambda seen: len(seen.log("up")) == 2)
        peer.wait_healthy()
        assert [group["failovers"] for group in peer.status()["groups"]] == [2, 2]


@pytest.mark.parametrize(("group", "node"), [(1, 0), (7, 1), (1, 7)])
def test_wrong_failovers_are_denied_by_the_daemon_in_an_ordinary_reply(peer: RemotePeer, group: int, node: int) -> None:
    with peer.netconf() as session:
        assert denied(session, FAILOVER.format(group, node)).startswith("error: ")
    assert peer.log("failover") == []


def test_a_failover_without_a_group_is_a_syntax_error(peer: RemotePeer) -> None:
    with peer.netconf() as session, pytest.raises(RPCError):
        ask(session, FAILOVER.format("x", 1))


def test_preempt_takes_the_group_back() -> None:
    with running_peer() as peer:
        with peer.netconf() as session:
            load(session, "<chassis><cluster><redundancy-group><name>1</name><preempt/></redundancy-group></cluster></chassis>")
            ask(session, "<commit-configuration/>")
            ask(session, FAILOVER.format(1, 1))
            assert states(peer, 1)["node1"][:3] == ["255", "primary", "yes"]
            ask(session, RESET.format(1))
        assert states(peer, 1)["node0"][1] == "primary"


def test_a_node_goes_to_an_eligible_one_only(peer: RemotePeer) -> None:
    peer.fault("becomes", node=1, state="disabled")
    with peer.netconf() as session:
        assert "not eligible" in denied(session, FAILOVER.format(1, 1))
    assert states(peer, 1)["node1"][1] == "disabled"


@pytest.mark.parametrize("state", ["ineligible", "disabled"])
def test_a_node_may_come_back_as_an_outcast(state: str) -> None:
    with running_peer() as peer:
        peer.fault("returns-as", node=1, state=state)
        with peer.netconf(1) as session:
            ask(session, REBOOT.format(""))
        peer.wait_until(lambda seen: seen.node(1).state == state)
        assert states(peer, 1)["node1"][1] == state
        peer.fault("revive", node=1)
        peer.wait_healthy()


def test_a_node_may_stay_away() -> None:
    with running_peer(boot_delay=0.05) as peer:
        peer.fault("no-return", node=1)
        with peer.netconf() as session:
            ask(session, REBOOT.format("<node>all</node>"))
        peer.wait_until(lambda seen: seen.node(0).boots == 1 and seen.node(0).state == "ready")
        assert peer.node(1).state == "down"
        assert states(peer, 1) == {"node0": ["200", "primary", "no", "no", "None"], "node1": ["0", "lost", "no", "no", "None"]}
        peer.fault("revive", node=1)
        peer.wait_healthy()


def test_monitor_failures_of_our_own(peer: RemotePeer) -> None:
    peer.fault("monitor-failure", node=1, codes="IF FL")
    assert states(peer, 1)["node1"] == ["0", "secondary", "no", "no", "IF FL"]
    peer.clear_faults()
    assert states(peer, 1)["node1"][4] == "None"


# interfaces


def macs(peer: RemotePeer, node: int = 0) -> dict[str, tuple[str, str]]:
    with peer.netconf(node) as session:
        rows = ask(session, "<get-interface-information/>")
    return {
        row.findtext("name") or "": (row.findtext("current-physical-address") or "", row.findtext("hardware-physical-address") or "")
        for row in rows.iter("physical-interface")
    }


@pytest.fixture
def in_mode(tmp_path: pathlib.Path) -> t.Iterator[RemotePeer]:
    config = tmp_path / "cluster.xml"
    config.write_text(
        (HERE / "configs" / "cluster.xml").read_text().replace("<reth-count>2</reth-count>", f"<reth-count>2</reth-count>{BOTH}")
    )
    with running_peer(config=config) as running:
        yield running


def test_without_the_mode_members_wear_the_reths_virtual_mac(peer: RemotePeer) -> None:
    seen = macs(peer)
    assert seen["reth0"][0] == seen["ge-0/0/1"][0] == seen["ge-7/0/1"][0] == "00:10:db:ff:10:00"
    assert seen["reth1"][0] == seen["ge-0/0/2"][0] == "00:10:db:ff:10:01"
    assert seen["ge-0/0/1"][1] != "02:5a:00:00:00:01"


@pytest.mark.mission("S6", "S13")
def test_in_the_mode_a_reth_wears_its_active_members_mac(in_mode: RemotePeer) -> None:
    seen = macs(in_mode)
    assert seen["ge-0/0/1"] == ("02:5a:00:00:00:01", "02:5a:00:00:00:01")
    assert seen["ge-7/0/1"][0] == "02:5a:00:00:01:01"
    assert seen["reth0"][0] == "02:5a:00:00:00:01"
    with in_mode.netconf() as session:
        ask(session, FAILOVER.format(1, 1))
    assert macs(in_mode)["reth0"][0] == "02:5a:00:00:01:01"


def test_a_member_without_link_carries_no_reth(in_mode: RemotePeer) -> None:
    in_mode.fault("link", port="ge-0/0/1", up=False)
    with in_mode.netconf() as session:
        rows = {
            row.findtext("name"): row.findtext("oper-status")
            for row in ask(session, "<get-interface-information/>").iter("physical-interface")
        }
    assert rows["ge-0/0/1"] == "down"
    assert rows["reth0"] == "down"
    assert rows["reth1"] == "up"


def test_each_node_shows_its_own_management_port(peer: RemotePeer) -> None:
    assert macs(peer, 0)["fxp0"][0] == "52:54:00:01:00:01"
    assert macs(peer, 1)["fxp0"][0] == "52:54:00:01:01:01"
    assert set(macs(peer, 0)) == set(macs(peer, 1))


def test_forms_of_interface_information(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        request = "<get-interface-information>{}</get-interface-information>"
        assert texts(ask(session, request.format("<interface-name>reth*</interface-name>")), ".//name") == ["reth0", "reth1"]
        assert len(texts(ask(session, request.format("<media/>")), ".//current-physical-address")) > 5
        assert ask(session, request.format("<terse/>")).find(".//current-physical-address") is None
        with pytest.raises(RPCError, match="not found"):
            ask(session, request.format("<interface-name>ge-0/0/9</interface-name>"))
        answer = ask(session, "<get-chassis-cluster-interfaces/>")
        assert texts(answer, ".//reth-name") == ["reth0", "reth1"]
        assert texts(answer, ".//redundancy-group-id-for-reth") == ["1", "1"]
        assert texts(answer, "*/control-link-interfaces/control-information/control-link-interface-name") == ["em0"]
        assert texts(answer, "*/dataplane-interfaces/fabric-information/fabric-child-interface-name") == ["ge-0/0/0", "ge-7/0/0"]
        assert texts(answer, "*/control-interface-status") == texts(answer, "*/dataplane-interface-status") == ["Up"]


def test_a_reth_that_lies(in_mode: RemotePeer) -> None:
    in_mode.fault("reth-mac", reth="reth0", mac="02:00:00:00:00:99")
    assert macs(in_mode)["reth0"][0] == "02:00:00:00:00:99"
    in_mode.clear_faults()
    assert macs(in_mode)["reth0"][0] == "02:5a:00:00:00:01"


def test_the_topology_is_a_setting(tmp_path: pathlib.Path) -> None:
    nodes = [
        {"ports": [{"name": "fxp0", "mac": "52:54:00:00:00:01"}, {"name": "ge-0/0/1", "mac": "02:00:00:00:00:01", "driver": "sriov"}]},
        {"ports": [{"name": "fxp0", "mac": "52:54:00:00:00:02"}, {"name": "ge-7/0/1", "mac": "02:00:00:00:00:02", "link": False}]},
    ]
    topology = tmp_path / "topology.json"
    topology.write_text(json.dumps({"cluster_id": 3, "nodes": nodes}))
    with running_peer(topology=topology) as peer:
        seen = macs(peer)
    assert seen["reth0"][0] == "00:10:db:ff:30:00"
    assert "ge-0/0/2" not in seen


@pytest.mark.parametrize(
    ("nodes", "complaint"),
    [
        ([{"ports": []}], "expected 'nodes' with 2"),
        ([{"ports": [{"name": "eth0", "mac": "02:00:00:00:00:01"}]}, {"ports": []}], "is no port"),
        ([{"ports": [{"name": "ge-0/0/0", "mac": "02"}]}, {"ports": []}], "six bytes"),
        (
            [{"ports": [{"name": "ge-0/0/0", "mac": "02:00:00:00:00:01"}]}, {"ports": [{"name": "ge-7/0/0", "mac": "02:00:00:00:00:01"}]}],
            "2 ports",
        ),
        ([{"ports": [{"name": "ge-0/0/0", "mac": "02:00:00:00:00:01", "speeed": 1}]}, {"ports": []}], "speeed"),
    ],
)
def test_a_wrong_topology_does_not_start(tmp_path: pathlib.Path, nodes: object, complaint: str) -> None:
    topology = tmp_path / "topology.json"
    topology.write_text(json.dumps({"nodes": nodes}))
    with pytest.raises(SystemExit, match=complaint), running_peer(topology=topology):
        pass


def test_a_management_port_that_is_gone(peer: RemotePeer) -> None:
    peer.fault("unreachable", node=1)
    peer.wait_until(lambda seen: not seen.node(1).listening)
    assert refused(peer.host, peer.ports[1])
    assert states(peer, 1)["node1"][1] == "secondary"  # the node itself runs on
    peer.fault("reachable", node=1)
    peer.wait_until(lambda seen: seen.node(1).listening)
    peer.fault("unreachable", node=1, silent=True)
    peer.wait_until(lambda seen: not refused(seen.host, seen.ports[1]))
    with socket.create_connection((peer.host, peer.ports[1])) as line:
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(1)
    peer.fault("reachable", node=1)
    peer.wait_until(lambda seen: seen.node(1).listening)
    assert states(peer, 1, node=1)["node1"][1] == "secondary"


def refused(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_nodes_of_different_releases(peer: RemotePeer) -> None:
    peer.fault("release", node=1, release="19.4R1.10")
    with peer.netconf() as session:
        assert texts(ask(session, "<get-software-information/>"), ".//junos-version") == ["24.4R1.9", "19.4R1.10"]


@pytest.mark.parametrize(
    "request_",
    [
        "<request-reboot><nodes>all</nodes></request-reboot>",
        "<commit-configuration><at-time>23:00</at-time></commit-configuration>",
        "<commit><persist>x</persist></commit>",
        "<lock-configuration><x/></lock-configuration>",
    ],
)
def test_unknown_arguments_are_syntax_errors(peer: RemotePeer, request_: str) -> None:
    with peer.netconf() as session, pytest.raises(RPCError, match="syntax error"):
        ask(session, request_)
    assert peer.status()["commits"] == 1
    assert peer.log("reboot") == []


def test_a_node_takes_connections_from_the_moment_it_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    listen = asyncssh.listen

    async def listen_late(*args: t.Any, **options: t.Any) -> asyncssh.SSHAcceptor:
        await asyncio.sleep(1)
        return await listen(*args, **options)

    with running_peer(boot_delay=0) as peer:
        monkeypatch.setattr(asyncssh, "listen", listen_late)
        peer.fault("crash", node=0)
        peer.wait_until(lambda seen: bool(seen.log("up")))
        assert states(peer, 1)["node1"][1] == "primary"


def test_the_port_of_a_node_that_is_away_is_not_free() -> None:
    with running_peer(boot_delay=600) as peer:
        peer.fault("crash", node=0)
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind((peer.host, peer.ports[0]))


@pytest.mark.parametrize(("rebooted", "manual"), [(0, "yes"), (1, "no")])
def test_a_manual_failover_ends_with_its_node(peer: RemotePeer, rebooted: int, manual: str) -> None:
    with peer.netconf() as session:
        ask(session, FAILOVER.format(1, 1))
    with peer.netconf(rebooted) as session:
        ask(session, REBOOT.format(""))
    peer.wait_until(lambda seen: bool(seen.log("up")) and seen.node(0).listening)
    assert states(peer, 1)["node0"][3] == manual
