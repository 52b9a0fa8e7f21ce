# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The peer without SSH: one session at a time, through the calls that a module makes of Ansible's connection.

Requests pass the peer's own parsing, faults and framing of replies; what a lost line or an unreadable reply becomes is what
ansible.netcommon and ncclient make of it. The tests in tests/integration/peer show the same over a real connection, a case at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import pathlib
import tempfile
import typing as t

from ansible.module_utils.connection import ConnectionError as AnsibleConnectionError
from lxml import etree

from .framing import END
from .node import Node
from .options import Options
from .orders import carry_out
from .peer import Peer
from .session import Session
from .testing import running_loop
from .tree import local, parse, plain

#: how long a request waits for a reply that does not come
PATIENCE = 0.3


class _Line:
    """What a session knows of its SSH channel: a place to write to, and a connection that can be cut."""

    def __init__(self) -> None:
        self.written = b""
        self.cut = False
        self.stdout = self

    def get_extra_info(self, name: str) -> t.Any:
        return "automation" if name == "username" else self

    def write(self, data: bytes) -> None:
        self.written += data

    async def drain(self) -> None:
        return

    def abort(self) -> None:
        self.cut = True


class DirectPeer:
    """Both the connection of a task (rpc, get_capabilities, reset) and the orders of a test."""

    def __init__(self, peer: Peer, loop: asyncio.AbstractEventLoop) -> None:
        self._peer = peer
        self._loop = loop
        self._session: Session | None = None
        self._line = _Line()
        self.node = 0
        self.requested: list[str] = []
        #: the connection has the collection's netconf plugin
        self.pipelines = False

    def __call__(self, _path: str = "") -> DirectPeer:
        return self

    # what a task calls

    def rpc(self, request: str) -> str:
        self.requested.append(request)
        return _read(self._within(self._rpc(request)))

    def rpc_pipelined(self, requests: list[str], timeout: float) -> str:
        """Several requests; their replies as they came, with errors in them."""
        if not self.pipelines:
            raise AnsibleConnectionError("Method not found")
        self.requested += requests
        return json.dumps([_require_xml(self._within(self._rpc(request))).decode() for request in requests])

    def get_capabilities(self) -> str:
        return json.dumps({"session_id": self._within(self._number())})

    def reset(self) -> None:
        self._within(self._end())

    def get_option(self, name: str) -> str | None:
        return "automation" if name == "remote_user" else None

    def set_option(self, name: str, value: t.Any) -> None:
        """A connection's helper whose patience ends, ends with its session."""
        self.reset()

    # what a test orders

    def order(self, name: str, **details: t.Any) -> t.Any:
        async def work() -> t.Any:
            return carry_out(self._peer, name, details)

        return self._within(work())

    def fault(self, kind: str, **details: t.Any) -> None:
        self.order("fault", kind=kind, **details)

    def expire(self) -> None:
        """The timer of a confirmed commit runs out now."""

        async def work() -> None:
            if self._peer.database.pending:
                self._peer.database.take_back()

        self._within(work())

    def begin_with(self, committed: str | None = None) -> None:
        """Nothing ever happened: no session, fault, lock or history; the configuration given, or the one it was started with."""

        async def work() -> None:
            await self._end()
            database = self._peer.database
            if database.pending:
                database.take_back()
            database.lock = None
            del database.history[:-1]
            if committed is not None:
                database.last.tree = plain(parse(committed.encode()))
            database.candidate.reset(database.committed)
            database.changed()
            carry_out(self._peer, "clear-faults", {})
            carry_out(self._peer, "clear-log", {})

        self._within(work())
        self.requested.clear()

    # both

    def _within(self, work: t.Coroutine[t.Any, t.Any, t.Any]) -> t.Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def cut(self, node: int) -> None:
        """The node went down: its sessions are gone."""
        if self.node == node:
            self._line.cut = True

    async def _begin(self) -> Session:
        if self._peer.reachability.leads_to(self.node) is None:
            await self._end()
            raise AnsibleConnectionError(f"Could not open socket to node{self.node}: connection refused")
        if self._session is None:
            self._line = _Line()
            leads_to = self._peer.reachability.leads_to(self.node)
            self._session = Session(self._peer, self.node if leads_to is None else leads_to, t.cast("t.Any", self._line))
            self._peer.sessions.append(self._session)
        return self._session

    async def _number(self) -> int:
        return (await self._begin()).number

    async def _end(self) -> None:
        if self._session is not None:
            if not self._line.cut:
                self._peer.left(self._session)
            self._session = None

    async def _rpc(self, request: str) -> bytes:
        session = await self._begin()
        line = self._line
        if line.cut:
            raise AnsibleConnectionError("Not connected to NETCONF server")
        line.written = b""
        try:
            await asyncio.wait_for(session._handle(f'<rpc message-id="1">{request}</rpc>'.encode()), PATIENCE)
        except asyncio.TimeoutError:
            raise AnsibleConnectionError("ncclient timed out while waiting for an rpc reply.") from None
        if line.cut:
            self._peer.left(session)
            raise AnsibleConnectionError("Unexpected session close")
        return line.written.removesuffix(END)


