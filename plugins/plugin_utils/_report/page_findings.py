# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page's findings: by rule, what stops site first, what to do before what was found; equal ones are one entry with all places."""

from __future__ import annotations

import typing as t

from ...module_utils._rules import REQUEST, RULES, STATE
from .findings import standing_rank
from .icons import standing_sign
from .markup import Child, Markup, tag
from .model import Finding, Standing

_TITLES = {rule.id: rule.title for rule in (*RULES.values(), REQUEST, STATE)}
#: where the documentation has each rule, under its id in small letters; the page only links to it
RULES_PAGE = "https://github.com/vsrx/sriov/blob/main/docs/docsite/rst/rules.rst"
_Group = tuple[Standing, str]


def write_findings(findings: t.Sequence[Finding]) -> Markup:
    groups: dict[_Group, list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.standing, finding.id), []).append(finding)
    ordered = sorted(groups, key=lambda group: standing_rank(group[0]))
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


def finding_anchor(rule: str) -> str:
    return f"finding-{rule}" if rule in _TITLES else "findings"


def _write_group(group: _Group, findings: list[Finding], anchored: set[str]) -> Markup:
    standing, rule = group
    known = rule in _TITLES
    title: list[Child] = [standing_sign(standing), ": "]
    title += [tag("a", rule, href=f"#rule-{rule}"), f": {_TITLES[rule]}"] if known else [rule or "refused"]
    anchor = finding_anchor(rule) if known and rule not in anchored else None
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
