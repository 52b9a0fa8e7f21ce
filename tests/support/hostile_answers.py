# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of which any field is anything: values that no honest host gives, and values that another honest host gives."""

from __future__ import annotations

import copy
import random
import typing as t

Path = tuple[t.Union[str, int], ...]
#: a template that leaves a file where it is evaluated, a script, and what a terminal obeys
PROOF = "{{ lookup('pipe', 'touch PROOF') }}<script>PROOF</script>\x1b[2J"
#: a value of each type of JSON, and the edges of each
ANYTHING: tuple[t.Any, ...] = (
    *(None, True, False, 0, -1, 1, 255, 10**400, 1e308, float("inf"), "", "x", PROOF, "../../PROOF", "-rf", "1; touch PROOF", "a" * 5000),
    *("true", "never", "simultaneous", "kvm1", "fw1", "localhost", "node0", "node2", "ge-0/0/0", "reth(a+)+b", "02:5a:00:00:00:01"),
    *([], {}, [PROOF], [None], [[]], {"a": PROOF}, {"ansible_connection": "local"}, [{"id": PROOF}], ["x"] * 300),
)


def find_paths(value: t.Any, at: Path = ()) -> t.Iterator[Path]:
    """Where a value can be replaced: each field, each entry, and what holds them."""
    if at:
        yield at
    if isinstance(value, dict):
        for key in value:
            yield from find_paths(value[key], (*at, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from find_paths(each, (*at, number))


def read_at(value: t.Any, path: Path) -> t.Any:
    for step in path:
        value = value[step]
    return value


def replace_at(value: t.Any, path: Path, new: t.Any) -> t.Any:
    """A copy with one value replaced."""
    made = copy.deepcopy(value)
    read_at(made, path[:-1])[path[-1]] = copy.deepcopy(new)
    return made


def collect_values(answers: t.Iterable[t.Any]) -> dict[str, list[t.Any]]:
    """What honest hosts say, by the name of the field: of the right type, and of another host."""
    found: dict[str, list[t.Any]] = {}
    for answer in answers:
        for path in find_paths(answer):
            found.setdefault(str(path[-1]), []).append(read_at(answer, path))
    return found


def spoil(answer: t.Any, honest: t.Mapping[str, list[t.Any]], chance: random.Random) -> tuple[Path, t.Any]:
    """The answer with one field that is anything, and which one."""
    path = chance.choice([*find_paths(answer)])
    others = honest.get(str(path[-1]), [])
    value = chance.choice(others) if others and chance.random() < 0.3 else chance.choice(ANYTHING)
    old = read_at(answer, path)
    if isinstance(old, bool) and chance.random() < 0.5:
        value = not old
    return path, replace_at(answer, path, value)
