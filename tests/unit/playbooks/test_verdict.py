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
