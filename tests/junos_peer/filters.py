# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subtree filters: the parts of a configuration that a request names."""

from __future__ import annotations

from lxml import etree

from .tree import Tree, bare, clone, key, key_names


def select(root: Tree, wanted: Tree | None) -> Tree:
    """The named parts below root; everything for no filter, or for one that names nothing."""
    if wanted is None or not len(wanted):
        return clone(root)
    made = bare(root)
    _fill(made, root, wanted)
    return made


def _fill(made: Tree, source: Tree, wanted: Tree) -> None:
    for child in source:
        requested = [pattern for pattern in wanted if pattern.tag == child.tag and _matches(pattern, child)]
        if not requested:
            continue
        part = _part(child, requested)
        if part is not None:
            made.append(part)


def _part(element: Tree, requested: list[Tree]) -> Tree | None:
    if any(_whole(pattern, element) for pattern in requested):
        return clone(element)
    part = bare(element)
    keys = key_names(element)
    inner = etree.Element("filter")
    for pattern in requested:
        inner.extend(clone(child) for child in pattern)
    for child in element:
        if child.tag in keys and not len(child):
            part.append(clone(child))
    rest = etree.Element(element.tag)
    rest.extend(clone(child) for child in element if child.tag not in keys or len(child))
    _fill(part, rest, inner)
    only_keys = len(part) == len(keys)
    asks_for_keys = any(child.tag in keys and not child.text for child in inner) or all(child.tag in keys for child in inner)
    return None if only_keys and not asks_for_keys else part


def _whole(pattern: Tree, element: Tree) -> bool:
    """Nothing inside is named, or nothing but the key that picks the entry."""
    keys = key_names(element)
    inner = [child for child in pattern if not (child.tag in keys and child.text)]
    recurse = pattern.get("recurse") != "false"
    return not inner and recurse


def _matches(pattern: Tree, element: Tree) -> bool:
    if not len(pattern):
        return not (pattern.text or "").strip() or (pattern.text or "").strip() == (element.text or "")
    have = dict(zip(key_names(element), key(element), strict=True))
    return all(have.get(child.tag, "") == child.text for child in pattern if child.tag in have and child.text)
