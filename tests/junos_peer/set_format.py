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
    "groups unit address security-zone redundancy-group node interface-monitor member-interfaces system-services rule rule- "
    "set pool file contents user name-server static route group neighbor term instance"
)
# Leaves that open no list and take no value.
CONTAINERS = words(
    "system services ssh netconf syslog chassis cluster interfaces security zones policies nat proxy-arp source destination "
    "fabric-options gigether-options redundant-ether-options redundant-parent family inet inet6 host-inbound-traffic "
    "protocols match then permit deny log routing-options login backup-router ip-monitoring control-ports forwarding-options"
)


class SetError(ValueError):
    def __init__(self, message: str, word: str = "") -> None:
        self.word = word
        super().__init__(message)


def apply(tree: Tree, lines: str) -> None:
    for line in lines.splitlines():
        if not line.strip() or line.strip().startswith("#"):
            continue
        try:
            verb, *words = shlex.split(line)
        except ValueError as failure:
            raise SetError(f"{line.strip()}: {failure}", line.strip()) from None
        marks = {"set": {}, "delete": {"delete": "delete"}, "deactivate": {"inactive": "inactive"}, "activate": {"active": "active"}}.get(
            verb
        )
        if marks is None or not words:
            raise SetError(line.strip(), verb)
        merge(tree, _branch(words, marks))


def _branch(words: list[str], marks: dict[str, str]) -> Tree:
    root = etree.Element("configuration")
    place, at = root, 0
    while at < len(words):
        word, rest = words[at], words[at + 1 :]
        bare = BARE.get(place.tag)
        if place.tag == "policies" and word == "from-zone" and len(rest) >= 3:
            place = etree.SubElement(place, "policy")
            etree.SubElement(place, "from-zone-name").text = rest[0]
            etree.SubElement(place, "to-zone-name").text = rest[2]
            at += 4
        elif bare and not (place.tag == "interfaces" and place.getparent() is not None and place.getparent().tag == "security-zone"):  # type: ignore[union-attr]
            place = _entry(place, bare, word)
            at += 1
        elif word in LISTS and rest or word == "interfaces" and place.tag == "security-zone" and rest or word == "policy" and rest:
            place = _entry(place, word, rest[0])
            at += 2
        elif word in LEAF_LISTS and rest and rest[0] == "[":
            if rest[-1] != "]":
                raise SetError("missing ]", word)
            for value in rest[1:-1]:
                etree.SubElement(place, word, marks).text = value
            return root
        elif len(rest) == 1 and word not in CONTAINERS:
            place = etree.SubElement(place, word)
            place.text = rest[0]
            at += 2
        else:
            place = etree.SubElement(place, word)
            at += 1
    for name, value in marks.items():
        place.set(name, value)
    return root


def _entry(place: Tree, tag: str, name: str) -> Tree:
    made = etree.SubElement(place, tag)
    etree.SubElement(made, "name").text = name
    return made
