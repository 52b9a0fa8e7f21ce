# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values at the border: a wrong type or range is not taken, and no text can command a terminal."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.decode import LONGEST, clean_flag, clean_number, clean_text
from hypothesis import given
from hypothesis import strategies as st

TEXTS: dict[str, tuple[t.Any, str]] = {
    "plain": ("ge-0/0/0", "ge-0/0/0"),
    "lines": ("one\r\ntwo", "one\ntwo"),
    "colour": ("\x1b[31mred\x1b[0m", "red"),
    "title of the terminal": ("a\x1b]0;owned\x07b", "ab"),
    "a sequence without an end": ("a\x1b]0;owned", "a"),
    "8-bit sequence": ("a\x9b2Jb", "ab"),
    "two-character sequence": ("a\x1bcb", "ab"),
    "bell and backspace": ("a\x07\x08b", "ab"),
    "direction of the text": ("a\u202eb", "ab"),
    "half a character": ("a\ud800b", "a?b"),
    "a number as a name": (7, "7"),
    "a flag": (True, ""),
    "nothing": (None, ""),
    "a list": (["a"], ""),
    "a huge number": (10**5000, "0"),
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_text_has_no_command_for_a_terminal(what: str) -> None:
    value, expected = TEXTS[what]
    assert clean_text(value) == expected


@given(st.one_of(st.text(), st.text(alphabet="\x1b[]0;m\x07\x9b\x9d\\aPX^_ "), st.integers(), st.booleans(), st.none()))
def test_any_value_gives_a_text_that_can_be_shown(value: t.Any) -> None:
    shown = clean_text(value)
    assert all(character == "\n" or character.isprintable() or not character.isascii() for character in shown)
    assert not set(shown) & set(map(chr, range(0x80, 0xA0))) and "\x1b" not in shown
    shown.encode()


def test_a_text_is_cut() -> None:
    assert len(clean_text("a" * 10_000_000)) == LONGEST
    assert len(clean_text("\x1b[" + "1" * 10_000_000)) <= LONGEST


@pytest.mark.parametrize("value", ["1", 1.0, True, None, -1, 11, 10**400, [1]])
def test_only_a_number_in_its_range_is_one(value: t.Any) -> None:
    assert clean_number(value, 0, 10) is None
    assert clean_number(10, 0, 10) == 10


@pytest.mark.parametrize("value", ["true", 1, 0, None, "", [True]])
def test_only_a_flag_is_one(value: t.Any) -> None:
    assert clean_flag(value) is None
    assert clean_flag(False) is False
