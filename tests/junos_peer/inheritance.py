# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups and inheritance: what is in force on a node."""

from __future__ import annotations

import fnmatch

from .interface_range import expand
from .tree import Tree, clone, counterpart, inactive, is_leaf_list, key, key_names, without_inactive

_ROOTS = ("groups", "apply-groups", "apply-groups-except")


def inherited(root: Tree, node: str, mark: bool = False) -> Tree:
    """The configuration as it is in force on a node; inactive statements are out. `mark` names the group of what is inherited."""
    active = without_inactive(root)
    groups = {group.findtext("name") or "": group for group in active.findall("groups")}
    made = clone(active)
    for group in made.findall("groups"):
        made.remove(group)
    _apply(made, [made], groups, node, mark)
    expand(made)
    for found in list(made.iter(*_ROOTS)):
        parent = found.getparent()
        if parent is not None:
            parent.remove(found)
    return made


def _apply(root: Tree, path: list[Tree], groups: dict[str, Tree], node: str, mark: bool) -> None:
    """Inherit at this level, then below it, so that inherited levels may apply groups of their own."""
    here = path[-1]
    for leaf in here.findall("apply-groups"):
        name = (leaf.text or "").replace("${node}", node)
        group = groups.get(name)
        if group is None or any(_excepts(level, name) for level in path):
            continue
        for source in _at(group, path[1:]):
            _inherit(here, source, name, mark, skip_name=source is group)
    for child in list(here):
        if len(child) and child.tag not in _ROOTS:
            _apply(root, [*path, child], groups, node, mark)


def _at(group: Tree, path: list[Tree]) -> list[Tree]:
    """The places in a group that stand for the same level, wildcards included."""
    places = [group]
    for step in path:
        places = [child for place in places for child in place.iterchildren(step.tag) if _matches(child, step)]
    return places


def _matches(pattern: Tree, element: Tree) -> bool:
    wanted, have = key(pattern), key(element)
    if len(wanted) != len(have):
        return False
    return all(_wild(one, other) for one, other in zip(wanted, have, strict=True))


def _wild(pattern: str, value: str) -> bool:
    if pattern.startswith("<") and pattern.endswith(">"):
        return fnmatch.fnmatchcase(value, pattern[1:-1])
    return pattern == value


def _excepts(level: Tree, group: str) -> bool:
    return any(leaf.text == group for leaf in level.findall("apply-groups-except"))


def _is_wild(element: Tree) -> bool:
    return any(part.startswith("<") and part.endswith(">") for part in key(element))


def _inherit(target: Tree, source: Tree, group: str, mark: bool, skip_name: bool = False) -> None:
    keys = ("name",) if skip_name else key_names(source)
    for child in source:
        if (child.tag in keys and not len(child)) or inactive(child):
            continue
        if _is_wild(child):
            for entry in list(target.iterchildren(child.tag)):
                if _matches(child, entry) and not _excepts(entry, group):
                    _inherit(entry, child, group, mark)
            continue
        found = counterpart(target, child)
        if found is None and not (is_leaf_list(child) or len(child)) and target.find(child.tag) is not None:
            continue  # a leaf of one's own wins
        if found is None:
            made = clone(child)
            if mark:
                for element in made.iter():
                    element.set("group", group)
            siblings = target.findall(child.tag)
            if siblings:
                siblings[-1].addnext(made)
            else:
                target.append(made)
        elif len(child) and not _excepts(found, group):
            _inherit(found, child, group, mark)
