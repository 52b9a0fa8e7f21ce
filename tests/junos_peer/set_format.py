# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`set`, `delete`, `activate` and `deactivate` commands, brought into a tree."""

from __future__ import annotations

import shlex

from lxml import etree

from .merge import merge
from .text_format import BARE
from .tree import LEAF_LISTS, Tree, words

# Lists by the name that opens an entry. Elsewhere the last two words are a leaf and its value, one word alone is a leaf without value.
LISTS = words(
    "groups unit address security-zone redundancy-group node interface-monitor member-interfaces system-services rule rule-set "
    "pool file contents user name-server static route group neighbor term instance policy"
)
# Names that open no list and take no value.
CONTAINERS = words(
    "system services ssh netconf syslog chassis cluster interfaces security zones policies nat proxy-arp source destination "
    "fabric-options gigether-options redundant-ether-options redundant-parent family inet inet6 host-inbound-traffic "
    "protocols match then permit deny log routing-options login backup-router ip-monitoring control-ports forwarding-options"
)
# Containers in which every name is a leaf with its value.
LEAVES_ONLY = words("backup-router redundant-ether-options")
MARKS: dict[str, dict[str, str]] = {
    "set": {},
    "delete": {"delete": "delete"},
    "deactivate": {"inactive": "inactive"},
    "activate": {"active": "active"},
}


class SetError(ValueError):
    def __init__(self, message: str, word: str = "") -> None:
        self.word = word
        super().__init__(message)


def apply(tree: Tree, lines: str) -> None:
    for line in lines.splitlines():
        if not line.strip() or line.strip().startswith("#"):
            continue
        try:
            verb, *path = shlex.split(line)
            branch = _branch(path, MARKS[verb])
        except (ValueError, KeyError) as failure:
            raise SetError(f"{line.strip()}: {failure}", line.strip().split()[0]) from None
        merge(tree, branch)


def _branch(path: list[str], marks: dict[str, str]) -> Tree:
    """The tree that one command means; the marks stand on its last statement."""
    if not path:
        raise SetError("nothing after it")
    root = etree.Element("configuration")
    place = root
    while path:
        if path[0] in LEAF_LISTS and path[1:2] == ["["]:
            _values(place, path, marks)
            return root
        place, path = _step(place, path)
    for name, value in marks.items():
        place.set(name, value)
    return root


def _step(place: Tree, path: list[str]) -> tuple[Tree, list[str]]:
    """The element that the next words mean, and the words after them."""
    name, rest = path[0], path[1:]
    parent = place.getparent()
    in_zone = parent is not None and place.tag == "interfaces" and parent.tag == "security-zone"
    if place.tag == "policies" and name == "from-zone" and len(rest) >= 3:
        made = etree.SubElement(place, "policy")
        etree.SubElement(made, "from-zone-name").text = rest[0]
        etree.SubElement(made, "to-zone-name").text = rest[2]
        return made, rest[3:]
    if place.tag in BARE and not in_zone:
        return _entry(place, BARE[place.tag], name), rest
    if rest and place.tag not in LEAVES_ONLY and (name in LISTS or (name == "interfaces" and place.tag == "security-zone")):
        return _entry(place, name, rest[0]), rest[1:]
    made = etree.SubElement(place, name)
    if len(rest) == 1 and name not in CONTAINERS or (place.tag in LEAVES_ONLY and rest):
        made.text = rest[0]
        return made, rest[1:]
    return made, rest


def _entry(place: Tree, tag: str, name: str) -> Tree:
    made = etree.SubElement(place, tag)
    etree.SubElement(made, "name").text = name
    return made


def _values(place: Tree, path: list[str], marks: dict[str, str]) -> None:
    if path[-1] != "]":
        raise SetError("missing ]", path[0])
    for value in path[2:-1]:
        etree.SubElement(place, path[0], marks).text = value
