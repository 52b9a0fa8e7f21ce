# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only place that speaks NETCONF: one session through Ansible's persistent connection, by its public calls only."""

from __future__ import annotations

import contextlib
import json
import pathlib
import socket
import time
import typing as t

from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.module_utils.connection import Connection, ConnectionError, recv_data, send_data

from .._errors import NoResponseError, RefusedError, UnreadableError
from .reply import JunosRefusedError, Reply, read

# The connection's helper passes on texts only. These tell its kinds of failure apart; what Junos says comes as XML and is never matched.
_NO_RESPONSE = (
    *("not connected", "session close", "sessionclose", "unexpected session", "unable to connect to socket", "socket path"),
    *("connection reset", "broken pipe", "eof", "timed out", "timeout", "could not open socket", "connection refused"),
    *("no existing session", "channel closed", "ssh session not active", "received 'none'", "unable to decode json", "transport"),
    *("error reading ssh protocol banner", "unable to open ssh session"),
)
#: what the connection answers where its netconf plugin has no such call
_NO_METHOD = "method not found"
_NOT_XML = ("xml", "parse", "document", "tag")
_CURES = (
    (
        ("'rpcerror' is not defined", "ncclient"),
        "install the Python library ncclient for the Python that runs Ansible on the control node",
    ),
    (
        ("authentication", "permission denied (publickey"),
        "check ansible_user, and ansible_password or ansible_ssh_private_key_file; try them with 'ssh -p 830 -s USER@NODE netconf'",
    ),
    (
        ("fingerprint", "host key", "unknownhost", "known_hosts"),
        "compare the fingerprint with that on the node's console, then add the key to known_hosts ('ssh-keyscan -p 830 NODE')",
    ),
)
#: seconds that a commit of a cluster may take: some need more than a minute. A silent node costs them twice, less than the default timer
COMMIT_TIMEOUT = 150


def _build_no_response(message: str) -> NoResponseError:
    """With a fact by which a caller who waits for a node can tell it."""
    return NoResponseError(message, lost=True)


def _join_lines(failure: Exception) -> str:
    """Return what an exception says in one line, as a message is one."""
    return " ".join(to_text(failure).split())


class _PersistentSocket(Connection):  # type: ignore[misc]
    """One socket to the connection's helper process for as long as it is kept open.

    The helper ends when its NETCONF session was reset and the client hangs up. Kept open, it makes a new session at the next request.
    """

    def __init__(self, socket_path: str) -> None:
        super().__init__(socket_path)
        self.channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.channel.connect(socket_path)

    def send(self, data: str) -> str:
        send_data(self.channel, to_bytes(data))
        return str(to_text(recv_data(self.channel), errors="surrogate_or_strict"))


