# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays run by ansible-playbook itself, and what came of each task."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import typing as t

import yaml
from junos_peer.inventory import inventory
from junos_peer.remote import RemotePeer

MODULE = "vsrx.sriov.junos_cluster_mac"


@dataclasses.dataclass(frozen=True)
class Played:
    """One run of ansible-playbook."""

    code: int
    results: dict[str, list[tuple[str, dict[str, t.Any]]]]
    stats: dict[str, dict[str, int]]
    text: str

    def of(self, host: str, task: str) -> dict[str, t.Any]:
        """The result of the last task of that name on the host."""
        found = [result for name, result in self.results[host] if name.endswith(task)]
        assert found, f"{host} has no task {task}; it has {[name for name, _result in self.results[host]]}\n{self.text}"
        return found[-1]

    def changed(self) -> int:
        return sum(row["changed"] for row in self.stats.values())

    def failed(self) -> int:
        return sum(row["failures"] + row["unreachable"] for row in self.stats.values())

    def messages(self) -> str:
        """What a person reads where something failed."""
        failed = [result for rows in self.results.values() for _name, result in rows if result.get("failed")]
        items = [item for result in failed for item in result.get("results", [result]) if item.get("failed", True)]
        return "\n".join(str(item.get("msg")) for item in items)


def inventory_of(peers: dict[str, RemotePeer]) -> dict[str, t.Any]:
    """The nodes of all these clusters."""
    children = {}
    for cluster, peer in peers.items():
        about = {name: getattr(peer, name) for name in ("ports", "host", "user", "private_key", "ssh_config")}
        hosts = yaml.safe_load(inventory({name: value if name == "ports" else str(value) for name, value in about.items()}, cluster))
        children.update(hosts["vsrx_nodes"]["children"])
    return {"vsrx_nodes": {"children": children, "vars": {"ansible_command_timeout": 8}}}


class Runner:
    """ansible-playbook with an inventory of its own in a folder of its own."""

    def __init__(self, folder: pathlib.Path, inventory: dict[str, t.Any]) -> None:
        self.folder = folder
        (folder / "inventory.yml").write_text(yaml.safe_dump(inventory))

    def play(self, plays: list[dict[str, t.Any]], *arguments: str, **variables: t.Any) -> Played:
        (self.folder / "playbook.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
        rows = self.folder / "rows.json"
        rows.write_text("")
        environment = {
            **os.environ,
            "ROWS": str(rows),
            "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "rows",
            "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(self.folder / "pc"),
        }
        command = ["ansible-playbook", "-i", "inventory.yml", *arguments, "-e", json.dumps(variables), "playbook.yml"]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=600, check=False)
        results: dict[str, list[tuple[str, dict[str, t.Any]]]] = {}
        stats: dict[str, dict[str, int]] = {}
        for row in map(json.loads, rows.read_text().splitlines()):
            stats = row.get("stats", stats)
            if "task" in row:
                results.setdefault(row["host"], []).append((row["task"], row["result"]))
        assert stats, f"ansible-playbook gave no result\n{done.stdout}\n{done.stderr}"
        return Played(done.returncode, results, stats, f"{done.stdout}\n{done.stderr}")

    def module(self, host: str, *arguments: str, variables: t.Optional[dict[str, t.Any]] = None, **options: t.Any) -> dict[str, t.Any]:
        """The module's result on one host."""
        task = {"name": "module", MODULE: options}
        played = self.play([{"hosts": host, "gather_facts": False, "tasks": [task]}], *arguments, **(variables or {}))
        return played.of(host, "module")

    def role(self, *arguments: str, **variables: t.Any) -> Played:
        plays = [
            {"hosts": "vsrx_nodes", "gather_facts": False, "tasks": [{"name": "role", "include_role": {"name": "vsrx.sriov.vsrx_cluster"}}]}
        ]
        return self.play(plays, *arguments, **{"vsrx_cluster_restart": "simultaneous", "vsrx_cluster_poll_interval": 0.2, **variables})
