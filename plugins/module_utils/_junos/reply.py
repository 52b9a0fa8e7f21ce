# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reply of Junos: hardened XML as a tree of local names; its data, its errors, and the warnings beside them. Pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; parsing is done by expat below, without DTDs
from xml.parsers import expat  # noqa: S407 - a DOCTYPE is refused before any entity can be declared

from .._errors import ApplyError, UnreadableError

#: a cluster of 1,000 ports answers with less than a tenth of it
MAX_REPLY_LENGTH = 4 * 1024 * 1024
_MAX_DEPTH = 200
_DIGITS = re.compile(r"[0-9]{1,15}")


def parse(text: str, what: str) -> ET.Element:
    """The reply as a tree of local names: namespaces, prefixes and <undocumented> wrappers are gone, DTDs are refused."""
    if len(text) > MAX_REPLY_LENGTH:
        raise UnreadableError(f"{what}: the reply has {len(text)} characters, more than the {MAX_REPLY_LENGTH} that are read")
    if not text.strip():
        raise UnreadableError(f"{what}: the reply is empty; expected XML")
    builder = ET.TreeBuilder()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise UnreadableError(f"{what}: the reply nests deeper than {_MAX_DEPTH} elements")
        if _drop_prefix(name) != "undocumented":
            builder.start(_drop_prefix(name), {_drop_prefix(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if _drop_prefix(name) != "undocumented":
            builder.end(_drop_prefix(name))

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
        start_of_text = quote_start(text)
        raise UnreadableError(f"{what}: the reply is no whole XML document ({failure}; it begins with {start_of_text})") from None
    if root is None:  # nothing but <undocumented> wrappers
        raise UnreadableError(f"{what}: the reply holds no element; it begins with {quote_start(text)}")
    return root


def quote_start(text: str, length: int = 80) -> str:
    shortened = re.sub(r"\s+", " ", text).strip()
    return repr(shortened if len(shortened) <= length else shortened[:length] + "...")


def _drop_prefix(name: str) -> str:
    return name.rsplit(" ", 1)[-1].rsplit(":", 1)[-1]


class JunosRefusedError(ApplyError):
    """Junos answered with an error instead of the data or the change."""

    #: Junos named an element of the request that its release does not know
    unknown = False
    #: a daemon of the node said so inside an ordinary reply (xnm:error), not the server of the session
    by_daemon = False


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer: the tree, and what Junos said beside the data."""

    root: ET.Element
    warnings: tuple[str, ...] = ()
    #: errors beside the data, as of a node that is away
    errors: tuple[str, ...] = ()

    def data(self, tag: str) -> ET.Element:
        """Return the element of that name, wherever it stands."""
        return next(self.root.iter(tag))


def read(text: str, what: str, payload: str = "", partial: bool = False) -> Reply:
    """Return the reply to ``what``, which was asked for.

    ``payload`` is the element that the data stands in; a reply without it is no answer. ``partial``: data beside an error is taken, as
    Junos answers for the nodes of a cluster of which one is away.

    Raises ``JunosRefusedError`` where Junos refused, ``UnreadableError`` where the reply is no answer.
    """
    root = parse(text, what)
    if root.tag in ("rpc-error", "error"):
        wrapper = ET.Element("rpc-reply")
        wrapper.append(root)
        root = wrapper
    complaints = list(_find_complaints(root))
    errors = [element for element in complaints if _read_severity(element) != "warning"]
    warnings = tuple(describe_error(element) for element in complaints if _read_severity(element) == "warning")
    has_data = bool(payload) and next(root.iter(payload), None) is not None
    if errors and not (partial and has_data):
        raise _build_refusal(errors, what)
    if payload and not has_data:
        if warnings:
            reason = f"the connection passed on Junos' warning and kept the data back: {'; '.join(warnings)}"
            raise UnreadableError(f"{what}: {reason}. Expected <{payload}>; run again, or see to the warning on the node")
        children = ", ".join(_describe_child(child) for child in root) or "nothing"
        raise UnreadableError(f"{what}: the reply holds no <{payload}>; found {children}")
    return Reply(root, warnings, tuple(describe_error(element) for element in errors))


def _build_refusal(errors: t.Sequence[ET.Element], what: str) -> JunosRefusedError:
    sentences = [describe_error(element) for element in errors]
    refusal = JunosRefusedError(f"{what}: Junos refused: " + "; ".join(dict.fromkeys(sentences)), junos_errors=sentences)
    refusal.unknown = any(next(element.iter("bad-element"), None) is not None for element in errors)
    refusal.by_daemon = all(element.tag == "error" for element in errors)
    return refusal


def _describe_child(child: ET.Element) -> str:
    """A daemon may say in <output> why there is no data."""
    return f"{child.tag} {quote_start(''.join(child.itertext()), 200)}" if child.tag == "output" else child.tag


def _find_complaints(root: ET.Element) -> t.Iterator[ET.Element]:
    """Every <rpc-error>, and every <xnm:error> or <xnm:warning> but those of one node in an answer of several."""
    yield from root.iter("rpc-error")
    for parent in (root, *(child for child in root if child.tag.endswith("-results"))):
        yield from (child for child in parent if child.tag in ("error", "warning"))


def _read_severity(element: ET.Element) -> str:
    if element.tag == "warning":
        return "warning"
    return (element.findtext("error-severity") or "error").strip()


def describe_error(element: ET.Element) -> str:
    """Return what an <rpc-error> or <xnm:error> says, in one line."""
    message = element.findtext("error-message") or element.findtext("message") or "".join(element.itertext())
    words = " ".join(message.split()) or (element.findtext("error-tag") or "no reason given").strip()
    place = " ".join((element.findtext("error-path") or element.findtext("edit-path") or "").split())
    return f"{place} {words}" if place and place not in words else words


def parse_number(text: t.Optional[str]) -> t.Optional[int]:
    """Parse a decimal integer of at most 15 digits; None if the text is anything else. (int() raises on very long digit strings.)"""
    match = _DIGITS.fullmatch((text or "").strip())
    return None if match is None else int(match[0])
