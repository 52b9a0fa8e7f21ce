# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook site over three clusters, of which the first is hit: it stops there, and the others are served or left as documented."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import threading
import typing as t

import pytest
from support.standin_hosts import Done
from three_clusters import HIT, OTHERS, Fleet, running_peers

FAST = {
    "vsrx_ports_power": "cycle",
    "vsrx_cluster_restart": "rolling",
    "vsrx_ports_poll_interval": 1,
    "vsrx_cluster_poll_interval": 0.2,
    "vsrx_cluster_boot_timeout": 300,
}
#: of the cluster that is hit: for what never comes. The first node that Junos reboots has to be back in that time
NEVER = {"vsrx_ports_rejoin_timeout": 10, "vsrx_cluster_boot_timeout": 20}


def host_out_of_reach(fleet: Fleet) -> None:
    """From the beginning. The first cluster has a node on it, and the host itself has VFs to make."""
    fleet.lose("kvm2")


def host_lost_on_the_way(fleet: Fleet) -> None:
    """When the statements are committed, before the node on it gets its ports."""

    def lose() -> None:
        fleet.peers[HIT].wait_until(lambda peer: bool(peer.log("commit")), 900)
        fleet.lose("kvm2")

    threading.Thread(target=lose, daemon=True).start()


def commit_refused(fleet: Fleet) -> None:
    fleet.peers[HIT].fault("commit-refused")


def first_does_not_return(fleet: Fleet) -> None:
    """It was shut down and started for its ports."""
    fleet.peers[HIT].fault("no-return", node=1)


def second_does_not_return(fleet: Fleet) -> None:
    """Junos reboots both nodes, whose ports are there. The first is back, in the mode, and carries the traffic."""
    fleet.peers[HIT].fault("no-return", node=0)


@dataclasses.dataclass(frozen=True)
class Case:
    """One run."""

    hit: t.Callable[[Fleet], None]
    strategy: str
    go_on: bool
    served: bool
    """The others end in the mode; otherwise none of them is begun."""
    status: int
    vfs: bool = False
    """The hosts are to make their VFs."""
    ports: bool = True
    """The cluster that is hit gets ports, so its domains are shut down and started."""


#: what fails, with each of the three strategies and both values of vsrx_clusters_go_on. Each fault under each strategy would prove no more:
#: every case passes through the play that changes the clusters, and a unit test looks for the strategy in all plays. A commit that is
#: refused stops what follows as a node does that does not return.
CASES = {
    "host out of reach": Case(host_out_of_reach, "free", go_on=False, served=True, status=4, vfs=True),
    "host lost on the way": Case(host_lost_on_the_way, "ansible.builtin.host_pinned", go_on=False, served=False, status=4),
    "commit refused": Case(commit_refused, "ansible.builtin.host_pinned", go_on=True, served=True, status=2),
    "first node does not return": Case(first_does_not_return, "linear", go_on=False, served=False, status=2),
    "second node does not return": Case(second_does_not_return, "free", go_on=True, served=True, status=2, ports=False),
}

COMMITTED = ["commit", "commit"]
FIRST_DOWN = [*COMMITTED, "power off node1", "power on node1"]
SECOND_DOWN = [*COMMITTED, "reboot node1", "boot node1", "up node1", "failover 0 node1", "failover 1 node1", "reboot node0"]
#: of the cluster that is hit: all that happened to it, which node is primary at the end, and the part of the failure's message
HAPPENED: dict[str, tuple[list[str], int, str]] = {
    "host out of reach": ([], 0, "vsrx1-node1 runs on kvm2, which failed or could not be reached"),
    "host lost on the way": (COMMITTED, 0, "vsrx1-node1 of cluster vsrx1 failed; its failure is above"),
    "commit refused": ([], 0, "ordered to fail the commit"),
    "first node does not return": (FIRST_DOWN, 0, "node1 is not back in its cluster after 10 s"),
    "second node does not return": (SECOND_DOWN, 1, "node1 carries the traffic and was left alone"),
}

