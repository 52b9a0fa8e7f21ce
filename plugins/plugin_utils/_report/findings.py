# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings of a run, each with its standing, whether the playbook site stops for it and why not; and which object a finding is about.

Objects are found by whole words; no pattern is made of a name.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import re
import typing as t

from .decode import clean_text, decode
from .model import Document, Finding, Standing
from .variables import Variables, get_flag, get_mapping, get_mappings, get_rules

_ORDER: tuple[Standing, ...] = ("stops", "open", "warning", "cured", "accepted")
_READ_AGAIN = "Correct what the message names, then run vsrx.sriov.preflight again."
_WORD = re.compile(r"[\w./:-]+")
#: the findings on a host, node or cluster by an object of theirs; those about none of its objects are under ""
Marks = collections.abc.Mapping[tuple[str, str], list[Finding]]


def read_host_findings(name: str, host: Variables) -> list[Finding]:
    """Those of a KVM host. A missing IOMMU is cured where site may change the kernel command line and reboot the host."""
    preview = get_mapping(host, "sriov_host_preview")
    accepted = get_rules(host, "sriov_host_accept")
    cured = bool(host.get("sriov_host_cmdline_lacks")) and get_flag(host, "sriov_host_reboot")
    found = []
    for raw in get_mappings(host, "sriov_host_findings"):
        finding = _read(name, raw)
        found.append(_judge(finding, accepted, stops=True, cured=cured and finding.where == "IOMMU"))
    if preview.get("actions") is None:
        said = clean_text(preview.get("msg")) or "the host could not be read"
        found += _read_refusal(name, "virtual functions", said, found)
    return found


def read_node_findings(name: str, node: Variables) -> list[Finding]:
    """Those of a node's domain, and why its ports or its cluster were refused."""
    refusals = {
        part: clean_text(node.get(f"vsrx_{part}_refusal")) or "no reason was given"
        for part in ("ports", "cluster")
        if node.get(f"vsrx_{part}_refusal") is not None
    }
    if node.get("vsrx_ports_map") is None and not refusals:
        refusals = {"ports": "the node could not be read"}
    ports = [_judge(_read(name, raw), frozenset(), stops="ports" in refusals) for raw in get_mappings(node, "vsrx_ports_findings")]
    cluster = [_judge(_read(name, raw), frozenset(), stops=True) for raw in _get_cluster_findings(node)]
    known = {"ports": ports, "cluster": cluster}
    return ports + [each for part, said in refusals.items() for each in _read_refusal(name, part, said, known[part])]


def read_cluster_findings(name: str, members: t.Sequence[Variables]) -> list[Finding]:
    """Those of a cluster, once; they stop site only where a member was refused."""
    refused = any(member.get("vsrx_cluster_refusal") is not None for member in members)
    accepted = frozenset(rule for member in members for rule in get_rules(member, "vsrx_cluster_accept"))
    raw = [each for member in members for each in _get_cluster_findings(member)]
    return [_judge(_read(name, each), accepted, stops=refused) for each in raw]


def _get_cluster_findings(node: Variables) -> list[Variables]:
    """Those of the role's end, or, before that, of its look at the cluster."""
    judged = node.get("vsrx_cluster_findings") is not None
    return get_mappings(node, "vsrx_cluster_findings") if judged else get_mappings(get_mapping(node, "vsrx_cluster_seen"), "findings")


def sort_findings(findings: t.Iterable[Finding]) -> tuple[Finding, ...]:
    """What stops site first, then by rule and place; each finding once."""
    return tuple(sorted(set(findings), key=_make_sort_key))


def rank_standing(standing: Standing) -> int:
    return _ORDER.index(standing)


def read_rule_number(rule: str) -> int:
    return int(rule[1:]) if rule[1:].isdecimal() and len(rule) < 5 else 0


def _make_sort_key(finding: Finding) -> tuple[t.Any, ...]:
    return rank_standing(finding.standing), read_rule_number(finding.id), finding.id, finding.on, finding.where, finding.found, finding.cure


def _read(on: str, raw: collections.abc.Mapping[str, t.Any]) -> Finding:
    return decode(Finding, {**{name: raw.get(name) for name in ("id", "severity", "where", "found", "cure")}, "on": on})


def _judge(finding: Finding, accepted: t.Collection[str], stops: bool, cured: bool = False) -> Finding:
    standing: Standing = "stops" if stops else "open"
    if finding.id in accepted:
        standing = "accepted"
    elif finding.severity == "warning":
        standing = "warning"
    elif cured:
        standing = "cured"
    return dataclasses.replace(finding, standing=standing, stops=standing == "stops")


def _read_refusal(on: str, where: str, said: str, known: list[Finding]) -> list[Finding]:
    """A refusal as a finding; none where its message only lists findings that are known by themselves."""
    listed = {f"[{each.id}] {each.where}: {each.found}. {each.cure}" for each in known if each.stops}
    lines = said.splitlines()
    rest = [line for line in lines if line not in listed]
    if len(rest) < len(lines):
        # Without its list, the first line says only that there is one.
        rest = [] if len(rest) == 1 and rest[0].endswith(":") else rest
    if not rest:
        return []
    return [Finding(severity="error", on=on, where=where, found="\n".join(rest), cure=_READ_AGAIN, stops=True, standing="stops")]


def place_findings(document: Document) -> Marks:
    objects = _list_objects(document)
    marks: dict[tuple[str, str], list[Finding]] = {}
    for finding in document.findings:
        words = dict.fromkeys(_WORD.findall(finding.where))
        at = [word for word in words if (finding.on, word) in objects] or [""]
        for word in at:
            marks.setdefault((finding.on, word), []).append(finding)
    return marks


def name_anchors(prefix: str, names: t.Iterable[str]) -> dict[str, str]:
    """An id for each name; the same in every report of the site, and never two alike."""
    anchors: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        plain = anchor = f"{prefix}-{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'unnamed'}"[:80]
        number = 2
        while anchor in used:
            anchor, number = f"{plain}-{number}", number + 1
        used.add(anchor)
        anchors[name] = anchor
    return anchors


def _list_objects(document: Document) -> set[tuple[str, str]]:
    objects = {(host.name, word) for host in document.hosts for pf in host.pfs for word in (pf.pf, pf.address) if word}
    for cluster in document.clusters:
        objects |= {(cluster.name, reth.name) for reth in cluster.reths}
        objects |= {(cluster.name, port.junos_interface) for node in cluster.nodes for port in node.ports if port.junos_interface}
    for node in [each for cluster in document.clusters for each in cluster.nodes] + list(document.standalone):
        objects |= {(node.name, word) for port in node.ports for word in (port.junos_interface, port.vf) if word}
    return objects
