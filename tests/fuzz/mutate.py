# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make inputs from good ones: texts that are cut, joined and sprinkled with odd values, and documents whose values are exchanged."""

from __future__ import annotations

import random
import typing as t

NUMBERS = (
    "-1",
    "0",
    "1",
    "4095",
    "65536",
    "4294967296",
    "99999999999999999999999",
    "9" * 5000,
    "1e999",
    "0x1g",
    "٣",
    " 7 ",
    "1_0",
    "",
    "NaN",
)
WORDS = (
    "",
    "\0",
    "\x1b[2J",
    "a" * 5000,
    "../../etc/passwd",
    "{{ 1 }}",
    "%s%n",
    "-",
    "--help",
    "\ud800",
    "ü",
    "\n",
    "'\"",
    "<x/>",
    "&amp;",
    "none",
)
VALUES: tuple[t.Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**64, 10**400, 0.5, float("inf"), float("nan"), "", "0", "x" * 5000, "\0", [], [[]], {},
    {"": None}, [None], ["x"], {"a": [{"b": {}}]}, *NUMBERS[:5], *WORDS[:8],
    "eno2", "0000:83:02.3", "0000:00:1f.7", "02:5a:00:00:00:01", "03:00:00:00:00:00", "ge-0/0/0", "reth0", "fxp0", 4095, 7,
)  # fmt: skip


def mutate_text(chance: random.Random, seeds: t.Sequence[str], tokens: t.Sequence[str]) -> str:
    """One to four changes of a seed."""
    text = chance.choice(seeds)
    for _time in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((1, 1, 2, 8, 40, 400)))
        piece = text[start:end]
        kind = chance.randrange(9)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:start] + piece * chance.choice((2, 3, 50)) + text[end:]
        elif kind == 2:
            text = text[:start] + chance.choice(tokens) + text[end:]
        elif kind == 3:
            text = text[:start] + chance.choice((*NUMBERS, *WORDS)) + text[start:]
        elif kind == 4:
            text = text[:start]
        elif kind == 5:
            other = chance.choice(seeds)
            text = text[:start] + other[chance.randrange(len(other) + 1) :]
        elif kind == 6:
            text = (
                text[:start]
                + "".join(chr(chance.choice((0, 7, 34, 38, 39, 60, 62, 127, 233, 0x2028, 0xFFFF))) for _at in piece)
                + text[end:]
            )
        elif kind == 7:
            text = _exchange_number(chance, text)
        else:
            text = text.replace(chance.choice(tokens), chance.choice((*tokens, *WORDS)))
    return text[:200_000]


def _exchange_number(chance: random.Random, text: str) -> str:
    digits = [at for at, letter in enumerate(text) if letter.isdigit() and not text[at - 1 : at].isdigit()]
    if not digits:
        return text
    start = end = chance.choice(digits)
    while end < len(text) and text[end].isdigit():
        end += 1
    return text[:start] + chance.choice(NUMBERS) + text[end:]


def mutate_value(chance: random.Random, value: t.Any) -> t.Any:
    """The same document with one to three of its parts exchanged, left out or doubled."""
    for _time in range(chance.randint(1, 3)):
        value = _change(chance, value, chance.randrange(1, max(2, _size(value) + 1)))
    return value


def _size(value: t.Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, parts))


def _change(chance: random.Random, value: t.Any, steps: int) -> t.Any:
    if steps <= 1 or not isinstance(value, (dict, list)) or not value:
        return chance.choice(VALUES)
    if isinstance(value, list):
        at = chance.randrange(len(value))
        kind = chance.randrange(5)
        if kind == 0:
            return [*value[:at], *value[at + 1 :]]
        if kind == 1:
            return [*value, value[at]]
        return [*value[:at], _change(chance, value[at], steps // 2), *value[at + 1 :]]
    key = chance.choice(sorted(value, key=str))
    kind = chance.randrange(6)
    if kind == 0:
        return {name: each for name, each in value.items() if name != key}
    if kind == 1:
        return {**value, str(chance.choice(VALUES))[:50]: value[key]}
    return {**value, key: _change(chance, value[key], steps // 2)}
