# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every Python file with content begins with a docstring that says what it holds."""

from __future__ import annotations

import ast
import pathlib

import pytest

TOP = pathlib.Path(__file__).parents[2]
FOLDERS = ("plugins", "tests", "benchmarks")


def list_files_without_docstring(root: pathlib.Path) -> list[str]:
    """A docstring of a few letters says nothing; an empty file, as of a package, needs none."""
    found = []
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        if tree.body and len((ast.get_docstring(tree) or "").split()) < 3:
            found.append(path.relative_to(root).as_posix())
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_says_what_it_holds(folder: str) -> None:
    assert list_files_without_docstring(TOP / folder) == []


@pytest.mark.parametrize(
    ("text", "says_it"),
    [
        ("", True),
        ("# a comment\n", True),
        ('"""What it holds."""\n\nX = 1\n', True),
        ("# What it holds.\n\nX = 1\n", False),
        ('from __future__ import annotations\n\n"""What it holds."""\n', False),
        ('"""TODO"""\n\nX = 1\n', False),
    ],
)
def test_a_file_without_a_docstring_is_found(tmp_path: pathlib.Path, text: str, says_it: bool) -> None:
    (tmp_path / "it.py").write_text(text)
    assert list_files_without_docstring(tmp_path) == ([] if says_it else ["it.py"])
