# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""junos_cluster_mac beside a plain read, in turns in one play on the peer; and what a restart by the role takes beside the boot itself."""

from __future__ import annotations

import os
import pathlib
import sys
import tempfile
import time
import typing as t
from collections.abc import Iterator

import yaml
from junos_peer.inventory import inventory
from junos_peer.testing import running_peer

from benchmarks.measure import Row

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests/integration/peer"))

from harness import MODULE, Played, Runner  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
#: each costs a second, so there are more of them than of the others
CALLS = 4 * ROUNDS
BOOT_DELAY, SYNC_DELAY = 10.0, 2.0
PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]


def rounds() -> list[dict[str, t.Any]]:
    """Ours ends its session. So theirs begins with a new one too, and the one that it leaves behind is ended where no clock runs."""
    clock = {"set_fact": {"at": "{{ now(utc=true).timestamp() }}"}}
    between = [{"meta": "reset_connection"}, {"pause": {"seconds": 1}}]
    tasks: list[dict[str, t.Any]] = [{"name": "set up", MODULE: {"sriov_ports": PORTS}}]
    get = {"source": "running", "filter": "<configuration><chassis><cluster/></chassis></configuration>"}
    for _round in range(CALLS):
        tasks += [clock, {"name": "theirs", "ansible.netcommon.netconf_get": get}, clock, *between]
        tasks += [clock, {"name": "ours", MODULE: {"sriov_ports": PORTS}}, clock]
    return [{"hosts": "vsrx1-node0", "gather_facts": False, "tasks": tasks}]


def done(played: Played) -> None:
    if played.failed():
        raise SystemExit(played.messages())


def role(runner: Runner) -> float:
    began = time.monotonic()
    done(runner.role(vsrx_cluster_sriov_ports=PORTS))
    return time.monotonic() - began


def rows() -> Iterator[Row]:
    restarts = []
    for _round in range(ROUNDS):
        with running_peer(boot_delay=BOOT_DELAY, sync_delay=SYNC_DELAY) as peer, tempfile.TemporaryDirectory(prefix="vsrx-") as folder:
            about = {name: str(getattr(peer, name)) for name in ("host", "user", "private_key", "ssh_config")}
            runner = Runner(pathlib.Path(folder), yaml.safe_load(inventory({**about, "ports": peer.ports}, "vsrx1")))
            whole = role(runner)
            restarts.append(whole - role(runner))
            if len(restarts) == 1:
                yield call(runner)
    yield Row(
        "junos",
        "role with a restart, less one that changes nothing",
        "the peer's boot and synchronisation",
        restarts,
        [BOOT_DELAY + SYNC_DELAY] * ROUNDS,
        1.8,
    )


def call(runner: Runner) -> Row:
    played = runner.play(rounds())
    done(played)
    moments = [float(result["ansible_facts"]["at"]) for _name, result in played.results["vsrx1-node0"] if "ansible_facts" in result]
    spans = [later - earlier for earlier, later in zip(moments, moments[1:])]
    costs = "It sends five requests together where netconf_get sends one, and ends its session, which takes a fifth of a second."
    subtree = "netconf_get of the same subtree"
    return Row("junos", "junos_cluster_mac, nothing to change", subtree, spans[2::4], spans[0::4], 1.5, costs=costs)
