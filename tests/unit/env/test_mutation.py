# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutants are what they say: one change, still Python, nothing that no test could notice."""

from __future__ import annotations

import pytest
from support.mutation import find_mutations


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("if a is None: b()", {"if a is not None: b()", "if (not (a is None)): b()", "if a is None: pass"}),
        ("x = a < 3 <= b", {"x = a <= 3 <= b", "x = a < 4 <= b", "x = a < 3 < b"}),
        ("x = a and not b", {"x = a or not b", "x = a and b"}),
        ("x = y << 20", {"x = y >> 20", "x = y << 21"}),
        ("def f():\n    return 1", {"def f():\n    return 2", "def f():\n    return None"}),
        ("def f():\n    return None", set()),
        ("for a in b:\n    continue", {"for a in b:\n    break"}),
        ("raise X(f'{a + 1}')", {"pass"}),
        ("x: int = 1", {"x: int = 2"}),
        ("def f(x: t.Literal[1] = 2) -> 3:\n    'text'", {"def f(x: t.Literal[1] = 3) -> 3:\n    'text'"}),
        ("x = 'ü' if a == b else c", {"x = 'ü' if a != b else c", "x = 'ü' if (not (a == b)) else c"}),
        ("import os\nx = 'a' 'b'", set()),
        ("f(x, on=True)", {"f(x, on=False)", "pass"}),
    ],
)
def test_mutants(source: str, mutants: set[str]) -> None:
    assert {mutation.apply(source) for mutation in find_mutations(source)} == mutants


def test_a_mutant_is_described_by_its_line_and_change() -> None:
    source = "x = 1\nif x == 1:\n    y = 2\n"
    (mutation,) = (found for found in find_mutations(source) if found.text == "!=")
    assert (mutation.line, mutation.describe(source)) == (2, "== -> !=")
