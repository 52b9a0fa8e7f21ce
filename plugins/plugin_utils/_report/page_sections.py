# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections of the page: each cluster with its nodes, the findings by rule, the KVM hosts with their PFs and VFs."""

from __future__ import annotations

import typing as t

from ...module_utils._rules import REQUEST, RULES, STATE
from .document import list_nodes
from .drawing import draw_cluster
from .findings import Marks, rank_standing
from .markup import Child, Markup, tag, write_table
from .model import Cluster, Document, Finding, Host, Node, Reth, Standing, Verdict
from .signs import draw_answer, draw_answer_or_unknown, draw_sign, draw_standing, draw_state, find_mark
from .verdict import say_steps
from .words import MODES, say_boot, say_match, say_time

PORT_HEADS = ("Junos interface", "Node", "Position", "reth", "PF", "VF", "MAC address", "Guest address")
_LEGEND = (
    ("M2 8H42", "pf", "PF and VF on the host"),
    ("M2 8H42", "member", "active interface of the reth"),
    ("M2 8H42", "member standby", "standby interface"),
    ("M2 8H42", "member broken", "not there, or the reth is down"),
    ("M2 8H42", "virtual", "virtual NIC"),
)
_TITLES = {rule.id: rule.title for rule in (*RULES.values(), REQUEST, STATE)}
#: where the documentation has each rule, under its id in small letters; the page only links to it
RULES_PAGE = "https://github.com/vsrx/sriov/blob/main/docs/docsite/rst/rules.rst"
_Group = tuple[Standing, str]
_HOST_HEADS = (
    "VF",
    "PF",
    "PF address",
    "Driver",
    "Link",
    "VFs",
    "VF address",
    "MAC address",
    "trust",
    "spoof check",
    "VLAN",
    "Interface of",
)


def write_cluster(cluster: Cluster, findings: t.Sequence[Finding], marks: Marks, anchor: str) -> Markup:
    parts: list[Child] = [tag("h2", f"Cluster {cluster.name}"), write_verdict(cluster.verdict), _write_statements(cluster)]
    parts.append(_write_pills(findings))
    if any(node.ports for node in cluster.nodes):
        parts.append(tag("div", tag("div", draw_cluster(cluster, marks), class_="scroll"), _write_legend(), class_="drawn"))
    parts.append(write_table("Nodes", _NODE_HEADS, [_write_node(node) for node in cluster.nodes]))
    if cluster.reths:
        parts.append(write_table("Redundant Ethernet interfaces", _RETH_HEADS, [_write_reth(reth) for reth in cluster.reths]))
    if any(node.ports for node in cluster.nodes):
        parts.append(write_table("Ports", PORT_HEADS, [row for node in cluster.nodes for row in list_port_rows(node)]))
    return tag("section", parts, id=anchor, aria_label=f"Cluster {cluster.name}")


def write_verdict(verdict: Verdict, name: t.Optional[str] = None, anchor: t.Optional[str] = None) -> Markup:
    """A bar: the state by sign and word, since when, what site would do, and why it is not healthy."""
    link = tag("a", name, href=f"#{anchor}", class_="name") if name and anchor else tag("span", name, class_="name") if name else None
    top = [link, draw_state(verdict.state), tag("span", f"since {say_time(verdict.since)}"), tag("span", say_steps(verdict))]
    reasons = tag("ul", [tag("li", reason) for reason in verdict.reasons]) if verdict.reasons else None
    return tag("div", tag("div", top, class_="top"), reasons, class_=f"verdict {verdict.state}")


def list_port_rows(node: Node) -> list[list[Child]]:
    return [
        [
            port.junos_interface or "not known",
            node.name,
            port.position,
            port.reth,
            port.pf if port.sriov else "virtual NIC",
            [tag("span", port.vf, class_="mono"), f" (VF {port.index})" if port.index is not None else None] if port.vf else None,
            tag("span", port.mac, class_="mono") if port.mac else None,
            tag("span", port.guest_address, class_="mono") if port.guest_address else None,
        ]
        for port in node.ports
    ]


