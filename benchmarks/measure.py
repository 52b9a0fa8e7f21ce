# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of the table: a ratio of medians that were measured side by side in one run."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """What was measured beside what, one value a round and side; ``bound`` is the ratio that is wanted at most.

    ``costs`` says what most of our time goes into, for a row that may miss its bound.
    """

    part: str
    what: str
    baseline: str
    ours: Sequence[float]
    theirs: Sequence[float]
    bound: float
    unit: str = "s"
    costs: str = ""

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.theirs)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest ratio of one round."""
        each = [mine / other for mine, other in zip(self.ours, self.theirs)]
        return min(each), max(each)

    @property
    def met(self) -> bool:
        return self.ratio <= self.bound

    def cells(self) -> list[str]:
        ours, theirs = (f"{statistics.median(values):.3g} {self.unit}" for values in (self.ours, self.theirs))
        lowest, highest = self.spread
        verdict = "" if self.met else "missed"
        return [self.what, ours, self.baseline, theirs, f"{self.ratio:.2f}", f"{lowest:.2f} to {highest:.2f}", f"{self.bound:g}", verdict]

    def data(self) -> dict[str, object]:
        return {**asdict(self), "ratio": self.ratio, "spread": self.spread, "met": self.met}


HEAD = ["what", "ours", "beside", "theirs", "ratio", "spread", "at most", ""]


def line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
