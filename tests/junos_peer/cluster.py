# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chassis cluster: reboots, elections and failovers of its nodes. A stand-alone box is a cluster of one that denies it."""

from __future__ import annotations

import typing as t

from .clock import Clock
from .errors import DaemonError
from .inheritance import inherited
from .node import BOOTING, DOWN, HOLD, READY, STATEMENTS, Node
from .redundancy_group import RedundancyGroup
from .tree import Tree


class Cluster:
    def __init__(self, clock: Clock, nodes: list[Node], boot_delay: float, sync_delay: float, standalone: bool = False) -> None:
        self.clock = clock
        self.nodes = nodes
        self.standalone = standalone
        self.boot_delays = [boot_delay] * len(nodes)
        self.sync_delay = sync_delay
        self.groups: dict[int, RedundancyGroup] = {}
        #: the primary nodes as they were noted last
        self._primaries: dict[int, int | None] = {}
        #: asked of whoever holds the configuration and the servers
        self.committed: t.Callable[[], Tree]
        self.last_commit: t.Callable[[], int]
        self.server_down: t.Callable[[Node], None] = lambda node: None
        self.server_up: t.Callable[[Node], None] = lambda node: None
        self.noted: t.Callable[..., None] = lambda *args, **facts: None
        self.never_back: set[int] = set()
        self.back_as: dict[int, str] = {}
        #: monitor failures that a test has ordered: node -> codes
        self.failures: dict[int, list[str]] = {}
        #: hold-down timers that a test has ordered: group -> seconds
        self.hold_downs: dict[int, float] = {}
        #: told after each election
        self.settled: t.Callable[[], None] = lambda: None

    def configure(self) -> None:
        """Take the redundancy groups from the committed configuration."""
        chassis = inherited(self.committed(), "node0").find("chassis/cluster")
        rows = chassis.findall("redundancy-group") if chassis is not None else []
        wanted = {int(row.findtext("name") or 0): row for row in rows}
        for number, row in {0: None, **wanted}.items():
            group = self.groups.setdefault(number, RedundancyGroup(number))
            found = {
                int(node.findtext("name") or 0): int(node.findtext("priority") or 1)
                for node in (row.findall("node") if row is not None else [])
            }
            group.priorities = (found.get(0, 1), found.get(1, 1))
            group.preempt = row is not None and row.find("preempt") is not None
            seconds = row.findtext("hold-down-interval") if row is not None else None
            group.hold_down = float(seconds) if seconds else None
        for number in set(self.groups) - set(wanted) - {0}:
            del self.groups[number]
        self.elect("configuration")

    # reboots

    def reboot(self, numbers: t.Iterable[int]) -> None:
        numbers = sorted(numbers)
        self._take_down("reboot", numbers)
        for number in numbers:
            self._boot(self.nodes[number])

    def power_off(self, number: int) -> None:
        """The hypervisor stops the node's domain."""
        if self.nodes[number].state != DOWN:
            self._take_down("power off", [number])

    def power_on(self, number: int) -> None:
        """The hypervisor starts the node's domain."""
        if self.nodes[number].state == DOWN:
            self.noted("power on", node=self.nodes[number].name)
            self._boot(self.nodes[number])

    def _take_down(self, kind: str, numbers: t.Sequence[int]) -> None:
        for number in numbers:
            self.nodes[number].state = DOWN
            self.nodes[number].synchronised = False
        for number in numbers:
            node = self.nodes[number]
            self.noted(kind, node=node.name)
            self.server_down(node)
            for group in self.groups.values():
                if group.manual == number:
                    group.manual = None
        self.elect("node lost")

    def _boot(self, node: Node) -> None:
        """The node reads its configuration now; its servers answer after the boot delay."""
        if node.number in self.never_back:
            return
        node.state = BOOTING
        node.boots += 1
        node.booted_at = max(self.clock.seconds(), self.last_commit() + 1)
        node.booted_with = self.statements(node)
        self.noted("boot", node=node.name, mac_mode=node.mac_mode)
        self.clock.after(self.boot_delays[node.number], lambda: self._up(node))

    def statements(self, node: Node) -> frozenset[str]:
        cluster = inherited(self.committed(), node.name).find("chassis/cluster")
        return frozenset(name for name in STATEMENTS if cluster is not None and cluster.find(name) is not None)

    def _up(self, node: Node) -> None:
        if node.state != BOOTING:
            return
        node.state = READY if self.standalone else HOLD
        node.outcast = self.back_as.pop(node.number, "")
        self.server_up(node)
        self.noted("up", node=node.name)
        if self.standalone:
            node.synchronised = True
        else:
            self.clock.after(self.sync_delay / 2, lambda: self._hold_over(node))

    def _hold_over(self, node: Node) -> None:
        if node.state != HOLD:
            return
        node.state = READY
        self.elect("hold timer expired")
        self.clock.after(self.sync_delay / 2, lambda: self._in_sync(node))

    def _in_sync(self, node: Node) -> None:
        if node.state == READY:
            node.synchronised = True
            self.elect("synchronised")

    def revive(self, number: int) -> None:
        """A node that was ordered not to come back boots after all."""
        self.never_back.discard(number)
        self.nodes[number].outcast = ""
        if self.nodes[number].state == DOWN:
            self._boot(self.nodes[number])

    # elections

    def elect(self, reason: str) -> None:
        if self.standalone:
            return
        for group in self.groups.values():
            self._elect(group, reason)
            self._note_primary(group)
        self.settled()

    def _elect(self, group: RedundancyGroup, reason: str) -> None:
        eligible = [node for node in self.nodes if node.eligible]
        holder = next((node for node in eligible if node.number == group.primary), None)
        if holder is None:
            if any(node.state == HOLD and not node.outcast for node in self.nodes) and group.primary is None:
                return  # it is about to take part
            best = max(eligible, key=lambda node: (group.priorities[node.number], -node.number), default=None)
            group.failover(best.number if best else None, reason, self.clock.now())
        elif group.preempt and group.manual is None:
            free = [node for node in eligible if node.number != group.holding or self.hold_down(group) is None]
            best = max(free, key=lambda node: (self.weight(group, node), -node.number))
            if self.weight(group, best) > self.weight(group, holder):
                self._hand_over(group, best.number, "preempt")

    def weight(self, group: RedundancyGroup, node: Node) -> int:
        return group.priority(node, self.monitor_failures(node, group))

    def failover(self, number: int, to: int) -> None:
        group = self.group(number)
        if not 0 <= to < len(self.nodes):
            raise DaemonError(f"error: invalid node {to}")
        if not self.nodes[to].eligible:
            raise DaemonError(f"error: node{to} is not eligible for redundancy group {number}")
        if group.manual is not None:
            raise DaemonError(
                f"error: Manual failover is not permitted as redundancy-group {number} is in manual failover mode already; reset it first"
            )
        if group.primary == to:
            raise DaemonError(f"error: node{to} is already the primary of redundancy group {number}")
        if group.holding == to and self.hold_down(group) is not None:
            raise DaemonError(f"error: node{to} is in secondary-hold of redundancy group {number} until its hold-down timer expires")
        group.manual = to
        self._hand_over(group, to, "manual failover")
        self.noted("failover", group=number, to=f"node{to}")

    def reset(self, number: int) -> None:
        self.group(number).manual = None
        self.elect("manual failover reset")
        self.noted("failover reset", group=number)

    def group(self, number: int) -> RedundancyGroup:
        if number not in self.groups:
            raise DaemonError(f"error: redundancy group {number} is not configured")
        return self.groups[number]

    def _hand_over(self, group: RedundancyGroup, to: int, reason: str) -> None:
        group.holding = group.primary
        group.failover(to, reason, self.clock.now())
        self._note_primary(group)
        turn = group.failovers
        seconds = self.hold_down(group)
        self.clock.after(min(self.sync_delay, 1.0) if seconds is None else seconds, lambda: self._release(group, turn))
        self.settled()

    def _note_primary(self, group: RedundancyGroup) -> None:
        """Each change of a group's primary node, so that a test can count the seconds without one."""
        if self._primaries.get(group.number, -1) != group.primary:
            self._primaries[group.number] = group.primary
            self.noted("primary", group=group.number, to=None if group.primary is None else f"node{group.primary}")

    def hold_down(self, group: RedundancyGroup) -> float | None:
        return self.hold_downs.get(group.number, group.hold_down)

    def _release(self, group: RedundancyGroup, turn: int) -> None:
        if group.failovers == turn:
            group.holding = None
            if group.preempt:
                self.elect("hold-down timer expired")

    # what it shows

    def monitor_failures(self, node: Node, group: RedundancyGroup) -> list[str]:
        found = list(self.failures.get(node.number, []))
        if group.number > 0 and node.up and not node.synchronised and self._other_up(node):
            found.append("CS")
        return found

    def _other_up(self, node: Node) -> bool:
        return any(other.up for other in self.nodes if other is not node)

    def primary(self, number: int = 0) -> Node | None:
        holder = self.groups[number].primary if number in self.groups else None
        return None if holder is None else self.nodes[holder]
