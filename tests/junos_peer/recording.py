# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded sessions: a line of JSON for each request and its reply, to be replayed in place of the peer's own answers."""

from __future__ import annotations

import collections
import dataclasses
import json
import pathlib
import re

from lxml import etree

from .tree import MalformedError, Tree, parse, plain

_MESSAGE_ID = re.compile(r"""(<(?:\w+:)?rpc-reply\b[^>]*?\bmessage-id=)(["'])[^"']*\2""")
# Leaves whose values are secrets, in any form that Junos writes them: a name of which a part says so.
_SECRET = re.compile(
    r"(<(?:\w+:)?(?:[\w.-]+-)?(?:password|passwd|passphrase|secret|key|psk|token|credential|community|ascii-text|hexadecimal|license|"
    r"ssh-(?:rsa|dsa|ecdsa|ed25519)|certificate)(?:-[\w.-]+)?(?:\s[^>]*)?(?<!/)>)[^<]+(</)"
)
# A list entry whose name is the secret: the community of SNMP, a public key.
_SECRET_NAME = re.compile(r"(<(?:\w+:)?(?:community|ssh-(?:rsa|dsa|ecdsa|ed25519))(?:\s[^>]*)?>\s*<(?:\w+:)?name(?:\s[^>]*)?>)[^<]*(</)")
# What Junos encrypted or hashed stands out by itself, also in a comparison's text: $9$..., $6$..., and whatever is marked.
_HASHED = re.compile(r"\$[0-9a-z]{1,2}\$[^\s\"'<>;]+")
_MARKED = re.compile(r"(?:\"[^\"\n<]*\"|[^\s\"<;]+)(;? *## SECRET-DATA)")
_IN_TEXT = re.compile(
    r"((?:^|[\s>])(?:password|passphrase|secret|[\w-]*-key|ascii-text|hexadecimal|community|ssh-\w+) )(\"[^\"]*\"|[^\s\";{]+)"
)


@dataclasses.dataclass(frozen=True)
class Exchange:
    node: int
    request: str
    reply: str

    def line(self) -> str:
        return json.dumps(dataclasses.asdict(self))


class Recording:
    """Replies by node and request. Asked again for the same, it gives the next one; the last stays."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._replies: dict[tuple[int, bytes], collections.deque[str]] = collections.defaultdict(collections.deque)
        for exchange in exchanges:
            self._replies[(exchange.node, canonical(plain(parse(exchange.request))))].append(exchange.reply)

    def reply(self, node: int, request: Tree, message_id: str) -> bytes | None:
        waiting = self._replies.get((node, canonical(request)))
        if not waiting:
            return None
        text = waiting.popleft() if len(waiting) > 1 else waiting[0]
        return _MESSAGE_ID.sub(lambda match: f"{match[1]}{match[2]}{message_id}{match[2]}", text, count=1).encode()


def read(path: pathlib.Path) -> Recording:
    exchanges = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip():
            continue
        try:
            exchange = Exchange(**json.loads(line))
            parse(exchange.request)
        except (ValueError, TypeError, MalformedError) as failure:
            raise SystemExit(f"{path}, line {number}: {failure}; expected a line as `record` writes it") from None
        exchanges.append(exchange)
    return Recording(exchanges)


def canonical(request: Tree) -> bytes:
    return etree.tostring(request, method="c14n")


def without_secrets(reply: str) -> str:
    """Passwords, keys and communities are gone; addresses and names stay, look at them before you pass the file on."""
    reply = _SECRET.sub(r"\1removed\2", reply)
    reply = _SECRET_NAME.sub(r"\1removed\2", reply)
    reply = _MARKED.sub(r"removed\1", reply)
    reply = _IN_TEXT.sub(r"\1removed", reply)
    return _HASHED.sub("removed", reply)
