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
        {
            **READ,
            "sriov_host_findings": [finding("S18", where="IOMMU")],
            "sriov_host_cmdline_lacks": ["iommu=pt"],
            "sriov_host_reboot": "true",
        },
        MAPPED,
        [],
    ),
    "an IOMMU that site may not switch on": (
        {**READ, "sriov_host_findings": [finding("S18", where="IOMMU")], "sriov_host_cmdline_lacks": [], "sriov_host_reboot": "true"},
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
    """One run, with a play for each case: the document has no more than the hosts of its play."""
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
                        "content": "{{ hostvars | vsrx.sriov.report_document(hosts=groups.kvm_hosts | intersect(ansible_play_hosts_all), "
                        "nodes=groups.vsrx_nodes | intersect(ansible_play_hosts_all), read_at='2026-01-02T03:04:05Z') | to_json }}",
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


def run(folder: pathlib.Path, tasks: str, nodes: dict[str, t.Any], hosts: t.Optional[dict[str, t.Any]] = None) -> tuple[int, str]:
    """One of the playbooks' task files on the nodes: its exit status and what it told."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (folder / "inventory.json").write_text(json.dumps({"kvm_hosts": {"hosts": hosts or {}}, "vsrx_nodes": {"hosts": nodes, "vars": local}}))
    task = {"ansible.builtin.include_tasks": f"{PLAYBOOKS}/tasks/{tasks}"}
    (folder / "plays.json").write_text(json.dumps([{"hosts": "vsrx_nodes", "gather_facts": False, "tasks": [task]}]))
    command = ["ansible-playbook", "-i", str(folder / "inventory.json"), str(folder / "plays.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, " ".join(done.stdout.split())


def port(vf: str, mac: t.Optional[str], **more: t.Any) -> dict[str, t.Any]:
    return {"sriov": True, "vf": vf, "mac": mac, "pf": "eno2", "pf_address": "0000:01:00.0", "vf_exists": True, **more}


A = {
    "vsrx_host": "kvm1",
    "vsrx_domain": "a",
    "vsrx_ports_map": [port("0000:01:10.0", "02:5a:00:00:00:01"), {"sriov": False, "mac": "x", "vf": None}],
}
B = {
    "vsrx_host": "kvm1",
    "vsrx_domain": "b",
    "vsrx_ports_map": [port("0000:01:10.2", "02:5a:00:00:01:01"), {"sriov": False, "mac": "x", "vf": None}],
}
NETWORK = {"sriov": True, "vf": None, "vf_exists": None, "mac": "x", "pf": None, "pf_address": None}
A["vsrx_ports_map"] += [NETWORK, port("0000:01:10.6", None)]
#: what node b has otherwise, and the words of the refusal
TWICE: dict[str, tuple[dict[str, t.Any], str]] = {
    "nothing": ({}, ""),
    "nothing, as a's domain could not be read": ({"vsrx_ports_map": []}, ""),
    "the domain": ({"vsrx_domain": "a"}, "domain a on kvm1"),
    "a domain of that name on another host": ({"vsrx_host": "kvm2", "vsrx_domain": "a"}, ""),
    "a VF": ({"vsrx_ports_map": [port("0000:01:10.0", "02:5a:00:00:01:01")]}, "VF 0000:01:10.0 on kvm1"),
    "a VF of that address on another host": ({"vsrx_host": "kvm2", "vsrx_ports_map": [port("0000:01:10.0", "02:5a:00:00:01:01")]}, ""),
    "VFs without a MAC address": ({"vsrx_ports_map": [port("0000:01:10.2", "02:5a:00:00:01:01"), port("0000:01:10.4", None)]}, ""),
    "a NIC from a libvirt network, which has no VF yet": ({"vsrx_ports_map": [NETWORK]}, ""),
    "a MAC address on another host": (
        {"vsrx_host": "kvm2", "vsrx_ports_map": [port("0000:01:10.2", "02:5a:00:00:00:01")]},
        "MAC address 02:5a:00:00:00:01",
    ),
}


@pytest.mark.mission("S22")
@pytest.mark.parametrize("what", TWICE)
def test_what_is_requested_two_nodes_is_refused_by_name(tmp_path: pathlib.Path, what: str) -> None:
    other, words = TWICE[what]
    code, output = run(tmp_path, "nodes_apart.yml", {"a": A, "b": {**B, **other}})
    assert (code != 0) is bool(words), output
    assert words in output and ("a and b are both to have" in output) is bool(words)


PREVIEW = {"pfs": [{"address": "0000:01:00.0", "up": True, "vfs": [{"address": "0000:01:10.0"}]}], "actions": []}
DOWN = {"pfs": [{**PREVIEW["pfs"][0], "up": False}], "actions": []}  # type: ignore[dict-item]
OTHERS = {"pf": "eno3", "pf_address": "0000:02:00.0"}
#: what site would make, the port, and whether that is refused
MADE: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], bool]] = {
    "a VF that site makes": (PREVIEW, port("0000:01:10.0", "x", vf_exists=False), False),
    "a VF that is there, of a PF that site leaves alone": (PREVIEW, port("0000:02:10.0", "x", **OTHERS), False),
    "a VF that nobody makes, of a PF that site leaves alone": (PREVIEW, port("0000:02:10.0", "x", **OTHERS, vf_exists=False), True),
    "a VF that is there and that site removes": (PREVIEW, port("0000:01:10.2", "x"), True),
    "a NIC from a libvirt network": (PREVIEW, NETWORK, False),
    "a VF of a PF that is down": (DOWN, port("0000:01:10.0", "x"), True),
    "a VF of a host that is not in the run": ({}, port("0000:01:10.0", "x", vf_exists=False), True),
}


@pytest.mark.parametrize("what", MADE)
def test_a_vf_that_site_does_not_make_is_refused_in_a_preview(tmp_path: pathlib.Path, what: str) -> None:
    preview, row, refused = MADE[what]
    node = {"vsrx_host": "kvm1", "vsrx_domain": "a", "vsrx_ports_map": [row, {"sriov": False, "vf_exists": None}]}
    code, output = run(tmp_path, "vfs_made.yml", {"a": node}, {"kvm1": {"sriov_host_preview": preview} if preview else {}})
    assert (code != 0) is refused, output
    assert (f"would get {row['vf']} on kvm1" in output) is refused, output
