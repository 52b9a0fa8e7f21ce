# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Takes a node out of its cluster before something else stops it, and brings it back; a look proves each half."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import ApplyError, VerificationError

from . import commands
from .goals import BootedSince, Every, Formed, Goal, Healthy
from .look import Look, find_partner
from .operations import Operations
from .plan import find_groups_to_move, has_partner
from .waiting import NotReachedError


@dataclasses.dataclass(frozen=True)
class Before:
    """The cluster before the node left it: kept by the caller until the node is back."""

    booted_at: t.Optional[int]
    homes: t.Mapping[int, str]
    reths: frozenset[str]
    healthy: bool
    """Nothing but manual failovers stood against its health, so groups could be moved."""


def write_before(before: Before) -> dict[str, t.Any]:
    """What a result of a task can hold."""
    homes = {str(group): node for group, node in before.homes.items()}
    return {"booted_at": before.booted_at, "homes": homes, "reths": sorted(before.reths), "healthy": before.healthy}


def read_before(found: t.Mapping[str, t.Any]) -> Before:
    homes = {int(group): node for group, node in found["homes"].items()}
    return Before(found["booted_at"], homes, frozenset(found["reths"]), bool(found["healthy"]))


def describe_before(look: Look, node: str) -> Before:
    return Before(look.node(node).booted_at, look.homes, look.reths_up, look.healthy_but_manual)


def find_moves(look: Look, node: str) -> tuple[int, ...]:
    """The groups that leave the node. In a cluster that is not healthy none can be moved for certain, and none is."""
    return find_groups_to_move(look, node) if look.healthy_but_manual else ()


class Absence:
    """One node's way out of its cluster and back."""

    def __init__(self, operations: Operations, node: str) -> None:
        self._operations = operations
        self._node = node

    def leave(self, look: Look, patience: float, move_groups: bool) -> Look:
        """Move what the node carries to its partner. Refused where the partner takes no part in the cluster: all traffic would stop."""
        if not move_groups:
            return look
        if not has_partner(look, self._node):
            look = self._wait_for_partner(patience)
        return self._operations.evacuate(look, self._node) if find_moves(look, self._node) else look

    def join(self, before: Before, booted: bool, healthy: bool, timeout: float, move_groups: bool) -> Look:
        """Wait until the node has booted and is back in its cluster, then move the groups to where they were."""
        joined: Goal = Formed()
        if healthy and before.healthy:
            joined = Healthy("a cluster that is healthy again, and its reths up", but_manual=True, reths=before.reths)
        goals = [joined]
        if booted:
            goals.insert(0, BootedSince(f"the boot of {self._node}", {self._node: before.booted_at}))
            self._operations.paths.prefer(find_partner(self._node))
        goal = Every(f"{self._node} back in its cluster", tuple(goals))
        try:
            look = self._operations.waiter.wait(goal, timeout)
        except NotReachedError as late:
            seen = "; ".join(dict.fromkeys([*late.missing, *self._operations.paths.failures.values()])) or "no answer"
            raise VerificationError(
                f"{self._node} is not back in its cluster after {timeout:.0f} s: {seen}. Expected {joined.awaited}. "
                f"{find_partner(self._node)} was left alone; look at the console of {self._node}, then run again"
            ) from None
        return self._send_home(look, before) if move_groups else look

    def _wait_for_partner(self, patience: float) -> Look:
        partner = find_partner(self._node)
        try:
            return self._operations.waiter.wait(Formed(f"{partner} in the cluster", (partner,)), patience)
        except NotReachedError as late:
            seen = "; ".join(late.missing) or "no answer"
            raise ApplyError(
                f"{self._node} was to go down, but its cluster had no second node for {patience:.0f} s: {seen}. Expected a primary and a "
                f"secondary, since all traffic would stop. {self._node} was not touched; look at {partner}, then run again"
            ) from None

    def _send_home(self, look: Look, before: Before) -> Look:
        if look.healthy_but_manual:
            return self._operations.return_home(look, before.homes)
        # Nothing proves a move in a cluster that is not healthy; but no group may stay in manual failover for it.
        for group in look.manual:
            if group in before.homes:
                self._operations.command(functools.partial(commands.clear_failover, group=group))
        return look
