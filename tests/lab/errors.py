# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab tells its user when it can not go on."""

from __future__ import annotations


class LabError(Exception):
    """A message that names what was tried, what was found and what to do."""


class QemuError(LabError):
    """QEMU did not start with what it was given."""
