# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook over hosts and nodes of which each answers anything in a field: no call, file or consent that honest ones have not.

HOSTILE_SEED=7 HOSTILE_PAIRS=20 tries others, and more of them.
"""

from __future__ import annotations

import copy
import json
import os
import pathlib
import random
import re
import typing as t

import pytest
import yaml
from support.hostile_answers import collect_values, read_at, spoil
from support.standin_hosts import VFS, Call, Done, Site, cluster_mac, hostdev

from .test_adopt import answers as adopt_answers
from .test_adopt import domains

SEED = int(os.environ.get("HOSTILE_SEED", "1"))
PAIRS = range(int(os.environ.get("HOSTILE_PAIRS", "4")))
#: the playbook, its arguments, and what the inventory says of all
RUNS: dict[str, tuple[str, list[str], dict[str, t.Any]]] = {
    "preflight": ("preflight", [], {}),
    "a preview of site": ("site", ["--check", "--diff"], {"vsrx_ports_power": "cycle"}),
    "site": ("site", [], {"vsrx_ports_power": "cycle", "vsrx_clusters_at_once": 2}),
    "report": ("report", ["--limit", "kvm_hosts,vsrx_nodes"], {}),
    "teardown": ("teardown", [], {"vsrx_teardown": ["ports", "vfs"], "vsrx_ports_power": "cycle"}),
    "adopt": ("adopt", ["-e", "vsrx_adopt_move=true"], {}),
    "a preview of host_reboot": ("host_reboot", ["--check"], {}),
    "failover test": ("failover_test", ["--check", "--limit", "fw0,fw1"], {"vsrx_cluster_failover_consent": True}),
}
#: whose answers are honest, to compare with
TWO = range(2)


def site(folder: pathlib.Path, pairs: range, variables: dict[str, t.Any]) -> Site:
    """Clusters of two nodes, each on a KVM host of its own; Junos on the nodes is played, too."""
    hosts: dict[str, t.Any] = {f"kvm{number}": {"sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}], **variables} for number in pairs}
    nodes: dict[str, t.Any] = {
        f"fw{number}": {
            "vsrx_host": f"kvm{number}", "vsrx_domain": f"fw{number}", "vsrx_ports": [{"pf": "eno2", "index": 0}],
            "vsrx_cluster": f"c{number // 2}", "vsrx_cluster_node": number % 2, "vsrx_cluster_restart": "never",
            "vsrx_ports_rejoin_timeout": 1, "vsrx_ports_poll_interval": 1, "vsrx_cluster_settle_timeout": 0, **variables,
        }
        for number in pairs
    }  # fmt: skip
    return Site(folder, {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": {"hosts": nodes}})


def honest() -> dict[str, t.Any]:
    """A domain of each host gets a port; the clusters are healthy and have the mode."""
    answers: dict[str, t.Any] = {}
    read = adopt_answers()
    for number in PAIRS:
        ports = hostdev(number % 2, actions=["add VF 0000:01:10.0"], changed=True, restarted=True, started=True)
        for place, port in enumerate(ports["ports"]):
            port["mac"] = f"02:5a:00:00:{number:02x}:{place:02x}"
        vfs = {**copy.deepcopy(VFS), "actions": ["create 1 VF of eno2"], "changed": True}
        vfs["pfs"][0]["before"] = {"num_vfs": 0, "up": False, "mtu": 1500, "drivers_autoprobe": True, "vfs": []}
        junos = cluster_mac(number % 2)
        info = {key: each for key, each in junos.items() if key not in ("actions", "commit", "findings")}
        answers |= {f"kvm{number}:sriov_vfs": vfs, f"kvm{number}:vsrx_hostdev": ports}
        answers |= {f"fw{number}:junos_cluster_mac": junos, f"fw{number}:junos_cluster_info": info}
        answers[f"kvm{number}:pci_facts"] = read["kvm1:pci_facts"]
        answers[f"kvm{number}:vsrx_domain_info"] = {
            **read["kvm1:vsrx_domain_info"],
            "domains": [domains()[number % 2] | {"name": f"fw{number}"}],
        }
    return answers


#: which answers of a KVM host are spoilt; what a playbook asks beside these is as for site
OF_HOST = {"adopt": ("pci_facts", "sriov_vfs", "vsrx_domain_info")}


def hostile(playbook: str) -> tuple[dict[str, t.Any], dict[str, str]]:
    """One answer of each host and of every other node has a field that is anything; which one, for the message of a failure."""
    answers = honest()
    values = collect_values(answers.values())
    spoilt, chosen = dict(answers), {}
    for number in PAIRS:
        chance = random.Random(f"{SEED} {number}")  # noqa: S311 - answers that can be repeated
        keys = [
            f"kvm{number}:{chance.choice(OF_HOST.get(playbook, ('sriov_vfs', 'vsrx_hostdev')))}",
            f"fw{number}:{chance.choice(('junos_cluster_mac', 'junos_cluster_info'))}",
        ]
        for key in keys[: 1 + number % 2]:
            path, spoilt[key] = spoil(answers[key], values, chance)
            chosen[key] = f"{path}: {str(read_at(spoilt[key], path))[:60]}"
    return spoilt, chosen


def run(folder: pathlib.Path, name: str, pairs: range, answers: dict[str, t.Any]) -> Done:
    playbook, arguments, variables = RUNS[name]
    return site(folder, pairs, variables).run(playbook, answers, *arguments)


#: options that follow from what a host says of its own ports and VFs, and reach that host or its own cluster alone
DERIVED = ("sriov_ports", "trusted_ports", "fabric_ports", "predict_vfs", "accept")


_NUMBER = re.compile(r"\b(kvm|fw)([0-9]+)\b")


def is_own(call: Call) -> bool:
    """A domain is named to the host that runs it, and to no other one."""
    return call.module != "vsrx_hostdev" or call.options["name"] == call.host.replace("kvm", "fw")


def kinds(calls: t.Iterable[Call], playbook: str) -> set[str]:
    """Calls as they would be of the first cluster: host, module, preview or not, and options."""
    found = set()
    for call in calls:
        options = {key: value for key, value in call.options.items() if key not in DERIVED}
        if call.module == "sriov_vfs" and (not call.check or playbook == "adopt"):
            # What teardown puts back is what the host recorded, and adopt asks of what the host says that it has; both go to the same host.
            options["pfs"] = [sorted(pf) for pf in options["pfs"]]
        text = json.dumps([call.host, call.module, call.check, options], sort_keys=True)
        found.add(_NUMBER.sub(lambda number: f"{number[1]}{int(number[2]) % 2}", text))
    return found


def is_steered(inventory: dict[str, t.Any]) -> bool:
    """A host or node of the inventory is reached otherwise than it was, or runs elsewhere, or something is an expression."""
    text = json.dumps(inventory)
    hosts = [*inventory["kvm_hosts"]["hosts"].values(), inventory["kvm_hosts"].get("vars", {}), inventory["vsrx_nodes"].get("vars", {})]
    connections = [host.get("ansible_connection", "local") for host in hosts]
    return "{{" in text or "ansible_host" in text or not set(connections) <= {"local", "ansible.netcommon.netconf"}


@pytest.mark.parametrize("name", RUNS)
def test_a_host_or_node_that_answers_anything_gets_no_more_than_an_honest_one(tmp_path: pathlib.Path, name: str) -> None:
    answers, chosen = hostile(name)
    fair, foul = run(tmp_path / "fair", name, TWO, honest()), run(tmp_path / "foul", name, PAIRS, answers)
    assert kinds(fair.calls, name), fair.output
    assert not kinds(foul.calls, name) - kinds(fair.calls, name), (chosen, foul.output)
    assert all(is_own(call) for call in foul.calls), chosen
    assert foul.files <= fair.files, (chosen, foul.files - fair.files)
    assert not [*tmp_path.rglob("*PROOF*")]
    assert "Traceback" not in foul.output and "\x1b" not in foul.output, foul.output
    adopted = tmp_path / "foul/work/vsrx-inventory.yml"
    assert not adopted.exists() or not is_steered(yaml.safe_load(adopted.read_text())["all"]["children"]), adopted.read_text()
    page = tmp_path / "foul/work/vsrx-report/index.html"
    assert not page.exists() or "<script" not in page.read_text()
