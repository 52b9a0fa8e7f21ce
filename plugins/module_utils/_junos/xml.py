# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hardened XML: a reply as a tree of local names, within limits. Pure."""

from __future__ import annotations

import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; parsing is done by expat below, without DTDs
from xml.parsers import expat  # noqa: S407 - a DOCTYPE is refused before any entity can be declared

from .._errors import UnreadableError

#: a cluster of 1,000 ports answers with less than a tenth of it
LONGEST_REPLY = 4 * 1024 * 1024
_DEEPEST = 200


def parse(text: str, what: str) -> ET.Element:
    """The reply as a tree of local names: namespaces, prefixes and <undocumented> wrappers are gone, DTDs are refused."""
    if len(text) > LONGEST_REPLY:
        raise UnreadableError(f"{what}: the reply has {len(text)} characters, more than the {LONGEST_REPLY} that are read")
    if not text.strip():
        raise UnreadableError(f"{what}: the reply is empty; expected XML")
    builder = ET.TreeBuilder()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableError(f"{what}: the reply nests deeper than {_DEEPEST} elements")
        if _local(name) != "undocumented":
            builder.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if _local(name) != "undocumented":
            builder.end(_local(name))

    def doctype(*_arguments: t.Any) -> None:
        raise UnreadableError(f"{what}: the reply brings a DOCTYPE, which no Junos reply has")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.lstrip().encode("utf-8", "surrogateescape"), True)
        root: t.Optional[ET.Element] = builder.close()
    except (expat.ExpatError, ET.ParseError, AssertionError, UnicodeEncodeError) as failure:
        reason = f"{failure}; it begins with {excerpt(text)}"
        raise UnreadableError(f"{what}: the reply is no whole XML document ({reason})") from None
    if root is None:  # nothing but <undocumented> wrappers
        raise UnreadableError(f"{what}: the reply holds no element; it begins with {excerpt(text)}")
    return root


def excerpt(text: str, length: int = 80) -> str:
    shortened = re.sub(r"\s+", " ", text).strip()
    return repr(shortened if len(shortened) <= length else shortened[:length] + "...")


def _local(name: str) -> str:
    return name.rsplit(" ", 1)[-1].rsplit(":", 1)[-1]
