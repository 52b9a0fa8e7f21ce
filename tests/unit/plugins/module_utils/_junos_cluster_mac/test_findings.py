# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules that junos_cluster_mac judges, each where it holds and where it does not."""

from __future__ import annotations

import time
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import Finding
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.cluster_status import Node
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.findings import (
    MANY_VLANS,
    Ports,
    find_with_mode,
    find_without_mode,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.interfaces import Effective, parse_effective
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.statements import ACTIVE_CHILD, ACTUAL_MAC, find_statements

VSRX = [("node0", "24.4R1.9", "vSRX"), ("node1", "24.4R1.9", "vSRX")]
RETH_PORTS = frozenset({"ge-0/0/1", "ge-7/0/1"})


def member(name: str, reth: str = "reth0", more: str = "") -> str:
    parent = f"<gigether-options><redundant-parent><parent>{reth}</parent></redundant-parent></gigether-options>"
    return f"<interface><name>{name}</name>{more}{parent}</interface>"


def interface(name: str, text: str = "") -> str:
    return f"<interface><name>{name}</name>{text}</interface>"


RETH0 = member("ge-0/0/1") + member("ge-7/0/1")


def found(
    interfaces: str = "",
    rest: str = "",
    ports: t.Optional[frozenset[str]] = RETH_PORTS,
    under_control: bool = False,
    nodes: t.Sequence[tuple[str, t.Optional[str], t.Optional[str]]] = tuple(VSRX),
) -> list[Finding]:
    root = parse(f"<configuration><interfaces>{interfaces}</interfaces>{rest}</configuration>", "test")
    return find_with_mode(parse_effective(root), find_statements(root), [Node(*node) for node in nodes], Ports(ports), under_control)


def ids(findings: t.Iterable[Finding]) -> list[tuple[str, str]]:
    return sorted({(finding.id, finding.severity) for finding in findings})


def test_a_plain_cluster_has_no_finding() -> None:
    fabric = interface("fab0", "<fabric-options><member-interfaces><name>ge-0/0/0</name></member-interfaces></fabric-options>")
    assert found(RETH0 + fabric + interface("reth0", "<unit><name>0</name><family><inet/></family></unit>")) == []


@pytest.mark.mission("S6")
@pytest.mark.parametrize(
    ("release", "model", "expected"),
    [
        ("19.4R1", "vSRX", []),
        ("19.4R1-S2.3", "vsrx", []),
        ("20.1R1.11", "vSRX", []),
        ("19.3R3", "vSRX", [("S6", "error")]),
        ("18.4R1", "vSRX", [("S6", "error")]),
        ("15.1X49-D200", "vSRX", [("S6", "error")]),
        ("23.4R1", "srx1500", [("S6", "error")]),
        ("gibberish", "vSRX", [("S6", "error")]),
        (None, None, [("S6", "error")]),
    ],
)
def test_release_and_platform(release: t.Optional[str], model: t.Optional[str], expected: list[tuple[str, str]]) -> None:
    assert ids(found(nodes=[("node0", release, model)])) == expected


@pytest.mark.parametrize(("text", "read"), [("0", {1: 0}), ("1800", {1: 1800}), ("1801", {}), ("999999999999", {}), ("-1", {}), ("x", {})])
def test_a_hold_down_timer_is_no_longer_than_junos_has_it(text: str, read: dict[int, int]) -> None:
    """A failover is waited for as long as the timer runs: a node cannot make that days."""
    group = f"<redundancy-group><name>1</name><hold-down-interval>{text}</hold-down-interval></redundancy-group>"
    root = parse(f"<configuration><chassis><cluster>{group}</cluster></chassis></configuration>", "test")
    assert parse_effective(root).hold_downs == read


@pytest.mark.parametrize("text", ["²", "9" * 5000])
def test_numbers_that_are_none_are_no_size_no_group_and_no_slot(text: str) -> None:
    group = f"<mtu>{text}</mtu><redundant-ether-options><redundancy-group>{text}</redundancy-group></redundant-ether-options>"
    assert found(interface("reth0", group) + member(f"ge-{text}/0/1")) == []


@pytest.mark.mission("S4")
@pytest.mark.parametrize(
    ("interfaces", "ports", "expected"),
    [
        (member("ge-0/0/1", more="<mac>02:00:00:00:00:01</mac>"), RETH_PORTS, [("S4", "error")]),
        (RETH0 + interface("reth0", "<mac>02:00:00:00:00:01</mac>"), RETH_PORTS, [("S4", "error")]),
        (RETH0 + interface("reth0", "<unit><name>3</name><mac>02:00:00:00:00:01</mac></unit>"), RETH_PORTS, [("S4", "error")]),
        (interface("ge-0/0/5", "<mac>02:00:00:00:00:01</mac>"), RETH_PORTS, []),
        (interface("ge-0/0/5", "<mac>02:00:00:00:00:01</mac>"), None, [("S4", "warning")]),
        (interface("fxp0", "<mac>02:00:00:00:00:01</mac>"), None, []),
        (member("ge-0/0/1", more='<mac inactive="inactive">02:00:00:00:00:01</mac>'), RETH_PORTS, []),
    ],
)
def test_a_mac_statement_on_an_sriov_port(interfaces: str, ports: t.Optional[frozenset[str]], expected: list[tuple[str, str]]) -> None:
    assert ids(found(interfaces, ports=ports)) == expected


FABRIC = interface("fab0", "<fabric-options><member-interfaces><name>ge-0/0/1</name></member-interfaces></fabric-options>")


@pytest.mark.mission("S7")
@pytest.mark.parametrize(
    ("ports", "expected", "where"),
    [
        (RETH_PORTS, [("S7", "error")], "[edit interfaces fab0 fabric-options member-interfaces ge-0/0/1]"),
        (frozenset({"ge-0/0/2"}), [], None),
        (None, [("S7", "warning")], "[edit interfaces]"),
        (frozenset({"em0"}), [("S7", "error")], "em0"),
        (frozenset({"fxp0"}), [("S7", "error")], "fxp0"),
    ],
)
def test_only_revenue_ports_may_be_sriov(
    ports: t.Optional[frozenset[str]], expected: list[tuple[str, str]], where: t.Optional[str]
) -> None:
    findings = found(FABRIC, ports=ports)
    assert ids(findings) == expected
    assert [finding.where for finding in findings] == ([] if where is None else [where])


@pytest.mark.mission("S7")
def test_a_link_of_the_cluster_is_named_by_what_it_is() -> None:
    output = [finding.found for finding in found("", ports=frozenset({"em0", "fxp0"}))]
    assert output == ["the control link em0 is a VF", "the management port fxp0 is a VF"]


@pytest.mark.mission("S10")
@pytest.mark.parametrize(
    ("interfaces", "ports", "expected"),
    [
        (RETH0, RETH_PORTS, []),
        (RETH0 + member("ge-0/0/2"), RETH_PORTS, [("S10", "error")]),
        (RETH0 + member("ge-7/0/2"), None, [("S10", "error")]),
        (RETH0 + member("ge-0/0/2"), frozenset({"ge-0/0/9"}), [("S10", "warning")]),
        (RETH0 + member("ge-0/0/2", "reth1") + member("ge-7/0/2", "reth1"), RETH_PORTS, []),
    ],
)
def test_one_port_per_node_in_a_reth(interfaces: str, ports: t.Optional[frozenset[str]], expected: list[tuple[str, str]]) -> None:
    findings = found(interfaces, ports=ports)
    assert ids(findings) == expected
    for finding in findings:
        assert "reth0 has 2 ports" in finding.found and finding.where == "[edit interfaces reth0]"


@pytest.mark.mission("S11")
def test_proxy_arp_of_a_nat_pool_names_both_ways_out() -> None:
    entry = "<interface><name>reth1.7</name><address><name>198.51.100.10/32</name></address></interface>"
    rest = f"<security><nat><proxy-arp>{entry}</proxy-arp></nat></security>"
    (finding,) = found(RETH0, rest)
    assert (finding.id, finding.severity, finding.where) == ("S11", "error", "[edit security nat proxy-arp interface reth1.7]")
    assert "198.51.100.10/32" in finding.found
    assert "next hop" in finding.cure and "set interfaces reth1 unit 7 proxy-arp" in finding.cure


@pytest.mark.mission("S12")
@pytest.mark.parametrize(
    ("vlans", "count"),
    [
        ("".join(f"<unit><name>{n}</name><vlan-id>{n}</vlan-id></unit>" for n in range(1, 41)), 40),
        ("<unit><name>0</name><vlan-id-list>100-149</vlan-id-list><vlan-id-list>200</vlan-id-list></unit>", 51),
        ("".join(f"<unit><name>{n}</name><vlan-id>{n}</vlan-id></unit>" for n in range(1, MANY_VLANS)), 0),
        (
            f"<unit><name>0</name><vlan-id-list>²</vlan-id-list><vlan-id-list>1-² 1-{'9' * 5000}</vlan-id-list></unit>",
            0,
        ),
    ],
)
def test_many_vlans_on_a_reth_are_counted(vlans: str, count: int) -> None:
    findings = found(RETH0 + interface("reth0", vlans))
    assert ids(findings) == ([("S12", "warning")] if count else [])
    assert all(f"{count} VLANs" in finding.found for finding in findings)


INET6 = "<unit><name>0</name><family><inet6><address><name>2001:db8::1/64</name></address></inet6></family></unit>"
OSPF, PIM = "<ospf/>", "<pim/>"
UNSUPPORTED = {
    "irb": (interface("irb", "<unit><name>5</name></unit>"), "", "IRB interfaces"),
    "ipv6": (RETH0 + interface("reth0", INET6), "", "IPv6 addressing"),
    "jumbo": (RETH0 + interface("reth0", "<mtu>9000</mtu>"), "", "jumbo frames"),
    "jumbo by family": (
        RETH0 + interface("reth0", "<unit><name>0</name><family><inet><mtu>9000</mtu></inet></family></unit>"),
        "",
        "jumbo frames",
    ),
    "layer 2": (RETH0 + interface("ge-0/0/1", "<unit><name>0</name><family><ethernet-switching/></family></unit>"), "", "layer 2"),
    "multicast with OSPF": ("", f"<protocols>{PIM}{OSPF}</protocols>", "multicast"),
    "multicast in an instance": (
        "",
        f"<protocols>{OSPF}</protocols><routing-instances><instance><name>red</name><protocols>{PIM}</protocols></instance></routing-instances>",
        "multicast",
    ),
    "multicast with IPv6": (RETH0 + interface("reth0", INET6), f"<protocols>{PIM}</protocols>", "multicast"),
    "packet mode": (
        "",
        "<security><forwarding-options><family><mpls><mode>packet-based</mode></mpls></family></forwarding-options></security>",
        "packet mode",
    ),
    "selective packet mode": (
        "",
        "<firewall><family><inet><filter><name>f</name><term><name>t</name><then><packet-mode/></then></term></filter></inet></family></firewall>",
        "packet mode",
    ),
}
SUPPORTED = {
    "standard size": (RETH0 + interface("reth0", "<mtu>1514</mtu>"), ""),
    "IPv6 on the management port": (interface("fxp0", INET6), ""),
    "jumbo on the fabric": (interface("fab0", "<mtu>9000</mtu>"), ""),
    "IPv6 on a port that is no VF": (interface("ge-0/0/9", INET6), ""),
    "multicast alone": ("", f"<protocols>{PIM}</protocols>"),
    "OSPF alone": ("", f"<protocols>{OSPF}</protocols>"),
    "flow mode": (
        "",
        "<security><forwarding-options><family><inet6><mode>flow-based</mode></inet6></family></forwarding-options></security>",
    ),
    "inactive": (RETH0 + interface("reth0", '<mtu inactive="inactive">9000</mtu>'), ""),
}


@pytest.mark.mission("S14")
@pytest.mark.parametrize(("interfaces", "rest", "name"), UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_features_without_support_are_found_unless_the_pf_is_under_control(interfaces: str, rest: str, name: str) -> None:
    findings = found(interfaces, rest)
    assert ids(findings) == [("S14", "error")]
    assert any(finding.found.startswith(name) for finding in findings)
    assert found(interfaces, rest, under_control=True) == []


@pytest.mark.mission("S14")
@pytest.mark.parametrize(("interfaces", "rest"), SUPPORTED.values(), ids=SUPPORTED.keys())
def test_features_with_support_are_not_found(interfaces: str, rest: str) -> None:
    assert found(interfaces, rest) == []


@pytest.mark.mission("S14")
@pytest.mark.parametrize(
    ("known", "under_control", "count"), [(None, False, 1), (RETH_PORTS, False, 1), (RETH_PORTS, True, 0), (frozenset(), False, 0)]
)
def test_a_cluster_without_the_mode_is_warned_about(known: t.Optional[frozenset[str]], under_control: bool, count: int) -> None:
    assert ids(find_without_mode(Effective(), Ports(known), under_control)) == [("S14", "warning")] * count


VLANS = "".join(f"<unit><name>{number}</name><vlan-id>{number}</vlan-id></unit>" for number in range(1, MANY_VLANS - 1))
MORE_VLANS = "".join(f"<unit><name>{number}</name><vlan-id>{number}</vlan-id></unit>" for number in range(100, 102))
PROXY_ARP = "<security><nat><proxy-arp><interface><name>reth0.7</name></interface></proxy-arp></nat></security>"
IN_A_SYSTEM: dict[str, tuple[str, tuple[str, str]]] = {
    "a MAC address": (
        f"<interfaces>{interface('reth0', '<unit><name>3</name><mac>02:00:00:00:00:01</mac></unit>')}</interfaces>",
        ("S4", "interfaces reth0 unit 3 mac"),
    ),
    "proxy ARP": (PROXY_ARP, ("S11", "security nat proxy-arp interface reth0.7")),
    "IPv6": (
        f"<interfaces>{interface('reth0', INET6)}</interfaces>",
        ("S14", "interfaces reth0 unit 0 family inet6 address 2001:db8::1/64"),
    ),
    "multicast": (f"<protocols>{PIM}{OSPF}</protocols>", ("S14", "protocols pim")),
    "a bridge domain": ("<bridge-domains><domain><name>b</name></domain></bridge-domains>", ("S14", "bridge-domains b")),
    "packet mode": (
        "<security><forwarding-options><family><mpls><mode>packet-based</mode></mpls></family></forwarding-options></security>",
        ("S14", "security forwarding-options family mpls mode packet-based"),
    ),
}


@pytest.mark.mission("S4", "S11", "S14")
@pytest.mark.parametrize("kind", ["logical-systems", "tenants"])
@pytest.mark.parametrize(("text", "expected"), IN_A_SYSTEM.values(), ids=IN_A_SYSTEM)
def test_what_stands_in_a_logical_system_or_tenant_is_found_with_its_place(kind: str, text: str, expected: tuple[str, str]) -> None:
    (finding,) = found(RETH0, f"<{kind}><name>one</name>{text}</{kind}>")
    assert (finding.id, finding.where) == (expected[0], f"[edit {kind} one {expected[1]}]")
    assert found(RETH0, f'<{kind} inactive="inactive"><name>one</name>{text}</{kind}>') == []


@pytest.mark.mission("S12")
def test_vlans_of_a_reth_are_counted_over_all_systems() -> None:
    system = f"<logical-systems><name>one</name><interfaces>{interface('reth0', MORE_VLANS)}</interfaces></logical-systems>"
    (finding,) = found(RETH0 + interface("reth0", VLANS), system)
    assert (finding.id, finding.where) == ("S12", "[edit interfaces reth0] and [edit logical-systems one interfaces reth0]")
    assert f"{MANY_VLANS} VLANs" in finding.found
    assert found(RETH0 + interface("reth0", VLANS)) == []


@pytest.mark.mission("S9")
@pytest.mark.parametrize(
    ("cluster", "count"), [("", 0), (f"<{ACTIVE_CHILD}/>", 1), (f"<{ACTUAL_MAC}/>", 1), (f"<{ACTIVE_CHILD}/><{ACTUAL_MAC}/>", 0)]
)
def test_one_statement_alone_is_found(cluster: str, count: int) -> None:
    findings = found(RETH0, f"<chassis><cluster>{cluster}</cluster></chassis>")
    assert ids(findings) == [("S9", "warning")] * count


def test_the_work_grows_with_a_configuration_and_not_with_its_square() -> None:
    """A reply of the longest size holds about 10,000 reths; each of them, and each port, is judged in one pass."""

    def seconds(count: int) -> float:
        ports = "".join(member(f"ge-0/{number}/1", f"reth{number}", "<mac>02:00:00:00:00:01</mac>") for number in range(count))
        vlans = "".join(f"<unit><name>{number}</name><vlan-id>{number}</vlan-id></unit>" for number in range(MANY_VLANS))
        reths = "".join(interface(f"reth{number}", vlans) for number in range(count))
        began = time.process_time()
        assert len(found(ports + reths, ports=frozenset({"ge-0/0/1"}))) > count
        return time.process_time() - began

    seconds(100)
    # The best of three: what else the machine does can only add to a measurement.
    small, large = (min(seconds(count) for _round in range(3)) for count in (250, 2000))
    assert large < 8 * 2 * max(small, 0.02)


@pytest.mark.mission("S6")
@pytest.mark.parametrize(
    ("known", "trusted", "expected"),
    [
        (RETH_PORTS, None, [("S14", "warning")]),
        (RETH_PORTS, RETH_PORTS, []),
        (RETH_PORTS, frozenset({"ge-0/0/1"}), [("S6", "error")]),
        (RETH_PORTS, frozenset(), [("S6", "error")]),
        (frozenset({"ge-0/0/2"}), frozenset(), []),
        (frozenset(), frozenset(), []),
        (None, frozenset(), [("S14", "warning")]),
    ],
)
@pytest.mark.parametrize("two_ports", [False, True])
def test_a_cluster_without_the_mode_needs_trust_for_the_ports_of_its_reths(
    known: t.Optional[frozenset[str]], trusted: t.Optional[frozenset[str]], expected: list[tuple[str, str]], two_ports: bool
) -> None:
    """With all of them trusted it is fine, and a reth may have two ports on a node (S10 is a rule of the mode)."""
    root = parse(f"<configuration><interfaces>{RETH0}{member('ge-0/0/5') if two_ports else ''}</interfaces></configuration>", "test")
    findings = find_without_mode(parse_effective(root), Ports(known, trusted), False)
    assert ids(findings) == expected
    assert all("ge-7/0/1" in finding.found and "reth0" in finding.where for finding in findings if finding.id == "S6")


@pytest.mark.mission("S6")
@pytest.mark.parametrize(
    ("trusted", "expected"), [(None, []), (frozenset(), []), (RETH_PORTS, [("S6", "warning")]), (frozenset({"ge-0/0/9"}), [])]
)
def test_with_the_mode_a_trusted_vf_is_a_needless_risk(trusted: t.Optional[frozenset[str]], expected: list[tuple[str, str]]) -> None:
    root = parse(f"<configuration><interfaces>{RETH0}</interfaces></configuration>", "test")
    ports = Ports(RETH_PORTS, trusted)
    assert ids(find_with_mode(parse_effective(root), find_statements(root), [Node(*node) for node in VSRX], ports, False)) == expected
