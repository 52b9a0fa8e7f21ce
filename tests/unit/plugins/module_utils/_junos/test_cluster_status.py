# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a cluster, as the replies of several releases show it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.cluster_status import (
    Group,
    Membership,
    Node,
    NodeReplies,
    find_health_problems,
    parse_groups,
    parse_links,
    parse_nodes,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import parse


def device(name: str, state: str, priority: str = "100", failures: t.Optional[str] = "None") -> str:
    text = f"<device-name>{name}</device-name><device-priority>{priority}</device-priority>"
    text += f"<redundancy-group-status>{state}</redundancy-group-status><preempt>no</preempt>"
    return text + ("" if failures is None else f"<monitor-failures>{failures}</monitor-failures>")


def status(*devices: str, number: int = 1) -> str:
    return (
        '<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">'
        '<chassis-cluster-status xmlns="http://xml.juniper.net/junos/24.4R1/junos-jsrpd"><cluster-id>1</cluster-id><redundancy-group>'
        f"<redundancy-group-id>{number}</redundancy-group-id><device-stats>{''.join(devices)}</device-stats></redundancy-group>"
        "</chassis-cluster-status></rpc-reply>"
    )


HEALTHY = (device("node0", "primary", "200"), device("node1", "secondary"))


def test_the_flat_list_of_nodes_is_distinguished() -> None:
    assert parse_groups(parse(status(*HEALTHY), "test")) == (
        Group(1, (Membership("node0", "primary", 200), Membership("node1", "secondary", 100))),
    )


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("devices", "node0", "node1"),
    [
        (HEALTHY, [], []),
        ((device("node0", "secondary"), device("node1", "primary")), [], []),
        ((device("node0", "primary", failures=None), device("node1", "secondary", failures=None)), [], []),
        ((device("node0", "primary"), device("node1", "lost", "0")), [], ["is lost", "has priority 0"]),
        ((device("node0", "primary"), device("node1", "ineligible")), [], ["is ineligible"]),
        ((device("node0", "primary"), device("node1", "secondary-hold")), [], ["is secondary-hold"]),
        ((device("node0", "primary"), device("node1", "disabled")), [], ["is disabled"]),
        ((device("node0", "hold"), device("node1", "hold")), ["is hold"], ["is hold"]),
        (
            (device("node0", "primary", "255"), device("node1", "secondary")),
            ["has priority 255 from a manual failover ('request chassis cluster failover reset redundancy-group 1' clears it)"],
            [],
        ),
        ((device("node0", "secondary"), device("node1", "secondary")), ["has no primary beside it"], ["has no primary beside it"]),
        ((device("node0", "primary"), device("node1", "secondary", failures="CS IF")), [], ["reports monitor failures CS, IF"]),
        ((device("node0", "primary"),), [], ["redundancy group 1 does not list it"]),
        ((device("node0", "primary"), device("node1", "primary")), ["is not the only primary"], ["is not the only primary"]),
    ],
)
def test_health(devices: tuple[str, ...], node0: list[str], node1: list[str]) -> None:
    found = parse_groups(parse(status(*devices), "test"))
    for name, expected in (("node0", node0), ("node1", node1)):
        reasons = find_health_problems(found, name)
        assert len(reasons) == len(expected), reasons
        assert all(words in reason for words, reason in zip(expected, reasons))


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("devices", "manual", "otherwise"),
    [
        (HEALTHY, False, []),
        ((device("node0", "primary", "255"), device("node1", "secondary")), True, []),
        ((device("node0", "primary") + "<failover-mode>yes</failover-mode>", device("node1", "secondary")), True, []),
        ((device("node0", "primary", "255"), device("node1", "lost", "0")), True, ["is lost", "has priority 0"]),
    ],
)
def test_a_manual_failover_is_distinguished_from_what_else_is_wrong(devices: tuple[str, ...], manual: bool, otherwise: list[str]) -> None:
    found = parse_groups(parse(status(*devices), "test"))
    assert found[0].manual is manual
    reasons = [reason for node in ("node0", "node1") for reason in find_health_problems(found, node, ignore_manual=True)]
    assert [words in reason for words, reason in zip(otherwise, reasons)] == [True] * len(otherwise) == [True] * len(reasons)


def test_a_group_that_preempts_is_known() -> None:
    devices = [row.replace("<preempt>no", "<preempt>yes") for row in HEALTHY]
    assert parse_groups(parse(status(*devices), "test"))[0].preempt and not parse_groups(parse(status(*HEALTHY), "test"))[0].preempt


