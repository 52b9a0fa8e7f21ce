# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows as a drawing: what was measured, below it a bar from nothing to the ratio, and a mark where the bound is."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Protocol

WIDTH, LEFT, BARS, VALUES = 600, 14, 360, 390
LINE, BAR, GAP = 17, 12, 15
#: letters that go into a line above a bar
LETTERS = 88
BOUND_AT = LEFT + BARS * 2 / 3
TITLE = "Ratios beside what people do instead"
STYLE = """
text { font: 13px sans-serif; fill: #1b1f24 } .head { font-weight: 600; font-size: 15px } .dim { fill: #52606d }
.bar { fill: #2f7d4f } .over { fill: #b3402a } text.over { font-weight: 600 } .spread { stroke: #1b1f24 }
.bound { stroke: #1b1f24; stroke-width: 1.5; stroke-dasharray: 3 2 }
"""


class Ratio(Protocol):
    """What is drawn of a row."""

    @property
    def what(self) -> str:
        """What was measured."""

    @property
    def baseline(self) -> str:
        """What it stands beside."""

    @property
    def ratio(self) -> float:
        """The one over the other."""

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest ratio of a round."""

    @property
    def bound(self) -> float:
        """What the ratio may be at most."""

    @property
    def met(self) -> bool:
        """Whether it is."""


def label(row: Ratio) -> str:
    return f"{row.what}, beside {row.baseline}"


def value(row: Ratio) -> str:
    return f"{row.ratio:.2f} of at most {row.bound:g}{'' if row.met else ', over'}"


def place(ratio: float, bound: float) -> float:
    """Every row is drawn on its own scale, so that the bounds are below each other."""
    return LEFT + min(BARS, (BOUND_AT - LEFT) * ratio / bound)


def _row(row: Ratio, top: float) -> tuple[list[str], float]:
    """The row from ``top`` on, and where it ends."""
    kind = "bar" if row.met else "over"
    parts = ["<g>", f"<title>{escape(label(row))}</title>"]
    y = top
    for words in textwrap.wrap(label(row), LETTERS):
        y += LINE
        parts.append(f'<text x="{LEFT}" y="{y}">{escape(words)}</text>')
    y += 5
    middle = y + BAR / 2
    lowest, highest = (place(ratio, row.bound) for ratio in row.spread)
    parts += [
        f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{place(row.ratio, row.bound) - LEFT:.1f}" height="{BAR}"/>',
        f'<line class="spread" x1="{lowest:.1f}" x2="{highest:.1f}" y1="{middle}" y2="{middle}"/>',
        f'<line class="bound" x1="{BOUND_AT:.1f}" x2="{BOUND_AT:.1f}" y1="{y - 3}" y2="{y + BAR + 3}"/>',
        f'<text class="value{"" if row.met else " over"}" x="{VALUES}" y="{y + BAR - 1}">{value(row)}</text>',
        "</g>",
    ]
    return parts, y + BAR + GAP


def svg(rows: Sequence[Ratio]) -> str:
    over = [label(row) for row in rows if not row.met]
    output = f"{len(rows)} ratios, {len(over)} over their bound{': ' if over else ''}{'; '.join(over)}."
    parts = [
        f'<text class="head" x="{LEFT}" y="26">{TITLE}</text>',
        f'<text class="dim" x="{LEFT}" y="46">Below one is faster. Thin line: all rounds. Broken line: what we want to stay under.</text>',
    ]
    y: float = 56
    for row in rows:
        drawn, y = _row(row, y)
        parts += drawn
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" aria-labelledby="title desc">\n'
        f'<title id="title">{TITLE}</title>\n<desc id="desc">{escape(output)}</desc>\n<style>{STYLE}</style>'
    )
    ground = f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{y - 1}" rx="10" fill="#ffffff" stroke="#cbd2d9"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])
