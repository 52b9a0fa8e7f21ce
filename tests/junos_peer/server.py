# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSH on loopback: one server a node, with the subsystem `netconf`."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import typing as t

import asyncssh

from .session import Session

if t.TYPE_CHECKING:
    from .peer import Peer

HOST = "127.0.0.1"


class NodeServer:
    """The SSH server of one node; it comes and goes with the node, on the same port.

    The port stays bound while the node is away, so that no other process gets it. From the moment that `up` returns, the kernel takes
    connections; they wait until the SSH server accepts them.
    """

    def __init__(self, peer: Peer, node: int, port: int) -> None:
        self.peer = peer
        self.node = node
        #: the node whose sessions begin here; another one than its own only for a master-only address
        self.leads_to = node
        self.port = port
        self._reserved: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._hole: asyncio.Server | None = None
        self._held: list[asyncio.StreamWriter] = []
        self._changes: set[asyncio.Task[None]] = set()

    @staticmethod
    def _bind(port: int) -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((HOST, port))
        except OSError:
            made.close()
            raise
        return made

    def up(self) -> None:
        self._take_connections()
        self.later(self.listen())

    def _take_connections(self) -> None:
        if self._reserved is None:
            self._reserved = self._bind(self.port)
            self.port = self._reserved.getsockname()[1]
        if self._listener is None:
            self._listener = self._bind(self.port)
            self._listener.listen()

    async def listen(self) -> None:
        self._fill_hole()
        self._take_connections()
        listener = self._listener
        if listener is None or self._acceptor is not None:
            return
        acceptor = await asyncssh.listen(
            sock=listener,
            server_factory=lambda: _Gate(self),
            server_host_keys=[str(self.peer.keys.host(self.node))],
            authorized_client_keys=str(self.peer.keys.authorized),
            process_factory=self._session,
            encoding=None,
            allow_scp=False,
            sftp_factory=None,
            allow_pty=False,
            agent_forwarding=False,
            server_version="OpenSSH_9.7",
        )
        if listener is self._listener:
            self._acceptor = acceptor
        else:
            acceptor.close()  # the node went down meanwhile

    @property
    def listening(self) -> bool:
        return self._listener is not None

    def later(self, work: t.Coroutine[t.Any, t.Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)

    def down(self) -> None:
        """No new connection, and the end of those there are."""
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in list(self._connections):
            connection.abort()

    async def vanish(self, answers_nothing: bool) -> None:
        """The management port is gone while the node runs on: refused, or taken and never answered."""
        self.down()
        if answers_nothing:
            self._hole = await asyncio.start_server(lambda reader, writer: self._held.append(writer), HOST, self.port, reuse_address=True)

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
        if self._reserved is not None:
            self._reserved.close()
        if acceptor is not None:
            await acceptor.wait_closed()

    async def _session(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if process.subsystem != "netconf":
            process.stderr.write(b"only the subsystem netconf is served here\n")
            process.exit(1)
            return
        session = Session(self.peer, self.leads_to, process)
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
