# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three clusters, each a peer of its own, whose nodes are on two stand-ins for KVM hosts."""

from __future__ import annotations

import contextlib
import copy
import pathlib
import sys
import typing as t

import yaml
from harness import inventory_of
from junos_peer.options import HERE
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from support.standin_hosts import VFS, Done, Site, hostdev

#: the KVM host of each node. The first cluster is the one that a test hits: its nodes are on both hosts, and it is begun first
HOSTS = {"vsrx1": ("kvm1", "kvm2"), "vsrx2": ("kvm1", "kvm1"), "vsrx3": ("kvm1", "kvm1")}
HIT, *OTHERS = HOSTS
PFS = ("eno4", "eno5")
CONNECTIONS = pathlib.Path(__file__).parents[2] / "support" / "connection_plugins"
CONFIGURED = yaml.safe_load((HERE / "configs" / "cluster.yml").read_text())
#: what happens to nodes, in the order of the peer's log, and what each is named by
OF_NODE = dict.fromkeys(("reboot", "power off", "power on", "boot", "up"), ("kind", "node"))
NAMED = {"commit": ("kind",), **OF_NODE, "failover": ("kind", "group", "to"), "failover reset": ("kind", "group")}


def nodes_on(host: str) -> list[tuple[str, int]]:
    """The nodes on a host by the index of their VFs."""
    return [(cluster, number) for cluster, hosts in HOSTS.items() for number in (0, 1) if hosts[number] == host]


def describe_hardware(cluster: str) -> dict[str, t.Any]:
    """The peer's own, with MAC addresses that no other cluster has."""
    place = list(HOSTS).index(cluster)
    hardware = copy.deepcopy(CONFIGURED)
    for port in (port for node in hardware["nodes"] for port in node["ports"]):
        port["mac"] = f"{port['mac'][:9]}{place:02x}{port['mac'][11:]}"
    return {**hardware, "cluster_id": place + 1}


def address_vf(pf: str, index: int) -> str:
    return f"0000:0{pf[-1]}:{16 + index // 4:02x}.{index % 4 * 2}"


def describe_ports(cluster: str, number: int) -> list[dict[str, t.Any]]:
    """The map that vsrx_hostdev gives of a node, whose hardware is that of its peer."""
    empty = hostdev(number)["ports"]
    index = nodes_on(HOSTS[cluster][number]).index((cluster, number))
    pfs = iter(PFS)
    ports = []
    for place, port in enumerate(describe_hardware(cluster)["nodes"][number]["ports"], 1):
        sriov = port["driver"] == "sriov"
        row = {**empty[2 if sriov else 0], "position": place, "junos_interface": port["name"], "mac": port["mac"]}
        if sriov:
            pf = next(pfs)
            row.update(vf=address_vf(pf, index), pf=pf, pf_address=f"0000:0{pf[-1]}:00.0", index=index)
        ports.append({**row, "guest_address": f"0000:00:0{place}.0"})
    return ports


def describe_pfs(host: str) -> list[dict[str, t.Any]]:
    """The answer of sriov_vfs: on each PF a VF for each node."""
    empty = VFS["pfs"][0]
    vfs = range(len(nodes_on(host)))
    return [
        {
            **empty, "pf": pf, "address": f"0000:0{pf[-1]}:00.0", "num_vfs": len(vfs),
            "vfs": [{**empty["vfs"][0], "vf": index, "address": address_vf(pf, index)} for index in vfs],
        }
        for pf in PFS
    ]  # fmt: skip


class Fleet:
    """The clusters with their peers, and the site that the playbook runs on. What stops a domain there stops the peer's node."""

    def __init__(self, folder: pathlib.Path, peers: dict[str, RemotePeer], **variables: t.Any) -> None:
        self.peers = peers
        self.folder = folder / "site"
        self.inventory = inventory_of(peers)
        hosts: dict[str, t.Any] = {}
        for host in ("kvm1", "kvm2"):
            nodes = nodes_on(host)
            hosts[host] = {
                "sriov_host_pfs": [{"pf": pf, "num_vfs": len(nodes)} for pf in PFS],
                "ansible_connection": "standin",
                "standin_folder": str(self.folder),
                "standin_host": host,
            }
            for index, (cluster, number) in enumerate(nodes):
                name = f"{cluster}-node{number}"
                self.nodes_of(cluster)[name].update(vsrx_host=host, vsrx_domain=name, vsrx_ports=[{"pf": pf, "index": index} for pf in PFS])
        self.inventory["vsrx_nodes"]["vars"].update(variables)
        self.inventory["kvm_hosts"] = {"hosts": hosts}
        self.folder.mkdir()
        (self.folder / "commands.json").write_text("{}")

    def variables_of(self, cluster: str) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", self.inventory["vsrx_nodes"]["children"][cluster]["vars"])

    def lose(self, host: str) -> None:
        """It cannot be reached from now on."""
        (self.folder / f"gone-{host}").touch()

    def nodes_of(self, cluster: str) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", self.inventory["vsrx_nodes"]["children"][cluster]["hosts"])

    def order(self, cluster: str, kind: str, number: int) -> list[str]:
        state = str(self.peers[cluster].private_key.parent)
        return [sys.executable, "-m", "junos_peer", "fault", "--state-dir", state, kind, f"node={number}"]

    def answers(self, vfs: bool = False, ports: bool = True) -> dict[str, t.Any]:
        """With `vfs` each host lacks its VFs, with `ports` the domains of the cluster that is hit lack their ports. All else is there."""
        found: dict[str, t.Any] = {}
        for host in ("kvm1", "kvm2"):
            done = {**VFS, "pfs": describe_pfs(host)}
            found[f"{host}:sriov_vfs"] = found[f"{host}:sriov_vfs:after"] = done
            if vfs:
                found[f"{host}:sriov_vfs"] = {**done, "actions": [f"{pf}: make VFs" for pf in PFS], "changed": True}
            for cluster, number in nodes_on(host):
                key = f"{host}:vsrx_hostdev:{cluster}-node{number}"
                done = hostdev(number, ports=describe_ports(cluster, number), actions=[])
                found[key] = found[f"{key}:after"] = done
                if ports and cluster == HIT:
                    found[key] = {**done, "actions": [f"{cluster}-node{number}: change ports"], "changed": True, "restarted": True}
                    power = [self.order(cluster, kind, number) for kind in ("power-off", "power-on")]
                    found[f"{key}:real"] = {**found[key], "_commands": power}
        return found

    def run(self, answers: dict[str, t.Any], *arguments: str, **environment: str) -> Done:
        site = Site(self.folder, self.inventory, netconf=True)
        site.patience = 1200
        settings = {"ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS), "ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}
        return site.run("site", answers, *arguments, **settings, **environment)

    def events(self, cluster: str) -> list[dict[str, t.Any]]:
        return [row for row in self.peers[cluster].log() if row["kind"] in NAMED]

    def event_names(self, cluster: str) -> list[str]:
        return [" ".join(str(row[name]) for name in NAMED[row["kind"]]) for row in self.events(cluster)]

    def in_force(self, cluster: str) -> list[bool]:
        return [self.peers[cluster].node(number).mac_mode for number in (0, 1)]


@contextlib.contextmanager
def running_peers(folder: pathlib.Path, **options: t.Any) -> t.Iterator[dict[str, RemotePeer]]:
    with contextlib.ExitStack() as stack:
        peers = {}
        for cluster in HOSTS:
            topology = folder / f"{cluster}.yml"
            topology.write_text(yaml.safe_dump(describe_hardware(cluster)))
            peers[cluster] = stack.enter_context(running_peer(topology=topology, **options))
        yield peers
