# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

# Pure: a number that somebody else wrote.
from __future__ import annotations

import re
import typing as t

_DIGITS = re.compile(r"[0-9]{1,15}")


def number(text: t.Optional[str]) -> t.Optional[int]:
    """The number in a text of a reply, None where it is none. More digits than any time or size has are none; int() would end the run."""
    match = _DIGITS.fullmatch((text or "").strip())
    return None if match is None else int(match[0])
