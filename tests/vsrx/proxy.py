# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A NETCONF proxy of one node that writes down each request and its reply."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import pathlib
import typing as t

import asyncssh
from junos_peer.framing import END, Reader
from junos_peer.recording import Exchange, without_secrets
from junos_peer.tree import MalformedError, local, parse, plain
from lxml import etree

from .machines import HOST, USER


class Proxy:
    """Listens on a port of this machine; each session has one of its own to the node."""

    def __init__(self, node: int, target: int, key: pathlib.Path, host_key: asyncssh.SSHKey, exchanges: list[Exchange]) -> None:
        self._node = node
        self._target = target
        self._key = key
        self._host_key = host_key
        self._exchanges = exchanges
        self._acceptor: asyncssh.SSHAcceptor | None = None

    async def start(self) -> int:
        self._acceptor = await asyncssh.listen(
            HOST,
            0,
            server_host_keys=[self._host_key],
            authorized_client_keys=f"{self._key}.pub",
            process_factory=self._serve,
            encoding=None,
        )
        return self._acceptor.get_port()

    async def stop(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()

    async def _serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        try:
            async with asyncssh.connect(
                HOST, self._target, username=USER, client_keys=[str(self._key)], known_hosts=None, config=None
            ) as connection:
                stdin, stdout, _stderr = await connection.open_session(subsystem="netconf", encoding=None)
                waiting: collections.deque[str] = collections.deque()
                ways = [
                    asyncio.ensure_future(self._pass_on(Reader(process.stdin), stdin, lambda text: _note_request(text, waiting))),
                    asyncio.ensure_future(self._pass_on(Reader(stdout), process.stdout, lambda text: self._note_reply(text, waiting))),
                ]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
        except (OSError, asyncssh.Error):
            pass  # the node is away: so is its proxy for this client
        finally:
            with contextlib.suppress(OSError, asyncssh.Error):
                process.exit(0)

    async def _pass_on(self, source: Reader, target: t.Any, note: t.Callable[[str], None]) -> None:
        with contextlib.suppress(OSError, asyncssh.Error, asyncio.IncompleteReadError):
            while (message := await source.message()) is not None:
                note(message.decode("utf-8", "replace"))
                target.write(message + END)
                await target.drain()

    def _note_reply(self, text: str, waiting: collections.deque[str]) -> None:
        if waiting:
            self._exchanges.append(Exchange(self._node, waiting.popleft(), without_secrets(text)))


def _note_request(text: str, waiting: collections.deque[str]) -> None:
    try:
        root = parse(text)
    except MalformedError:
        return
    if local(root) == "rpc":  # not the client's hello
        waiting.append(without_secrets("".join(etree.tostring(child, encoding="unicode").strip() for child in plain(root))))
