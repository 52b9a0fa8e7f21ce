# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection can say when it refuses or finds something, read from its code. What varies in a message is `...`."""

from __future__ import annotations

import ast
import pathlib
import re
import typing as t

import yaml

TOP = pathlib.Path(__file__).parents[3]
#: calls whose argument at this place is a message
_SAID_AT = {"VsrxError": 0, "RefusedError": 0, "UnreadableError": 0, "error": 2, "warning": 2}
VARYING = "..."


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(each) for each in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left) + text_of(node.right)
    return VARYING


def _of_code(path: pathlib.Path) -> t.Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = _SAID_AT.get(name, len(node.args))
            if len(node.args) > place:
                yield f"{path.relative_to(TOP)}:{node.lineno}", text_of(node.args[place])


def _of_tasks(path: pathlib.Path) -> t.Iterator[tuple[str, str]]:
    def walk(node: t.Any) -> t.Iterator[str]:
        if isinstance(node, list):
            for each in node:
                yield from walk(each)
        elif isinstance(node, dict):
            yield from (str(node[key]) for key in ("fail_msg",) if key in node)
            yield from (str(body["msg"]) for body in [node.get("ansible.builtin.fail")] if body)
            yield from (said for each in node.values() for said in walk(each))

    for said in walk(yaml.safe_load(path.read_text())):
        yield str(path.relative_to(TOP)), re.sub(r"\{\{.*?\}\}|\{%.*?%\}", VARYING, said, flags=re.DOTALL)


def messages() -> list[tuple[str, str]]:
    """Where each message is, and the message."""
    found: list[tuple[str, str]] = []
    for path in sorted((TOP / "plugins").rglob("*.py")):
        found += _of_code(path)
    for folder in ("roles", "playbooks"):
        for path in sorted((TOP / folder).rglob("*.yml")):
            found += _of_tasks(path)
    return [(place, " ".join(said.split())) for place, said in found]
