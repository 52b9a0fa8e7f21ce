# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `site` beside the same job by hand, and beside as many pings as it makes calls. Takes the stage (tests/stage/stage)."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import yaml

from benchmarks.measure import Row

HERE = pathlib.Path(__file__).parent
TOP = HERE.parents[1]
STAGE = TOP / "tests" / "stage"
INVENTORY = TOP / ".work" / "stage" / "inventory"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SITE = "vsrx.sriov.site"
OURS = {"vsrx.sriov.sriov_vfs", "vsrx.sriov.vsrx_hostdev", "vsrx.sriov.junos_cluster_mac"}
GET = {"source": "running", "filter": "<configuration><system><host-name/></system></configuration>"}


def run(*command: str, **environment: str) -> float:
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env={**os.environ, **environment}, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return time.monotonic() - began


def play(playbook: str, **environment: str) -> float:
    return run("ansible-playbook", "-i", str(INVENTORY), playbook, **environment)


def stage(word: str) -> None:
    run(str(STAGE / "stage"), word)


def calls(folder: pathlib.Path) -> list[tuple[str, str]]:
    """What a rerun of ours calls: (host, module), in its order."""
    log = folder / "calls.tasks"
    play(SITE, ANSIBLE_CALLBACK_PLUGINS=str(STAGE / "callback"), ANSIBLE_CALLBACKS_ENABLED="interrupt", INTERRUPT_LOG=str(log))
    events = [json.loads(text) for text in log.read_text().splitlines()]
    return [(event["host"], event["action"]) for event in events if event.get("action") in OURS for _call in range(event["calls"])]


def floor(folder: pathlib.Path, made: list[tuple[str, str]]) -> pathlib.Path:
    """A playbook with a ping for each call: of Ansible on the KVM hosts, the shortest of reads on Junos."""
    plays = []
    for module, hosts in (("vsrx.sriov.sriov_vfs", "kvm_hosts"), ("vsrx.sriov.vsrx_hostdev", "vsrx_nodes")):
        times = max(Counter(host for host, action in made if action == module).values(), default=0)
        ping = {"name": "Ping", "ansible.builtin.ping": {}, **({"delegate_to": "{{ vsrx_host }}"} if hosts == "vsrx_nodes" else {})}
        plays.append({"hosts": hosts, "gather_facts": False, "tasks": [ping] * times})
    for host, times in sorted(Counter(host for host, action in made if action == "vsrx.sriov.junos_cluster_mac").items()):
        get = {"name": "Read", "ansible.netcommon.netconf_get": GET}
        plays.append({"hosts": host, "gather_facts": False, "tasks": [get] * times})
    playbook = folder / "floor.yml"
    playbook.write_text(yaml.safe_dump(plays))
    return playbook


def rows() -> Iterator[Row]:
    folder = TOP / ".work" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    by_hand = str(HERE / "by_hand.yml")
    first: dict[str, list[float]] = {SITE: [], by_hand: []}
    again: dict[str, list[float]] = {SITE: [], by_hand: [], "floor": []}
    stage("up")
    for _round in range(ROUNDS):
        for playbook in (by_hand, SITE):
            stage("bare")
            first[playbook].append(play(playbook))
            again[playbook].append(play(playbook))
        made = calls(folder)
        again["floor"].append(play(str(floor(folder, made))))
    yield Row("site", "site, first run", "by hand", first[SITE], first[by_hand], 0.8)
    yield Row("site", "site, nothing to change", "by hand", again[SITE], again[by_hand], 0.4)
    yield Row("site", "site, nothing to change", f"{len(made)} pings, as many as it makes calls", again[SITE], again["floor"], 2.5)
