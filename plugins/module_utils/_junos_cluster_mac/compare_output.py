# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edits of the configuration: Junos' own comparison, line by line with the place of each change, and who edits. Pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/reply.py parses

from .._junos.reply import parse_number
from .statements import CLUSTER, STATEMENTS

MARKS = ("+", "-", "!")
INACTIVE, ACTIVE = "inactive:", "active:"
_STATES = (INACTIVE, ACTIVE, "protect:", "unprotect:")
_QUOTED = re.compile(r'"[^"]*"')
_WORD = re.compile(r'"[^"]*"|[^\s"\[\]]+')
_COMMANDS = ("set", "delete", "activate", "deactivate", "insert", "rename", "annotate")
#: words of all places together, and blocks around them: a comparison with more is none that can be followed
_MAX_WORDS = 1_000_000

#: the only words of a foreign change that leave the node: names that Junos itself gives, never one that an operator chose
TOP_HIERARCHIES = frozenset(
    (
        *("access", "access-profile", "accounting-options", "applications", "apply-groups", "bridge-domains", "chassis"),
        *("class-of-service", "event-options", "firewall", "forwarding-options", "groups", "interfaces", "logical-systems"),
        *("policy-options", "protocols", "routing-instances", "routing-options", "schedulers", "security", "services"),
        *("snmp", "switch-options", "system", "tenants", "vlans"),
    )
)


@dataclasses.dataclass(frozen=True)
class Change:
    """One changed line: its mark, and its place with what it says itself."""

    mark: str
    path: tuple[str, ...]
    #: the word before it, or before a block around it: inactive:, active:
    state: str = ""
    #: a level of which only the head is shown
    elided: bool = False


def parse_changes(difference: str) -> t.Optional[tuple[Change, ...]]:
    """Return the changed lines with their places, or None where the comparison is written in another form than Junos' own.

    The place is the level of the [edit ...] above a line and the blocks that it stands in. Commands, hunks, XML and messages are other
    forms; so is any line that names one of the two statements at a place that is not theirs.
    """
    reader = _Reader()
    for line in difference.splitlines():
        if not reader.take(_drop_comment(line).strip()):
            return None
    return tuple(reader.found) if not reader.blocks else None


def _drop_comment(line: str) -> str:
    """A line without the comment at its end; no pattern, since what is looked through again and again costs the square of a line."""
    bare = line.rstrip()
    starts = [bare.find("##"), bare.find("/*", 0, len(bare) - 2) if bare.endswith("*/") else -1]
    return bare[: min((start for start in starts if start >= 0), default=len(bare))]


class _Reader:
    """What was read so far: the changes, the level, and the blocks that are open."""

    def __init__(self) -> None:
        self.found: list[Change] = []
        self.blocks: list[tuple[tuple[str, ...], str]] = []
        self._level: t.Optional[tuple[str, ...]] = None
        self._words = 0

    def take(self, text: str) -> bool:
        """Take one line; False where it is not understood."""
        if not text:
            return True
        if text.startswith("[edit") and text.endswith("]"):
            whole = not self.blocks
            self._level = tuple(_split_words(text[len("[edit") : -1]))
            return whole
        if self._level is None:
            return False
        if text[0] not in MARKS:
            return not (text.endswith("{") or text.startswith(("}", "@@")) or _names_statement(text))
        return self._take_change(text[0], text[1:].strip(), self._level)

    def _take_change(self, mark: str, text: str, level: tuple[str, ...]) -> bool:
        if text.startswith("}"):
            if not self.blocks:
                return False
            self.blocks.pop()
            return True
        words = _split_words(text.rstrip(";{} ."))
        if not words:
            return not text
        if words[0] in _COMMANDS or text.startswith(MARKS):
            return False
        state = words[0] if words[0] in _STATES else ""
        step = tuple(words[1:] if state else words)
        around = next((outer for _step, outer in self.blocks if outer == INACTIVE), "")
        path = (*level, *(word for block, _state in self.blocks for word in block), *step)
        self._words += len(path) + len(self.blocks)
        if self._words > _MAX_WORDS:
            return False
        if text.endswith("{"):
            self.blocks.append((step, state))
        self.found.append(Change(mark, path, state or around, elided=text.endswith("}")))
        return _is_at_home(path) or not _names_statement(text)


def _names_statement(text: str) -> bool:
    """Outside of quotes: a statement in them is a text of an operator, such as a login message."""
    bare = _QUOTED.sub("", text) if '"' in text else text
    return any(name in bare for name in STATEMENTS)


def _is_at_home(path: tuple[str, ...]) -> bool:
    """Does the line stand for a statement in [edit chassis cluster], or in that of a group?"""
    inside = path[2:] if path[:1] == ("groups",) else path
    return inside[:-1] == CLUSTER and inside[-1] in STATEMENTS


def name_hierarchies(difference: str) -> list[str]:
    """Return the top hierarchies that a comparison changes, as in ``[edit system]``; ``[edit]`` for one that is not known by name."""
    changed = parse_changes(difference) or ()
    found = {change.path[0] if change.path and change.path[0] in TOP_HIERARCHIES else "" for change in changed}
    return [f"[edit {name}]".replace(" ]", "]") for name in sorted(found or {""})]


@dataclasses.dataclass(frozen=True)
class Editor:
    """A session in configuration mode; None where Junos does not say. Its edit path is not read: it names what an operator chose."""

    user: str
    terminal: str = ""
    since: t.Optional[int] = None
    idle: t.Optional[int] = None
    #: it holds the lock
    exclusive: bool = False


def parse_editors(information: ET.Element) -> tuple[Editor, ...]:
    """Return who edits the configuration, the one who began first before the others."""
    found = [
        Editor(
            user=_read_word(row, "user"),
            terminal=_read_word(row, "terminal"),
            since=_read_seconds(row, "start-time"),
            idle=_read_seconds(row, "idle-time"),
            exclusive=row.find("exclusive") is not None,
        )
        for row in information.iter("database-status")
    ]
    return tuple(sorted(found, key=lambda editor: (editor.since is None, editor.since or 0, editor.user)))


def _read_word(row: ET.Element, tag: str) -> str:
    """A name as Junos has them, without what a terminal would obey."""
    return re.sub(r"[^\w.@/:+-]", "", row.findtext(tag) or "")[:64]


def _read_seconds(row: ET.Element, tag: str) -> t.Optional[int]:
    moment = row.find(tag)
    return None if moment is None else parse_number(moment.get("seconds"))


def hide_foreign_lines(difference: str, own: t.Collection[str]) -> str:
    """Return a comparison of our own change without whatever else it shows, such as context or an edit that came in between."""
    kept: list[str] = []
    hidden = 0
    for line in difference.splitlines():
        words = _split_words(line.strip().lstrip("+-! ").rstrip(";{} ."))
        about_us = set(words) <= {*own, *_STATES, "edit", "groups", "chassis", "cluster"}
        kept += [line] if about_us else []
        hidden += not about_us
    return "\n".join([*kept, *([f"({hidden} other lines are not shown)"] if hidden else [])])


def _split_words(text: str) -> list[str]:
    return [word.strip('"') for word in _WORD.findall(text)]
