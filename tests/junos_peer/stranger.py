# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody else at the box: edits, locks and commits that a test orders."""

from __future__ import annotations

import dataclasses

from .candidate import Candidate


@dataclasses.dataclass
class Stranger:
    user: str
    started: float
    number: int = 4242
    private: Candidate | None = None
    node: int = 0
