# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Elements of an XML document that know their place in it, and edits that leave every other byte as it is."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from xml.parsers import expat

from .._errors import VsrxError

MAX_CHARACTERS = 4 * 1024 * 1024
MAX_DEPTH = 200

_START_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*(/?)>")


class Element:
    """An element, its children, and the bytes it takes up in its document."""

    __slots__ = ("_tail", "attributes", "children", "document", "start", "tag", "text")

    def __init__(self, document: bytes, tag: str, attributes: dict[str, str], start: int) -> None:
        self.document = document
        self.tag = tag
        self.attributes = attributes
        self.start = start
        self.children: list[Element] = []
        self.text = ""
        self._tail = start

    def _opening(self) -> re.Match[bytes]:
        match = _START_TAG.match(self.document, self.start)
        if match is None:
            raise VsrxError(f"element {self.tag} at byte {self.start} could not be located in the XML")
        return match

    @property
    def empty(self) -> bool:
        """Is it written as one tag, <x/>?"""
        return bool(self._opening().group(1))

    @property
    def inner(self) -> tuple[int, int]:
        """Where its content begins and ends."""
        opening = self._opening()
        return (opening.end(), opening.end() if opening.group(1) else self._tail)

    @property
    def end(self) -> int:
        opening = self._opening()
        if opening.group(1):
            return opening.end()
        return self.document.index(b">", self._tail) + 1

    @property
    def source(self) -> bytes:
        return self.document[self.start : self.end]

    def all(self, tag: str) -> list[Element]:
        return [child for child in self.children if child.tag == tag]

    def first(self, *path: str) -> t.Optional[Element]:
        """The first element down a path of child names."""
        found = self
        for tag in path:
            matching = found.all(tag)
            if not matching:
                return None
            found = matching[0]
        return found

    def get(self, name: str) -> t.Optional[str]:
        return self.attributes.get(name)

    def content(self, *path: str) -> str:
        """The text of the first element down a path, or an empty string."""
        found = self.first(*path)
        return found.text.strip() if found is not None else ""


class _Reader:
    def __init__(self, document: bytes, what: str) -> None:
        self._document = document
        self._what = what
        self._stack: list[Element] = []
        self.root: t.Optional[Element] = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self) -> Element:
        try:
            self._parser.Parse(self._document, True)
        except expat.ExpatError as failure:
            raise VsrxError(f"{self._what} is not well-formed XML: {failure}") from None
        if self.root is None:
            raise VsrxError(f"{self._what} holds no element")
        return self.root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        element = Element(self._document, tag, attributes, self._parser.CurrentByteIndex)
        if self._stack:
            self._stack[-1].children.append(element)
        else:
            self.root = element
        if len(self._stack) >= MAX_DEPTH:
            raise VsrxError(f"{self._what} is nested deeper than {MAX_DEPTH} elements")
        self._stack.append(element)

    def _end(self, tag: str) -> None:
        self._stack.pop()._tail = self._parser.CurrentByteIndex

    def _characters(self, text: str) -> None:
        if not text.isspace():
            self._stack[-1].text += text

    def _doctype(self, *unused: t.Any) -> None:
        raise VsrxError(f"{self._what} declares a document type; libvirt writes none, and entities are not read")


def parse(xml: str, what: str, root: str) -> Element:
    """Read a document whose root element must be ``root``; ``what`` names it in errors.

    No entity is expanded, nothing is fetched, and a document over MAX_CHARACTERS is refused before it is read.
    """
    if len(xml) > MAX_CHARACTERS:
        raise VsrxError(f"{what} has {len(xml)} characters of XML; expected at most {MAX_CHARACTERS}")
    try:
        document = xml.encode("utf-8")
    except UnicodeEncodeError:
        raise VsrxError(f"{what} holds characters that XML does not allow") from None
    element = _Reader(document, what).read()
    if element.tag != root:
        raise VsrxError(f"{what} has the root element <{element.tag}>; expected <{root}>")
    return element


INDENT = "  "


@dataclasses.dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: bytes


def apply_edits(document: bytes, edits: t.Iterable[Edit]) -> bytes:
    """Replace spans that do not overlap; insertions at one place keep their order."""
    result = []
    done = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        result += [document[done : edit.start], edit.text]
        done = edit.end
    return b"".join((*result, document[done:]))


def find_indent(element: Element) -> str:
    """The white space before an element on its line; empty where other text precedes it."""
    line = element.document[element.document.rfind(b"\n", 0, element.start) + 1 : element.start]
    return line.decode() if line.isspace() else ""


def make_removal(element: Element) -> Edit:
    """Take an element out with the line break and the white space before it."""
    start = element.start
    while start and element.document[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    if element.document[start - 1 : start] != b"\n":
        start = element.start
    elif start:
        start -= 1
    return Edit(start, element.end, b"")


def insert_after(element: Element, texts: t.Sequence[str]) -> Edit:
    indent = find_indent(element)
    return Edit(element.end, element.end, "".join(f"\n{indent}{text}" for text in texts).encode())


def insert_last(parent: Element, texts: t.Sequence[str]) -> list[Edit]:
    """Put texts at the end of an element's content, one step deeper than the element."""
    indent = find_indent(parent)
    block = "".join(f"\n{indent}{INDENT}{text}" for text in texts)
    if parent.empty:
        opening = parent.source[:-2].rstrip()
        return [Edit(parent.start, parent.end, opening + f">{block}\n{indent}</{parent.tag}>".encode())]
    start, end = parent.inner
    content = parent.document[start:end]
    kept = len(content.rstrip())
    closing = b"" if content[kept:].strip(b" \t") else f"\n{indent}".encode()
    return [Edit(start + kept, start + kept, block.encode() + closing)]


def put_child(parent: Element, old: t.Optional[Element], text: t.Optional[str]) -> list[Edit]:
    """Put a child in the place of an old one, or at the end; nothing takes the old one out."""
    if old is not None:
        return [Edit(old.start, old.end, text.encode())] if text else [make_removal(old)]
    return insert_last(parent, [text]) if text else []


def set_attribute(element: Element, name: str, pattern: re.Pattern[bytes], value: bytes) -> list[Edit]:
    """Change one attribute in the opening tag, or add it; the others stay as they are."""
    start, end = element.start, element.inner[0]
    opening = element.document[start:end]
    if element.get(name) is not None:
        return [Edit(start, end, pattern.sub(rb"\g<1>" + value, opening, count=1))]
    at = start + len(element.tag) + 1
    return [Edit(at, at, b" %s='%s'" % (name.encode(), value))]


def edit_element(element: Element, edits: t.Iterable[Edit]) -> bytes:
    """Return the source of one element with edits of it, whose places are those in the document."""
    base = element.start
    return apply_edits(element.source, [Edit(edit.start - base, edit.end - base, edit.text) for edit in edits])
