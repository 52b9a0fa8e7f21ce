# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

# Pure: Junos' own comparison of two configurations, line by line with the place of each.
from __future__ import annotations

import dataclasses
import re
import typing as t

MARKS = ("+", "-", "!")
_WORD = re.compile(r'"[^"]*"|[^\s"\[\]]+')
INACTIVE, ACTIVE = "inactive:", "active:"
_STATES = (INACTIVE, ACTIVE, "protect:", "unprotect:")


@dataclasses.dataclass(frozen=True)
class Change:
    """One changed line: its mark, and its place with what it says itself."""

    mark: str
    path: tuple[str, ...]
    #: the word before it, or before a block around it: inactive:, active:
    state: str = ""
    #: a level of which only the head is shown
    elided: bool = False


def changes(difference: str) -> tuple[Change, ...]:
    """The changed lines with their places: the level of the [edit ...] above them, and the blocks that they stand in."""
    found: list[Change] = []
    level: tuple[str, ...] = ()
    blocks: list[tuple[tuple[str, ...], str]] = []
    for line in difference.splitlines():
        text = line.strip()
        if text.startswith("[edit") and text.endswith("]"):
            level, blocks = tuple(_words(text[len("[edit") : -1])), []
            continue
        if text[:1] not in MARKS:
            continue
        mark, text = text[0], text[1:].strip()
        if text.startswith("}"):
            blocks = blocks[:-1]
            continue
        words = _words(text.rstrip(";{} ."))
        state = words[0] if words and words[0] in _STATES else ""
        step = tuple(words[1:] if state else words)
        around = next((outer for _step, outer in blocks if outer == INACTIVE), "")
        path = (*level, *(word for block, _state in blocks for word in block), *step)
        found.append(Change(mark, path, state or around, elided=text.endswith("}")))
        if text.endswith("{"):
            blocks.append((step, state))
    return tuple(found)


#: the only words of a foreign change that leave the node: names that Junos itself gives, never one that an operator chose
TOP_HIERARCHIES = frozenset(
    (
        *("access", "access-profile", "accounting-options", "applications", "apply-groups", "bridge-domains", "chassis"),
        *("class-of-service", "event-options", "firewall", "forwarding-options", "groups", "interfaces", "logical-systems"),
        *("policy-options", "protocols", "routing-instances", "routing-options", "schedulers", "security", "services"),
        *("snmp", "switch-options", "system", "tenants", "vlans"),
    )
)


def top_hierarchies(difference: str) -> list[str]:
    """The hierarchies that a comparison changes, as in ``[edit system]``; ``[edit]`` for one that is not known by name."""
    found = {change.path[0] if change.path and change.path[0] in TOP_HIERARCHIES else "" for change in changes(difference)}
    return [f"[edit {name}]".replace(" ]", "]") for name in sorted(found or {""})]


def hide_foreign_lines(difference: str, own: t.Collection[str]) -> str:
    """A comparison of our own change, with whatever else it shows left out, such as context or an edit that came in between."""
    kept: list[str] = []
    hidden = 0
    for line in difference.splitlines():
        words = _words(line.strip().lstrip("+-! ").rstrip(";{} ."))
        about_us = set(words) <= {*own, *_STATES, "edit", "groups", "chassis", "cluster"}
        kept += [line] if about_us else []
        hidden += not about_us
    return "\n".join([*kept, *([f"({hidden} other lines are not shown)"] if hidden else [])])


def _words(text: str) -> list[str]:
    return [word.strip('"') for word in _WORD.findall(text)]
