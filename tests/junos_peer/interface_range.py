# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interface ranges: statements that several interfaces inherit."""

from __future__ import annotations

import re

from lxml import etree

from .merge import merge
from .tree import Tree, clone

_OWN = ("name", "member", "member-range")
_LAST_NUMBER = re.compile(r"(.*?)(\d+)\Z")
_CHOICE = re.compile(r"\[(\d+)-(\d+)\]")


def expand(root: Tree) -> None:
    """Give each member what its range says, where it says nothing itself, and take the ranges out."""
    interfaces = root.find("interfaces")
    if interfaces is None:
        return
    for range_ in interfaces.findall("interface-range"):
        interfaces.remove(range_)
        for name in _members(range_):
            _inherit(interfaces, range_, name)


def _members(range_: Tree) -> list[str]:
    names = [name for leaf in range_.findall("member") for name in _choices(leaf.findtext("name") or "")]
    for row in range_.findall("member-range"):
        start, end = _LAST_NUMBER.match(row.findtext("name") or ""), _LAST_NUMBER.match(row.findtext("end-range") or "")
        if start and end and start[1] == end[1]:
            names += [f"{start[1]}{number}" for number in range(int(start[2]), int(end[2]) + 1)]
    return names


def _choices(pattern: str) -> list[str]:
    """ge-0/0/[1-3] means three interfaces."""
    match = _CHOICE.search(pattern)
    if match is None:
        return [pattern]
    return [pattern[: match.start()] + str(number) + pattern[match.end() :] for number in range(int(match[1]), int(match[2]) + 1)]


def _inherit(interfaces: Tree, range_: Tree, name: str) -> None:
    given = etree.Element("interface")
    etree.SubElement(given, "name").text = name
    given.extend(clone(child) for child in range_ if child.tag not in _OWN)
    own = next((row for row in interfaces.findall("interface") if row.findtext("name") == name), None)
    if own is None:
        interfaces.append(given)
        return
    # What the interface says itself wins: it is merged over what the range gives.
    holder = etree.Element("interfaces")
    holder.append(given)
    mine = etree.Element("interfaces")
    mine.append(clone(own))
    merge(holder, mine)
    interfaces.replace(own, holder[0])
