# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role refuses by itself, before it asks the host or Junos anything."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import typing as t

import pytest
import yaml
from support.standin_hosts import VFS, Site, cluster_mac, fill, hostdev

NODE = {"vsrx_host": "node0", "vsrx_domain": "fw", "vsrx_ports": []}


def play(folder: pathlib.Path, nodes: dict[str, dict[str, t.Any]], entry: str, **of_play: t.Any) -> tuple[int, str]:
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    hosts = {name: {**NODE, **node} for name, node in nodes.items()}
    (folder / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": local}}))
    tasks = [{"ansible.builtin.include_role": {"name": "vsrx.sriov.vsrx_ports", "tasks_from": entry}}]
    (folder / "book.yml").write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks, **of_play}]))
    command = ["ansible-playbook", "-i", str(folder / "inventory.yml"), str(folder / "book.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, " ".join(done.stdout.split())


@pytest.mark.mission("S8")
@pytest.mark.parametrize("half", [{"vsrx_cluster_node": 0}, {"vsrx_cluster": "c"}])
def test_half_a_member_of_a_cluster_is_refused(tmp_path: pathlib.Path, half: dict[str, t.Any]) -> None:
    """Without the name both nodes would count as firewalls of their own, and be shut down together."""
    code, output = play(tmp_path, {"node0": half}, "preflight")
    assert code != 0
    assert "node0 has vsrx_host" in output and "the cluster's name with the node's number in it, 0 or 1, or neither" in output


@pytest.mark.mission("S8")
@pytest.mark.parametrize("also", [True, False])
def test_both_nodes_of_a_cluster_are_never_shut_down_at_once(tmp_path: pathlib.Path, also: bool) -> None:
    """Whatever put them into one batch; where only one is to go down, the role goes on to ask Junos, which is not there."""
    nodes = {
        f"node{number}": {
            "vsrx_cluster": "c", "vsrx_cluster_node": number, "vsrx_ports_planned": {"restarted": also or number == 0, "actions": []},
        }
        for number in (0, 1)
    }  # fmt: skip
    code, output = play(tmp_path, nodes, "configure")
    assert code != 0
    assert ("node0 was to be shut down for its new ports together with node1 of its cluster c" in output) is also
    assert ("node1 was to be shut down for its new ports together with node0 of its cluster c" in output) is also
    assert ("node0 was to go down, but no node of its cluster tells how the cluster is" in output) is not also, output


def _fabric_ports(folder: pathlib.Path, port: dict[str, t.Any], answer: t.Optional[dict[str, t.Any]], **node: t.Any) -> list[t.Any]:
    """The fabric ports that reach the domain's module, and how often Junos is asked for them."""
    nodes = {"fw0": {"vsrx_host": "kvm0", "vsrx_domain": "fw0", "vsrx_ports": [port], **node}}
    site = Site(folder, {"kvm_hosts": {"hosts": {"kvm0": {"sriov_host_pfs": []}}}, "vsrx_nodes": {"hosts": nodes}})
    known = {} if answer is None else {"fw0:junos_cluster_info": fill("junos_cluster_info", {"changed": False, "cluster": answer})}
    done = site.run("preflight", {"kvm0:vsrx_hostdev": hostdev(), "kvm0:sriov_vfs": VFS, **known})
    requested = [call for call in done.calls if call.module == "junos_cluster_info"]
    (planned,) = [call.options["fabric_ports"] for call in done.calls if call.module == "vsrx_hostdev"]
    return [planned, len(requested)]


@pytest.mark.mission("S7")
def test_a_port_in_place_is_checked_against_the_fabric_link_that_junos_names(tmp_path: pathlib.Path) -> None:
    in_place, member = {"pf": "eno2", "junos_interface": "ge-0/0/1"}, {"vsrx_cluster": "c", "vsrx_cluster_node": 0}
    fabric = {"enabled": True, "fabric_ports": ["ge-0/0/0", "ge-7/0/0"]}
    assert _fabric_ports(tmp_path / "output", in_place, fabric, **member) == [["ge-0/0/0", "ge-7/0/0"], 1]
    also = _fabric_ports(tmp_path / "both", in_place, fabric, vsrx_ports_fabric_ports=["ge-0/0/3"], **member)
    assert also == [["ge-0/0/0", "ge-0/0/3", "ge-7/0/0"], 1]
    # As extra variables and INI inventories give a list.
    text = _fabric_ports(tmp_path / "text", in_place, fabric, vsrx_ports_fabric_ports="ge-0/0/3, ge-0/0/4", **member)
    assert text == [["ge-0/0/0", "ge-0/0/3", "ge-0/0/4", "ge-7/0/0"], 1]
    assert _fabric_ports(tmp_path / "silent", in_place, None, **member) == [[], 1]
    assert _fabric_ports(tmp_path / "behind", {"pf": "eno2"}, fabric, **member) == [[], 0]
    assert _fabric_ports(tmp_path / "alone", in_place, fabric) == [[], 0]


@pytest.mark.mission("S6")
@pytest.mark.parametrize(
    ("trust", "passed"),
    [
        ((True, False), ["ge-0/0/0"]),
        ((True, True), ["ge-0/0/0", "ge-7/0/0"]),
        ((False, False), []),
        # What an old ip does not show is not known.
        ((True, None), None),
    ],
)
def test_trusted_ports_come_from_the_maps_of_both_nodes(
    tmp_path: pathlib.Path, trust: tuple[t.Optional[bool], ...], passed: t.Optional[list[str]]
) -> None:
    nodes, answers = {}, {}
    for number in (0, 1):
        nodes[f"fw{number}"] = {
            "vsrx_host": f"kvm{number}", "vsrx_domain": f"fw{number}", "vsrx_ports": [{"pf": "eno2", "index": 0}],
            "vsrx_cluster": "c", "vsrx_cluster_node": number, "vsrx_cluster_restart": "never",
        }  # fmt: skip
        answer = hostdev(number)
        answer["ports"][2]["trust"] = trust[number]
        answers |= {
            f"kvm{number}:vsrx_hostdev": answer,
            f"kvm{number}:sriov_vfs": VFS,
            f"fw{number}:junos_cluster_mac": cluster_mac(number),
        }
    hosts = {f"kvm{number}": {"sriov_host_pfs": []} for number in (0, 1)}
    done = Site(tmp_path, {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": {"hosts": nodes}}).run("preflight", answers)
    looks = [call.options for call in done.calls if call.module == "junos_cluster_mac" and call.options.get("sriov_ports")]
    assert looks, done.output
    assert [options.get("trusted_ports") for options in looks] == [passed] * len(looks)
