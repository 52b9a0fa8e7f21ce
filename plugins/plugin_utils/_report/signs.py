# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signs of the page and the drawing: each state and each kind of finding has a shape and a letter, so that no colour is needed."""

from __future__ import annotations

import typing as t

from .markup import Child, Markup, tag
from .model import Finding, Standing, State

#: shapes on a square of 16: ring with a tick, ring with a hand of a clock, octagon with a cross, triangle, diamond, square
_SHAPES = {
    "tick": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0ZM6.8 12 3 8.2l1.6-1.6 2.2 2.2 4.8-4.9L13.2 5.500Z",
    "clock": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0ZM7 3h2v4.600l3.200 1.900-1 1.700L7 8.700Z",
    "cross": "M4.700 0h6.600L16 4.700v6.600L11.300 16H4.700L0 11.300V4.700Z"
    "M5.300 3.900 3.900 5.300 6.600 8l-2.700 2.700 1.400 1.400L8 9.400l2.700 2.700 1.400-1.400L9.400 8l2.700-2.700-1.400-1.400L8 6.600Z",
    "triangle": "M8 .5 16 15.500H0ZM7 5.500v5h2v-5ZM7 11.700v2h2v-2Z",
    "diamond": "M8 0l8 8-8 8-8-8ZM7 4v5h2V4ZM7 10.200v2h2v-2Z",
    "square": "M0 0h16v16H0ZM2 2v12h12V2Z",
}
STATES: dict[State, tuple[str, str, str]] = {
    "healthy": ("tick", "good", "Healthy"),
    "pending": ("clock", "warn", "Restart pending"),
    "at_risk": ("cross", "bad", "Traffic at risk"),
    "unknown": ("diamond", "unknown", "Not known"),
}
STANDINGS: dict[Standing, tuple[str, str, str]] = {
    "stops": ("cross", "bad", "Error, stops site"),
    "open": ("cross", "bad", "Error, does not stop site"),
    "warning": ("triangle", "warn", "Warning"),
    "cured": ("square", "dim", "Error, cured by site"),
    "accepted": ("square", "dim", "Accepted"),
}
#: an error is a filled shape with cut corners, a warning a round frame; the frame of what is accepted or cured is dashed
_KINDS: dict[Standing, tuple[str, str]] = {
    "stops": ("error", "E"),
    "open": ("error", "E"),
    "warning": ("warning", "W"),
    "cured": ("accepted", "C"),
    "accepted": ("accepted", "A"),
}
_WIDTH, _HEIGHT, _GAP = 44, 17, 4
#: marks at one object; more are a number
_MOST = 3


def draw_sign(shape: str, colour: str, *words: Child) -> Markup:
    """A shape and its words."""
    path = tag("path", d=_SHAPES[shape], fill_rule="evenodd")
    return tag("span", tag("svg", path, class_="icon", viewBox="0 0 16 16", aria_hidden="true"), words, class_=f"{colour} word")


def draw_state(state: State) -> Markup:
    return draw_sign(*STATES[state])


def draw_standing(standing: Standing) -> Markup:
    return draw_sign(*STANDINGS[standing])


def draw_answer(value: bool, yes: str, no: str) -> Markup:
    return draw_sign("tick", "good", yes) if value else draw_sign("cross", "bad", no)


def draw_answer_or_unknown(value: object, yes: str, no: str) -> Markup:
    return draw_sign("diamond", "unknown", "not known") if value is None else draw_answer(bool(value), yes, no)


def find_mark(finding: Finding) -> tuple[str, str]:
    """The class and the words of a finding's mark."""
    kind, letter = _KINDS[finding.standing]
    return kind, f"{letter} {finding.id}" if finding.id else letter


def draw_marks(findings: t.Iterable[Finding], right: int, middle: int) -> t.Optional[Markup]:
    """Marks from the right, on the upper edge of an object."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(find_mark(finding), []).append(finding)
    if not kinds:
        return None
    shown = list(kinds.items())[:_MOST]
    parts: list[Child] = []
    for number, ((kind, words), about) in enumerate(reversed(shown)):
        x = right - _WIDTH - number * (_WIDTH + _GAP)
        more = len(kinds) - _MOST
        parts.append(_draw_mark(kind, f"{words} +{more}" if number == 0 and more > 0 else words, x, middle - _HEIGHT // 2, about))
    return tag("g", parts)


def _draw_mark(kind: str, words: str, x: int, y: int, about: list[Finding]) -> Markup:
    if kind == "error":
        cut, right, low = 5, x + _WIDTH, y + _HEIGHT
        corners = [
            (x + cut, y),
            (right - cut, y),
            (right, y + cut),
            (right, low - cut),
            (right - cut, low),
            (x + cut, low),
            (x, low - cut),
            (x, y + cut),
        ]
        shape = tag("polygon", points=" ".join(f"{a},{b}" for a, b in corners))
    else:
        shape = tag("rect", x=x, y=y, width=_WIDTH, height=_HEIGHT, rx=8)
    title = tag("title", "; ".join(dict.fromkeys(each.found for each in about)))
    return tag("g", title, shape, tag("text", words, x=x + _WIDTH // 2, y=y + 12), class_=f"mark {kind}")
