# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run of `site` with nothing to do grows with the site, and the modules with VFs, PFs and domains; on stand-ins, needs root.

BENCH_HOSTS (default "1 2 5 10 25 50") and BENCH_FORKS ("5 25") narrow it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import yaml

from benchmarks import runs
from benchmarks.growth import standin
from benchmarks.measure import Row

SITE = "vsrx.sriov.site"
HOSTS = [int(word) for word in os.environ.get("BENCH_HOSTS", "1 2 5 10 25 50").split()]
FORKS = os.environ.get("BENCH_FORKS", "5 25").split()
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
VIRTUAL = ["fxp0", "em0", "ge-{slot}/0/0"]


def peer(folder: pathlib.Path, number: int, ports: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A cluster whose ports have the addresses of the stand-in's domains; its part of the inventory."""
    nodes = []
    for cluster_node, (node, slot) in enumerate((("node0", 0), ("node1", 7))):
        nics = [
            {"name": name.format(slot=slot), "mac": f"52:54:00:00:{cluster_node:02x}:0{index}", "driver": "virtio"}
            for index, name in enumerate(VIRTUAL)
        ]
        nics += [{"name": f"ge-{slot}/0/{index + 1}", "mac": port["mac"], "driver": "sriov"} for index, port in enumerate(ports[node])]
        nodes.append({"ports": nics})
    folder.mkdir()
    (folder / "topology.json").write_text(json.dumps({"nodes": nodes}))
    command = [sys.executable, "-m", "junos_peer"]
    state = ["--state-dir", str(folder / "peer")]
    serve = [*command, "serve", "--daemon", *state, "--topology", str(folder / "topology.json"), "--boot-delay", "2", "--sync-delay", "1"]
    subprocess.run(serve, check=True, capture_output=True)
    output = subprocess.run(
        [*command, "inventory", *state, "--cluster", f"vsrx{number}"], check=True, capture_output=True, text=True
    ).stdout
    return dict(yaml.safe_load(output)["vsrx_nodes"]["children"])


@contextlib.contextmanager
def site(folder: pathlib.Path, count: int) -> Iterator[dict[int, pathlib.Path]]:
    """One inventory for each size, the first ones of ``count`` KVM hosts with a cluster each."""
    hosts: dict[str, Any] = {}
    clusters: dict[str, Any] = {}
    inventories: dict[int, pathlib.Path] = {}
    try:
        for number in range(count):
            made = standin.make(folder / f"kvm{number}", number=number)
            hosts[f"kvm{number}"] = made["kvm"]
            (group,) = peer(folder / f"peer{number}", number, made["ports"]).items()
            for name, node in group[1]["hosts"].items():
                domain = name.partition("-")[2]
                node.update(vsrx_host=f"kvm{number}", vsrx_domain=domain, vsrx_ports=made["ports"][domain], vsrx_ports_uri=made["uri"])
            clusters[group[0]] = group[1]
            if number + 1 in HOSTS:
                nodes = {"children": dict(clusters), "vars": {"vsrx_cluster_restart": "simultaneous", "vsrx_cluster_poll_interval": 1}}
                inventories[number + 1] = folder / f"inventory{number + 1}.json"
                inventories[number + 1].write_text(json.dumps({"all": {"children": {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": nodes}}}))
        yield inventories
    finally:
        for state in folder.glob("peer*/peer"):
            subprocess.run([sys.executable, "-m", "junos_peer", "stop", "--state-dir", str(state)], check=False, capture_output=True)


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="vsrx-growth-") as name, site(pathlib.Path(name), max(HOSTS)) as inventories:
        folder = pathlib.Path(name)
        runs.playbook(inventories[max(HOSTS)], SITE, "--forks", "25")
        floor = str(runs.floor(folder, runs.calls(inventories[min(HOSTS)], SITE, folder)))
        for forks in FORKS:
            ours, theirs = ({size: runs.playbook(inventories[size], what, "--forks", forks) for size in HOSTS} for what in (SITE, floor))
            for size in HOSTS:
                took = f"{ours[size].seconds:.1f} s, {ours[size].mebibytes:.0f} MiB; the pings {theirs[size].seconds:.1f} s"
                print(f"  {size} hosts, {forks} forks: {took}", file=sys.stderr)
            least, most = min(HOSTS), max(HOSTS)
            grown = [[run[most].seconds / run[least].seconds] for run in (ours, theirs)]
            yield Row("growth", f"time, {least} to {most} hosts, {forks} forks", "growth of the pings", *grown, 1.2, unit="x")
            grown = [[run[most].mebibytes / run[least].mebibytes] for run in (ours, theirs)]
            yield Row("growth", f"memory, {least} to {most} hosts, {forks} forks", "growth of the pings", *grown, 1.2, unit="x")
        yield from modules(folder)


def modules(folder: pathlib.Path) -> Iterator[Row]:
    """Twice as many of one thing must take at most twice the time."""
    sizes = {
        "VFs of a PF": ("vfs", (128, 256)),
        "PFs with 32 VFs each": ("pfs", (4, 8)),
        "defined domains": ("others", (250, 500)),
    }
    for what, (name, (half, whole)) in sizes.items():
        took: dict[int, list[float]] = {}
        for size in (half, whole):
            made = standin.make(folder / f"{name}{size}", **{"vfs": 32 if name == "pfs" else 4, name: size})
            inventory = folder / f"{name}{size}.json"
            inventory.write_text(json.dumps({"all": {"hosts": {"kvm": made["kvm"]}}}))
            if name == "others":
                options = {"uri": made["uri"], "name": "node0", "cluster_node": 0, "ports": made["ports"]["node0"]}
            else:
                options = {"pfs": made["kvm"]["sriov_host_pfs"]}
            module = runs.PORTS if name == "others" else runs.VFS
            _module(inventory, module, options, first=True)
            took[size] = [_module(inventory, module, options) for _round in range(ROUNDS)]
        slope = (min(took[whole]) - min(took[half])) / (whole - half)
        print(f"  {what}: {1000 * slope:.2f} ms each from {half} to {whole}", file=sys.stderr)
        yield Row("growth", f"{whole} {what}", f"{half} of them", took[whole], took[half], 2.0)


def _module(inventory: pathlib.Path, module: str, options: dict[str, Any], first: bool = False) -> float:
    """Seconds of a call that changes nothing; the first one writes down what the host has."""
    began = time.monotonic()
    command = ["ansible", "kvm", "-i", str(inventory), "-m", module, "-a", json.dumps(options)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode or (not first and "changed: true" in done.stdout):
        sys.exit(f"{module}: {done.stdout[-3000:]}")
    return time.monotonic() - began
