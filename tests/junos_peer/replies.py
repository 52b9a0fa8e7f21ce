# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies on the wire, in the two styles of Junos: the default one, and that of `rfc-compliant`."""

from __future__ import annotations

import typing as t

from lxml import etree

from .errors import XNM
from .tree import Tree, attributes, named
from .yang import qualify

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
# Names that belong to NETCONF itself; all else in a reply is Junos' own.
_NETCONF = {"ok", "data", "rpc-error"}
# Stands for the release until the reply is written.
JUNOS = "http://xml.juniper.net/junos/RELEASE/junos"


def mark(name: str) -> str:
    """An attribute in the junos: namespace."""
    return f"{{{JUNOS}}}{name}"


def make(tag: str, *children: Tree | str | None, **attributes: str) -> Tree:
    element = etree.Element(tag, {mark(name.replace("_", "-")): value for name, value in attributes.items()})
    for child in children:
        if isinstance(child, str):
            element.text = child
        elif child is not None:
            element.append(child)
    return element


def leaf(tag: str, value: object, **attributes: str) -> Tree:
    return make(tag, str(value), **attributes)


def moment(tag: str, text: str, seconds: float) -> Tree:
    return leaf(tag, text, seconds=str(int(seconds)))


class Style:
    """How one box writes its replies."""

    def __init__(self, release: str) -> None:
        self.release = release
        self.train = release.rsplit(".", 1)[0] if release.count(".") > 1 else release

    def payload(self, element: Tree, suffix: str = "") -> Tree:
        """An operational reply in the namespace of its kind."""
        uri = f"http://xml.juniper.net/junos/{self.train}/junos{'-' if suffix else ''}{suffix}"
        return _copy(element, lambda _: uri, {None: uri})

    def configuration(self, element: Tree, rfc: bool) -> Tree:
        """With the namespace of the whole, or with one namespace a module."""
        if rfc:
            return qualify(element, keep=True)
        return _copy(element, lambda _: XNM, {None: XNM})

    def write(self, content: t.Sequence[Tree], given: dict[str, str], rfc: bool) -> bytes:
        reply = named(f"{{{NC}}}rpc-reply", given, {"junos": JUNOS, "nc" if rfc else None: NC})
        for element in content:
            reply.append(_copy(element, (lambda tag: NC if tag in _NETCONF else "") if rfc else lambda _: NC, {}))
        text = etree.tostring(reply, encoding="unicode").replace("/RELEASE/", f"/{self.release}/")
        return text.encode()


def _copy(element: Tree, space: t.Callable[[str], str], names: dict[str | None, str]) -> Tree:
    """A copy in which elements without a namespace have got one; below <rpc-error> it is the same for all."""
    tag = str(element.tag)
    if tag.startswith("{"):
        made = named(tag, attributes(element), {**names, **element.nsmap})
    else:
        uri = space(tag)
        made = named(f"{{{uri}}}{tag}" if uri else tag, attributes(element), names)
    made.text = element.text
    for child in element:
        inside = (lambda _: NC) if tag == "rpc-error" and space(tag) == NC else space
        copied = _copy(child, inside, {})
        copied.tail = child.tail
        made.append(copied)
    return made
