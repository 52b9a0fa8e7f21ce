# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _xml.py parses

from .._errors import VsrxError
from .xml import UnreadableError, parse


class RefusedError(VsrxError):
    """Junos answered, and said no."""

    #: Junos named an element of the request that its release does not know
    unknown = False


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer: the tree below <rpc-reply> (empty where the connection keeps it back), and the warnings beside it."""

    root: ET.Element
    warnings: tuple[str, ...] = ()


def read(text: str, what: str) -> Reply:
    """The reply, or the exception that says why there is none. ``what`` is what was asked for, as a person says it."""
    root = parse(text, what)
    if root.tag in ("rpc-error", "error"):
        wrapper = ET.Element("rpc-reply")
        wrapper.append(root)
        root = wrapper
    errors = [_sentence(element) for element in _complaints(root) if _severity(element) != "warning"]
    warnings = tuple(_sentence(element) for element in _complaints(root) if _severity(element) == "warning")
    if errors:
        refusal = RefusedError(f"{what}: Junos refused: " + "; ".join(dict.fromkeys(errors)), junos_errors=errors)
        refusal.unknown = any(next(element.iter("bad-element"), None) is not None for element in _complaints(root))
        raise refusal
    return Reply(root, warnings)


def expect(reply: Reply, name: str, what: str) -> ET.Element:
    """The element of that name, wherever it stands in the reply."""
    found = reply.root if reply.root.tag == name else reply.root.find(f".//{name}")
    if found is None:
        children = ", ".join(child.tag for child in reply.root) or "nothing"
        raise UnreadableError(f"{what}: the reply holds no <{name}>; found {children}")
    return found


def _complaints(root: ET.Element) -> t.Iterator[ET.Element]:
    """Every <rpc-error>, and every <xnm:error> or <xnm:warning> but those of one node in an answer of several."""
    yield from root.iter("rpc-error")
    for parent in (root, *(child for child in root if child.tag.endswith("-results"))):
        yield from (child for child in parent if child.tag in ("error", "warning"))


def _severity(element: ET.Element) -> str:
    if element.tag == "warning":
        return "warning"
    return (element.findtext("error-severity") or "error").strip()


def _sentence(element: ET.Element) -> str:
    message = element.findtext("error-message") or element.findtext("message") or "".join(element.itertext())
    words = " ".join(message.split()) or (element.findtext("error-tag") or "no reason given").strip()
    place = " ".join((element.findtext("error-path") or element.findtext("edit-path") or "").split())
    return f"{place} {words}" if place and place not in words else words
