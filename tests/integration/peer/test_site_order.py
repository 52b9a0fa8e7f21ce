# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks site and teardown on the peer and a stand-in for its KVM host: in which order things happen, and how often a node boots."""

from __future__ import annotations

import pathlib
import re
import sys
import typing as t

import pytest
import yaml
from harness import inventory_of
from junos_peer.remote import RemotePeer
from support.standin_hosts import VFS, Done, Site, hostdev

CONFIGURED = yaml.safe_load((pathlib.Path(__file__).parents[2] / "junos_peer" / "configs" / "cluster.yml").read_text())["nodes"]
NODES = ("vsrx1-node0", "vsrx1-node1")
FAST = {
    "vsrx_ports_poll_interval": 1,
    "vsrx_cluster_poll_interval": 0.2,
    "vsrx_ports_rejoin_timeout": 300,
    "vsrx_cluster_boot_timeout": 300,
}


def describe_ports(number: int) -> list[dict[str, t.Any]]:
    """The map that vsrx_hostdev gives of a node, whose hardware is that of the peer."""
    empty = hostdev(number)["ports"]
    ports = []
    for place, port in enumerate(CONFIGURED[number]["ports"], 1):
        sriov = port["driver"] == "sriov"
        row = {**empty[2 if sriov else 0], "position": place, "junos_interface": port["name"], "mac": port["mac"]}
        if sriov:
            row.update(vf=f"0000:0{place}:10.{2 * number}", pf=f"eno{place}", pf_address=f"0000:0{place}:00.0", index=number)
        ports.append({**row, "guest_address": f"0000:00:0{place}.0"})
    return ports


def describe_pfs() -> list[dict[str, t.Any]]:
    """The answer of sriov_vfs: two PFs with a VF for each node."""
    empty = VFS["pfs"][0]
    return [
        {
            **empty, "pf": f"eno{place}", "address": f"0000:0{place}:00.0", "num_vfs": 2,
            "vfs": [{**empty["vfs"][0], "vf": number, "address": f"0000:0{place}:10.{2 * number}"} for number in (0, 1)],
        }
        for place in (4, 5)
    ]  # fmt: skip


class Stage:
    """A cluster whose two domains are on one stand-in host. What stops a domain there stops the peer's node."""

    def __init__(self, folder: pathlib.Path, peer: RemotePeer, **variables: t.Any) -> None:
        self.peer = peer
        inventory = inventory_of({"vsrx1": peer})
        for number, name in enumerate(NODES):
            inventory["vsrx_nodes"]["children"]["vsrx1"]["hosts"][name].update(
                vsrx_host="kvm1", vsrx_domain=name, vsrx_ports=[{"pf": "eno4", "index": number}, {"pf": "eno5", "index": number}]
            )
        inventory["vsrx_nodes"]["vars"].update({"vsrx_ports_power": "cycle", **FAST, **variables})
        inventory["kvm_hosts"] = {"hosts": {"kvm1": {"sriov_host_pfs": [{"pf": "eno4", "num_vfs": 2}, {"pf": "eno5", "num_vfs": 2}]}}}
        self.site = Site(folder / "site", inventory, netconf=True)

    def order(self, kind: str, number: int) -> list[str]:
        state = str(self.peer.private_key.parent)
        return [sys.executable, "-m", "junos_peer", "fault", "--state-dir", state, kind, f"node={number}"]

    def answers(self, ports: t.Collection[int] = (0, 1)) -> dict[str, t.Any]:
        """Domains of the nodes in `ports` have other ports than they should."""
        found: dict[str, t.Any] = {"kvm1:sriov_vfs": {**VFS, "pfs": describe_pfs()}}
        for number, name in enumerate(NODES):
            key = f"kvm1:vsrx_hostdev:{name}"
            done = hostdev(number, ports=describe_ports(number), actions=[])
            found[key] = found[f"{key}:after"] = done
            if number in ports:
                found[key] = {**done, "actions": [f"{name}: change ports"], "changed": True, "restarted": True}
                found[f"{key}:real"] = {**found[key], "_commands": [self.order(kind, number) for kind in ("power-off", "power-on")]}
        return found

    def run(self, playbook: str = "site", ports: t.Collection[int] = (0, 1), *arguments: str) -> Done:
        return self.site.run(playbook, self.answers(ports), *arguments)

    def events(self) -> list[str]:
        """Commits, boots and moves of groups, in their order."""
        rows = [
            row for row in self.peer.log() if row["kind"] in ("commit", "reboot", "power off", "power on", "failover", "failover reset")
        ]
        output = {"commit": ("kind",)}
        return [
            " ".join(str(row[name]) for name in output.get(row["kind"], ("kind", "node", "group", "to")) if name in row) for row in rows
        ]

    def seconds_without_primary(self) -> float:
        """Seconds in which a group that had a primary node had none."""
        total, since = 0.0, {}
        for row in self.peer.log("primary"):
            if row["to"] is None:
                since[row["group"]] = row["time"]
            elif row["group"] in since:
                total += row["time"] - since.pop(row["group"])
        return total + len(since) * 1e6


