# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values at the border: what a host, a node or a file says is taken only in the type and the range that its field has."""

from __future__ import annotations

import re
import typing as t

#: characters of one text; longer ones are cut
LONGEST = 4000
#: entries of one list; more are left out
MOST = 10_000
_CUT = "..."
# A terminal takes these as commands: whole sequences go, not only their first byte.
_SEQUENCES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?|\x1b[ -/]*[0-~]?"
)
# What is left of them, marks that turn the direction of a text, and characters without width.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def clean_text(value: t.Any, longest: int = LONGEST) -> str:
    """A text without control characters; empty where the value is no text. Numbers in an inventory can be names."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    # Through bytes: a plain string without surrogates, whatever subclass came.
    plain = (value[: 4 * longest] if isinstance(value, str) else format(int(value) % 10**18)).encode("utf-8", "replace").decode()
    plain = _HIDDEN.sub("", _SEQUENCES.sub("", plain.replace("\r\n", "\n").replace("\t", " "))).strip()
    return plain if len(plain) <= longest else plain[: longest - len(_CUT)] + _CUT


def clean_number(value: t.Any, lowest: int, highest: int) -> t.Optional[int]:
    """A whole number in its range; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return int(value) if lowest <= value <= highest else None


def clean_flag(value: t.Any) -> t.Optional[bool]:
    return bool(value) if isinstance(value, bool) else None
