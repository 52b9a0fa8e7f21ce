# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to libvirt that a test and the code under test have in common."""

from __future__ import annotations

import typing as t


class Shared:
    """The connection, without the right to close it."""

    def __init__(self, connection: t.Any) -> None:
        self._connection = connection

    def close(self) -> None:
        return

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._connection, name)