class DirectPair:
    """Both nodes of one peer, each by its own address: its path ends in the node's number."""

    def __init__(self, peer: Peer, loop: asyncio.AbstractEventLoop) -> None:
        self.nodes = [DirectPeer(peer, loop) for _number in range(2)]
        for number, node in enumerate(self.nodes):
            node.node = number
        down = peer.cluster.server_down

        def cut(node: Node) -> None:
            down(node)
            for line in self.nodes:
                line.cut(node.number)

        peer.cluster.server_down = cut
        self.fault = self.nodes[0].fault
        self.order = self.nodes[0].order

    def __call__(self, path: str) -> DirectPeer:
        return self.nodes[int(path[-1])]

    def reset(self) -> None:
        for node in self.nodes:
            node.reset()


def _require_xml(message: bytes) -> bytes:
    """A reply that ncclient gives to the request that it answers."""
    if not message:
        raise AnsibleConnectionError("ncclient timed out while waiting for an rpc reply.")
    try:
        etree.fromstring(message, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as failure:
        raise AnsibleConnectionError(str(failure)) from None
    return message


def _read(message: bytes) -> str:
    """The reply as the connection's plugin gives it; Junos' errors come as an exception that holds their XML."""
    _require_xml(message)
    root = etree.fromstring(message, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    errors = [element for element in root.iter() if isinstance(element.tag, str) and local(element) == "rpc-error"]
    if errors and not any(isinstance(child.tag, str) and local(child) == "ok" for child in root):
        output = errors[0] if len(errors) == 1 else root
        raise AnsibleConnectionError(etree.tostring(output, encoding="unicode"))
    return message.decode()


@contextlib.contextmanager
def direct_peer(**options: t.Any) -> t.Iterator[DirectPeer]:
    """Options as in `Options`."""
    with _running(**options) as (peer, loop):
        yield DirectPeer(peer, loop)


@contextlib.contextmanager
def direct_pair(**options: t.Any) -> t.Iterator[DirectPair]:
    with _running(**options) as (peer, loop):
        yield DirectPair(peer, loop)


@contextlib.contextmanager
def _running(**options: t.Any) -> t.Iterator[tuple[Peer, asyncio.AbstractEventLoop]]:
    with tempfile.TemporaryDirectory(prefix="junos-peer-") as folder:
        peer = Peer(Options(pathlib.Path(folder), **{"boot_delay": 0.01, "sync_delay": 0.01, **options}))
        peer.cluster.server_up = lambda node: None
        with running_loop() as loop:
            try:
                yield peer, loop
            finally:
                loop.call_soon_threadsafe(peer.clock.stop)
