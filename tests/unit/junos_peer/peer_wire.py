# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A NETCONF client that shows the bytes: SSH by paramiko, framing by hand."""

from __future__ import annotations

import contextlib
import typing as t

import paramiko
from junos_peer.remote import RemotePeer

END = b"]]>]]>"
HELLO = (
    b'<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability>'
    b"</capabilities></hello>" + END
)


class Wire:
    def __init__(self, channel: paramiko.Channel) -> None:
        self.channel = channel
        self._held = b""
        self.hello = self.read()
        self.channel.sendall(HELLO)

    def send(self, text: str) -> None:
        self.channel.sendall(text.encode() + END)

    def read(self) -> bytes:
        """One message; what came so far if the stream ends before."""
        while END not in self._held:
            more = self.channel.recv(65536)
            if not more:
                held, self._held = self._held, b""
                return held
            self._held += more
        message, self._held = self._held.split(END, 1)
        return message.strip()

    def ask(self, operation: str, attributes: str = 'message-id="1"') -> bytes:
        self.send(f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" {attributes}>{operation}</rpc>')
        return self.read()


@contextlib.contextmanager
def connect(peer: RemotePeer, node: int = 0, **login: t.Any) -> t.Iterator[Wire]:
    client = paramiko.SSHClient()
    client.load_host_keys(str(peer.known_hosts))
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    by_key = login or {"key_filename": str(peer.private_key)}
    client.connect(peer.host, peer.ports[node], peer.user, look_for_keys=False, allow_agent=False, timeout=20, **by_key)
    try:
        transport = client.get_transport()
        assert transport is not None
        channel = transport.open_session()
        channel.settimeout(20)
        channel.invoke_subsystem("netconf")
        yield Wire(channel)
    finally:
        client.close()
