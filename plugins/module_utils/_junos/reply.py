# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a reply of Junos says: its data, its errors, and the warnings beside them. Pure."""

from __future__ import annotations

import dataclasses
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; xml.py parses

from .._errors import ApplyError, UnreadableError
from .xml import excerpt, parse


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
    complaints = list(_complaints(root))
    errors = [element for element in complaints if _severity(element) != "warning"]
    warnings = tuple(_sentence(element) for element in complaints if _severity(element) == "warning")
    has_data = bool(payload) and next(root.iter(payload), None) is not None
    if errors and not (partial and has_data):
        raise _refusal(errors, what)
    if payload and not has_data:
        if warnings:
            reason = f"the connection passed on Junos' warning and kept the data back: {'; '.join(warnings)}"
            raise UnreadableError(f"{what}: {reason}. Expected <{payload}>; run again, or see to the warning on the node")
        children = ", ".join(_describe_child(child) for child in root) or "nothing"
        raise UnreadableError(f"{what}: the reply holds no <{payload}>; found {children}")
    return Reply(root, warnings, tuple(_sentence(element) for element in errors))


def _refusal(errors: t.Sequence[ET.Element], what: str) -> JunosRefusedError:
    sentences = [_sentence(element) for element in errors]
    refusal = JunosRefusedError(f"{what}: Junos refused: " + "; ".join(dict.fromkeys(sentences)), junos_errors=sentences)
    refusal.unknown = any(next(element.iter("bad-element"), None) is not None for element in errors)
    refusal.by_daemon = all(element.tag == "error" for element in errors)
    return refusal


def _describe_child(child: ET.Element) -> str:
    """A daemon may say in <output> why there is no data."""
    return f"{child.tag} {excerpt(''.join(child.itertext()), 200)}" if child.tag == "output" else child.tag


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


def describe_error(element: ET.Element) -> str:
    """Return what an <rpc-error> or <xnm:error> says, in one line."""
    return _sentence(element)
