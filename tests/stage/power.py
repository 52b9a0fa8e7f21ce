#!/usr/bin/env python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the power of the lab's domains to the nodes of the Junos peer: a domain that stops takes its node down, one that starts boots it.

``power.py PEER-FOLDER HOST NODE...`` follows libvirt's events on HOST for the domains vsrx1-nodeN until it is ended. What happened
while it could not follow, such as a restart of libvirt's daemon, it takes from the domains' states.
"""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
import time

LAB = pathlib.Path(__file__).parents[1] / "lab" / "lab"
EVENT = re.compile(r"event 'lifecycle' for domain '?vsrx1-node(\d)'?: (\w+)")
# Each state, then each event; a line at a time, for a pipe too.
FOLLOW = """export LC_ALL=C; for node in {nodes}; do echo "state vsrx1-node$node $(virsh domstate vsrx1-node$node | head -n 1)"; done
exec stdbuf -oL virsh event --event lifecycle --loop"""


class Peer:
    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = str(folder)

    def put(self, node: int, on: bool) -> None:
        """Orders of a node that is so already change nothing."""
        self._call("fault", "power-on" if on else "power-off", f"node={node}")
        print(f"vsrx1-node{node} is {'on' if on else 'off'}", flush=True)

    def is_down(self, node: int) -> bool:
        return str(json.loads(self._call("status"))["nodes"][node]["state"]) == "down"

    def _call(self, order: str, *details: str) -> str:
        command = [sys.executable, "-m", "junos_peer", order, "--state-dir", self._folder, *details]
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True).stdout


def follow(peer: Peer, host: str, nodes: list[str]) -> None:
    """Until the connection ends."""
    command = [str(LAB), "ssh", host, "--", FOLLOW.format(nodes=" ".join(nodes))]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as virsh:
        for line in virsh.stdout or ():
            state = re.match(r"state vsrx1-node(\d) (.*)", line)
            if state:
                node, on = int(state[1]), state[2] in ("running", "paused", "in shutdown")
                if state[2] and on == peer.is_down(node):
                    peer.put(node, on)
            event = EVENT.search(line)
            if event and event[1] in nodes and event[2] in ("Started", "Stopped", "Crashed"):
                peer.put(int(event[1]), event[2] == "Started")


def main() -> None:
    folder, host, nodes = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    while True:
        follow(Peer(folder), host, nodes)
        time.sleep(1)


if __name__ == "__main__":
    main()
