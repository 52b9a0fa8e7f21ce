# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What every plan is made of: steps that can say what they do."""

from __future__ import annotations

import typing as t


class Step(t.Protocol):
    """One change, as a frozen dataclass of the module that takes it."""

    def describe(self) -> str:
        """Say in one line what the step does, for ``actions``; the same before and after it is taken."""


def describe_steps(steps: t.Iterable[Step]) -> list[str]:
    """Return ``actions``: one line for each step, in the order of execution."""
    return [step.describe() for step in steps]
