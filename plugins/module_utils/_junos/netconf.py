# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import contextlib
import json
import pathlib
import socket
import time
import typing as t

from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.module_utils.connection import Connection, ConnectionError, recv_data, send_data

from .._errors import VsrxError
from .reply import RefusedError, Reply, read
from .xml import UnreadableError

_LOST = (
    "not connected",
    "session close",
    "sessionclose",
    "unexpected session",
    "unable to connect to socket",
    "socket path",
    "connection reset",
    "broken pipe",
    "eof",
    "timed out",
    "timeout",
    "could not open socket",
    "connection refused",
    "no existing session",
    "channel closed",
    "ssh session not active",
    "received 'none'",
    "unable to decode json",
    "transport",
    "error reading ssh protocol banner",
    "unable to open ssh session",
)


class LostError(VsrxError):
    """No answer: the session ended, could not be made, or stayed silent."""


def _lost(message: str) -> LostError:
    """With a fact that a caller who waits for a box can tell it by."""
    return LostError(message, lost=True)


class _Held(Connection):  # type: ignore[misc]
    """One socket to the connection's helper process for as long as it is kept open.

    The helper ends when its NETCONF session was reset and the client hangs up. Held open, it makes a new session at the next request.
    """

    def __init__(self, socket_path: str) -> None:
        super().__init__(socket_path)
        self.channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.channel.connect(socket_path)

    def send(self, data: str) -> str:
        send_data(self.channel, to_bytes(data))
        return str(to_text(recv_data(self.channel), errors="surrogate_or_strict"))


class Session:
    """A NETCONF session through Ansible's persistent connection, by its public calls only."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._connection: Connection = Connection(socket_path)
        self._answered = False
        self._silent = False
        self.requests = 0

    def ask(self, request: str, what: str) -> Reply:
        """The answer to one request. A session found dead at its first request is replaced by a new one, once."""
        try:
            return self._ask(request, what)
        except LostError:
            if self._answered:
                raise
            self.renew()
            return self._ask(request, what)

    def _ask(self, request: str, what: str) -> Reply:
        self.requests += 1
        try:
            text = self._connection.rpc(request)
        except (ConnectionError, OSError) as failure:
            return self._judge(to_text(failure), what)
        if text is None:
            raise _lost(f"{what}: no answer came back")
        self._answered = True
        return read(to_text(text, errors="surrogate_then_replace"), what)

    def _judge(self, message: str, what: str) -> Reply:
        """An exception of the connection: Junos' own words as XML, a lost session, or a reply that made no sense."""
        words = message.strip()
        if words.startswith("<"):
            self._answered = True
            return read(words, what)
        words = " ".join(words.split())
        lowered = words.lower()
        if any(sign in lowered for sign in _LOST):
            self._silent = True
            cure = "" if self._answered else "; see that the node is up and that 'system services netconf ssh' answers at this address"
            raise _lost(f"{what}: the NETCONF session gave no answer ({words}){cure}")
        if not words or "xml" in lowered or "parse" in lowered or "document" in lowered or "tag" in lowered:
            raise UnreadableError(f"{what}: the reply could not be read ({words or 'nothing was said'})")
        raise RefusedError(f"{what}: {words}", junos_errors=[words])

    @property
    def id(self) -> t.Optional[str]:
        """The session's number as the server gave it in its hello; None where the connection's plugin can not tell."""
        try:
            capabilities = json.loads(self._connection.get_capabilities())
        except (ConnectionError, OSError, ValueError):
            return None
        number = capabilities.get("session_id")
        return None if number is None else str(number)

    @property
    def user(self) -> t.Optional[str]:
        """The name that the connection logs in with; None where it is left to SSH."""
        try:
            name = self._connection.get_option("remote_user")
        except (ConnectionError, OSError):
            return None
        return str(name) if name else None

    def renew(self) -> None:
        """End the session; the next request makes a new one, with its own SSH connection."""
        try:
            if not isinstance(self._connection, _Held):
                self._connection = _Held(self._path)
            self._connection.reset()
            self._silent = False
        except (ConnectionError, OSError) as failure:
            self._abandon()
            raise _lost(f"the NETCONF session could not be made anew ({to_text(failure)})") from None

    def close(self) -> None:
        """End the session with its helper, so that the next task starts its own.

        An idle helper ends by itself after a while; a task that finds it just then fails before its module is run ("Unable to connect
        to socket"). A site's tasks come minutes apart, so none is left to be found.
        """
        if self._silent:  # to close it in the usual way would wait for an answer once more
            self._abandon()
            return
        patience = self._patience()
        try:
            if not isinstance(self._connection, _Held):  # one that was made anew ends when it is hung up
                self._connection.reset()
        except (ConnectionError, OSError):
            self._abandon()
        else:
            self._await_end(patience)

    def _abandon(self) -> None:
        """Have a helper end that can not even close its dead session (ansible.netcommon 7): its patience goes to a second."""
        patience = self._patience()
        with contextlib.suppress(ConnectionError, OSError):
            self._connection.set_option("persistent_connect_timeout", 1)
        self._await_end(patience)

    def _patience(self) -> float:
        """Seconds after which a request counts as not answered; Ansible's default where the helper is gone."""
        try:
            return float(self._connection.get_option("persistent_command_timeout"))
        except (ConnectionError, OSError, TypeError, ValueError):
            return 30.0

    def _await_end(self, patience: float) -> None:
        """The helper asks the node to close the session before it ends, and waits for that as long as for any answer."""
        if isinstance(self._connection, _Held):
            with contextlib.suppress(OSError):
                self._connection.channel.close()
            self._connection = Connection(self._path)
        deadline = time.monotonic() + patience + 5
        while pathlib.Path(self._path).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
