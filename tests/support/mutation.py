# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutants of a source text: small changes, one each, that a good test notices. Texts, annotations and decorators are left alone."""

from __future__ import annotations

import ast
import dataclasses
import typing as t

#: how an operator is written, and what takes its place
OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
    ast.And: ("and", "or"), ast.Or: ("or", "and"), ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "//"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "+"), ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"), ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Mutation:
    """Replace the text between two offsets."""

    line: int
    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]

    def describe(self, source: str) -> str:
        before = " ".join(source[self.start : self.end].split())
        return f"{_short(before)} -> {_short(' '.join(self.text.split()))}"


def _short(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:67]}..."


def find_mutations(source: str) -> list[Mutation]:
    """Every mutation of this source that is still Python."""
    found = [*_Finder(source).find()]
    return [mutation for mutation in found if _parses(mutation.apply(source))]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        # ast counts columns in bytes of UTF-8
        self.lines = [line.encode() for line in source.splitlines(keepends=True)]

    def _offset(self, line: int, column: int) -> int:
        whole = sum(len(text.decode()) for text in self.lines[: line - 1])
        return whole + len(self.lines[line - 1][:column].decode())

    def _span(self, node: t.Any) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _replace(self, node: t.Any, text: str) -> Mutation:
        return Mutation(node.lineno, *self._span(node), text)

    def _between(self, left: t.Any, right: t.Any, old: str, new: str) -> t.Iterator[Mutation]:
        """Replace an operator, which stands between its operands."""
        start, end = self._span(left)[1], self._span(right)[0]
        at = self.source.find(old, start, end)
        if at >= 0:
            yield Mutation(left.end_lineno, at, at + len(old), new)

    def find(self) -> t.Iterator[Mutation]:
        for node in self._nodes(self.tree):
            yield from self._of(node)

    def _nodes(self, node: ast.AST) -> t.Iterator[ast.AST]:
        """All nodes of what runs: no annotations, decorators, docstrings or formats of texts."""
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, (ast.JoinedStr, ast.Import, ast.ImportFrom)):
                    yield child
                    yield from self._nodes(child)

    def _of(self, node: ast.AST) -> t.Iterator[Mutation]:
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for left, operator, right in zip(operands, node.ops, operands[1:]):
                yield from self._between(left, right, *OPERATORS[type(operator)])
        elif isinstance(node, ast.BoolOp):
            for left, right in zip(node.values, node.values[1:]):
                yield from self._between(left, right, *OPERATORS[type(node.op)])
        elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not _is_text(node.left):
            yield from self._between(node.left, node.right, *OPERATORS[type(node.op)])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield self._replace(node, self.source[slice(*self._span(node.operand))])
        elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
            yield self._replace(node.test, f"(not ({self.source[slice(*self._span(node.test))]}))")
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield self._replace(node, str(not node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield self._replace(node, str(node.value + 1))
        elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
            yield self._replace(node, "return None")
        elif isinstance(node, ast.Continue):
            yield self._replace(node, "break")
        elif isinstance(node, ast.Break):
            yield self._replace(node, "continue")
        elif isinstance(node, (ast.Raise, ast.AugAssign)) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)):
            yield self._replace(node, "pass")


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
