# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What a wait waits for: whether a look shows it, and what to say of it. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .look import NODES, Look, NodeView

#: two readings of one boot time differ by less
SAME_BOOT_S = 5


@dataclasses.dataclass(frozen=True)
class Goal:
    """A condition on a look. ``awaited`` says what is waited for, ``missing`` what a look still lacks of it."""

    awaited: str

    def missing(self, look: Look) -> tuple[str, ...]:
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Healthy(Goal):
    """Each group has its primary and its secondary, and nothing fails."""

    awaited: str = "a healthy cluster"
    but_manual: bool = False
    reths: frozenset[str] = frozenset()

    def missing(self, look: Look) -> tuple[str, ...]:
        if not look.enabled:
            return ("chassis cluster is not enabled",)
        down = tuple(f"{reth} is down" for reth in sorted(self.reths - look.reths_up))
        if look.healthy_but_manual if self.but_manual else look.healthy:
            return down
        problems = {node.name: node.problems if self.but_manual else node.reasons for node in look.nodes.values()}
        reasons = [f"{name} {', '.join(words)}" for name, words in problems.items() if words]
        return (*(reasons or ["the cluster is not healthy"]), *down)


@dataclasses.dataclass(frozen=True)
class Booted(Goal):
    """The nodes have booted since the view of them that is given, and with what is configured."""

    awaited: str = "a boot"
    wanted: bool = True
    #: the nodes as they were before they went down
    before: tuple[NodeView, ...] = ()

    def missing(self, look: Look) -> tuple[str, ...]:
        return tuple(f"{node.name} has not booted" for node in self.before if not self.has_booted(node, look.node(node.name)))

    def has_booted(self, before: NodeView, now: NodeView) -> bool:
        """By the mode that came into force with the boot, or, where that is not known, by the boot time alone."""
        if now.booted_at is None:
            return False
        if now.in_force is not None and before.in_force != now.in_force:
            return now.in_force is self.wanted
        return before.booted_at is not None and now.booted_at > before.booted_at + SAME_BOOT_S


@dataclasses.dataclass(frozen=True)
class BootedSince(Goal):
    """The nodes have booted after these times, whatever they booted with. Any boot counts of a node whose time was not known."""

    awaited: str = "a boot"
    #: node -> when it had booted before it went down
    times: t.Mapping[str, t.Optional[int]] = dataclasses.field(default_factory=dict)

    def missing(self, look: Look) -> tuple[str, ...]:
        return tuple(f"{name} has not booted" for name, before in self.times.items() if not self._has_booted(before, look.node(name)))

    def _has_booted(self, before: t.Optional[int], now: NodeView) -> bool:
        return now.booted_at is not None and (before is None or now.booted_at > before + SAME_BOOT_S)


@dataclasses.dataclass(frozen=True)
class Formed(Goal):
    """These nodes take part in every group. What a cluster is waited for that was not healthy before."""

    awaited: str = "both nodes in the cluster"
    nodes: tuple[str, ...] = NODES

    def missing(self, look: Look) -> tuple[str, ...]:
        if not look.enabled:
            return ("chassis cluster is not enabled",)
        views = [look.node(name) for name in self.nodes]
        return tuple(f"{view.name} {', '.join(view.problems) or 'is in no group'}" for view in views if not view.is_able)


@dataclasses.dataclass(frozen=True)
class GroupsOn(Goal):
    """The groups are primary on these nodes."""

    awaited: str = "redundancy groups"
    homes: t.Mapping[int, str] = dataclasses.field(default_factory=dict)

    def missing(self, look: Look) -> tuple[str, ...]:
        found = look.homes
        return tuple(
            f"redundancy group {group} is primary on {found.get(group, 'no node')}, not on {node}"
            for group, node in sorted(self.homes.items())
            if found.get(group) != node
        )


@dataclasses.dataclass(frozen=True)
class Every(Goal):
    """Several goals at once."""

    awaited: str = ""
    goals: tuple[Goal, ...] = ()

    def missing(self, look: Look) -> tuple[str, ...]:
        return tuple(text for goal in self.goals for text in goal.missing(look))
