# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows as a drawing: a bar from nothing to the ratio, a line where the bound is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.measure import Row

LEFT, WIDTH, STEP = 720, 300, 30
STYLE = """
text { font: 13px sans-serif; fill: #1b1f24 } .bar { fill: #2f7d4f } .over { fill: #b3402a } .spread { stroke: #1b1f24 }
.bound { stroke: #1b1f24; stroke-dasharray: 3 2 } @media (prefers-color-scheme: dark) {
text { fill: #e6e9ec } .spread, .bound { stroke: #e6e9ec } .bar { fill: #4fae78 } .over { fill: #e0705a } }
"""


def svg(rows: Sequence[Row]) -> str:
    """Every row is drawn on its own scale, so that the bounds are one line."""
    height = STEP * len(rows) + 50
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1170 {height}" role="img"><style>{STYLE}</style>']
    bound_at = LEFT + WIDTH * 2 / 3
    for number, row in enumerate(rows):
        y = 20 + STEP * number

        def x(ratio: float, row: Row = row) -> float:
            return LEFT + min(WIDTH, (bound_at - LEFT) * ratio / row.bound)

        lowest, highest = (x(ratio) for ratio in row.spread)
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 12}" text-anchor="end">{escape(f"{row.what}, beside {row.baseline}")}</text>',
            f'<rect class="{"bar" if row.met else "over"}" x="{LEFT}" y="{y}" width="{x(row.ratio) - LEFT:.1f}" height="14"/>',
            f'<line class="spread" x1="{lowest:.1f}" x2="{highest:.1f}" y1="{y + 7}" y2="{y + 7}"/>',
            f'<text x="{LEFT + WIDTH + 10}" y="{y + 12}">{row.ratio:.2f} of at most {row.bound:g}</text>',
        ]
    parts += [f'<line class="bound" x1="{bound_at}" x2="{bound_at}" y1="10" y2="{height - 25}"/>']
    parts += [f'<text x="{bound_at}" y="{height - 8}" text-anchor="middle">at most</text></svg>', ""]
    return "\n".join(parts)