def test_no_group_at_all_is_not_health() -> None:
    assert find_health_problems((), "node0") == ("the cluster reports no redundancy group",)


SOFTWARE = (
    "<software-information><host-name>{host}</host-name><product-model>vSRX</product-model>"
    "<junos-version>24.4R1.9</junos-version></software-information>"
)
UPTIME = (
    "<system-uptime-information><system-booted-time><date-time junos:seconds='{seconds}'>x</date-time>"
    "</system-booted-time></system-uptime-information>"
)
HEAD = '<rpc-reply xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">'


def both(*items: tuple[str, str]) -> str:
    rows = "".join(f"<multi-routing-engine-item><re-name>{name}</re-name>{text}</multi-routing-engine-item>" for name, text in items)
    return f"{HEAD}<multi-routing-engine-results>{rows}</multi-routing-engine-results></rpc-reply>"


def read_nodes(software: str, uptime: str, errors: tuple[str, ...] = ()) -> tuple[Node, ...]:
    return parse_nodes(NodeReplies((parse(software, "test"),), errors), NodeReplies((parse(uptime, "test"),), errors))


def test_both_nodes_of_a_cluster() -> None:
    software = both(("node0", SOFTWARE.format(host="a")), ("node1", SOFTWARE.format(host="b")))
    uptime = both(("node0", UPTIME.format(seconds=10)), ("node1", UPTIME.format(seconds=20)))
    assert read_nodes(software, uptime) == (
        Node("node0", "24.4R1.9", "vSRX", "a", 10),
        Node("node1", "24.4R1.9", "vSRX", "b", 20),
    )


NO_ROUTE = "Could not connect to node1 : No route to host"
NODE0 = ("node0", UPTIME.format(seconds=10))
#: the answer for the boot times, what Junos said beside it, and why node1 is away
AWAY = {
    "an error inside": ((NODE0, ("node1", "<error><message>not reachable</message></error>")), (), "not reachable"),
    "an error beside the data": (
        (NODE0,),
        ("Could not connect to node1 : No route to host",),
        "Could not connect to node1 : No route to host",
    ),
    "an item without data": ((NODE0, ("node1", "")), (), "its part of the answer is missing"),
    "no item": ((NODE0,), (), "its part of the answer is missing"),
}


@pytest.mark.parametrize(("items", "errors", "reason"), AWAY.values(), ids=AWAY)
def test_a_node_that_does_not_answer_is_away_with_the_reason(
    items: tuple[tuple[str, str], ...], errors: tuple[str, ...], reason: str
) -> None:
    software = both(("node0", SOFTWARE.format(host="a")))
    node0, node1 = read_nodes(software, both(*items), errors)
    assert node0 == Node("node0", "24.4R1.9", "vSRX", "a", 10) and node1 == Node("node1", away=reason)


NO_NUMBERS = ["²", "9" * 5000, "-1", ""]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_not_known(text: str) -> None:
    (group,) = parse_groups(parse(status(device("node0", "primary", text), device("node1", "secondary")), "test"))
    assert [member.priority for member in group.members] == [None, 100]
    assert parse_groups(parse(status(*HEALTHY).replace("<redundancy-group-id>1<", f"<redundancy-group-id>{text}<"), "test")) == ()
    uptime = both(("node0", UPTIME.format(seconds=text)), ("node1", UPTIME.format(seconds=20)))
    assert [node.booted_at for node in read_nodes(f"{HEAD}</rpc-reply>", uptime)] == [None, 20]


def test_a_stand_alone_box_has_one_node_without_a_name() -> None:
    software, uptime = f"{HEAD}{SOFTWARE.format(host='a')}</rpc-reply>", f"{HEAD}{UPTIME.format(seconds=10)}</rpc-reply>"
    assert read_nodes(software, uptime) == (Node("", "24.4R1.9", "vSRX", "a", 10),)


@pytest.mark.mission("S13")
def test_the_mac_addresses_of_interfaces() -> None:
    reply = (
        "<interface-information><physical-interface><name>\nreth0\n</name><admin-status>up</admin-status><oper-status>up</oper-status>"
        "<current-physical-address>02:5A:00:00:00:01</current-physical-address></physical-interface></interface-information>"
    )
    link = parse_links(parse(reply, "test"))["reth0"]
    assert (link.oper, link.current_mac, link.hardware_mac) == ("up", "02:5a:00:00:00:01", None)
