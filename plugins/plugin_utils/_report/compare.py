# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is different between two documents: state, boots, interfaces, VFs, findings. Times of reading and who read are no difference."""

from __future__ import annotations

import dataclasses
import typing as t

from .model import Change, Comparison, Difference, Document, Finding
from .verdict import is_silent, say_state
from .words import say_boot

_SKIPPED = (
    "verdict",
    "name",
    "findings",
    "read_at",
    "run",
    "plan",
    "comparison",
    "schema",
    "vfs",
    "pfs",
    "nodes",
    "ports",
    "reths",
    "clusters",
)
_RANK = {"healthy": 0, "pending": 1, "unknown": 2, "at_risk": 3}
#: what is compared even where one of the documents knows no more
_ALWAYS = ("state", "read", "healthy", "reasons")
_WORST_FIRST: tuple[Change, ...] = ("worse", "better", "other")
#: properties of which a value is good or bad
_GOOD: dict[str, t.Any] = {
    "healthy": True,
    "read": True,
    "up": True,
    "mac_is_active_ports": True,
    "in_force": True,
    "restart_required": False,
}


def compare(earlier: Document, now: Document) -> Comparison:
    left = _find_left_out(earlier, now) | _find_left_out(now, earlier)
    before, after = ({place: value for place, value in _list_facts(each).items() if place[0] not in left} for each in (earlier, now))
    unread = _find_unread(earlier) | _find_unread(now)
    differences = []
    # An object that only one of the documents has is one difference, not one for each of its values.
    for on, part in dict.fromkeys((on, part) for on, part, _name in [*before, *after]):
        then, today = (_has_object(facts, on, part) for facts in (before, after))
        if then != today and not (part and (on in unread or _has_object(before, on, "") != _has_object(after, on, ""))):
            words = {True: "there", False: "not there"}
            change: Change = "other" if today else "worse"
            differences.append(Difference(on=on, what=part or "entry", before=words[then], after=words[today], change=change))
    for place, value in after.items():
        if place in before and before[place] != value and not (place[0] in unread and place[2] not in _ALWAYS):
            differences.append(_make_difference(place, before[place], value))
    old, new = ({_make_key(each): each for each in document.findings if each.on not in left} for document in (earlier, now))
    differences += [_describe_finding(old[key], "gone") for key in old if key not in new]
    differences += [_describe_finding(new[key], "new") for key in new if key not in old]
    ordered = sorted(differences, key=lambda each: _WORST_FIRST.index(each.change))
    return Comparison(read_at=earlier.read_at, differences=tuple(ordered))


def _find_left_out(partial: Document, other: Document) -> set[str]:
    """What a partial report cannot compare: the hosts and nodes that its run left out, and clusters of such nodes only."""
    left = set(partial.run.left_out)
    return left | {cluster.name for cluster in other.clusters if cluster.nodes and all(node.name in left for node in cluster.nodes)}


def _find_unread(document: Document) -> set[str]:
    """Hosts, nodes and clusters of which a document knows no more than that they did not answer."""
    unread = {host.name for host in document.hosts if not host.read}
    for cluster in document.clusters:
        silent = {node.name for node in cluster.nodes if is_silent(node)}
        unread |= silent | ({cluster.name} if len(silent) == len(cluster.nodes) else set())
    return unread


def is_worse(comparison: Comparison) -> bool:
    return any(each.change == "worse" for each in comparison.differences)


def is_same(earlier: t.Optional[Document], now: Document) -> bool:
    """Whether two documents say the same, apart from when and by whom they were read."""
    return earlier is not None and _drop_times(earlier) == _drop_times(now)


def _drop_times(document: Document) -> Document:
    clusters = tuple(dataclasses.replace(each, verdict=dataclasses.replace(each.verdict, since=None)) for each in document.clusters)
    verdict = dataclasses.replace(document.verdict, since=None)
    comparison = dataclasses.replace(document.comparison, read_at="") if document.comparison else None
    run = dataclasses.replace(document.run, user="", ansible="")
    return dataclasses.replace(document, read_at="", run=run, verdict=verdict, clusters=clusters, comparison=comparison)


_Place = tuple[str, str, str]


def _list_facts(document: Document) -> dict[_Place, t.Any]:
    """Every value that is compared, by the object that has it, the part of it, and the property."""
    facts: dict[_Place, t.Any] = {}
    for host in document.hosts:
        _add(facts, host.name, "", host)
        for pf in host.pfs:
            _add(facts, host.name, f"PF {pf.pf}", pf)
            for vf in pf.vfs:
                _add(facts, host.name, f"PF {pf.pf} VF {vf.vf}", vf)
    for cluster in document.clusters:
        facts[cluster.name, "", "state"] = cluster.verdict.state
        _add(facts, cluster.name, "", cluster)
        for reth in cluster.reths:
            _add(facts, cluster.name, reth.name, reth)
    for node in [each for cluster in document.clusters for each in cluster.nodes] + list(document.standalone):
        _add(facts, node.name, "", node)
        for port in node.ports:
            _add(facts, node.name, port.junos_interface or f"NIC {port.position}", port)
    return facts


def _has_object(facts: dict[_Place, t.Any], on: str, part: str) -> bool:
    return (on, part, "there") in facts


def _add(facts: dict[_Place, t.Any], on: str, part: str, record: t.Any) -> None:
    facts[on, part, "there"] = True
    for field in dataclasses.fields(record):
        if field.name not in _SKIPPED or (field.name == "ports" and isinstance(record.ports, dict)):
            facts[on, part, field.name] = getattr(record, field.name)


def _make_difference(place: _Place, before: t.Any, after: t.Any) -> Difference:
    on, part, name = place
    change: Change = "other"
    if name == "state":
        change = "worse" if _RANK[after] > _RANK[before] else "better"
    elif name in _GOOD:
        change = "better" if after == _GOOD[name] else "worse" if before == _GOOD[name] or after is not None else "other"
    return Difference(
        on=on, what=f"{part} {name.replace('_', ' ')}".strip(), before=_say(name, before), after=_say(name, after), change=change
    )


def _say(name: str, value: t.Any) -> str:
    if name == "state":
        return say_state(value)
    if name == "booted_at":
        return say_boot(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{side}: {', '.join(ports)}" for side, ports in value.items()) or "none"
    if isinstance(value, tuple):
        return (
            ", ".join(f"{each.name} on {', '.join(each.nodes) or 'no node'}" if hasattr(each, "nodes") else str(each) for each in value)
            or "none"
        )
    return "not known" if value is None else str(value)


def _make_key(finding: Finding) -> tuple[str, ...]:
    return finding.id, finding.on, finding.where, finding.found, finding.standing


def _describe_finding(finding: Finding, news: str) -> Difference:
    bad = finding.standing in ("stops", "open")
    what = f"{finding.severity} {finding.id or 'without a rule'} ({finding.standing}): {finding.where}"
    change: Change = "other" if not bad else "worse" if news == "new" else "better"
    gone = news == "gone"
    return Difference(
        on=finding.on, what=what, before=finding.found if gone else "none", after="gone" if gone else finding.found, change=change
    )
