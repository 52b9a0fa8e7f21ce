# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record what a real vSRX answers to the requests that change nothing, so that it can be replayed."""

from __future__ import annotations

import asyncio
import pathlib
import typing as t

import asyncssh
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.requests import (
    INHERITED_READS,
    READ_AS_WRITTEN,
    render_inherited_read,
)

from .files import write
from .framing import END, Reader
from .recording import Exchange, without_secrets

# What the collection's modules and roles ask of a node; a test holds this list against what they send.
#: asked of both nodes at once, and of each alone
_OF_NODES = ("get-software-information", "get-system-uptime-information", "get-chassis-cluster-information")
REQUESTS = (
    *(f"<{name}/>" for name in _OF_NODES),
    *(f"<{name}><node>{node}</node></{name}>" for name in _OF_NODES[:2] for node in ("local", "0", "1", "node0", "node1")),
    "<get-chassis-cluster-status/>",
    "<get-chassis-cluster-interfaces/>",
    "<get-interface-information><media/></get-interface-information>",
    "<get-interface-information><terse/></get-interface-information>",
    "<get-commit-information/>",
    "<get-database-status-information/>",
    *map(render_inherited_read, INHERITED_READS),
    READ_AS_WRITTEN,
    '<get-configuration compare="rollback" rollback="0" format="text"/>',
)
ROLLBACK = '<get-configuration database="committed" compare="rollback" rollback="{}" format="text"/>'
_OLDEST_ROLLBACK = 49
HELLO = (
    b'<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>'
    b"<capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>"
)


async def record(out: pathlib.Path, host: str, port: int, user: str, node: int, **login: t.Any) -> int:
    """Append what the node answers. Its host key is checked. Nothing is changed on it: every request only reads."""
    lines = out.read_text().splitlines(keepends=True) if out.exists() else []
    before = len(lines)
    async with asyncssh.connect(host, port, username=user, config=None, **login) as connection:
        stdin, stdout, _stderr = await connection.open_session(subsystem="netconf", encoding=None)
        reader = Reader(stdout)
        await reader.message()
        stdin.write(HELLO + END)

        async def ask(request: str) -> str:
            stdin.write(f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="{len(lines)}">{request}</rpc>'.encode() + END)
            reply = await asyncio.wait_for(reader.message(), 120)
            if reply is None:
                raise ConnectionError(f"{host} ended the session at {request}")
            output = without_secrets(reply.decode("utf-8", "replace"))
            lines.append(Exchange(node, request, output).line() + "\n")
            return output

        for request in REQUESTS:
            await ask(request)
        for number in range(1, _OLDEST_ROLLBACK + 1):
            # The first that is refused is kept as well: a replayed box has no older one either.
            if "error" in await ask(ROLLBACK.format(number)):
                break
    write(out, "".join(lines), private=True)
    return len(lines) - before