_NODE_HEADS = ("Node", "Health", "MAC mode", "KVM host", "Domain", "Junos", "Booted", "Primary of groups")
_RETH_HEADS = ("reth", "State", "MAC address", "MAC is that of its active interface (S13)", "Group", "VLANs", "node0", "node1")


def _write_node(node: Node) -> list[Child]:
    name = f"{node.name} ({node.re_name})" if node.re_name else node.name
    health = draw_answer(node.healthy, "healthy", "not healthy")
    why = tag("span", ": " + "; ".join(node.reasons)) if node.reasons and not node.healthy else None
    mode = (
        draw_answer(True, "active", "")
        if node.in_force
        else draw_sign("diamond" if node.in_force is None else "cross", "warn", MODES[node.in_force])
    )
    groups = ", ".join(map(str, node.primary_of)) or "none"
    return [
        name,
        [health, why],
        mode,
        node.host,
        node.domain,
        tag("span", node.junos_version or "not known", class_="keep"),
        say_boot(node.booted_at),
        groups,
    ]


def _write_reth(reth: Reth) -> list[Child]:
    match = say_match(reth)
    return [
        reth.name,
        draw_answer_or_unknown(reth.up, "up", "down"),
        tag("span", reth.mac or "not known", class_="mono"),
        draw_answer_or_unknown(reth.mac_is_active_ports, match, match),
        "none" if reth.redundancy_group is None else reth.redundancy_group,
        "not known" if reth.vlans is None else str(reth.vlans),
        ", ".join(reth.ports.get("node0", ())) or "none",
        ", ".join(reth.ports.get("node1", ())) or "none",
    ]


def _write_statements(cluster: Cluster) -> Markup:
    """The statements of the MAC mode: both, one or none, and where."""
    if not cluster.statements:
        return tag("p", "Statements of the MAC mode: not known.")
    parts = [[tag("code", each.name), ": ", _write_statement(each.nodes, len(cluster.nodes)), tag("br")] for each in cluster.statements]
    return tag("p", "Statements of the MAC mode:", tag("br"), parts)


def _write_statement(nodes: tuple[str, ...], wanted: int) -> Markup:
    if not nodes:
        return draw_sign("cross", "warn", "not set")
    words = f"set on {', '.join(nodes)}"
    return draw_answer(True, words, "") if len(nodes) >= wanted else draw_sign("triangle", "warn", f"{words} only")


def _write_pills(findings: t.Sequence[Finding]) -> t.Optional[Markup]:
    """Links to the findings about this cluster, its nodes and their hosts."""
    kinds = dict.fromkeys((*find_mark(each), name_finding_anchor(each.id)) for each in findings)
    if not kinds:
        return None
    pills = [tag("a", words, class_=f"pill {kind}", href=f"#{anchor}") for kind, words, anchor in kinds]
    return tag("p", "Findings here: ", pills, class_="pills")


def _write_legend() -> Markup:
    lines = [
        tag("li", tag("svg", tag("path", d=path, class_=class_), viewBox="0 0 44 16", aria_hidden="true"), words)
        for path, class_, words in _LEGEND
    ]
    marks = (("error", "E", "error"), ("warning", "W", "warning"), ("accepted", "A", "accepted, or C: cured by site"))
    pills = [tag("li", tag("span", letter, class_=f"pill {kind}"), f" {words}") for kind, letter, words in marks]
    return tag("ul", lines, pills, class_="legend", aria_label="Legend")


def write_findings(findings: t.Sequence[Finding]) -> Markup:
    groups: dict[_Group, list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.standing, finding.id), []).append(finding)
    ordered = sorted(groups, key=lambda group: rank_standing(group[0]))
    anchored: set[str] = set()
    parts: list[Child] = [_write_group(group, groups[group], anchored) for group in ordered]
    return tag("section", tag("h2", "Findings"), parts or tag("p", "No findings."), id="findings", aria_label="Findings")


