# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a document: one file, no script, nothing from the network. The verdict comes first, the tables last."""

from __future__ import annotations

import typing as t

from .findings import name_anchors, place_findings
from .markup import Child, Markup, tag, write_table
from .model import Document, Finding, State
from .page_sections import PORT_HEADS, list_port_rows, write_cluster, write_findings, write_hosts, write_rules, write_verdict
from .signs import STATES, draw_sign
from .style import make_style
from .verdict import WORST, say_state, say_steps
from .words import TRAFFIC, say_counts, say_duration, say_limit, say_run, say_time

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_TITLE = "SR-IOV ports of the vSRX firewalls"
#: more clusters than these make the page long: it gets its contents at the side
_FEW = 2


def write_page(document: Document) -> str:
    clusters = name_anchors("cluster", [cluster.name for cluster in document.clusters])
    hosts = name_anchors("host", [host.name for host in document.hosts])
    long = len(document.clusters) > _FEW
    main = tag("main", _write_summary(document, clusters), _write_body(document, clusters, hosts), id="main")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{say_state(document.verdict.state)}: {_TITLE}"),
        tag("style", Markup(make_style())),
    )
    skip = tag("a", "Skip to the content", href="#main", class_="skip")
    body = tag(
        "body",
        skip,
        _write_header(document),
        _write_contents(document, clusters),
        main,
        _write_footer(document),
        class_="long" if long else None,
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _write_header(document: Document) -> Markup:
    run = [piece for piece in say_run(document.run) if piece]
    read = tag("p", f"Read {say_time(document.read_at)} ", "; ".join([*run, say_counts(document)]), ".", class_="meta")
    left = document.run.left_out
    words = f"This run left out {len(left)} of the inventory's hosts: {', '.join(left[:20])}{' and more' if len(left) > 20 else ''}."
    return tag(
        "header",
        tag("h1", _TITLE),
        read,
        tag("p", draw_sign("triangle", "warn", "Partial report. "), words, class_="notice") if left else None,
    )


def _write_contents(document: Document, clusters: dict[str, str]) -> Markup:
    links: list[tuple[str, Child]] = [("findings", f"Findings ({len(document.findings)})"), ("plan", "Plan")]
    if document.comparison:
        links.append(("differences", f"Differences ({len(document.comparison.differences)})"))
    links += [(clusters[cluster.name], [draw_state_alone(cluster.verdict.state), cluster.name]) for cluster in document.clusters]
    links += [("standalone", "Stand-alone nodes")] if document.standalone else []
    links += [("hosts", "KVM hosts")] if document.hosts else []
    return tag(
        "nav",
        tag("ul", [tag("li", tag("a", words, href=f"#{anchor}")) for anchor, words in links]),
        class_="contents",
        aria_label="Contents",
    )


def draw_state_alone(state: State) -> Markup:
    """The sign of a state; its word is for those who do not see it."""
    shape, colour, word = STATES[state]
    return tag("span", draw_sign(shape, colour), class_="state", title=word, aria_label=f"{word}: ", role="img")


def _write_summary(document: Document, clusters: dict[str, str]) -> Markup:
    # The worst first: of forty clusters, the two that matter.
    ordered = sorted(document.clusters, key=lambda cluster: WORST.index(cluster.verdict.state))
    bars = [tag("li", write_verdict(cluster.verdict, cluster.name, clusters[cluster.name])) for cluster in ordered]
    if len(bars) == 1:
        whole = tag("p", "For the whole site: ", say_steps(document.verdict), ".")
        return tag("section", tag("ul", bars, class_="verdicts"), whole, id="summary", aria_label="Summary")
    site = tag("li", write_verdict(document.verdict, "The whole site", "main"))
    return tag("section", tag("ul", site, bars, class_="verdicts"), id="summary", aria_label="Summary")


def _write_body(document: Document, clusters: dict[str, str], hosts: dict[str, str]) -> list[Child]:
    marks = place_findings(document)
    by_place: dict[str, list[Finding]] = {}
    for finding in document.findings:
        by_place.setdefault(finding.on, []).append(finding)
    parts: list[Child] = [write_findings(document.findings), _write_plan(document), _write_differences(document)]
    for cluster in document.clusters:
        places = dict.fromkeys([cluster.name, *(node.name for node in cluster.nodes), *(node.host for node in cluster.nodes)])
        about = [each for place in places for each in by_place.get(place, ())]
        parts.append(write_cluster(cluster, about, marks, clusters[cluster.name]))
    if document.standalone:
        rows = [row for node in document.standalone for row in list_port_rows(node)]
        named = ", ".join(f"{node.name} on {node.host or 'no host'}" for node in document.standalone)
        parts.append(
            tag(
                "section",
                tag("h2", "Stand-alone nodes"),
                tag("p", named),
                write_table("Ports", PORT_HEADS, rows),
                id="standalone",
                aria_label="Stand-alone nodes",
            )
        )
    return [*parts, write_hosts(document, hosts), write_rules(document.findings)]


def _write_differences(document: Document) -> t.Optional[Markup]:
    comparison = document.comparison
    if comparison is None:
        return None
    signs = {"better": ("tick", "good"), "worse": ("cross", "bad"), "other": ("diamond", "dim")}
    rows = [[[each.on], each.what, each.before, each.after, draw_sign(*signs[each.change], each.change)] for each in comparison.differences]
    since = f"Compared with the report of {say_time(comparison.read_at)}"
    shown = write_table(since, ("Where", "What", "Before", "Now", "Change"), rows) if rows else tag("p", f"{since}: nothing is different.")
    return tag("section", tag("h2", "Differences"), shown, id="differences", aria_label="Differences")


def _write_plan(document: Document) -> Markup:
    heads: tuple[str, ...] = ("Step", "Where", "What", "Traffic")
    rows: list[list[Child]] = [[step.place, step.on, step.what, TRAFFIC[step.traffic]] for step in document.plan]
    if any(step.longest is not None for step in document.plan):
        heads += ("At most",)
        rows = [[*row, None if step.longest is None else say_duration(step.longest)] for row, step in zip(rows, document.plan)]
    words = "; ".join(filter(None, (say_steps(document.verdict), say_limit(step.longest for step in document.plan))))
    shown = write_table("What site would do, in order", heads, rows) if rows else None
    return tag("section", tag("h2", "Plan"), tag("p", f"{words[0].upper()}{words[1:]}."), shown, id="plan", aria_label="Plan")


def _write_footer(document: Document) -> Markup:
    return tag(
        "footer", tag("p", f"Made by vsrx.sriov {document.run.collection}. This page runs no script and loads nothing.".replace("  ", " "))
    )
