# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source of a plugin with every text for people in other words, so that what reads such a text shows itself.

A text for people is of words with blanks between them. What a text is compared with, searched for or matched by stays as it is: where the
other side of the comparison is a message, the two no longer meet.
"""

from __future__ import annotations

import ast
import re

_PEOPLE = re.compile(r"(?:^|[\s(])[A-Za-z'-]{2,},? [a-zA-Z(]|[a-z]{2,} $|^ [a-z]{2,}|^[;:,.] ?[a-z]{2,}")
#: markup, requests, patterns, files and command lines are for programs
_PROGRAMS = re.compile(r"[<>\\|]|=['\"]|^--|^/|\[edit |^[a-z]+=|^(show|request|set|systemctl|virsh) ")
_WORD = re.compile(r"(?<![\w{/.-])[a-z]{3,}(?![\w}/-]|\.\w)")
#: their arguments are what is looked for
_LOOKS = ("startswith", "endswith", "removeprefix", "removesuffix", "find", "index", "replace", "split", "partition", "rpartition", "count")
_PATTERNS = ("compile", "match", "search", "fullmatch", "sub", "findall", "split")


def reword(source: str) -> tuple[str, int]:
    """The source in other words, and how many texts were changed."""
    reworder = _Reworder()
    tree = reworder.visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree)), reworder.changed


def say_differently(text: str) -> str:
    """Other words of the same form: each plain word backwards."""
    return _WORD.sub(lambda word: word[0][::-1].replace("e", "o") + "x", text)


class _Reworder(ast.NodeTransformer):
    def __init__(self) -> None:
        self.changed = 0

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str) or not _PEOPLE.search(node.value) or _PROGRAMS.search(node.value):
            return node
        text = say_differently(node.value)
        self.changed += text != node.value
        return ast.Constant(text)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A docstring is for readers of the code."""
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """What a name in capital letters stands for is known from outside: words of the kernel, of Junos or of a file."""
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if any(name.strip("_").isupper() for name in names) and not isinstance(node.value, ast.Dict):
            return node
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return node if any(map(_is_text, [node.left, *node.comparators])) else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of_re = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        return node if name in _LOOKS or (of_re and name in _PATTERNS) else self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Keys are names."""
        node.values = [self.visit(value) for value in node.values]
        return node


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return any(map(_is_text, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
