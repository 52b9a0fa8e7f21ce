# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page's section of a cluster: the verdict, the drawing, and its nodes, reths and ports as tables."""

from __future__ import annotations

import typing as t

from .drawing import draw_cluster
from .icons import answer, answer_or_unknown, sign, state_sign
from .marks import mark_of
from .markup import Child, Markup, table, tag
from .model import Cluster, Finding, Node, Reth, Verdict
from .page_findings import finding_anchor
from .places import Marks
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


def write_cluster(cluster: Cluster, findings: t.Sequence[Finding], marks: Marks, anchor: str) -> Markup:
    parts: list[Child] = [tag("h2", f"Cluster {cluster.name}"), write_verdict(cluster.verdict), _write_statements(cluster)]
    parts.append(_write_pills(findings))
    if any(node.ports for node in cluster.nodes):
        parts.append(tag("div", tag("div", draw_cluster(cluster, marks), class_="scroll"), _write_legend(), class_="drawn"))
    parts.append(table("Nodes", _NODE_HEADS, [_node(node) for node in cluster.nodes]))
    if cluster.reths:
        parts.append(table("Redundant Ethernet interfaces", _RETH_HEADS, [_reth(reth) for reth in cluster.reths]))
    if any(node.ports for node in cluster.nodes):
        parts.append(table("Ports", PORT_HEADS, [row for node in cluster.nodes for row in port_rows(node)]))
    return tag("section", parts, id=anchor, aria_label=f"Cluster {cluster.name}")


def write_verdict(verdict: Verdict, name: t.Optional[str] = None, anchor: t.Optional[str] = None) -> Markup:
    """A bar: the state by sign and word, since when, what site would do, and why it is not healthy."""
    link = tag("a", name, href=f"#{anchor}", class_="name") if name and anchor else tag("span", name, class_="name") if name else None
    top = [link, state_sign(verdict.state), tag("span", f"since {say_time(verdict.since)}"), tag("span", say_steps(verdict))]
    reasons = tag("ul", [tag("li", reason) for reason in verdict.reasons]) if verdict.reasons else None
    return tag("div", tag("div", top, class_="top"), reasons, class_=f"verdict {verdict.state}")


def port_rows(node: Node) -> list[list[Child]]:
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


def _node(node: Node) -> list[Child]:
    name = f"{node.name} ({node.re_name})" if node.re_name else node.name
    health = answer(node.healthy, "healthy", "not healthy")
    why = tag("span", ": " + "; ".join(node.reasons)) if node.reasons and not node.healthy else None
    mode = (
        answer(True, "active", "") if node.in_force else sign("diamond" if node.in_force is None else "cross", "warn", MODES[node.in_force])
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


def _reth(reth: Reth) -> list[Child]:
    match = say_match(reth)
    return [
        reth.name,
        answer_or_unknown(reth.up, "up", "down"),
        tag("span", reth.mac or "not known", class_="mono"),
        answer_or_unknown(reth.mac_is_active_ports, match, match),
        "none" if reth.redundancy_group is None else reth.redundancy_group,
        "not known" if reth.vlans is None else str(reth.vlans),
        ", ".join(reth.ports.get("node0", ())) or "none",
        ", ".join(reth.ports.get("node1", ())) or "none",
    ]


def _write_statements(cluster: Cluster) -> Markup:
    """The statements of the MAC mode: both, one or none, and where."""
    if not cluster.statements:
        return tag("p", "Statements of the MAC mode: not known.")
    parts = [[tag("code", each.name), ": ", _statement(each.nodes, len(cluster.nodes)), tag("br")] for each in cluster.statements]
    return tag("p", "Statements of the MAC mode:", tag("br"), parts)


def _statement(nodes: tuple[str, ...], wanted: int) -> Markup:
    if not nodes:
        return sign("cross", "warn", "not set")
    words = f"set on {', '.join(nodes)}"
    return answer(True, words, "") if len(nodes) >= wanted else sign("triangle", "warn", f"{words} only")


def _write_pills(findings: t.Sequence[Finding]) -> t.Optional[Markup]:
    """Links to the findings about this cluster, its nodes and their hosts."""
    kinds = dict.fromkeys((*mark_of(each), finding_anchor(each.id)) for each in findings)
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