@pytest.fixture
def options() -> dict[str, t.Any]:
    return {"boot_delay": 2.0, "sync_delay": 1.0}


def boots(peer: RemotePeer) -> list[str]:
    return sorted(row["node"] for row in peer.log("boot"))


def in_force(peer: RemotePeer) -> list[bool]:
    return [peer.node(number).mac_mode for number in (0, 1)]


ROLLING = [
    "commit", "commit", "power off node1", "power on node1",
    "failover 0 node1", "failover 1 node1", "power off node0", "power on node0", "failover reset 0", "failover reset 1",
    "failover 0 node0", "failover 1 node0", "failover reset 0", "failover reset 1",
]  # fmt: skip


@pytest.mark.mission("S8", "S9")
def test_rolling_boots_each_node_once_and_no_group_is_without_a_node(peer: RemotePeer, folder: pathlib.Path) -> None:
    stage = Stage(folder, peer, vsrx_cluster_restart="rolling")
    peer.clear_log()
    done = stage.run()
    assert done.status == 0, done.output
    assert boots(peer) == ["node0", "node1"] and in_force(peer) == [True, True], stage.events()
    assert stage.events() == ROLLING
    assert planned(done) == executed(peer) == ["vsrx1", "vsrx1-node1", "vsrx1-node0"]
    assert stage.seconds_without_primary() == 0
    peer.clear_log()
    again = stage.run("site", ())
    assert again.status == 0 and stage.events() == [], again.output
    # A cluster to which nothing is to be done is read once by each node, and judged by that.
    assert len(headings(again)) <= 43, headings(again)
    assert len(headings(done)) <= 81, headings(done)


@pytest.mark.mission("S8", "S9")
def test_simultaneous_boots_both_nodes_once(peer: RemotePeer, folder: pathlib.Path) -> None:
    stage = Stage(folder, peer, vsrx_cluster_restart="simultaneous")
    peer.clear_log()
    done = stage.run()
    assert done.status == 0, f"{stage.events()} {peer.status()} {done.output}"
    assert boots(peer) == ["node0", "node1"] and in_force(peer) == [True, True], stage.events()
    assert stage.events()[:2] == ["commit", "commit"] and "reboot" not in " ".join(stage.events())
    assert planned(done) == ["vsrx1", "vsrx1"]
    assert 0 < stage.seconds_without_primary() < 2 * 4 * 2.0, stage.seconds_without_primary()


def unhealthy(stage: Stage, answers: dict[str, t.Any]) -> None:
    """A monitor fails until both nodes have their ports."""
    stage.peer.fault("monitor-failure", node=1, codes="IF")
    answers["kvm1:vsrx_hostdev:vsrx1-node0:real"]["_commands"].append([*stage.order("monitor-failure", 1), "codes="])


def off(stage: Stage, answers: dict[str, t.Any]) -> None:
    """Node 1 is off, as a run leaves it that was interrupted while it had no ports; it is started when it has them."""
    stage.peer.fault("power-off", node=1)
    for ending in ("", ":real"):
        answers[f"kvm1:vsrx_hostdev:vsrx1-node1{ending}"].update(restarted=False, started=True)


def as_it_is(stage: Stage, answers: dict[str, t.Any]) -> None:
    """Nothing is wrong with the cluster."""


