# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document as Markdown, for a change request, a chat or an approval: verdict, plan, differences and findings."""

from __future__ import annotations

import re
import typing as t

from .model import Document
from .verdict import say_state, say_steps
from .words import TRAFFIC, say_counts, say_duration, say_limit, say_run, say_time

#: characters that Markdown or the HTML in it would take as more than text
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@-])")


def write_markdown(document: Document) -> str:
    run = "; ".join(piece for piece in say_run(document.run) if piece)
    parts = ["# SR-IOV ports of the vSRX firewalls", _escape(f"Read {say_time(document.read_at)} {run}. {say_counts(document)}.")]
    if document.run.left_out:
        parts.append(f"**Partial report.** Left out: {_escape(', '.join(document.run.left_out))}")
    verdicts = [(each.name, each.verdict) for each in document.clusters] + [("The whole site", document.verdict)]
    rows = [
        (name, say_state(verdict.state), say_steps(verdict), "; ".join(verdict.reasons), say_time(verdict.since))
        for name, verdict in verdicts
    ]
    parts.append(_write_table(("Cluster", "State", "Playbook site", "Why", "Since"), rows))
    if document.comparison:
        changes = [(each.change, each.on, each.what, each.before, each.after) for each in document.comparison.differences]
        parts += [
            f"## Differences from {_escape(say_time(document.comparison.read_at))}",
            _write_table(("Change", "Where", "What", "Before", "Now"), changes),
        ]
    steps = [
        (step.place, step.on, step.what, TRAFFIC[step.traffic], "" if step.longest is None else say_duration(step.longest))
        for step in document.plan
    ]
    total = say_limit(step.longest for step in document.plan)
    parts += [
        "## Plan",
        _write_table(("Step", "Where", "What", "Traffic", "At most"), steps),
        *([f"{total[0].upper()}{total[1:]}."] if total else []),
    ]
    found = [(each.standing, each.id, f"{each.on}: {each.where}", each.cure, each.found) for each in document.findings]
    parts += ["## Findings", _write_table(("Standing", "Rule", "Where", "What to do", "Found"), found)]
    return "\n\n".join(parts) + "\n"


def _escape(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(words.split()))


def _write_table(heads: t.Sequence[str], rows: t.Sequence[t.Sequence[str]]) -> str:
    if not rows:
        return "None."
    lines = [heads, ["---"] * len(heads), *([_escape(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
