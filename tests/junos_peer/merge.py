# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loading: merge, replace, override and set, with the marks delete, replace, inactive and active on statements."""

from __future__ import annotations

from lxml import etree

from .errors import Complaint, RefusedError, warning
from .tree import Tree, clone, counterpart, inactive, is_leaf_list, key, key_names, words

# Containers that mean something while empty; others vanish with their last statement.
PRESENCE = words("inet inet6 iso mpls ethernet-switching bridge")


def merge(target: Tree, loaded: Tree, default: str = "merge") -> list[Complaint]:
    """Bring the loaded statements into the target. `default` is merge, replace (marked statements only) or none."""
    warnings: list[Complaint] = []
    for child in loaded:
        _statement(target, child, default, warnings, _path(target))
    return warnings


def _statement(target: Tree, element: Tree, default: str, warnings: list[Complaint], path: str) -> None:
    operation = _operation(element, default)
    found = counterpart(target, element)
    if operation in ("delete", "remove"):
        _delete(target, element, found, operation, warnings, path)
        return
    if operation == "create" and found is not None:
        raise RefusedError(Complaint("statement already exists", tag="data-exists", element=element.tag, path=f"[edit{path}]"))
    if operation == "replace" and found is not None:
        found.getparent().remove(found)  # type: ignore[union-attr]
        found = None
    new = found is None
    if found is None:
        if operation == "none" and not len(element):
            return
        if _only_marks(element):
            warnings.append(warning("statement not found", f"[edit{path} {element.tag}]"))
            return
        found = _create(target, element)
    _activity(found, element)
    if len(element):
        keys = key_names(element)
        for child in element:
            if child.tag in keys and not len(child):
                continue
            _statement(found, child, "merge" if operation in ("replace", "create") else operation, warnings, f"{path} {_words(element)}")
        _prune(found, element, new)
    elif element.text and not is_leaf_list(element):
        found.text = element.text


def _operation(element: Tree, default: str) -> str:
    if element.get("delete") is not None:
        return "delete"
    if element.get("replace") is not None:
        return "replace"
    return element.get("operation") or default


def _delete(target: Tree, element: Tree, found: Tree | None, operation: str, warnings: list[Complaint], path: str) -> None:
    # <interface delete="delete"/> without a key, and a leaf without its value, mean all of that name.
    doomed = [found] if found is not None else []
    if not len(element) and not element.text:
        doomed = target.findall(element.tag)
    if not doomed:
        if operation == "delete" and element.get("operation") == "delete":
            raise RefusedError(Complaint("statement not found", tag="data-missing", element=element.tag, path=f"[edit{path}]"))
        if operation == "delete":
            warnings.append(Complaint("statement not found: ", severity="warning", element=element.tag, path=f"[edit{path}]"))
        return
    for statement in doomed:
        target.remove(statement)


def _prune(found: Tree, element: Tree, new: bool) -> None:
    """A container without statements is none, and an entry is not made only to delete something in it."""
    keys = key_names(element)
    entry_for_nothing = new and bool(keys) and len(element) > len(keys) and len(found) == len(keys)
    if entry_for_nothing or (not len(found) and found.tag not in PRESENCE):
        parent = found.getparent()
        if parent is not None:
            parent.remove(found)


def _only_marks(element: Tree) -> bool:
    """Marked active or inactive with nothing but keys below: to be changed where it is, not made."""
    if element.get("active") is None and element.get("inactive") is None:
        return False
    keys = key_names(element)
    return bool(keys) and all(child.tag in keys for child in element)


def _create(target: Tree, element: Tree) -> Tree:
    made = etree.Element(element.tag)
    for name in key_names(element):
        made.append(clone(element.find(name)))  # type: ignore[arg-type]
        made[-1].attrib.clear()
    if not len(element):
        made.text = element.text
    siblings = target.findall(element.tag)
    if siblings:
        siblings[-1].addnext(made)
    elif element.tag in ("version", "groups", "apply-groups"):
        target.insert(_head(target, element.tag), made)
    else:
        target.append(made)
    return made


def _head(target: Tree, tag: str) -> int:
    """Where groups and apply-groups stand: before everything else."""
    before = {"version": (), "groups": ("version",), "apply-groups": ("version", "groups")}[tag]
    return max((index + 1 for index, child in enumerate(target) if child.tag in before), default=0)


def _activity(found: Tree, element: Tree) -> None:
    if element.get("active") is not None and inactive(found):
        del found.attrib["inactive"]
    if element.get("inactive") is not None:
        found.set("inactive", "inactive")


def _words(element: Tree) -> str:
    return " ".join([element.tag, *key(element)])


def _path(target: Tree) -> str:
    return "" if target.getparent() is None else f" {target.tag}"
