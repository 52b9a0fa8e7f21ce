# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run has read of made-up sites: the variables of hosts and nodes as the playbooks leave them.

The sites are one cluster, three, twenty, and one with every bad state at once.
"""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.compare import compare
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.document import add_comparison, make_document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.model import Document

Variables = dict[str, dict[str, t.Any]]
STATEMENTS = ("use-active-child-mac-on-reth", "use-actual-mac-on-physical-interfaces")
READ_AT = "2026-01-02T03:04:05Z"
RUN = {"user": "alice", "ansible": "2.19.4", "inventory": ["inventory/hosts.yml"], "collection": "1.1.0"}
_PORTS = 2


def _vf(cluster: int, node: int, port: int) -> dict[str, t.Any]:
    return {
        "vf": 2 * cluster,
        "address": f"0000:{port + 1:02x}:10.{2 * (cluster % 4):x}",
        "driver": "vfio-pci",
        "netdev": None,
        "mac": f"02:5a:00:{cluster:02x}:{node:02x}:{port + 1:02x}",
        "vlan": 0,
        "trust": False,
        "spoofchk": True,
        "link_state": "auto",
    }


def _host(number: int, clusters: t.Iterable[int], node: int) -> dict[str, t.Any]:
    pfs = [
        {
            "pf": f"eno{port + 2}",
            "address": f"0000:{port + 1:02x}:00.0",
            "driver": "ixgbe",
            "mac": f"52:54:00:00:{number:02x}:{port:02x}",
            "up": True,
            "mtu": 1500,
            "speed_mbps": 10000,
            "numa_node": 0,
            "num_vfs": 8,
            "total_vfs": 63,
            "persist": True,
            "vfs": [_vf(cluster, node, port) for cluster in clusters],
        }
        for port in range(_PORTS)
    ]
    return {"sriov_host_preview": {"pfs": pfs, "actions": []}, "sriov_host_findings": []}


def _port(cluster: int, node: int, port: int) -> dict[str, t.Any]:
    vf = _vf(cluster, node, port)
    return {
        "position": port + 3,
        "junos_interface": f"ge-{7 * node}/0/{port}",
        "sriov": True,
        "vf": vf["address"],
        "pf": f"eno{port + 2}",
        "pf_address": f"0000:{port + 1:02x}:00.0",
        "index": vf["vf"],
        "vf_exists": True,
        "mac": vf["mac"],
        "guest_address": f"0000:{port + 4:02x}:00.0",
    }


def _virtual(cluster: int, node: int, position: int, name: str) -> dict[str, t.Any]:
    nothing = dict.fromkeys(("vf", "pf", "pf_address", "index", "vf_exists"))
    mac = f"52:54:00:a0:{cluster:02x}:{16 * node + position:02x}"
    return {
        "position": position,
        "junos_interface": name,
        "sriov": False,
        "mac": mac,
        "guest_address": f"0000:{position:02x}:00.0",
        **nothing,
    }


def _junos(number: int) -> dict[str, t.Any]:
    state = "secondary" if number else "primary"
    return {
        "name": f"node{number}",
        "id": number,
        "junos_version": "24.4R1.9",
        "booted_at": 1_767_300_000 + 240 * number,
        "mode": {"configured": True, "in_force": True},
        "redundancy_groups": [{"id": group, "state": state, "priority": 200 - number, "monitor_failures": []} for group in (0, 1)],
        "healthy": True,
        "reasons": [],
    }


def _seen(cluster: int) -> dict[str, t.Any]:
    """What Junos says of a cluster that is well."""
    reths = []
    for port in range(_PORTS):
        mac = _vf(cluster, 0, port)["mac"]
        reths.append(
            {
                "name": f"reth{port}",
                "redundancy_group": 1,
                "ports": {"node0": [f"ge-0/0/{port}"], "node1": [f"ge-7/0/{port}"]},
                "active_node": "node0",
                "active_port": f"ge-0/0/{port}",
                "mac": mac,
                "active_port_mac": mac,
                "mac_is_active_ports": True,
                "up": True,
                "vlans": 3,
            }
        )
    statements = [{"name": name, "nodes": ["node0", "node1"]} for name in STATEMENTS]
    state = {"enabled": True, "healthy": True, "statements": statements, "connected_to": "node0"}
    return {"restart_required": False, "actions": [], "nodes": [_junos(0), _junos(1)], "reths": reths, "cluster": state, "findings": []}


def make_site(clusters: int) -> tuple[Variables, Variables]:
    """Hosts and nodes of healthy clusters, up to four on each pair of hosts."""
    hosts: Variables = {}
    nodes: Variables = {}
    for cluster in range(clusters):
        pair = cluster // 4
        for node in (0, 1):
            host = f"kvm{2 * pair + node + 1}"
            if host not in hosts:
                hosts[host] = _host(2 * pair + node + 1, range(4 * pair, min(4 * pair + 4, clusters)), node)
            name = f"vsrx{cluster + 1}-node{node}"
            ports = [_virtual(cluster, node, 1, "fxp0"), _virtual(cluster, node, 2, "em0")]
            ports += [_port(cluster, node, port) for port in range(_PORTS)]
            nodes[name] = {
                "vsrx_cluster": f"vsrx{cluster + 1}",
                "vsrx_cluster_node": node,
                "vsrx_host": host,
                "vsrx_domain": name,
                "vsrx_cluster_restart": "rolling",
                "vsrx_ports_map": ports,
                "vsrx_ports_findings": [],
                "vsrx_ports_actions": [],
                "vsrx_ports_planned": {"restarted": False, "actions": []},
                "vsrx_cluster_findings": [],
                "vsrx_cluster_seen": _seen(cluster),
            }
    return hosts, nodes


def finding(rule: str, severity: str, where: str, found: str = "it was found", cure: str = "do this") -> dict[str, str]:
    return {"id": rule, "severity": severity, "where": where, "found": found, "cure": cure}


def make_bad_site() -> tuple[Variables, Variables]:
    """A cluster with all that can be wrong, one that waits for a restart, one that does not answer; a host that is out of reach."""
    hosts, nodes = make_site(3)
    nic = "Intel 82576 is not listed by the vendor page"
    listed = "Use a listed NIC: Intel 82599, X520, X540, X710, XL710 or Mellanox ConnectX-3 and ConnectX-4"
    hosts["kvm1"]["sriov_host_findings"] = [finding("S16", "warning", name, nic, listed) for name in ("eno2", "eno3")]
    hosts["kvm1"]["sriov_host_findings"].append(finding("S18", "error", "IOMMU", "the IOMMU is off", "enable VT-d in the BIOS"))
    hosts["kvm1"].update({"sriov_host_cmdline_lacks": ["intel_iommu=on"], "sriov_host_reboot": True})
    hosts["kvm1"]["sriov_host_preview"]["actions"] = ["eno2: set MTU 9000", "eno3: set MTU 9000"]
    hosts["kvm1"]["sriov_host_preview"]["pfs"][1].update(up=False, speed_mbps=None)
    hosts["kvm9"] = {"sriov_host_preview": {"unreachable": True, "msg": "Failed to connect to the host via ssh: No route to host"}}

    both = [nodes[f"vsrx1-node{number}"] for number in (0, 1)]
    seen = both[0]["vsrx_cluster_seen"]
    both[1]["vsrx_cluster_seen"] = seen
    seen["restart_required"] = True
    del seen["actions"]
    seen["cluster"].update(healthy=False, statements=[{"name": STATEMENTS[0], "nodes": ["node0"]}, {"name": STATEMENTS[1], "nodes": []}])
    seen["nodes"][1].update(healthy=False, reasons=["secondary-hold in group 1", "monitor failure IF"])
    seen["nodes"][1]["mode"] = {"configured": False, "in_force": False}
    seen["reths"][0].update(up=False, mac="00:10:db:ff:10:00", mac_is_active_ports=False)
    seen["reths"][1].update(mac="00:10:db:ff:10:01", mac_is_active_ports=False, vlans=512)
    proxy = "security nat proxy-arp for the pool 203.0.113.0/24 does not work"
    route = "Delete it, then route the pool upstream with the address of the reth as next hop"
    for member in both:
        member["vsrx_cluster_accept"] = "S10,S12"
        member["vsrx_cluster_findings"] = [
            finding("S10", "error", "[edit interfaces reth0]", "reth0 has 2 ports on node0: ge-0/0/0, ge-0/0/4", "delete redundant-parent"),
            finding("S11", "error", "[edit security nat proxy-arp interface reth1.0]", proxy, route),
            finding("S12", "warning", "reth1", "reth1 has 512 VLANs", "use fewer VLANs, or accept S12"),
        ]
        member["vsrx_cluster_refusal"] = "Cluster vsrx1 is not healthy:\nnode1 secondary-hold in group 1, monitor failure IF."
    size = "its 4 vCPUs and 4096 MiB of memory are no published vSRX size"
    both[0]["vsrx_ports_findings"] = [finding("S17", "warning", "vsrx1-node0", size, "Choose 2 vCPUs with 4 GiB, or 5 vCPUs with 8 GiB")]
    both[0]["vsrx_ports_map"][3]["vf_exists"] = False
    both[1]["vsrx_ports_refusal"] = "domain vsrx1-node1 is running and its ports would change. Set vsrx_ports_power to cycle."

    second = nodes["vsrx2-node0"]
    nodes["vsrx2-node1"]["vsrx_cluster_seen"] = second["vsrx_cluster_seen"]
    second["vsrx_cluster_seen"].update(restart_required=True)
    for side in second["vsrx_cluster_seen"]["nodes"]:
        side["mode"]["in_force"] = None
    second["vsrx_ports_actions"] = ["add VF 0000:01:10.2 as ge-0/0/2", "shut down vsrx2-node0", "start vsrx2-node0"]
    second["vsrx_ports_planned"] = {"restarted": True, "actions": second["vsrx_ports_actions"]}

    for number in (0, 1):
        silent = nodes[f"vsrx3-node{number}"]
        silent["vsrx_cluster_seen"] = {"lost": True, "msg": "the node does not answer"}
        silent["vsrx_cluster_refusal"] = "the node does not answer"
    alone = copy.deepcopy(nodes["vsrx2-node1"])
    for name in ("vsrx_cluster", "vsrx_cluster_node", "vsrx_cluster_seen"):
        del alone[name]
    nodes["vsrx-lab"] = {**alone, "vsrx_domain": "vsrx-lab"}
    return hosts, nodes


def make_pending_site() -> tuple[Variables, Variables]:
    """A cluster that was committed to and not restarted yet, on a NIC that the vendor does not list."""
    hosts, nodes = make_site(1)
    nic = "Intel 82576 is not listed by the vendor page"
    listed = "Use a listed NIC: Intel 82599, X520, X540, X710, XL710 or Mellanox ConnectX-3 and ConnectX-4"
    hosts["kvm1"]["sriov_host_findings"] = [finding("S16", "warning", name, nic, listed) for name in ("eno2", "eno3")]
    size = "its 4 vCPUs and 4096 MiB of memory are no published vSRX size"
    choose = "Choose 2 vCPUs with 4 GiB, 5 with 8 GiB, 9 with 16 GiB or 17 with 32 GiB"
    nodes["vsrx1-node1"]["vsrx_ports_findings"] = [finding("S17", "warning", "vsrx1-node1", size, choose)]
    seen = nodes["vsrx1-node0"]["vsrx_cluster_seen"]
    seen["restart_required"] = True
    for number, node in enumerate(seen["nodes"]):
        node["mode"]["in_force"] = not number
    return hosts, nodes


def make_long_site() -> tuple[Variables, Variables]:
    """A cluster whose names are as long as names get, and in wide characters."""
    hosts, nodes = make_site(1)
    tail = ".rack-17.datacenter-frankfurt-2.internal.example.com"
    for number, side in enumerate((nodes["vsrx1-node0"], nodes["vsrx1-node1"])):
        side.update(vsrx_cluster="perimeter-firewalls-of-the-northern-region" + tail, vsrx_host=f"kvm{number + 1}{tail}")
        side["vsrx_domain"] = f"\u9632\u706b\u58c1-{number}-" + "x" * 60
    seen = nodes["vsrx1-node0"]["vsrx_cluster_seen"]
    seen["reths"][0].update(name="reth127", redundancy_group=128, vlans=4096, mac_is_active_ports=False)
    seen["reths"][1].update(up=None, mac_is_active_ports=None, mac=None)
    ports = nodes["vsrx1-node0"]["vsrx_ports_map"]
    ports[2].update(pf="enp129s0f1np1xyz", pf_address="10000:e1:00.0", vf="10000:e1:1f.7", index=127, guest_address="10000:e1:00.0")
    named = {f"{name}{tail}": host for name, host in hosts.items()}
    return named, {f"firewall-{name}{tail}": node for name, node in nodes.items()}


def make_documents() -> dict[str, Document]:
    """The documents that are looked at: one, three and twenty clusters, and all that is bad with its difference from before."""
    made = {str(count): make_document(*make_site(count), READ_AT, RUN) for count in (1, 3, 20)}
    run = {**RUN, "limit": "kvm1,vsrx1", "left_out": ["kvm7", "vsrx7-node0"]}
    bad = make_document(*make_bad_site(), "2026-01-03T03:04:05Z", run, made["3"])
    made["bad"] = add_comparison(bad, compare(made["3"], bad))
    made["pending"] = make_document(*make_pending_site(), READ_AT, RUN)
    made["long"] = make_document(*make_long_site(), READ_AT, RUN)
    return made
