# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import re
import typing as t

from .._errors import VsrxError
from .._findings import RULES

_N = "(0|[1-9][0-9]*)"
#: as Junos writes it, without a unit: another spelling matches nothing in the configuration, and the rules would not speak of the port
_INTERFACE = re.compile(f"[a-z]+-{_N}/{_N}/{_N}|(em|fxp){_N}")
#: the minutes that Junos takes for a commit confirmed
MINUTES = range(1, 65536)


def check(options: t.Mapping[str, t.Any]) -> None:
    """Refuse options that can not be meant."""
    if not options["comment"].strip():
        raise VsrxError("comment is empty; expected a text, since a rerun knows its own commit by it. Give one, or leave comment out")
    minutes = options["confirm_timeout"]
    if minutes not in MINUTES:
        raise VsrxError(f"confirm_timeout {minutes} is out of range; expected {MINUTES[0]} to {MINUTES[-1]}, the minutes that Junos takes")
    misnamed = [name for name in options["sriov_ports"] or () if not _INTERFACE.fullmatch(name)]
    if misnamed:
        raise VsrxError(
            f"sriov_ports has {_quoted(misnamed)}; expected names of Junos interfaces without a unit, such as ge-0/0/1 or ge-7/0/1. "
            "Correct the list"
        )
    unknown = [rule for rule in options["accept"] if rule and rule not in RULES]
    if unknown:
        raise VsrxError(f"accept has {_quoted(unknown)}; expected ids of rules, {RULES[0]} to {RULES[-1]}. Correct the list")


def _quoted(words: t.Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
