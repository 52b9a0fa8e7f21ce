# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection can say when it refuses or finds something, read from its code. What varies in a message is `...`."""

from __future__ import annotations

import ast
import itertools
import pathlib
import re
import typing as t

import yaml

TOP = pathlib.Path(__file__).parents[3]
VARYING = "..."
#: calls, and which of their arguments is a message
_SAID_AT = {"_refuse": 1, "_refuse_live": 1, "error": 2, "warning": 2, "Finding": 3, "Problem": 1, "make": 99}
#: classes of ``_errors.py``, ``_host/iproute.py``'s, and that of filters take their message first
_ERRORS = (
    "AnsibleFilterError",
    "VsrxError",
    "ChangedError",
    "GoneError",
    "RequestError",
    "RefusedError",
    "ConflictError",
    "ApplyError",
    "VerificationError",
    "NoDriverError",
    "NoResponseError",
    "UnreadableError",
    "IpError",
    "BusyError",
    "JunosRefusedError",
)
_SAID_AT.update(dict.fromkeys(_ERRORS, 0))
#: where a message is an argument by name, as in RULES["S7"].error(where=, found=, cure=)
_SAID_AS = "found"
#: files that make messages for others to raise: what they yield, return or append
_REASONS = (
    "_sriov_vfs/checks.py",
    "_sriov_vfs/obstacles.py",
    "_domain_xml/nic_settings.py",
    "_domain_xml/pci_address_allocator.py",
    "_sriov_vfs/boot/unit.py",
    "_junos_cluster_mac/health.py",
    "_junos_cluster_mac/findings.py",
    "_cluster/inventory.py",
    "_cluster/fitness.py",
    "_cluster/verdict.py",
    "_site/conflicts.py",
)


class _File:
    """The messages of one file of code."""

    def __init__(self, path: pathlib.Path) -> None:
        self._tree = ast.parse(path.read_text())
        self._reasons = str(path).endswith(_REASONS)
        self._assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._assigned.setdefault(node.targets[0].id, []).append(node.value)

    def texts(self, node: ast.expr, names: bool = True) -> list[str]:
        """Each text that an expression can be; a name stands for what it is given, one step far."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.FormattedValue):
            return self.texts(node.value, names)
        if isinstance(node, ast.Name) and names:
            return [text for each in self._assigned.get(node.id, []) for text in self.texts(each, False)] or [VARYING]
        if isinstance(node, ast.JoinedStr):
            return ["".join(parts) for parts in itertools.product(*(self.texts(each, names) for each in node.values))]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [left + right for left in self.texts(node.left, names) for right in self.texts(node.right, names)]
        if isinstance(node, ast.IfExp):
            return self.texts(node.body, names) + self.texts(node.orelse, names)
        return [VARYING]

    def said(self) -> t.Iterator[ast.expr]:
        for node in ast.walk(self._tree):
            if self._reasons and isinstance(node, (ast.Yield, ast.Return)) and node.value is not None:
                yield from self._made(node.value)
            elif self._reasons and isinstance(node, ast.Dict):
                yield from self._made(node)
            elif isinstance(node, ast.Call):
                for name in self._called(node.func):
                    place = _SAID_AT.get(name, 0 if self._reasons and name == "append" else len(node.args))
                    yield from node.args[place : place + 1]
                    if name in _SAID_AT:
                        yield from (given.value for given in node.keywords if given.arg == _SAID_AS)

    def _called(self, function: ast.expr) -> list[str]:
        if isinstance(function, ast.IfExp):
            return self._called(function.body)
        return [function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")]

    def _made(self, node: ast.expr) -> t.Iterator[ast.expr]:
        """Sentences that are handed out: of several, as cause and cure, the first that is more than a word."""
        if isinstance(node, ast.Dict):
            for each in node.values:
                yield from self._made(each)
        elif isinstance(node, ast.Tuple):
            yield from [each for each in node.elts if " " in self.texts(each, False)[0].replace(VARYING, "").strip()][:1]
        elif isinstance(node, (ast.Constant, ast.JoinedStr)):
            yield node


def _of_tasks(tasks: t.Any) -> t.Iterator[str]:
    if isinstance(tasks, list):
        for each in tasks:
            yield from _of_tasks(each)
    elif isinstance(tasks, dict):
        said = [
            tasks.get("fail_msg"),
            (tasks.get("ansible.builtin.fail") or {}).get("msg"),
            tasks.get("found") if "severity" in tasks else None,
        ]
        yield from (re.sub(r"\{\{.*?\}\}|\{%.*?%\}", VARYING, text, flags=re.DOTALL) for text in said if text)
        for each in tasks.values():
            yield from _of_tasks(each)


def messages() -> dict[str, str]:
    """Each message, and where it is said. What only passes on somebody else's words is none."""
    found: dict[str, str] = {}
    for path in sorted((TOP / "plugins").rglob("*.py")):
        file = _File(path)
        for node in file.said():
            found.update(dict.fromkeys(file.texts(node), f"{path.relative_to(TOP)}:{node.lineno}"))
    for folder in ("roles", "playbooks"):
        for path in sorted((TOP / folder).rglob("*.yml")):
            found.update(dict.fromkeys(_of_tasks(yaml.safe_load(path.read_text())), str(path.relative_to(TOP))))
    words = {" ".join(said.split()): place for said, place in found.items()}
    return {said: place for said, place in words.items() if len(re.findall("[a-zA-Z]", said)) > 5}
