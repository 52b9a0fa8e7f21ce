# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster of two nodes with two paths, and a clock that a test moves: what the state machine is tried on without a network."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import NoResponseError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import Reply, parse, read
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.look import NODES, Look, find_partner, read_look
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.operations import Operations
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.paths import Paths
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.waiting import Progress, Waiter

BOOT_S = 60
OK = "<rpc-reply><ok/></rpc-reply>"


class FakeDisplay:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def display(self, msg: str, newline: bool = True) -> None:
        self.lines.append(msg)

    def v(self, msg: str) -> None:
        self.lines.append(f"-v {msg}")


@dataclasses.dataclass
class FakeNode:
    name: str
    booted_at: int = 1000
    in_force: t.Optional[bool] = False
    up_at: float = 0.0
    reachable: bool = True


class FakeCluster:
    """Both nodes, their groups, and every request that was put to them."""

    def __init__(self) -> None:
        self.time = 10_000.0
        self.nodes = {name: FakeNode(name) for name in NODES}
        self.primaries = {0: "node0", 1: "node0"}
        self.manual: set[int] = set()
        self.preempting: set[int] = set()
        self.requested: list[tuple[str, str]] = []
        #: (part of a request) -> reply in its place, or None for no answer
        self.replies: dict[str, t.Optional[str]] = {}
        self.never_back: set[str] = set()
        #: what each address leads to
        self.leads_to = {name: name for name in NODES}
        self.backup_router: t.Optional[bool] = True
        self.hold_downs: dict[int, int] = {}
        #: group 0's other node is out of reach, as without a backup router
        self.secondary_unreachable = False

    # time

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def is_up(self, name: str) -> bool:
        return self.time >= self.nodes[name].up_at

    # sessions

    def open(self, host: str, answer_timeout: t.Optional[float] = None) -> FakeSession:
        self.check(host)
        return FakeSession(self, host)

    def check(self, host: str) -> str:
        node = self.leads_to[host]
        away = self.secondary_unreachable and self.primaries[0] != node
        if not self.is_up(node) or not self.nodes[node].reachable or away:
            raise NoResponseError(f"{host} does not answer", lost=True)
        return node

    def look_at(self, session: FakeSession, wanted: bool) -> Look:
        self.check(session.host)
        return read_look(self.document(session.host))

    def document(self, host: str) -> dict[str, t.Any]:
        healthy = all(map(self.is_up, NODES))
        return {
            "nodes": [self._row(name) for name in NODES],
            "reths": [{"name": "reth0", "up": True}],
            "cluster": {
                "enabled": True,
                "healthy": healthy and not self.manual,
                "healthy_otherwise": healthy,
                "connected_to": self.leads_to[host],
                "redundancy_groups": [
                    {
                        "id": group,
                        "primary": node,
                        "manual": group in self.manual,
                        "preempt": group in self.preempting,
                        "hold_down_interval": self.hold_downs.get(group),
                    }
                    for group, node in self.primaries.items()
                ],
            },
        }

    def _row(self, name: str) -> dict[str, t.Any]:
        node, up = self.nodes[name], self.is_up(name)
        states = {group: ("primary" if primary == name else "secondary") if up else "lost" for group, primary in self.primaries.items()}
        return {
            "name": name,
            "booted_at": node.booted_at if up else None,
            "mode": {"in_force": node.in_force if up else None},
            "reasons": [] if up else ["is lost"],
            "backup_router": self.backup_router,
            "redundancy_groups": [
                {"id": group, "state": state, "priority": 100 if up else 0, "monitor_failures": []} for group, state in states.items()
            ],
        }

    # requests

    def answer(self, host: str, request: str) -> str:
        node = self.check(host)
        self.requested.append((host, request))
        for part, reply in self.replies.items():
            if part in request:
                if reply is None:
                    raise NoResponseError("no answer", lost=True)
                return reply
        root = parse(request, "the request")
        if root.tag == "get-software-information":
            return f"<rpc-reply><re-name>{node}</re-name></rpc-reply>"
        if root.tag == "request-reboot":
            wanted = root.findtext("node") or node
            self.reboot(NODES if wanted == "all" else ("node" + wanted.replace("node", ""),))
        if root.tag == "request-chassis-cluster-failover":
            group = int(root.findtext("redundancy-group") or -1)
            self.primaries[group] = f"node{root.findtext('node')}"
            self.manual.add(group)
        if root.tag == "request-chassis-cluster-failover-reset":
            self.manual.discard(int(root.findtext("redundancy-group") or -1))
        return OK

    def reboot(self, names: t.Iterable[str]) -> None:
        for name in names:
            self.nodes[name].up_at = float("inf") if name in self.never_back else self.time + BOOT_S
            self.nodes[name].booted_at = int(self.time)
            self.nodes[name].in_force = True
        for group, primary in self.primaries.items():
            if not self.is_up(primary) and self.is_up(find_partner(primary)):
                self.primaries[group] = find_partner(primary)

    # what a test asks for

    def operations(self) -> tuple[Operations, list[str]]:
        warnings: list[str] = []
        paths = Paths(t.cast("t.Any", self), {name: name for name in NODES}, look_at=t.cast("t.Any", self.look_at))
        waiter = Waiter(paths, Progress(FakeDisplay(), "vsrx1", terminal=False), 5, t.cast("t.Any", self))
        return Operations(waiter, 300, warnings.append), warnings

    @property
    def commands(self) -> list[str]:
        """The requests that do something, in few words: who was asked, and for what."""
        found = []
        for host, request in self.requested:
            values = re.findall(r">(\w+)<", request)
            for name, word in (("failover-reset", "clear"), ("failover", "move"), ("reboot", "reboot")):
                if name in request:
                    found.append(f"{host}: {word} {' '.join(values)}".rstrip())
                    break
        return found


class FakeSession:
    def __init__(self, cluster: FakeCluster, host: str) -> None:
        self._cluster = cluster
        self.host = host

    def ask(self, request: str, what: str, payload: str = "", partial: bool = False) -> Reply:
        return read(self._cluster.answer(self.host, request), what)

    def close(self) -> None:
        """Nothing is kept open."""
