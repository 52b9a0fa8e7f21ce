# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each example inventory with the playbook site over stand-in hosts: nodes go to their hosts, and a stand-alone vSRX needs no Junos."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml
from support.standin_hosts import VF, VFS, Site, cluster_mac, hostdev, on_one_line

TOP = pathlib.Path(__file__).parents[3]
FILES = sorted((TOP / "playbooks").glob("inventory.*.yml"))


def _pf(number: int, count: int) -> dict[str, t.Any]:
    """A PF and its VFs, as its host has them once site was there."""
    about = {"pf": f"eno{number}", "address": f"0000:0{number - 1}:00.0", "num_vfs": count}
    vfs = [{**VF, "vf": index, "address": f"0000:0{number - 1}:10.{2 * index}"} for index in range(count)]
    return {**VFS["pfs"][0], **about, "vfs": vfs}


def _ports(node: dict[str, t.Any], place: int) -> dict[str, t.Any]:
    """The map of a node's domain: its ports behind the NICs that it had."""
    answer = hostdev(node.get("vsrx_cluster_node", 0))
    virtual, vf = answer["ports"][:2], answer["ports"][2]
    answer["ports"] = virtual
    for number, port in enumerate(node["vsrx_ports"]):
        pf = int(port["pf"][3:])
        where = {
            "vf": f"0000:0{pf - 1}:10.{2 * port['index']}",
            "pf": port["pf"],
            "pf_address": f"0000:0{pf - 1}:00.0",
            "index": port["index"],
        }
        name = f"ge-{7 * node.get('vsrx_cluster_node', 0)}/0/{number}"
        answer["ports"].append({**vf, **where, "position": 3 + number, "junos_interface": name})
    for number, port in enumerate(answer["ports"]):
        port["mac"] = f"02:5a:00:00:{place:02x}:{number:02x}"
    return answer


def _nodes(group: dict[str, t.Any]) -> dict[str, dict[str, t.Any]]:
    found = {name: {**group.get("vars", {}), **about} for name, about in group.get("hosts", {}).items()}
    for child in group.get("children", {}).values():
        found |= {name: {**group.get("vars", {}), **about} for name, about in _nodes(child).items()}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[1])
def test_site_takes_each_example(tmp_path: pathlib.Path, path: pathlib.Path) -> None:
    inventory = yaml.safe_load(path.read_text())["all"]["children"]
    nodes = _nodes(inventory["vsrx_nodes"])
    count = inventory["kvm_hosts"]["vars"]["sriov_host_pfs"][0]["num_vfs"]
    answers: dict[str, t.Any] = {"sriov_vfs": {**VFS, "pfs": [_pf(2, count), _pf(3, count)]}}
    for place, (name, node) in enumerate(nodes.items()):
        answers[f"{node['vsrx_host']}:vsrx_hostdev:{node['vsrx_domain']}"] = _ports(node, place)
        if "vsrx_cluster" in node:
            answers[f"{name}:junos_cluster_mac"] = cluster_mac(node["vsrx_cluster_node"])
    done = Site(tmp_path, inventory).run("site", answers)
    output = on_one_line(done.output)
    assert done.status == 0, done.output
    for unit in {node.get("vsrx_cluster", name) for name, node in nodes.items()}:
        assert f"cluster {unit}: done" in output or f"node {unit}: done" in output, done.output
    requested = {(call.host, call.options["name"]): call.options for call in done.calls if call.module == "vsrx_hostdev"}
    assert set(requested) == {(node["vsrx_host"], node["vsrx_domain"]) for node in nodes.values()}
    for node in nodes.values():
        options = requested[node["vsrx_host"], node["vsrx_domain"]]
        assert [(port["pf"], port["index"]) for port in options["ports"]] == [(port["pf"], port["index"]) for port in node["vsrx_ports"]]
        assert (options["power"], options.get("cluster_node")) == ("refuse", node.get("vsrx_cluster_node"))
    made = [call for call in done.calls if call.module == "sriov_vfs"]
    assert {call.host for call in made} == set(inventory["kvm_hosts"]["hosts"])
    assert all(pf["num_vfs"] == count and pf["up"] for call in made for pf in call.options["pfs"])
    junos_requests = {call.host for call in done.calls if call.module.startswith("junos")}
    assert junos_requests == {name for name, node in nodes.items() if "vsrx_cluster" in node}
