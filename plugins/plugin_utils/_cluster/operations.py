# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Moves redundancy groups, holds them, lets them go, and sends them home; each step is proven by a look."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import ApplyError, RequestError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.netconf import Session

from . import commands
from .commands import is_no_response
from .goals import Every, Goal, GroupsOn, Healthy
from .look import NODES, Look
from .paths import Paths
from .plan import compute_move_limit, find_groups_to_move, find_groups_to_return, has_partner
from .waiting import NotReachedError, Waiter


class Operations:
    """What can be done to a cluster by its two paths."""

    def __init__(self, waiter: Waiter, sync_timeout: float, warn: t.Callable[[str], None]) -> None:
        self.waiter = waiter
        self.paths: Paths = waiter.paths
        self.sync_timeout = sync_timeout
        self.warn = warn
        self.steps: list[str] = []
        #: the nodes that Junos was asked to reboot
        self.rebooted: list[str] = []
        self._hold_downs: dict[int, float] = {}

    def check_identity(self) -> None:
        """Refuse addresses that lead to another node than the inventory says. A node that does not answer is not judged."""
        wrong = []
        for node in NODES:
            try:
                found = self.paths.ask(node, commands.read_identity)
            except VsrxError as failure:
                if not is_no_response(failure):
                    raise
                continue
            if found not in (None, node):
                wrong.append(f"{self.paths.host(node)} is {node} in the inventory, but its address leads to {found}")
        if wrong:
            raise RequestError(
                f"{'; '.join(wrong)}. Expected each node's own fxp0 address, not one that follows the primary: correct ansible_host. "
                "Nothing was changed"
            )

    def limit(self, groups: t.Iterable[int]) -> float:
        """The time for a step that concerns these groups; the longest hold-down timer that any look showed counts."""
        for path in self.paths.last.values():
            self._hold_downs.update(path.look.hold_downs if path.look else {})
        return compute_move_limit(self.sync_timeout, self._hold_downs, groups)

    def hold(self, look: Look, groups: t.Sequence[int], node: str) -> Look:
        """Move the groups to the node by manual failover, where they stay until it is cleared."""
        if not groups:
            return look
        if not look.node(node).is_able:
            view = look.node(node)
            raise ApplyError(
                f"{node} cannot take redundancy groups {_list(groups)}: it {', '.join(view.problems) or 'takes no part in them'}. "
                "Nothing was moved; repair the cluster, then run again"
            )
        self._begin(f"move redundancy groups {_list(groups)} to {node}")
        for group in groups:
            self.command(functools.partial(commands.fail_over, group=group, node=node), first=node)
        goals: tuple[Goal, ...] = (
            GroupsOn(f"redundancy groups {_list(groups)} on {node}", dict.fromkeys(groups, node)),
            Healthy("a cluster that is healthy apart from the manual failover", but_manual=True),
        )
        return self._prove(Every(f"redundancy groups {_list(groups)} on {node}", goals), self.limit(groups), groups)

    def clear(self, groups: t.Sequence[int], homes: t.Optional[t.Mapping[int, str]] = None) -> Look:
        """Clear manual failovers; with ``homes`` also wait for those groups that then go there by themselves."""
        self._begin(f"clear the manual failover of redundancy groups {_list(groups)}")
        for group in groups:
            self.command(functools.partial(commands.clear_failover, group=group))
        goals: tuple[Goal, ...] = (Healthy("a healthy cluster"), *([GroupsOn("redundancy groups at home", homes)] if homes else []))
        return self._prove(Every("a healthy cluster", goals), self.limit(groups), groups)

    def return_home(self, look: Look, homes: t.Mapping[int, str]) -> Look:
        """Clear what holds the groups, and move each where it was; a group that preempts goes there by itself."""
        held = [group for group in look.manual if group in homes]
        if held:
            by_itself = {group: node for group, node in homes.items() if group in look.preempting and group in held}
            look = self.clear(held, by_itself)
        for node in NODES:
            groups = sorted(group for group, home in find_groups_to_return(look, homes).items() if home == node)
            if groups:
                self.hold(look, groups, node)
                look = self.clear(groups)
        return look

    def evacuate(self, look: Look, node: str) -> Look:
        """Move what the node carries to its partner, and hold it there."""
        partner = NODES[1 - NODES.index(node)]
        groups = find_groups_to_move(look, node)
        if groups and not has_partner(look, node):
            reasons = ", ".join(look.node(partner).problems) or "does not answer"
            raise ApplyError(
                f"{node} cannot go down: its partner {partner} {reasons}. Nothing was moved; repair the cluster, then run again"
            )
        if groups and [group for group in groups if group in look.manual]:
            look = self.clear([group for group in groups if group in look.manual])
            groups = find_groups_to_move(look, node)
        return self.hold(look, groups, partner)

    def command(self, question: t.Callable[[Session], tuple[str, ...]], first: t.Optional[str] = None) -> None:
        """Ask one node, and the other where the first refuses or does not answer; warnings beside the answer are reported."""
        if first is not None:
            self.paths.prefer(first)
        failures: list[VsrxError] = []
        for node in self.paths.names:
            try:
                for warning in self.paths.ask(node, question):
                    self.warn(warning)
                return
            except VsrxError as failure:
                failures.append(failure)
        raise ApplyError("; ".join(dict.fromkeys(failure.message for failure in failures)))

    def _begin(self, step: str) -> None:
        self.steps.append(step)
        self.waiter.progress.begin(step)

    def _prove(self, goal: Goal, limit: float, groups: t.Iterable[int]) -> Look:
        try:
            return self.waiter.wait(goal, limit)
        except NotReachedError as late:
            raise ApplyError(
                f"redundancy groups {_list(groups)}: {'; '.join(late.missing) or 'no answer'} after {limit:.0f} s. "
                f"Expected {goal.awaited}. No node was rebooted since; look at 'show chassis cluster status', then run again"
            ) from None


def _list(groups: t.Iterable[int]) -> str:
    return ", ".join(str(group) for group in groups)