def write_rules(findings: t.Iterable[Finding]) -> t.Optional[Markup]:
    """What the rules say that have a finding."""
    named = {finding.id for finding in findings}
    known = [rule for rule in _TITLES if rule in named]
    if not known:
        return None
    parts = [[tag("dt", rule, id=f"rule-{rule}"), tag("dd", _TITLES[rule], _link_documentation(rule))] for rule in known]
    intro = tag("p", "Each rule comes from the vendor's page SR-IOV and PCI.", class_="dim")
    return tag("section", tag("h2", "Rules"), intro, tag("dl", parts, class_="rules"), id="rules", aria_label="Rules")


def _link_documentation(rule: str) -> list[Child]:
    """Reasons, checks and cures of a rule of the vendor's page; what is no such rule has none."""
    return [". ", tag("a", "Reason, check and cure", href=f"{RULES_PAGE}#{rule.lower()}")] if rule in RULES else []


def name_finding_anchor(rule: str) -> str:
    return f"finding-{rule}" if rule in _TITLES else "findings"


def _write_group(group: _Group, findings: list[Finding], anchored: set[str]) -> Markup:
    standing, rule = group
    known = rule in _TITLES
    title: list[Child] = [draw_standing(standing), ": "]
    title += [tag("a", rule, href=f"#rule-{rule}"), f": {_TITLES[rule]}"] if known else [rule or "refused"]
    anchor = name_finding_anchor(rule) if known and rule not in anchored else None
    anchored.add(rule)
    same: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        same.setdefault((finding.cure, finding.found), []).append(finding)
    return tag(
        "div", tag("h3", title), [_write_entry(*said, places) for said, places in same.items()], class_=f"group {standing}", id=anchor
    )


def _write_entry(cure: str, found: str, places: list[Finding]) -> Markup:
    where = "\n".join(f"{each.on}: {each.where}" for each in places)
    rows = [("What to do", cure or "Nothing is proposed."), ("Found", found), ("Where", where)]
    return tag("dl", [[tag("dt", head), tag("dd", words, class_="lines")] for head, words in rows])


def write_hosts(document: Document, anchors: dict[str, str]) -> t.Optional[Markup]:
    if not document.hosts:
        return None
    users: dict[tuple[str, str], list[str]] = {}
    for node in list_nodes(document):
        for port in node.ports:
            if port.sriov and port.vf:
                users.setdefault((node.host, port.vf), []).append(f"{node.name} {port.junos_interface or ''}".strip())
    return tag(
        "section",
        tag("h2", "KVM hosts"),
        [_write_host(host, users, anchors[host.name]) for host in document.hosts],
        id="hosts",
        aria_label="KVM hosts",
    )


def _write_host(host: Host, users: dict[tuple[str, str], list[str]], anchor: str) -> Markup:
    rows: list[list[Child]] = []
    flags = {True: "on", False: "off", None: None}
    for pf in host.pfs:
        link = None if pf.up is None else "down" if not pf.up else "up" if pf.speed_mbps is None else f"up, {pf.speed_mbps} Mbit/s"
        count = f"{'?' if pf.num_vfs is None else pf.num_vfs} of {'?' if pf.total_vfs is None else pf.total_vfs}"
        of_pf: list[Child] = [pf.pf, tag("span", pf.address, class_="mono") if pf.address else None, pf.driver, link, count]
        for vf in pf.vfs:
            address = tag("span", vf.address, class_="mono") if vf.address else None
            mac = tag("span", vf.mac, class_="mono") if vf.mac else None
            vlan = str(vf.vlan) if vf.vlan else None
            user = ", ".join(users.get((host.name, vf.address or "-"), ())) or None
            number = "?" if vf.vf is None else str(vf.vf)
            rows.append([f"{pf.pf or 'PF'} VF {number}", *of_pf, address, mac, flags[vf.trust], flags[vf.spoofchk], vlan, user])
        if not pf.vfs:
            rows.append([f"{pf.pf or 'PF'}: no VFs", *of_pf, *[None] * 6])
    shown = write_table("PFs and VFs", _HOST_HEADS, rows) if rows else tag("p", "No PFs." if host.read else "The host could not be read.")
    return tag("div", tag("h3", host.name), shown, id=anchor)
