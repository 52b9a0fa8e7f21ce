# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms in which a box may write a comparison of two configurations."""

from __future__ import annotations

import difflib
import typing as t

from lxml import etree

from .compare import compare
from .replies import leaf, make
from .text_format import commands, text
from .tree import Tree, bare, clone, counterpart, key_names, same


def _output(difference: str) -> list[Tree]:
    return [make("configuration-information", leaf("configuration-output", f"\n{difference}" if difference else "\n"))]


def _plain(new: Tree, old: Tree) -> list[Tree]:
    return _output(compare(new, old))


def _context(new: Tree, old: Tree) -> list[Tree]:
    lines = list(difflib.unified_diff(text(old).splitlines(), text(new).splitlines(), n=3, lineterm=""))[2:]
    return _output("".join(f"{line}\n" for line in (["[edit]", *lines] if lines else [])))


def _comment(new: Tree, old: Tree) -> list[Tree]:
    lines = compare(new, old).splitlines()
    return _output("".join(f"{line} ## changed\n" if line[:1] in "+-!" else f"{line}\n" for line in lines))


def _set(new: Tree, old: Tree) -> list[Tree]:
    before, after = commands(old), commands(new)
    lines = [f"- {line}" for line in before if line not in after] + [f"+ {line}" for line in after if line not in before]
    return _output("".join(f"{line}\n" for line in (["[edit]", *lines] if lines else [])))


def _commands(new: Tree, old: Tree) -> list[Tree]:
    before, after = commands(old), commands(new)
    gone = [line.replace("set ", "delete ", 1) for line in before if line not in after]
    return _output("".join(f"{line}\n" for line in [*gone, *(line for line in after if line not in before)]))


def _xml(new: Tree, old: Tree) -> list[Tree]:
    return [_branch(new, old)]


def _branch(new: Tree, old: Tree) -> Tree:
    """The changed statements alone, each with the operation that made it."""
    made, keys = bare(new), key_names(new)
    made.extend(clone(child) for child in new if child.tag in keys and not len(child))
    for child in old:
        if not (child.tag in keys and not len(child)) and counterpart(new, child) is None:
            made.append(_marked(child, "delete"))
    for child in new:
        if child.tag in keys and not len(child):
            continue
        match = counterpart(old, child)
        if match is None:
            made.append(_marked(child, "create"))
        elif not same(child, match):
            made.append(_branch(child, match) if len(child) or len(match) else _marked(child, "replace"))
    return made


def _marked(element: Tree, operation: str) -> Tree:
    made = clone(element)
    made.set("operation", operation)
    return made


def _lines(message: str) -> t.Callable[[Tree, Tree], list[Tree]]:
    return lambda new, old: [leaf("output", message)]


#: name -> what is told of the form, and who writes it
FORMS: dict[str, tuple[str, t.Callable[[Tree, Tree], list[Tree]]]] = {
    "plain": ("[edit ...] and changed lines", _plain),
    "context": ("hunks with lines that did not change", _context),
    "comment": ("a comment behind each changed line", _comment),
    "set": ("signs before set commands", _set),
    "commands": ("set and delete commands without signs", _commands),
    "xml": ("a <configuration> with operations", _xml),
    "empty": ("a reply with nothing in it", lambda new, old: []),
    "ok": ("an <ok/>", lambda new, old: [etree.Element("ok")]),
    "error": ("an <output> that tells an error", _lines("error: Could not open rollback file")),
    "blank": ("a <configuration-output> with nothing in it, whatever differs", lambda new, old: _output("")),
}


def compared(form: str, new: Tree, old: Tree) -> list[Tree]:
    return FORMS[form][1](new, old)
