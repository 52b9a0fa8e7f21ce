# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for KVM hosts and vSRX nodes: an interpreter that notes each module it is to run and prints a chosen answer.

That is all that an owner of a managed host needs. ``Site`` is an inventory of such hosts, ``Site.run`` a playbook over it,
and ``Done`` what the control node did: each call with the options that reached the host.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import typing as t

import yaml
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.shape import Field, read_shape

#: the folder of the connection ``standin``, by which a host can be rebooted
CONNECTIONS = pathlib.Path(__file__).with_name("connection_plugins")
INTERPRETER = pathlib.Path(__file__).with_name("standin_interpreter.py")
#: what honest hosts and nodes answer
VF = {
    "vf": 0, "address": "0000:01:10.0", "nodedev": "pci_0000_01_10_0", "driver": None, "netdev": None, "iommu_group": 10,
    "mac": "02:5a:00:00:00:01", "vlan": 0, "qos": 0, "vlan_proto": "802.1Q", "spoofchk": True, "trust": False,
    "link_state": "auto", "min_tx_rate": 0, "max_tx_rate": 0,
}  # fmt: skip
PFS = [
    {
        "pf": "eno2", "address": "0000:01:00.0", "driver": "igb", "mac": "52:54:00:00:01:00", "numa_node": None, "speed_mbps": 1000,
        "up": True, "mtu": 1500, "host_use": [], "total_vfs": 7, "num_vfs": 1, "drivers_autoprobe": True, "persist": True, "before": None,
        "vfs": [VF],
    }
]  # fmt: skip


def fill(module: str, answer: dict[str, t.Any]) -> dict[str, t.Any]:
    """The answer with everything else that the module documents, null or empty, so that a new return value needs no change here."""
    documented = yaml.safe_load(importlib.import_module(f"ansible_collections.vsrx.sriov.plugins.modules.{module}").RETURN)
    return _fill(read_shape(documented), answer, {"list": [], "bool": False, "int": 0})


def _fill(shape: t.Mapping[str, Field], value: dict[str, t.Any], empty: dict[str, t.Any]) -> dict[str, t.Any]:
    filled = {**{name: empty.get(field.type) for name, field in shape.items() if field.always}, **value}
    for name, field in shape.items():
        part = filled.get(name)
        if isinstance(part, dict):
            filled[name] = _fill(field.contains, part, {"list": []})
        elif isinstance(part, list) and field.contains:
            filled[name] = [_fill(field.contains, each, {"list": []}) for each in part]
    return filled


VFS: dict[str, t.Any] = fill("sriov_vfs", {"changed": False, "pfs": PFS, "actions": [], "findings": []})


def hostdev(node: int = 0, **more: t.Any) -> dict[str, t.Any]:
    """An answer of vsrx_hostdev for a node of a cluster whose third NIC is a VF."""
    names = ("fxp0", "em0", f"ge-{7 * node}/0/0")
    also = {"host_address": None, "replaces": None}
    nic = {"vf": None, "pf": None, "pf_address": None, "index": None, "vf_exists": None, "sriov": False, **also}
    vf = {"vf": "0000:01:10.0", "pf": "eno2", "pf_address": "0000:01:00.0", "index": 0, "vf_exists": True, "sriov": True, **also}
    ports = [
        {"position": place, "junos_interface": name, "mac": f"02:5a:00:00:0{node}:0{place}", "guest_address": f"0000:00:0{place}.0",
         **(vf if place == 3 else nic)}
        for place, name in enumerate(names, 1)
    ]  # fmt: skip
    return fill("vsrx_hostdev", {"changed": False, "ports": ports, **more})


