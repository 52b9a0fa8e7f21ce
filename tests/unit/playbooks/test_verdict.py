# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What preflight makes of that which was read: it stops for what site refuses, and for nothing else."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import typing as t

import pytest

PLAYBOOKS = pathlib.Path(__file__).parents[3] / "playbooks"


def finding(rule: str, severity: str = "error", where: str = "eno2") -> dict[str, str]:
    return {"id": rule, "severity": severity, "where": where, "found": "something", "cure": "do this"}


READ: dict[str, t.Any] = {"sriov_host_preview": {"pfs": [], "actions": []}}
MAPPED: dict[str, t.Any] = {"vsrx_host": "kvm1", "vsrx_domain": "fw", "vsrx_ports_map": []}
MEMBER = {**MAPPED, "vsrx_cluster": "c", "vsrx_cluster_node": 0}
#: what is known of the host and of the node, and where the findings are that stop
CASES: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], list[str]]] = {
    "all is well": (READ, MAPPED, []),
    "the module refuses without a finding": ({"sriov_host_preview": {"pfs": [], "msg": "VF 0 is held"}}, MAPPED, ["virtual functions"]),
    "the host can not be reached": ({"sriov_host_preview": {"unreachable": True, "msg": "no route"}}, MAPPED, ["virtual functions"]),
    "the host was not read": ({}, MAPPED, ["virtual functions"]),
    "an error": ({**READ, "sriov_host_findings": [finding("S16")]}, MAPPED, ["eno2"]),
    "a warning": ({**READ, "sriov_host_findings": [finding("S16", "warning")]}, MAPPED, []),
    "an accepted error": ({**READ, "sriov_host_findings": [finding("S16")], "sriov_host_accept": ["S16"]}, MAPPED, []),
    "an IOMMU that site switches on": (
        {**READ, "sriov_host_findings": [finding("S18", where="IOMMU")], "sriov_host_manage_cmdline": "yes", "sriov_host_reboot": "true"},
        MAPPED,
        [],
    ),
    "an IOMMU that site may not switch on": (
        {**READ, "sriov_host_findings": [finding("S18", where="IOMMU")], "sriov_host_manage_cmdline": "no", "sriov_host_reboot": "true"},
        MAPPED,
        ["IOMMU"],
    ),
    "a node that was not read": (READ, {}, ["ports"]),
    "ports that are refused": (READ, {"vsrx_ports_refusal": "it runs"}, ["ports"]),
    "a member without a number": (READ, {"vsrx_cluster": "c", "vsrx_cluster_refusal": "half a cluster", **MAPPED}, ["cluster"]),
    "a rule broken by a cluster that is as it is to be": (READ, {**MEMBER, "vsrx_cluster_findings": [finding("S10")]}, []),
    "a rule that refuses a change": (
        READ,
        {**MEMBER, "vsrx_cluster_findings": [finding("S10", where="reth0")], "vsrx_cluster_refusal": "S10"},
        ["cluster", "reth0"],
    ),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, t.Any]]:
    """One run, with a play for each case: the template sees no more than the hosts of its play."""
    folder = tmp_path_factory.mktemp("verdict")
    hosts = {f"host{number}": host for number, (host, _node, _stops) in enumerate(CASES.values())}
    nodes = {f"node{number}": node for number, (_host, node, _stops) in enumerate(CASES.values())}
    variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"vars": variables, "children": {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": {"hosts": nodes}}}}
    (folder / "inventory.json").write_text(json.dumps(inventory))
    plays = [
        {
            "hosts": f"host{number}:node{number}",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "site",
                    "run_once": True,
                    "ansible.builtin.copy": {
                        "dest": f"{folder}/{number}.json",
                        "content": f"{{{{ lookup('ansible.builtin.template', '{PLAYBOOKS}/templates/site.json.j2') }}}}",
                        "mode": "0644",
                    },
                }
            ],
        }
        for number in range(len(CASES))
    ]
    (folder / "plays.json").write_text(json.dumps(plays))
    command = ["ansible-playbook", "-i", str(folder / "inventory.json"), str(folder / "plays.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: json.loads((folder / f"{number}.json").read_text()) for number, name in enumerate(CASES)}


@pytest.mark.parametrize("name", CASES)
def test_it_stops_for_what_site_refuses(verdicts: dict[str, dict[str, t.Any]], name: str) -> None:
    found = verdicts[name]["findings"]
    assert sorted(each["where"] for each in found if each["stops"]) == CASES[name][2]
    assert all(each["severity"] == "error" for each in found if each["stops"])


PORTS = {"vsrx_host": "kvm1", "vsrx_domain": "a", "vsrx_ports": [{"pf": "eno2", "index": 0, "mac": "02:5A:00:00:00:01"}, {"pf": "eno3"}]}
OTHER = {"vsrx_host": "kvm1", "vsrx_domain": "b", "vsrx_ports": [{"pf": "eno2", "index": 1, "mac": "02:5a:00:00:01:01"}, {"pf": "eno3"}]}
#: what node b has otherwise, and the words of the refusal
TWICE: dict[str, tuple[dict[str, t.Any], str]] = {
    "nothing": ({}, ""),
    "the domain": ({"vsrx_domain": "a"}, "domain a on kvm1"),
    "a domain of that name on another host": ({"vsrx_host": "kvm2", "vsrx_domain": "a"}, ""),
    "a VF": ({"vsrx_ports": [{"pf": "eno2", "index": 0}]}, "eno2 VF 0 on kvm1"),
    "a VF of that number on another host": ({"vsrx_host": "kvm2", "vsrx_ports": [{"pf": "eno2", "index": 0}]}, ""),
    "a MAC address on another host": ({"vsrx_host": "kvm2", "vsrx_ports": [{"pf": "x", "mac": "02:5a:00:00:00:01"}]}, "02:5a:00:00:00:01"),
}


@pytest.mark.mission("S22")
@pytest.mark.parametrize("what", TWICE)
def test_what_is_asked_for_two_nodes_is_refused_by_name(tmp_path: pathlib.Path, what: str) -> None:
    other, words = TWICE[what]
    inventory = {
        "vsrx_nodes": {
            "hosts": {"a": PORTS, "b": {**OTHER, **other}},
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
        }
    }
    (tmp_path / "inventory.json").write_text(json.dumps(inventory))
    task = {"ansible.builtin.include_tasks": f"{PLAYBOOKS}/tasks/nodes_apart.yml"}
    (tmp_path / "plays.json").write_text(json.dumps([{"hosts": "vsrx_nodes", "gather_facts": False, "tasks": [task]}]))
    command = ["ansible-playbook", "-i", str(tmp_path / "inventory.json"), str(tmp_path / "plays.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = " ".join(done.stdout.split())
    assert (done.returncode != 0) is bool(words), told
    assert words in told and ("a and b are both to have" in told) is bool(words)
