# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers in replies of others. Pure."""

from __future__ import annotations

import re
import typing as t

_DIGITS = re.compile(r"[0-9]{1,15}")


def parse_number(text: t.Optional[str]) -> t.Optional[int]:
    """Parse a decimal integer of at most 15 digits; None if the text is anything else. (int() raises on very long digit strings.)"""
    match = _DIGITS.fullmatch((text or "").strip())
    return None if match is None else int(match[0])