def cluster_mac(node: int, **more: t.Any) -> dict[str, t.Any]:
    """An answer of junos_cluster_mac over the address of a node: healthy, both statements in force, nothing to do."""
    groups = [{"id": 0, "primary": "node0", "secondary": "node1", "manual": False, "preempt": False, "hold_down_interval": None}]
    nodes: list[dict[str, t.Any]] = [
        {
            "name": f"node{number}", "id": number, "host_name": f"fw{number}", "junos_version": "24.4R1.9", "model": "vSRX",
            "booted_at": 1718000000, "mode": {"configured": True, "in_force": True}, "healthy": True, "reasons": [], "away": False,
            "backup_router": True,
            "redundancy_groups": [{"id": 0, "state": ("primary", "secondary")[number], "priority": 100, "monitor_failures": []}],
        }
        for number in (0, 1)
    ]  # fmt: skip
    names = ("use-active-child-mac-on-reth", "use-actual-mac-on-physical-interfaces")
    cluster = {
        "enabled": True, "id": 1, "connected_to": f"node{node}", "healthy": True, "healthy_otherwise": True, "primary": "node0",
        "secondary": "node1", "redundancy_groups": groups, "statements": [{"name": name, "nodes": ["node0", "node1"]} for name in names],
    }  # fmt: skip
    return fill("junos_cluster_mac", {"changed": False, "nodes": nodes, "cluster": cluster, **more})


@dataclasses.dataclass(frozen=True)
class Call:
    """One module on one host."""

    host: str
    module: str
    check: bool
    options: dict[str, t.Any] = dataclasses.field(hash=False)


@dataclasses.dataclass(frozen=True)
class Done:
    """What a playbook did."""

    status: int
    output: str
    calls: list[Call]
    files: set[str]


class Site:
    """An inventory whose hosts are stand-ins, in a folder that shows what the control node writes."""

    #: seconds that a playbook may take
    patience = 300

    def __init__(self, folder: pathlib.Path, inventory: dict[str, t.Any], netconf: bool = False) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        for group, members in inventory.items():
            for name, host in self._hosts(members):
                if group == "kvm_hosts" or not netconf:
                    host.setdefault("ansible_connection", "local")
                    host.setdefault("ansible_python_interpreter", str(self._interpreter(name)))
                else:
                    host.setdefault("ansible_connection", "ansible.netcommon.netconf")
                    host.setdefault("ansible_host", "127.0.0.1")
                    host.setdefault("ansible_port", 9)
                    host.setdefault("ansible_user", "nobody")
        (folder / "inventory.json").write_text(json.dumps(inventory))

    def _hosts(self, group: dict[str, t.Any]) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
        yield from group.get("hosts", {}).items()
        for child in group.get("children", {}).values():
            yield from self._hosts(child)

    def _interpreter(self, name: str) -> pathlib.Path:
        path = self.folder / f"python-{name}"
        path.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{INTERPRETER}' '{name}' '{self.folder}' \"$@\"\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def run(self, playbook: str, answers: t.Mapping[str, t.Any], *arguments: str, **environment: str) -> Done:
        """A playbook of the collection. Answers are by ``host:module:name``, with ``:real`` or ``:after``, ``host:module`` and so on."""
        (self.folder / "answers.json").write_text(json.dumps(answers))
        calls = self.folder / "calls"
        calls.write_text("")
        for changed in self.folder.glob("changed-*"):
            changed.unlink()
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        before = self._files()
        command = ["ansible-playbook", "-i", str(self.folder / "inventory.json"), f"vsrx.sriov.{playbook}", *arguments]
        settings = {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_PIPELINING": "0"}
        home = {"ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "10", "ANSIBLE_SHOW_CUSTOM_STATS": "1", "PWD": str(work)}
        done = subprocess.run(
            command,
            cwd=work,
            env={**os.environ, **settings, **home, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=self.patience,
        )
        noted = [Call(**json.loads(line)) for line in calls.read_text().splitlines()]
        return Done(done.returncode, done.stdout + done.stderr, noted, self._files() - before)

    def _files(self) -> set[str]:
        kept = ("calls", "changed-")
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if not any(word in path.name for word in kept)}


def on_one_line(text: str) -> str:
    """A text on one line, also one that a list of rows holds, as the YAML callback shows it."""
    return re.sub(r"\s+", " ", re.sub(r"['\"]?\n\s*- ['\"]?\s*", " ", text))
