# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

# Pure: Junos' own comparison of two configurations, line by line with the place of each.
from __future__ import annotations

import dataclasses
import re

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


def _words(text: str) -> list[str]:
    return [word.strip('"') for word in _WORD.findall(text)]
