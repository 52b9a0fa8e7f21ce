# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Timed runs of ansible-playbook, and the floor: a playbook with nothing but as many pings as another one makes calls."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import yaml

CALLBACK = pathlib.Path(__file__).parents[1] / "tests" / "stage" / "callback"
VFS, PORTS, JUNOS = "vsrx.sriov.sriov_vfs", "vsrx.sriov.vsrx_hostdev", "vsrx.sriov.junos_cluster_mac"
GET = {"source": "running", "filter": "<configuration><system><host-name/></system></configuration>"}


@dataclass(frozen=True)
class Run:
    seconds: float
    #: peak resident memory of the largest of its processes
    mebibytes: float


def playbook(inventory: pathlib.Path, name: str, *arguments: str, **environment: str) -> Run:
    """A run that must succeed; its output is shown where it does not."""
    command = ["ansible-playbook", "-i", str(inventory), *arguments, name]
    with tempfile.TemporaryFile("w+") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        output.seek(0)
        printed = output.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}\n{printed[-6000:]}")
    return Run(seconds, usage.ru_maxrss / 1024)


def calls(inventory: pathlib.Path, name: str, folder: pathlib.Path) -> list[tuple[str, str]]:
    """What a run calls of the collection: (host, module), in its order."""
    log = folder / "calls.tasks"
    playbook(inventory, name, ANSIBLE_CALLBACK_PLUGINS=str(CALLBACK), ANSIBLE_CALLBACKS_ENABLED="interrupt", INTERRUPT_LOG=str(log))
    events = [json.loads(text) for text in log.read_text().splitlines()]
    own = [event for event in events if event.get("action") in (VFS, PORTS, JUNOS)]
    return [(event["host"], event["action"]) for event in own for _call in range(event["calls"])]


def floor(folder: pathlib.Path, made: list[tuple[str, str]]) -> pathlib.Path:
    """A ping for each call, on the same connections and in the same order: Ansible's own on KVM hosts, a short read on Junos."""
    times = Counter(made)

    def most(module: str, host: str = "") -> int:
        return max((count for (name, called), count in times.items() if called == module and name.endswith(host)), default=0)

    ping: dict[str, Any] = {"name": "Ping", "ansible.builtin.ping": {}}
    junos = []
    for node in (0, 1):
        read = {"name": "Read", "ansible.netcommon.netconf_get": GET, "when": f"vsrx_cluster_node | int == {node}"}
        junos += [read] * most(JUNOS, f"node{node}")
    plays = [
        {"hosts": "kvm_hosts", "gather_facts": False, "tasks": [ping] * most(VFS)},
        {"hosts": "vsrx_nodes", "gather_facts": False, "tasks": [{**ping, "delegate_to": "{{ vsrx_host }}"}] * most(PORTS) + junos},
    ]
    path = folder / "floor.yml"
    path.write_text(yaml.safe_dump(plays))
    return path
