# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Former names of what ``_errors`` and ``_rules`` hold; goes away with its last importer."""

from __future__ import annotations

from ._errors import Finding, Severity
from ._errors import blocking as errors_of
from ._errors import raise_if_blocking as refuse
from ._errors import sort_findings as in_order
from ._rules import RULES as _RULES

__all__ = ["ERROR", "RULES", "WARNING", "Finding", "error", "errors_of", "in_order", "refuse", "warning"]

ERROR = Severity.ERROR
WARNING = Severity.WARNING
RULES = tuple(_RULES)


def error(rule: str, where: str, found: str, cure: str) -> Finding:
    return Finding(rule, ERROR, where, found, cure)


def warning(rule: str, where: str, found: str, cure: str) -> Finding:
    return Finding(rule, WARNING, where, found, cure)