class Session:
    """A NETCONF session."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._connection: Connection = Connection(socket_path)
        self._answered = False
        self._silent = False
        #: replies that came before they were asked for, by their requests
        self._early: dict[str, str] = {}
        #: it was replaced by a new one before it answered
        self._renewed = False
        self.requests = 0

    @contextlib.contextmanager
    def send_together(self, requests: t.Sequence[str], what: str) -> t.Iterator[None]:
        """Send several reads at once where the connection can; within the block ``ask`` finds their replies there.

        Each request waits up to a tenth of a second in ncclient before it is sent, and this way only the first one does. Needs the
        collection's netconf plugin (vsrx.sriov.vsrx); with any other one ``ask`` sends each request by itself.
        """
        self._early = self._send_together(requests, what)
        try:
            yield
        finally:
            self._early = {}

    def _send_together(self, requests: t.Sequence[str], what: str) -> dict[str, str]:
        patience = self._command_timeout()
        try:
            self._connection.set_option("persistent_command_timeout", int(patience * len(requests)) or 1)
            try:
                replies = json.loads(self._connection.rpc_pipelined(list(requests), patience))
            finally:
                self._connection.set_option("persistent_command_timeout", int(patience) or 1)
        except (ConnectionError, OSError, ValueError) as failure:
            words = _join_lines(failure)
            error = None if _NO_METHOD in words.lower() else self._classify(words, what)
            if isinstance(error, RefusedError):
                raise error from None
            if isinstance(error, NoResponseError):
                self.reconnect()
                self._renewed = True
            return {}
        self.requests += len(requests)
        self._answered = True
        return dict(zip(requests, replies))

    def ask(self, request: str, what: str, payload: str = "", partial: bool = False) -> Reply:
        """Return the answer to one request; ``read`` explains the arguments.

        A session found dead at its first request is replaced by a new one, once.
        """
        try:
            return self._ask(request, what, payload, partial)
        except NoResponseError:
            if self._answered or self._renewed:
                raise
            self.reconnect()
            self._renewed = True
            return self._ask(request, what, payload, partial)

    def _ask(self, request: str, what: str, payload: str, partial: bool) -> Reply:
        if request in self._early:
            return read(self._early.pop(request), what, payload, partial)
        self.requests += 1
        try:
            text = self._connection.rpc(request)
        except (ConnectionError, OSError) as failure:
            words = to_text(failure).strip()
            if not words.startswith("<"):
                raise self._classify(" ".join(words.split()), what) from None
            text = words
        if text is None:
            raise _build_no_response(f"{what}: no answer came back")
        self._answered = True
        return read(to_text(text, errors="surrogate_then_replace"), what, payload, partial)

    def _classify(self, words: str, what: str) -> Exception:
        """Return the error that stands for an exception of the connection."""
        lowered = words.lower()
        cure = next((cure for signs, cure in _CURES if any(sign in lowered for sign in signs)), None)
        if cure is not None and not self._answered:
            return RefusedError(f"{what}: no NETCONF session could be made ({words}); {cure}")
        if any(sign in lowered for sign in _NO_RESPONSE):
            self._silent = True
            hint = "" if self._answered else "; see that the node is up and that 'system services netconf ssh' answers at this address"
            if "timed out" in lowered or "timeout" in lowered:
                hint += f". It had {self._command_timeout():.0f} s; a node that needs longer needs a larger ansible_command_timeout"
            return _build_no_response(f"{what}: the NETCONF session gave no answer ({words}){hint}")
        if not words or any(sign in lowered for sign in _NOT_XML):
            return UnreadableError(f"{what}: the reply could not be read ({words or 'nothing was said'})")
        return JunosRefusedError(f"{what}: {words}", junos_errors=[words])

    def allow_for_commit(self) -> None:
        """Give the next session's requests the time that a commit takes, where the connection allows less."""
        if self._command_timeout() >= COMMIT_TIMEOUT:
            return
        with contextlib.suppress(ConnectionError, OSError):
            self._connection.set_option("persistent_command_timeout", COMMIT_TIMEOUT)
            self.reconnect()

    @property
    def id(self) -> t.Optional[str]:
        """The session's number as the server gave it in its hello; None where the connection's plugin cannot tell."""
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

    def reconnect(self) -> None:
        """End the session; the next request makes a new one, with its own SSH connection."""
        try:
            if not isinstance(self._connection, _PersistentSocket):
                self._connection = _PersistentSocket(self._path)
            self._connection.reset()
            self._silent = False
        except (ConnectionError, OSError) as failure:
            self._expire_helper()
            raise _build_no_response(f"the NETCONF session could not be made anew ({_join_lines(failure)})") from None

    def close(self) -> None:
        """End the session with its helper, so that the next task starts its own.

        An idle helper ends by itself after a while; a task that finds it just then fails before its module is run ("Unable to connect
        to socket"). A site's tasks come minutes apart, so none is left to be found.
        """
        if self._silent:  # to close it in the usual way would wait for an answer once more
            self._expire_helper()
            return
        patience = self._command_timeout()
        try:
            if not isinstance(self._connection, _PersistentSocket):  # one that was made anew ends when it is hung up
                self._connection.reset()
        except (ConnectionError, OSError):
            self._expire_helper()
        else:
            self._await_end(patience)

    def _expire_helper(self) -> None:
        """Have a helper end that cannot even close its dead session (ansible.netcommon 7): its patience goes to a second."""
        patience = self._command_timeout()
        with contextlib.suppress(ConnectionError, OSError):
            self._connection.set_option("persistent_connect_timeout", 1)
        self._await_end(patience)

    def _command_timeout(self) -> float:
        """Seconds after which a request counts as not answered; Ansible's default where the helper is gone."""
        try:
            return float(self._connection.get_option("persistent_command_timeout"))
        except (ConnectionError, OSError, TypeError, ValueError):
            return 30.0

    def _await_end(self, patience: float) -> None:
        """The helper asks the node to close the session before it ends, and waits for that as long as for any answer."""
        if isinstance(self._connection, _PersistentSocket):
            with contextlib.suppress(OSError):
                self._connection.channel.close()
            self._connection = Connection(self._path)
        deadline = time.monotonic() + patience + 5
        while pathlib.Path(self._path).exists() and time.monotonic() < deadline:
            time.sleep(0.01)