AGAIN = "next: remove the cause, then run again"
NOT_BEGUN = "not begun: no node of it was touched; where a node of it failed, its failure is above; next: run again"
BEGUN = "cluster vsrx1: failed: it was begun and did not end; its failure is above; it stopped at step"
#: the rows of what failed, in the table at the end
TABLE = {
    "host out of reach": [f"host kvm2: failed: its failure is above; {AGAIN}", f"cluster vsrx1: {NOT_BEGUN}"],
    "host lost on the way": [
        f"{BEGUN} 2 of the plan (vsrx1-node1); the statements are committed; vsrx1-node0 has its ports from before; "
        f"vsrx1-node1 has its ports from before; {AGAIN}"
    ],
    "commit refused": [
        f"{BEGUN} 1 of the plan (vsrx1); vsrx1-node0 has its ports from before; vsrx1-node1 has its ports from before; {AGAIN}"
    ],
    "first node does not return": [
        f"{BEGUN} 2 of the plan (vsrx1-node1); the statements are committed; vsrx1-node0 has its ports from before; "
        f"vsrx1-node1 has its ports and is not known to be back; {AGAIN}"
    ],
    "second node does not return": [
        f"{BEGUN} 3 of the plan (vsrx1-node0); the statements are committed; vsrx1-node0 was rebooted and is not known to be back; "
        f"vsrx1-node1 was rebooted; {AGAIN}"
    ],
}


def read_table(done: Done) -> list[str]:
    """The rows of the summary, which is the last thing that the run shows."""
    shown = done.output.partition("TASK [Show what became of each host and cluster]")[2]
    assert "{" in shown and "TASK [" not in shown, done.output
    found = json.JSONDecoder().raw_decode(shown[shown.index("{") :])[0]
    return t.cast("list[str]", found["msg"])


def check_others(fleet: Fleet, case: Case, done: Done) -> None:
    """They end in the mode on both nodes, one after the other and each node by one boot; or nothing happens to them."""
    table, spans = read_table(done), []
    for cluster in OTHERS:
        events = fleet.events(cluster)
        boots = sorted(row["node"] for row in events if row["kind"] == "boot")
        assert fleet.in_force(cluster) == [case.served] * 2, done.output
        assert boots == (["node0", "node1"] if case.served else []) and bool(events) is case.served, events
        assert f"cluster {cluster}: {'done' if case.served else NOT_BEGUN}" in table, table
        spans.append((events[0]["time"], events[-1]["time"]) if events else (0, 0))
    if case.served:
        own = [row["time"] for row in fleet.events(HIT)]
        spans = sorted([*spans, *([(own[0], own[-1])] if own else [])])
        assert all(before[1] < after[0] for before, after in zip(spans, spans[1:])), spans


def check_survivor(fleet: Fleet, name: str, done: Done) -> None:
    """The cluster that is hit is as it was when it stopped: nothing more was asked of the node that is left."""
    happened, primary, said = HAPPENED[name]
    peer = fleet.peers[HIT]
    assert fleet.event_names(HIT) == happened, done.output
    assert {group["primary"] for group in peer.status()["groups"]} == {primary}, peer.status()
    assert peer.node(primary).state == "ready" and said in done.output, done.output
    changed = [call.options["name"] for call in done.calls if call.module == "vsrx_hostdev" and not call.check]
    assert changed == (["vsrx1-node1"] if happened == FIRST_DOWN else []), changed


@pytest.mark.mission("S8", "S13")
@pytest.mark.parametrize("name", CASES)
def test_what_fails_costs_its_own_cluster(folder: pathlib.Path, name: str) -> None:
    case = CASES[name]
    with running_peers(folder, boot_delay=1.0, sync_delay=0.5) as peers:
        fleet = Fleet(folder, peers, **FAST, vsrx_clusters_go_on=case.go_on)
        fleet.variables_of(HIT).update(NEVER)
        case.hit(fleet)
        done = fleet.run(fleet.answers(case.vfs, case.ports), ANSIBLE_STRATEGY=case.strategy)
        assert done.status == case.status, done.output
        check_survivor(fleet, name, done)
        check_others(fleet, case, done)
        table = read_table(done)
        assert [row for row in table if ": failed: " in row or row.startswith(f"cluster {HIT}")] == TABLE[name], table
        assert [row for row in table if row.startswith("host")][0] == "host kvm1: done", table
