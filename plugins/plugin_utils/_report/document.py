# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document of a site, from the variables of its hosts and nodes. The same input gives the same document, in the same order."""

from __future__ import annotations

import collections.abc
import dataclasses
import typing as t

from .._site.plan import make_plan
from .._site.variables import read_site
from .clusters import Nodes, group_by_cluster, read_cluster, read_host, read_standalone
from .decode import decode, encode
from .findings import read_cluster_findings, read_host_findings, read_node_findings, sort_findings
from .model import Cluster, Comparison, Document, Finding, Node, Run, Step, Verdict
from .variables import Variables, get_mapping, get_texts
from .verdict import judge_cluster, judge_site, read_trust


def read_plan(plan: t.Iterable[Variables]) -> tuple[Step, ...]:
    """The steps of a plan of the whole site."""
    found = [
        {
            "number": number,
            "on": each.get("where"),
            "what": each.get("what"),
            "traffic": each.get("traffic"),
            "longest": each.get("longest_s"),
        }
        for number, each in enumerate(plan, 1)
    ]
    return tuple(decode(Step, each) for each in found)


def is_host_planned(host: Variables) -> bool:
    return get_texts(get_mapping(host, "sriov_host_preview"), "actions") is not None


def is_node_planned(node: Variables) -> bool:
    return node.get("vsrx_ports_refusal") is None and get_texts(node, "vsrx_ports_actions") is not None


def is_cluster_planned(members: collections.abc.Sequence[Variables]) -> bool:
    """Its nodes are, and one of them showed the cluster."""
    if not all(map(is_node_planned, members)) or any(member.get("vsrx_cluster_refusal") is not None for member in members):
        return False
    seen = next((look for look in (get_mapping(each, "vsrx_cluster_seen") for each in members) if get_mapping(look, "cluster")), {})
    return get_texts(seen, "actions") is not None


def make_document(
    hosts: Nodes,
    nodes: Nodes,
    read_at: str,
    run: Variables,
    earlier: t.Optional[Document] = None,
    plan: t.Optional[t.Sequence[Variables]] = None,
    at_once: int = 1,
) -> Document:
    """`hosts` and `nodes` have the variables of each by its name, in the order of the inventory.

    `plan` is one that was made before the site was changed; without it, one is made of the same variables.
    """
    members = group_by_cluster(nodes)
    findings = [each for name, host in hosts.items() for each in read_host_findings(name, host)]
    findings += [each for name, node in nodes.items() for each in read_node_findings(name, node)]
    for name, names in members.items():
        findings += read_cluster_findings(name, [nodes[each] for each in names])
    ordered = sort_findings(findings)
    steps = read_plan(map(dataclasses.asdict, make_plan(read_site(hosts, nodes), at_once)) if plan is None else plan)
    planned = {name: is_cluster_planned([nodes[each] for each in names]) for name, names in members.items()}
    read = [read_host(name, host) for name, host in hosts.items()]
    trust = read_trust(read)
    clusters = []
    by_place = _group_by_place(ordered)
    for name, names in members.items():
        cluster = read_cluster(name, {each: nodes[each] for each in names})
        concerned = [each for place in _list_places(cluster) for each in by_place.get(place, ())]
        own = sum(step.on in (name, *names) for step in steps) if planned[name] else None
        clusters.append(dataclasses.replace(cluster, verdict=judge_cluster(cluster, concerned, trust, own)))
    known = all([*map(is_host_planned, hosts.values()), *map(is_node_planned, nodes.values()), *planned.values()])
    unread = not nodes or not all(host.read for host in read)
    made = Document(
        read_at=read_at,
        run=decode(Run, run),
        verdict=judge_site(clusters, ordered, unread, len(steps) if known else None),
        hosts=tuple(read),
        clusters=tuple(clusters),
        standalone=read_standalone(nodes),
        findings=ordered,
        plan=steps,
    )
    # Texts that were put together are cut and cleaned like those that were read.
    return read_document(encode(keep_since(made, earlier)))


def keep_since(document: Document, earlier: t.Optional[Document]) -> Document:
    """Each verdict with the time since when reports in a row have seen its state."""
    before = {cluster.name: cluster.verdict for cluster in earlier.clusters} if earlier else {}
    clusters = tuple(
        dataclasses.replace(cluster, verdict=_set_since(cluster.verdict, before.get(cluster.name), document.read_at))
        for cluster in document.clusters
    )
    return dataclasses.replace(
        document, clusters=clusters, verdict=_set_since(document.verdict, earlier.verdict if earlier else None, document.read_at)
    )


def read_document(value: t.Any) -> Document:
    """A document that was written before; what is not as it should be counts as not read."""
    return decode(Document, value if isinstance(value, collections.abc.Mapping) else {})


def add_comparison(document: Document, comparison: Comparison) -> Document:
    return dataclasses.replace(document, comparison=comparison)


def list_nodes(document: Document) -> list[Node]:
    return [node for cluster in document.clusters for node in cluster.nodes] + list(document.standalone)


def _set_since(verdict: Verdict, before: t.Optional[Verdict], read_at: str) -> Verdict:
    same = before is not None and before.state == verdict.state and before.since
    return dataclasses.replace(verdict, since=before.since if before and same else read_at)


def _list_places(cluster: Cluster) -> list[str]:
    """The names that findings about a cluster are on: its own, its nodes', their hosts'."""
    return list(dict.fromkeys([cluster.name, *(node.name for node in cluster.nodes), *(node.host for node in cluster.nodes)]))


def _group_by_place(findings: t.Iterable[Finding]) -> dict[str, list[Finding]]:
    places: dict[str, list[Finding]] = {}
    for finding in findings:
        places.setdefault(finding.on, []).append(finding)
    return places
