# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control channel: one line of JSON asks, one line of JSON answers, over a socket in the state folder."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pathlib
import socket
import tempfile
import typing as t

from .errors import RefusedError
from .orders import carry_out

if t.TYPE_CHECKING:
    from .peer import Peer

NAME = "control"
_LONGEST_PATH = 100


class ControlSocket:
    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.path = _path(peer.options.state_dir)
        self._server: asyncio.AbstractServer | None = None

    async def listen(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        before = os.umask(0o077)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self.path), limit=16 * 1024 * 1024)
        finally:
            os.umask(before)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            writer.write(json.dumps(self._answer(line)).encode() + b"\n")
            await writer.drain()
        finally:
            writer.close()

    def _answer(self, line: bytes) -> dict[str, t.Any]:
        try:
            requested = json.loads(line)
            return {"result": carry_out(self._peer, requested.pop("order"), requested)}
        except (ValueError, KeyError, TypeError, RefusedError) as failure:
            return {"error": str(failure)}


def ask(path: pathlib.Path, order: str, **details: t.Any) -> t.Any:
    """Send an order to a running peer."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(path))
        channel.sendall(json.dumps({"order": order, **details}).encode() + b"\n")
        answer = json.loads(b"".join(iter(lambda: channel.recv(65536), b"")))
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["result"]


def _path(folder: pathlib.Path) -> pathlib.Path:
    """In the state folder, or elsewhere where its name is too long for a socket."""
    path = folder.absolute() / NAME
    if len(str(path)) <= _LONGEST_PATH:
        return path
    return pathlib.Path(tempfile.mkdtemp(prefix="junos-peer-")) / NAME
