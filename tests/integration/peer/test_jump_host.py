# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that only a jump host reaches: both ways of the documentation, on loopback, and the one that it warns of."""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest
from harness import Runner, inventory_of
from junos_peer.remote import RemotePeer

#: no name server knows it, so that a direct connection cannot be made
NODE = "fw.invalid"
RELAY = """import os, socket, sys, threading
name, port, real, noted = sys.argv[1:]
open(noted, "a").write(f"{name}:{port}\\n")
there = socket.create_connection(("127.0.0.1", int(real)))
def carry(read, write, end):
    while data := read():
        write(data)
    end()
threading.Thread(target=carry, args=(lambda: os.read(0, 65536), there.sendall, lambda: there.shutdown(socket.SHUT_WR)), daemon=True).start()
carry(lambda: there.recv(65536), lambda data: os.write(1, data), lambda: None)
"""


def _ask(peer: RemotePeer, folder: pathlib.Path, variables: dict[str, str], ssh_config: str = "") -> tuple[dict[str, t.Any], str]:
    """Node 0 by a name that only the relay knows: what came of the module, and what the relay was asked for."""
    (folder / "relay.py").write_text(RELAY)
    (folder / "requested").write_text("")
    hosts = peer.known_hosts.read_text().replace(f"[127.0.0.1]:{peer.ports[0]}", f"[{NODE}]:{peer.ports[0]}")
    (folder / "known_hosts").write_text(hosts)
    line = ssh_config.format(relay=_relay(peer, folder))
    (folder / "ssh_config").write_text(f"Host *\n  UserKnownHostsFile {folder}/known_hosts\n  {line}\n")
    inventory = inventory_of({"vsrx1": peer})
    cluster = inventory["vsrx_nodes"]["children"]["vsrx1"]
    given = {name: value.format(relay=_relay(peer, folder)) for name, value in variables.items()}
    cluster["hosts"]["vsrx1-node0"] |= {"ansible_host": NODE, "ansible_netconf_ssh_config": f"{folder}/ssh_config", **given}
    play = {"hosts": "vsrx1-node0", "gather_facts": False, "tasks": [{"name": "ask", "vsrx.sriov.junos_cluster_info": None}]}
    return Runner(folder, inventory).play([play]).of("vsrx1-node0", "ask"), (folder / "requested").read_text()


def _relay(peer: RemotePeer, folder: pathlib.Path) -> str:
    return f"{sys.executable} {folder}/relay.py %h %p {peer.ports[0]} {folder}/requested"


@pytest.mark.parametrize(
    ("variables", "ssh_config"),
    [({"ansible_netconf_proxy_command": "{relay}"}, ""), ({}, "ProxyCommand {relay}")],
    ids=["variable", "ssh configuration"],
)
def test_a_proxy_command_leads_to_the_node(peer: RemotePeer, folder: pathlib.Path, variables: dict[str, str], ssh_config: str) -> None:
    result, requested = _ask(peer, folder, variables, ssh_config)
    assert result.get("cluster", {}).get("connected_to") == "node0", result
    assert requested == f"{NODE}:{peer.ports[0]}\n"


def test_proxy_jump_of_the_ssh_configuration_is_not_read(peer: RemotePeer, folder: pathlib.Path) -> None:
    """As the documentation warns: the connection is tried directly, and fails where there is no other way."""
    result, requested = _ask(peer, folder, {}, "ProxyJump jump.invalid")
    assert result.get("failed") and requested == ""
