# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of variables, functions and classes say what the thing is, by the words of the field."""

from __future__ import annotations

import ast
import pathlib
import typing as t

import pytest

TOP = pathlib.Path(__file__).parents[2]
#: a word that once stood for many things, and what to write instead
WORDS = {
    "asked": "request, requested", "told": "output, reported", "room": "layer, package", "rooms": "layers, packages",
    "seat": "address", "seats": "addresses", "wish": "request, planned", "wishes": "requests, planned",
}  # fmt: skip


def list_names(tree: ast.AST) -> t.Iterator[tuple[int, str]]:
    """The names that a file gives, with their lines: those that it uses may be of others."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def find_riddles(source: str) -> list[str]:
    return [
        f"line {line}: {name}: write {WORDS[part]}"
        for line, name in list_names(ast.parse(source))
        for part in name.lower().split("_")
        if part in WORDS
    ]


@pytest.mark.parametrize("folder", ["plugins", "tests", "benchmarks"])
def test_names_are_those_of_the_field(folder: str) -> None:
    found = {
        path.relative_to(TOP).as_posix(): riddles
        for path in sorted((TOP / folder).rglob("*.py"))
        if (riddles := find_riddles(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("asked = 1", ["asked"]),
        ("def seat_of(wish): pass", ["seat_of", "wish"]),
        ("class Room: pass", ["Room"]),
        ("self.told = 1", ["told"]),
        ("print(asked, 'is told')\nheadroom = basket = 1", []),
    ],
)
def test_a_riddle_is_found(source: str, names: list[str]) -> None:
    assert [riddle.split(": ")[1] for riddle in find_riddles(source)] == names
