# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What adopt writes of a stage is as the stage was made, and site changes nothing with it.

``python tests/stage/adopt.py STAGE`` on a stage that is finished; with ``--by-hand`` the stage is made anew by the benchmark's playbook
first, without the collection.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import yaml

TOP = pathlib.Path(__file__).parents[2]
BY_HAND = TOP / "benchmarks/site/by_hand.yml"


def run(inventory: pathlib.Path, playbook: str, *arguments: str) -> dict[str, t.Any]:
    print(f"adopt: {playbook}", flush=True)
    command = ["ansible-playbook", "-i", str(inventory), playbook, *arguments]
    settings = {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(command, cwd=TOP, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    if done.returncode or "{" not in done.stdout:
        sys.exit(f"adopt: {' '.join(command)}: exit {done.returncode}\n{done.stdout[-6000:]}{done.stderr[-2000:]}")
    return t.cast("dict[str, t.Any]", json.loads(done.stdout[done.stdout.index("{") :]))


def read_inventory(path: pathlib.Path) -> dict[str, t.Any]:
    done = subprocess.run(["ansible-inventory", "-i", str(path), "--list"], check=True, capture_output=True, text=True)
    return t.cast("dict[str, t.Any]", json.loads(done.stdout))


def strip(inventory: dict[str, t.Any]) -> dict[str, t.Any]:
    """How hosts and nodes are reached, and nothing else."""
    variables = inventory["_meta"]["hostvars"]
    nodes = [name for name, about in variables.items() if "vsrx_host" in about]
    return {
        group: {"hosts": {name: {key: value for key, value in variables[name].items() if key.startswith("ansible_")} for name in members}}
        for group, members in (("kvm_hosts", inventory["kvm_hosts"]["hosts"]), ("vsrx_nodes", nodes))
    }


def list_ports(inventory: dict[str, t.Any]) -> dict[str, t.Any]:
    """Of each node: host, domain, cluster, number, and PF, index and MAC address of its ports."""
    return {
        name: [
            *(about[each] for each in ("vsrx_host", "vsrx_domain", "vsrx_cluster", "vsrx_cluster_node")),
            *((port["pf"], port["index"], port["mac"]) for port in about["vsrx_ports"]),
        ]
        for name, about in inventory["_meta"]["hostvars"].items()
        if "vsrx_host" in about
    }


def main() -> None:
    stage = pathlib.Path(sys.argv[1]).resolve()
    if "--by-hand" in sys.argv[2:]:
        subprocess.run([TOP / "tests/stage/stage", "bare"], check=True)
        run(stage / "inventory", str(BY_HAND))
    known = read_inventory(stage / "inventory")
    bare, adopted = stage / "bare.yml", stage / "adopted.yml"
    bare.write_text(yaml.safe_dump(strip(known)))
    adopted.unlink(missing_ok=True)
    run(bare, "vsrx.sriov.adopt", "-e", f"vsrx_adopt_file={adopted}")
    text = adopted.read_text()
    if "UNKNOWN: " in text:
        sys.exit(f"{text}\nadopt: something is unknown, expected nothing of that kind")
    found = list_ports(read_inventory(adopted))
    if found != list_ports(known):
        sys.exit(f"{text}\nadopt: {found}\nexpected {list_ports(known)}")
    stats = run(adopted, "vsrx.sriov.site", "--check")["stats"]
    if any(counts["changed"] or counts["failures"] or counts["unreachable"] for counts in stats.values()):
        sys.exit(f"{text}\nadopt: site --check: {stats}, expected no change")
    print(f"adopt: {len(found)} nodes as they were made, and site would change nothing")


if __name__ == "__main__":
    main()
