# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration trees: lxml elements by local name, without namespaces, with Junos' marks as attributes."""

from __future__ import annotations

import copy
import typing as t

from lxml import etree

Tree = etree._Element


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# List entries are told apart by their <name>; these have other keys.
KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "policy": (("from-zone-name", "to-zone-name"), ("from-zone-name", "to-zone")),
    "controller": (("fpc", "port"),),
}
# Leaves that may occur several times. Others are known by occurring more than once.
LEAF_LISTS = words(
    "apply-groups apply-groups-except include-groups vlan-id-list input-list output-list members source-address destination-address "
    "authentication-order permissions proposals domain-search virtual-address virtual-inet6-address application"
)
_PARSER = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


class MalformedError(ValueError):
    """Text that is no XML document."""


def parse(text: str | bytes) -> Tree:
    """The document as it is sent, with namespaces."""
    parser = etree.XMLParser(**t.cast(t.Any, _PARSER))
    try:
        return etree.fromstring(text.encode() if isinstance(text, str) else text, parser)
    except etree.XMLSyntaxError as failure:
        raise MalformedError(str(failure)) from None


def local(name: t.Any) -> str:
    return etree.QName(name).localname


def plain(element: Tree) -> Tree:
    """A copy by local names; text is stripped, whitespace between elements is gone."""
    made = etree.Element(local(element), {local(name): value for name, value in attributes(element).items()})
    children = [child for child in element if isinstance(child.tag, str)]
    if children:
        made.extend(plain(child) for child in children)
    else:
        made.text = (element.text or "").strip() or None
    return made


def attributes(element: Tree) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def bare(element: Tree) -> Tree:
    """Its name and attributes without what is in it."""
    return etree.Element(element.tag, attributes(element))


def named(tag: str, given: dict[str, str], spaces: dict[str | None, str]) -> Tree:
    """An element with namespace prefixes of its own."""
    return etree.Element(tag, given, nsmap=t.cast("dict[str, str]", spaces))


def clone(element: Tree) -> Tree:
    made = copy.deepcopy(element)
    made.tail = None
    return made


def key(element: Tree) -> tuple[str, ...]:
    """What tells an entry from its siblings of the same name; empty for a container or a leaf."""
    for names in KEYS.get(element.tag, ()):
        found = [element.findtext(name) for name in names]
        if all(value is not None for value in found):
            return tuple(value or "" for value in found)
    name = element.find("name")
    return () if name is None else (name.text or "",)


def key_names(element: Tree) -> tuple[str, ...]:
    for names in KEYS.get(element.tag, ()):
        if all(element.find(name) is not None for name in names):
            return names
    return ("name",) if element.find("name") is not None else ()


def is_leaf_list(element: Tree, *places: Tree | None) -> bool:
    """A leaf that may stand beside others of its name."""
    if len(element) or not element.text:
        return False
    return element.tag in LEAF_LISTS or any(place is not None and len(place.findall(element.tag)) > 1 for place in places)


def counterpart(parent: Tree, element: Tree) -> Tree | None:
    """The child of parent that stands for the same statement."""
    wanted = key(element)
    several = is_leaf_list(element, parent, element.getparent())
    for child in parent.iterchildren(element.tag):
        if several:
            if child.text == element.text:
                return child
        elif key(child) == wanted:
            return child
    return None


def inactive(element: Tree) -> bool:
    return element.get("inactive") is not None


def without_inactive(element: Tree) -> Tree:
    made = clone(element)
    for found in list(made.iter()):
        parent = found.getparent()
        if parent is not None and inactive(found):
            parent.remove(found)
    return made


def same(one: Tree, other: Tree) -> bool:
    return etree.tostring(one, method="c14n") == etree.tostring(other, method="c14n")
