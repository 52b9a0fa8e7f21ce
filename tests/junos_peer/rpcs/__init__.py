# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPCs, one file for each kind."""

from __future__ import annotations

from . import chassis, commit, configuration, edit, interfaces, locks, reboot, sessions, system
from .registry import Request, answer

__all__ = [
    "Request",
    "answer",
    "chassis",
    "commit",
    "configuration",
    "edit",
    "interfaces",
    "locks",
    "reboot",
    "sessions",
    "system",
]
