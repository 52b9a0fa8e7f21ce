# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSH on loopback: one server a node, with the subsystem `netconf`."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import typing as t

import asyncssh

from .session import Session

if t.TYPE_CHECKING:
    from .peer import Peer

HOST = "127.0.0.1"


class NodeServer:
    """The SSH server of one node; it comes and goes with the node, on the same port."""

    def __init__(self, peer: Peer, node: int, port: int) -> None:
        self.peer = peer
        self.node = node
        self.port = port
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._hole: asyncio.Server | None = None
        self._held: list[asyncio.StreamWriter] = []
        self._changes: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        self._acceptor = await asyncssh.create_server(
            lambda: _Gate(self),
            HOST,
            self.port,
            server_host_keys=[str(self.peer.keys.host(self.node))],
            authorized_client_keys=str(self.peer.keys.authorized),
            process_factory=self._session,
            encoding=None,
            allow_scp=False,
            sftp_factory=None,
            allow_pty=False,
            agent_forwarding=False,
            server_version="OpenSSH_9.7",
            reuse_address=True,
        )
        self.port = self._acceptor.get_port()

    @property
    def listening(self) -> bool:
        return self._acceptor is not None

    def up(self) -> None:
        self.later(self.reappear())

    def later(self, work: t.Coroutine[t.Any, t.Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)

    def down(self) -> None:
        """No new connection, and the end of those there are."""
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None
        for connection in list(self._connections):
            connection.abort()

    async def vanish(self, answers_nothing: bool) -> None:
        """The management port is gone while the node runs on: refused, or taken and never answered."""
        self.down()
        if answers_nothing:
            self._hole = await asyncio.start_server(lambda reader, writer: self._held.append(writer), HOST, self.port, reuse_address=True)

    async def reappear(self) -> None:
        self._fill_hole()
        if self._acceptor is None:
            await self.listen()

    def _fill_hole(self) -> None:
        if self._hole is not None:
            self._hole.close()
            self._hole = None
        for writer in self._held:
            writer.close()
        self._held.clear()

    async def close(self) -> None:
        for task in list(self._changes):
            with contextlib.suppress(Exception):
                await task
        acceptor = self._acceptor
        self._fill_hole()
        self.down()
        if acceptor is not None:
            await acceptor.wait_closed()

    async def _session(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if process.subsystem != "netconf":
            process.stderr.write(b"only the subsystem netconf is served here\n")
            process.exit(1)
            return
        session = Session(self.peer, self.node, process)
        self.peer.sessions.append(session)
        await session.run()
        process.exit(0)

    def entered(self, connection: asyncssh.SSHServerConnection) -> None:
        self._connections.add(connection)

    def left(self, connection: asyncssh.SSHServerConnection) -> None:
        self._connections.discard(connection)


class _Gate(asyncssh.SSHServer):
    """Who may come in."""

    def __init__(self, server: NodeServer) -> None:
        self._server = server
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._server.entered(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._server.left(self._connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        keys = self._server.peer.keys
        return username in keys.users and hmac.compare_digest(password.encode(), keys.password.encode())