#: vsrx_cluster_restart, nodes that get ports, what is wrong, where the plan's steps are, boots of each node, whether the mode is in force
STATES: dict[str, tuple[str, tuple[int, ...], t.Callable[..., None], list[str], tuple[int, int], bool]] = {
    "ports of one node, rolling": ("rolling", (1,), as_it_is, ["vsrx1", "vsrx1-node1", "vsrx1-node0"], (1, 1), True),
    "ports of one node, simultaneous": ("simultaneous", (1,), as_it_is, ["vsrx1", "vsrx1-node1", "vsrx1-node0"], (1, 1), True),
    "no ports, rolling": ("rolling", (), as_it_is, ["vsrx1", "vsrx1-node1", "vsrx1-node0"], (1, 1), True),
    "no ports, simultaneous": ("simultaneous", (), as_it_is, ["vsrx1", "vsrx1"], (1, 1), True),
    "both boot for their ports alone": ("never", (0, 1), as_it_is, ["vsrx1", "vsrx1-node1", "vsrx1-node0"], (1, 1), True),
    "one boots for its ports alone": ("never", (0,), as_it_is, ["vsrx1-node0", "vsrx1"], (1, 0), False),
    "not healthy: ports first": (
        "simultaneous", (0, 1), unhealthy, ["vsrx1-node1", "vsrx1-node0", "vsrx1", "vsrx1"], (2, 2), True,
    ),
    "a node is off": ("rolling", (0, 1), off, ["vsrx1-node1", "vsrx1", "vsrx1-node0", "vsrx1-node1"], (1, 2), True),
}  # fmt: skip


def headings(done: Done) -> list[str]:
    return re.findall(r"^TASK \[(.*)\]", done.output, re.MULTILINE)


def planned(done: Done) -> list[str]:
    """Where each numbered step of the plan is."""
    plan = done.output.partition("TASK [Show the plan]")[2].partition("\nPLAY [")[0]
    rows = re.findall(r"^ *- ' +(\d+) ([\w-]+): ", plan, re.MULTILINE)
    assert [int(number) for number, _where in rows] == list(range(1, len(rows) + 1)), plan
    return [where for _number, where in rows]


def executed(peer: RemotePeer) -> list[str]:
    """The same of what happened: a confirmed commit, and nodes that went down, both at once where the first was not back."""
    steps: list[str] = []
    down: set[str] = set()
    for row in peer.log():
        if row["kind"] == "commit" and row["confirm_minutes"]:
            steps.append("vsrx1")
        elif row["kind"] == "up":
            down.discard(row["node"])
        elif row["kind"] in ("power off", "reboot") or (row["kind"] == "power on" and row["node"] not in down):
            steps[-1:] = ["vsrx1"] if down and down != {row["node"]} else [*steps[-1:], f"vsrx1-{row['node']}"]
            down.add(row["node"])
    return steps


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize("name", STATES)
def test_what_happens_is_what_the_plan_says(peer: RemotePeer, folder: pathlib.Path, name: str) -> None:
    restart, ports, wrong, places, counts, mode = STATES[name]
    stage = Stage(folder, peer, vsrx_cluster_restart=restart)
    answers = stage.answers(ports)
    wrong(stage, answers)
    peer.clear_log()
    done = stage.site.run("site", answers)
    assert done.status == 0, f"{stage.events()} {done.output}"
    assert (planned(done), executed(peer)) == (places, places), stage.events()
    assert (boots(peer).count("node0"), boots(peer).count("node1")) == counts and in_force(peer) == [mode, mode]
    assert stage.seconds_without_primary() == 0 or restart == "simultaneous"


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize("restart", ["rolling", "simultaneous"])
def test_teardown_is_the_mirror_image(peer: RemotePeer, folder: pathlib.Path, restart: str) -> None:
    stage = Stage(folder, peer, vsrx_cluster_restart=restart)
    assert stage.run().status == 0
    peer.clear_log()
    done = stage.run("teardown")
    assert done.status == 0, done.output
    assert boots(peer) == ["node0", "node1"] and in_force(peer) == [False, False], stage.events()
    assert stage.events()[:2] == ["commit", "commit"] and not any(event.startswith("reboot") for event in stage.events())
    assert (stage.seconds_without_primary() == 0) is (restart == "rolling")
