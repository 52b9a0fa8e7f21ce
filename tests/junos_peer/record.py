# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record what a real vSRX answers to the requests that change nothing, so that it can be replayed."""

from __future__ import annotations

import asyncio
import pathlib
import typing as t

import asyncssh

from .files import write
from .framing import END, Reader
from .recording import Exchange, without_secrets

_PARTS = (
    "<system><host-name/><services/></system><chassis/><interfaces/><security><nat><proxy-arp/></nat><forwarding-options/></security>"
    "<protocols/><routing-instances/><vlans/><bridge-domains/><firewall/>"
)
REQUESTS = (
    "<get-software-information/>",
    "<get-system-uptime-information/>",
    "<get-chassis-cluster-status/>",
    "<get-chassis-cluster-information/>",
    "<get-chassis-cluster-interfaces/>",
    "<get-interface-information><media/></get-interface-information>",
    "<get-interface-information><terse/></get-interface-information>",
    "<get-commit-information/>",
    f'<get-configuration database="committed" inherit="inherit"><configuration>{_PARTS}</configuration></get-configuration>',
    '<get-configuration database="committed"><configuration><groups/><apply-groups/><chassis/></configuration></get-configuration>',
    '<get-configuration compare="rollback" rollback="0" format="text"/>',
    '<get-configuration database="committed" compare="rollback" rollback="1" format="text"/>',
)
_HELLO = (
    b'<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>'
    b"<capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>"
)


async def record(out: pathlib.Path, host: str, port: int, user: str, node: int, **login: t.Any) -> int:
    """Append what the node answers. Its host key is checked. Nothing is changed on it: every request only reads."""
    lines = [out.read_text()] if out.exists() else []
    async with asyncssh.connect(host, port, username=user, config=None, **login) as connection:
        stdin, stdout, _stderr = await connection.open_session(subsystem="netconf", encoding=None)
        reader = Reader(stdout)
        await reader.message()
        stdin.write(_HELLO + END)
        for number, request in enumerate(REQUESTS, 1):
            stdin.write(f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="{number}">{request}</rpc>'.encode() + END)
            reply = await asyncio.wait_for(reader.message(), 120)
            if reply is None:
                raise ConnectionError(f"{host} ended the session at {request}")
            lines.append(Exchange(node, request, without_secrets(reply.decode("utf-8", "replace"))).line() + "\n")
    write(out, "".join(lines), private=True)
    return len(REQUESTS)
