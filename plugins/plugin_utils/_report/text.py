# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document as rows of plain text, for a terminal and for a job's output.

Each row begins with a blank: then callbacks that show lists as YAML quote every row, and columns stay aligned. No row ends with blanks.
"""

from __future__ import annotations

import re
import textwrap
import typing as t

from .model import Cluster, Document, Finding, Node, Verdict
from .signs import find_mark
from .verdict import say_state, say_steps
from .words import MODES, TRAFFIC, say_boot_shortly, say_duration, say_limit, say_match, say_run, say_time, say_up

Rows = list[str]
#: the longest row: in YAML output a longer one would be folded
LONGEST = 72
_FOLDED = LONGEST - 2
_SINGLE = re.compile(r"(?<! ) (?! )")
#: what a caller can ask for, in the order in which it is shown
PARTS = ("verdict", "differences", "findings", "plan", "clusters", "map")


def write_text(document: Document, parts: t.Sequence[str] = PARTS) -> Rows:
    written: Rows = []
    for part in PARTS:
        rows = _WRITERS[part](document) if part in parts else []
        written += ([""] if written and rows else []) + rows
    return [f" {row}".rstrip() or " " for row in written]


def bind_rows(rows: Rows) -> Rows:
    """Rows that YAML output does not fold: it folds long ones at single blanks, so those that come late in a row are made hard ones."""
    return [row[:_FOLDED] + _SINGLE.sub("\N{NO-BREAK SPACE}", row[_FOLDED:]) for row in rows]


def write_verdict(document: Document) -> Rows:
    run = "; ".join(piece for piece in say_run(document.run) if piece)
    rows = _wrap("", f"Read {say_time(document.read_at)}; {run}", 0)
    if document.run.left_out:
        left = document.run.left_out
        more = f" and {len(left) - 10} more" if len(left) > 10 else ""
        rows += _wrap("PARTIAL: ", f"this run left out {', '.join(left[:10])}{more}", 0)
    table = [("CLUSTER", "STATE", "MAC MODE", "SITE", "SINCE")]
    table += [
        (each.name, _say_state(each.verdict), _say_mode(each), _say_site(each.verdict), each.verdict.since or "")
        for each in document.clusters
    ]
    table.append(("(all)", _say_state(document.verdict), "", _say_site(document.verdict), document.verdict.since or ""))
    rows += align(table)
    return rows + [row for cluster in document.clusters for reason in cluster.verdict.reasons for row in _wrap(f"{cluster.name}: ", reason)]


def write_findings(document: Document) -> Rows:
    """A finding is three parts: what stops or warns and where, what was found, what to do. Equal ones are one entry with all places."""
    if not document.findings:
        return ["No findings."]
    entries: dict[tuple[str, ...], list[Finding]] = {}
    for finding in document.findings:
        entries.setdefault((finding.standing, finding.id, finding.found, finding.cure), []).append(finding)
    return ["FINDINGS", *(row for same in entries.values() for row in _write_finding(same))]


def write_plan(document: Document) -> Rows:
    """The numbered steps in the order of execution, with their parts; what interrupts traffic says so, and how long it may take."""
    rows = [f"PLAN: {say_steps(document.verdict)}"]
    for step in document.plan:
        parts = step.what.split("; ")
        traffic = "" if step.traffic == "no" else f" (traffic: {TRAFFIC[step.traffic]})"
        limit = "" if not step.longest else f", at most {say_duration(step.longest)}"
        rows += _wrap(f"{step.place:>3} ", f"{step.on}: {parts[0] if len(parts) == 1 else f'{len(parts)} parts'}{traffic}{limit}", 0)
        rows += [row for part in parts if len(parts) > 1 for row in _wrap("    - ", part, 0)]
    total = say_limit(step.longest for step in document.plan)
    return rows + ([f"{total[0].upper()}{total[1:]}."] if total else [])


def write_clusters(document: Document) -> Rows:
    return [row for cluster in document.clusters for row in _write_cluster(cluster)]


def write_map(document: Document) -> Rows:
    """Which VF is which interface of which node."""
    nodes = [node for cluster in document.clusters for node in cluster.nodes] + list(document.standalone)
    rows: Rows = []
    for node in nodes:
        rows += [f"{node.name}: domain {node.domain or 'not known'} on {node.host or 'no host'}", *_write_ports(node)]
    return rows


def write_differences(document: Document) -> Rows:
    comparison = document.comparison
    if comparison is None:
        return []
    since = f"DIFFERENCES from the report of {say_time(comparison.read_at)}"
    if not comparison.differences:
        return [f"{since}: none"]
    rows = [since]
    for each in comparison.differences:
        rows += _wrap(f"{each.change:<7}", f"{each.on}: {each.what}: {_join_lines(each.before)} -> {_join_lines(each.after)}", 0)
    return rows


def align(rows: t.Sequence[t.Sequence[str]]) -> Rows:
    """Columns as wide as their widest value."""
    widths = [max(len(value) for value in column) for column in zip(*rows)]
    return ["  ".join(value.ljust(width) for value, width in zip(row, widths)).rstrip() for row in rows]


def _join_lines(words: str) -> str:
    return " ".join(words.split())


def _say_mode(cluster: Cluster) -> str:
    return MODES[_find_common([node.in_force for node in cluster.nodes])] if cluster.nodes else MODES[None]


def _find_common(modes: list[t.Optional[bool]]) -> t.Optional[bool]:
    """Active only where it is active on all nodes."""
    return False if False in modes else None if None in modes else True


def _say_site(verdict: Verdict) -> str:
    return say_steps(verdict).replace("site would ", "would ")


def _say_state(verdict: Verdict) -> str:
    return say_state(verdict.state).upper()


def _write_finding(same: list[Finding]) -> Rows:
    first = same[0]
    places = "; ".join(f"{each.on}: {each.where}" for each in same)
    rows = _wrap(f"{find_mark(first)[1]:<6} {first.standing:<8} ", places, 0)
    return [*rows, *_wrap("found: ", first.found, 7), *(_wrap("to do: ", first.cure, 7) if first.cure else [])]


def _wrap(head: str, words: str, indent: int = 2) -> Rows:
    """Rows of a text, each line after a head that stands in the first one."""
    rows: Rows = []
    later = " " * (indent + min(len(head), 20))
    for line in words.splitlines() or [""]:
        first = later if rows else " " * indent + head
        rows += textwrap.wrap(line, LONGEST, initial_indent=first, subsequent_indent=later, break_on_hyphens=False) or [first]
    return rows


def _write_cluster(cluster: Cluster) -> Rows:
    rows = [f"CLUSTER {cluster.name}: {say_state(cluster.verdict.state).upper()}; {say_steps(cluster.verdict)}"]
    rows += [f"  {each.name:<40} {'set on ' + ', '.join(each.nodes) if each.nodes else 'not set'}" for each in cluster.statements]
    table = [("  NODE", "HEALTH", "MAC MODE", "JUNOS", "BOOTED")]
    table += [
        (
            f"  {node.name}",
            "healthy" if node.healthy else "NOT HEALTHY",
            MODES[node.in_force],
            node.junos_version or "not known",
            say_boot_shortly(node.booted_at),
        )
        for node in cluster.nodes
    ]
    rows += align(table)
    if not cluster.reths:
        return rows
    reths = [("  RETH", "STATE", "MAC", "VLANS", "S13")]
    for each in cluster.reths:
        vlans = "?" if each.vlans is None else str(each.vlans)
        reths.append((f"  {each.name}", say_up(each.up), each.mac or "?", vlans, say_match(each)))
    return rows + align(reths)


def _write_ports(node: Node) -> Rows:
    table = [("  #", "JUNOS", "PF", "VF", "VF ADDRESS", "MAC", "GUEST ADDRESS", "RETH")]
    for port in node.ports:
        table.append(
            (
                f"  {'?' if port.position is None else port.position}",
                port.junos_interface or "?",
                port.pf or "-",
                "-" if port.index is None else str(port.index),
                port.vf or "-",
                port.mac or "-",
                port.guest_address or "-",
                port.reth or "-",
            )
        )
    return align(table)


_WRITERS: dict[str, t.Callable[[Document], Rows]] = {
    "verdict": write_verdict,
    "differences": write_differences,
    "findings": write_findings,
    "plan": write_plan,
    "clusters": write_clusters,
    "map": write_map,
}
