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

#: where the name of a function begins with a verb, and the verbs
VERBS_IN = ("plugins/plugin_utils/_adopt", "plugins/plugin_utils/_report", "plugins/plugin_utils/_site")
VERBS = {
    "add", "align", "bind", "choose", "clean", "compare", "concerns", "count", "decode", "describe", "draw", "drop", "encode",
    "escape", "find", "get", "give", "group", "has", "is", "join", "judge", "keep", "link", "list", "load", "loses", "make", "mark",
    "match", "name", "note", "order", "place", "plan", "predict", "rank", "read", "say", "set", "shorten", "show", "sort", "sum",
    "tag", "take", "wrap", "write",
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


def find_nouns(source: str) -> list[str]:
    """Functions that do not begin with a verb. A property is named like the value that it is."""
    return [
        f"line {node.lineno}: {node.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and not (node.name.startswith("__") and node.name.endswith("__"))
        and not any(isinstance(each, ast.Name) and each.id == "property" for each in node.decorator_list)
        and node.name.strip("_").split("_")[0] not in VERBS
    ]


def find_in(folder: str, find: t.Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What is found in the files of a folder, by file."""
    files = sorted((TOP / folder).rglob("*.py"))
    assert files
    return {path.relative_to(TOP).as_posix(): found for path in files if (found := find(path.read_text(encoding="utf-8")))}


@pytest.mark.parametrize("folder", ["plugins", "tests", "benchmarks"])
def test_names_are_those_of_the_field(folder: str) -> None:
    assert find_in(folder, find_riddles) == {}


@pytest.mark.parametrize("folder", VERBS_IN)
def test_functions_begin_with_a_verb(folder: str) -> None:
    assert find_in(folder, find_nouns) == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def rows(): pass", ["rows"]),
        ("def _rows_of(node): pass", ["_rows_of"]),
        ("class Page:\n    def words(self): pass", ["words"]),
        ("def write_rows():\n    def rows(): pass", ["rows"]),
        ("def _write_rows(): pass\nclass Page:\n    @property\n    def words(self): pass\n    def __len__(self): pass", []),
    ],
)
def test_a_function_that_is_a_noun_is_found(source: str, names: list[str]) -> None:
    assert [noun.split(": ")[1] for noun in find_nouns(source)] == names


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
