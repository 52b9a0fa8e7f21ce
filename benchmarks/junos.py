# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cost of the Junos side, on the peer: `source .work/env.sh; python benchmarks/junos.py`.

A module call that changes nothing beside ansible.netcommon.netconf_get of the same subtree, in turns in one play; and what the role
takes beyond the peer's own boot delay.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import tempfile
import time
import typing as t

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests/integration/peer"))

from harness import MODULE, Played, Runner
from junos_peer.inventory import inventory
from junos_peer.testing import running_peer

ROUNDS = 12
BOOT_DELAY, SYNC_DELAY = 10.0, 2.0
PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]
OURS, THEIRS = "junos_cluster_mac, nothing to change", "netconf_get of [edit chassis cluster]"


def rounds() -> list[dict[str, t.Any]]:
    clock = {"set_fact": {"at": "{{ now(utc=true).timestamp() }}"}}
    tasks: list[dict[str, t.Any]] = [{"name": "warm", MODULE: {"sriov_ports": PORTS}}]
    get = {"source": "running", "filter": "<configuration><chassis><cluster/></chassis></configuration>"}
    for _round in range(ROUNDS):
        tasks += [clock, {"name": THEIRS, "ansible.netcommon.netconf_get": get}, clock, {"name": OURS, MODULE: {"sriov_ports": PORTS}}]
    return [{"hosts": "vsrx1-node0", "gather_facts": False, "tasks": [*tasks, clock]}]


def done(played: Played) -> None:
    if played.failed():
        raise SystemExit(played.messages())


def main() -> None:
    with running_peer(boot_delay=BOOT_DELAY, sync_delay=SYNC_DELAY) as peer, tempfile.TemporaryDirectory(prefix="vsrx-") as folder:
        about = {name: str(getattr(peer, name)) for name in ("host", "user", "private_key", "ssh_config")}
        runner = Runner(pathlib.Path(folder), yaml.safe_load(inventory({**about, "ports": peer.ports}, "vsrx1")))
        played = runner.play(rounds())
        done(played)
        moments = [float(result["ansible_facts"]["at"]) for _name, result in played.results["vsrx1-node0"] if "ansible_facts" in result]
        spans = [later - earlier for earlier, later in zip(moments, moments[1:])]
        theirs, ours = statistics.median(spans[0::2]), statistics.median(spans[1::2])
        print(f"{THEIRS:45} {theirs:6.2f} s")
        print(f"{OURS:45} {ours:6.2f} s   ratio {ours / theirs:.2f} (at most 1.5)")

        started = time.monotonic()
        restart = runner.role(vsrx_cluster_sriov_ports=PORTS)
        done(restart)
        whole = time.monotonic() - started
        started = time.monotonic()
        done(runner.role(vsrx_cluster_sriov_ports=PORTS))
        idle = time.monotonic() - started
        added = whole - idle - BOOT_DELAY - SYNC_DELAY
        print(f"{'role with a restart':45} {whole:6.2f} s   {whole - BOOT_DELAY - SYNC_DELAY:.1f} s of it beyond boot and sync")
        print(f"{'role, nothing to change':45} {idle:6.2f} s   so the restart adds {added:.1f} s (at most 10)")


if __name__ == "__main__":
    main()
