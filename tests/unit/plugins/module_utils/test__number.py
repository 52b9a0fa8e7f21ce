# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._number import parse_number


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("007", 7), (" 42\n", 42), ("9" * 15, 999_999_999_999_999), (None, None), ("", None), ("9" * 16, None)]
)
def test_a_number_is_read_up_to_fifteen_digits(text: t.Optional[str], expected: t.Optional[int]) -> None:
    assert parse_number(text) == expected


@pytest.mark.parametrize("text", ["²", "٣", "9" * 5000, "-1", "+1", "1.5", "1_0", "1 0", "0x1", "ten"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None
