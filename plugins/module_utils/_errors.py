# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from ._findings import Finding


class VsrxError(Exception):
    """A failure that the user reads: one message, the findings behind it, and facts worth returning.

    ``message`` names the object, what was found, what was expected and what to do.
    ``facts`` are returned beside ``msg`` by the module.
    """

    def __init__(self, message: str, *, findings: t.Iterable[Finding] = (), **facts: t.Any) -> None:
        super().__init__(message)
        self.message = message
        self.findings = tuple(findings)
        self.facts = facts
