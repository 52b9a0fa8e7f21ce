# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The marks of findings in the drawing: one for each rule and kind of finding, told apart by shape and letter as well as by colour."""

from __future__ import annotations

import typing as t

from .markup import Child, Markup, tag
from .model import Finding, Standing

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


def mark_of(finding: Finding) -> tuple[str, str]:
    """The class and the words of a finding's mark."""
    kind, letter = _KINDS[finding.standing]
    return kind, f"{letter} {finding.id}" if finding.id else letter


def draw_marks(findings: t.Iterable[Finding], right: int, middle: int) -> t.Optional[Markup]:
    """Marks from the right, on the upper edge of an object."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(mark_of(finding), []).append(finding)
    if not kinds:
        return None
    shown = list(kinds.items())[:_MOST]
    parts: list[Child] = []
    for number, ((kind, words), about) in enumerate(reversed(shown)):
        x = right - _WIDTH - number * (_WIDTH + _GAP)
        more = len(kinds) - _MOST
        parts.append(_mark(kind, f"{words} +{more}" if number == 0 and more > 0 else words, x, middle - _HEIGHT // 2, about))
    return tag("g", parts)


def _mark(kind: str, words: str, x: int, y: int, about: list[Finding]) -> Markup:
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
