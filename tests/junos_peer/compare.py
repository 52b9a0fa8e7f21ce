# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Junos' comparison of two configurations: the changed levels, each under its [edit ...]."""

from __future__ import annotations

from .text_format import BARE, heading, is_block, statement
from .tree import Tree, counterpart, inactive, key_names, same


def compare(new: Tree, old: Tree) -> str:
    """What it takes to come from old to new; empty where nothing differs."""
    lines: list[str] = []
    _level(new, old, [], lines)
    return "".join(f"{line}\n" for line in lines)


def _level(new: Tree, old: Tree, path: list[str], lines: list[str]) -> None:
    here: list[str] = []
    deeper: list[tuple[Tree, Tree]] = []
    keys = key_names(new)
    for child in old:
        if child.tag in keys and not len(child):
            continue
        match = counterpart(new, child)
        if match is None:
            here += _marked("-", "   ", child)
    for child in new:
        if child.tag in keys and not len(child):
            continue
        match = counterpart(old, child)
        if match is None:
            here += _marked("+", "   ", child)
        elif not same(child, match):
            if inactive(child) != inactive(match):
                here.append(
                    f"!   {'inactive' if inactive(child) else 'active'}: {heading(child, _bare(child))} {{ ... }}".replace(
                        " { ... }", _rest(child)
                    )
                )
            if len(child) or len(match):
                deeper.append((child, match))
            elif (child.text or "") != (match.text or ""):
                here += _marked("-", "  ", match) + _marked("+", "  ", child)
    if here:
        lines.append(f"[edit{''.join(f' {step}' for step in path)}]")
        lines += here
    for child, match in deeper:
        _level(child, match, [*path, _step(child)], lines)


def _marked(sign: str, gap: str, element: Tree) -> list[str]:
    if is_block(element):
        inside = statement(element, 1, bare=True)
        return [f"{sign}{gap}{line}" for line in [f"{element.tag} {{", *inside, "}"]]
    return [f"{sign}{gap}{line}" for line in statement(element, 0, bare=_bare(element))]


def _rest(element: Tree) -> str:
    return " { ... }" if any(child.tag not in key_names(element) for child in element) else ";"


def _bare(element: Tree) -> bool:
    parent = element.getparent()
    return parent is not None and BARE.get(parent.tag) == element.tag


def _step(element: Tree) -> str:
    return heading(element, _bare(element))
