# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which elements a recorded reply has that the peer's reply to the same request has not, and the other way round."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from junos_peer.direct import direct_peer
from junos_peer.recording import Exchange
from junos_peer.tree import MalformedError, Tree, local, parse

#: below these, elements are the operator's own configuration and no shape of a reply
_CONTENT = ("configuration", "configuration-output", "configuration-text")


@dataclasses.dataclass(frozen=True)
class Difference:
    """Paths of elements in replies to one kind of request."""

    request: str
    #: of the recorded node alone
    new: tuple[str, ...]
    #: of the peer alone
    missing: tuple[str, ...]


def find_paths(reply: str) -> frozenset[str]:
    """The path of each element by local names. A text that is no XML is a path of its own."""
    try:
        root = parse(reply)
    except MalformedError:
        return frozenset(("(no whole XML)",))
    return frozenset(_walk(root, ""))


def _walk(element: Tree, above: str) -> t.Iterator[str]:
    path = f"{above}/{local(element)}"
    yield path
    if local(element) in _CONTENT:
        return
    for child in element:
        if isinstance(child.tag, str):
            yield from _walk(child, path)


def name_request(request: str) -> str:
    """A request by its outermost element, and the attributes or children that make its reply another one."""
    try:
        root = parse(request)
    except MalformedError:
        return "(no whole XML)"
    details = [f'{name}="{value}"' for name, value in sorted(root.attrib.items()) if name in ("compare", "inherit", "database")]
    details += [local(child) for child in root if isinstance(child.tag, str) and local(child) in ("check", "confirmed", "node", "media")]
    return " ".join([local(root), *details])


def compare_shapes(recorded: t.Iterable[Exchange], answered: t.Iterable[Exchange]) -> list[Difference]:
    """Of each kind of request, what the replies have that those to the same kind do not have."""
    ours, theirs = _collect(answered), _collect(recorded)
    found = []
    for request in sorted(theirs):
        new, missing = theirs[request] - ours.get(request, frozenset()), ours.get(request, frozenset()) - theirs[request]
        if new or missing:
            found.append(Difference(request, tuple(sorted(new)), tuple(sorted(missing))))
    return found


def _collect(exchanges: t.Iterable[Exchange]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for exchange in exchanges:
        name = name_request(exchange.request)
        found[name] = found.get(name, frozenset()) | find_paths(exchange.reply)
    return found


def ask_peer(recorded: t.Iterable[Exchange]) -> list[Exchange]:
    """What the peer answers to the same requests in the same order, in both of its styles of namespaces."""
    requests = sorted((exchange.request for exchange in recorded), key=lambda request: "request-reboot" in request)
    answered = []
    for compliant in (False, True):
        with direct_peer(rfc_compliant=compliant) as peer:
            peer.pipelines = True
            for request in requests:
                try:
                    reply = json.loads(peer.rpc_pipelined([request], 10))[0]
                except Exception as failure:  # noqa: BLE001 - a session that ends is an answer, too
                    reply = f"(no reply: {failure})"
                    peer.reset()
                answered.append(Exchange(0, request, reply))
    return answered


def render(differences: t.Sequence[Difference]) -> str:
    if not differences:
        return "The peer answers each request with the elements that were recorded.\n"
    lines = []
    for difference in differences:
        lines.append(f"{difference.request}")
        lines += [f"  + {path}" for path in difference.new] + [f"  - {path}" for path in difference.missing]
    return "\n".join(["'+': only the recorded node sends it; '-': only the peer does.", "", *lines, ""])
