# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Restarts the nodes of a cluster, one after the other or both at once, and resumes after a domain was reset."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import ApplyError, VerificationError, VsrxError

from . import commands
from .commands import is_no_response
from .goals import Booted, Healthy
from .look import NODES, Look, NodeView, find_partner
from .operations import Operations
from .plan import Strategy, find_groups_to_move, find_nodes_to_restart, find_survivors, may_reset, sort_for_restart
from .waiting import NotReachedError


@dataclasses.dataclass(frozen=True)
class Request:
    strategy: Strategy
    wanted: bool
    boot_timeout: float
    sync_timeout: float
    #: the caller may reset a domain that does not come back
    can_reset: bool = False


@dataclasses.dataclass(frozen=True)
class State:
    """Where a restart is, so that it can go on after a reset: kept by the caller between two calls."""

    #: the nodes as they were before
    before: tuple[NodeView, ...] = ()
    homes: t.Mapping[int, str] = dataclasses.field(default_factory=dict)
    reths: frozenset[str] = frozenset()
    #: the nodes that are still to be asked, in order
    todo: tuple[str, ...] = ()
    #: the nodes that are awaited, after a request to restart
    awaited: tuple[str, ...] = ()
    was_reset: tuple[str, ...] = ()


def write_state(state: State) -> dict[str, t.Any]:
    """The state as a result of a task can hold it."""
    return {
        "before": [{"name": v.name, "booted_at": v.booted_at, "in_force": v.in_force} for v in state.before],
        "homes": {str(group): node for group, node in state.homes.items()},
        "reths": sorted(state.reths),
        "todo": list(state.todo),
        "awaited": list(state.awaited),
        "was_reset": list(state.was_reset),
    }


def read_state(found: t.Mapping[str, t.Any]) -> State:
    return State(
        before=tuple(NodeView(row["name"], row["booted_at"], row["in_force"]) for row in found["before"]),
        homes={int(group): node for group, node in found["homes"].items()},
        reths=frozenset(found["reths"]),
        todo=tuple(found["todo"]),
        awaited=tuple(found["awaited"]),
        was_reset=tuple(found["was_reset"]),
    )


class ResetNeeded(Exception):  # noqa: N818 - no error: the caller resets the domains and calls again
    """These nodes do not come back by themselves, and nothing runs on them."""

    def __init__(self, nodes: tuple[str, ...], state: State) -> None:
        super().__init__(", ".join(nodes))
        self.nodes, self.state = nodes, state


class Restart:
    def __init__(self, operations: Operations, request: Request) -> None:
        self._operations = operations
        self._paths = operations.paths
        self._waiter = operations.waiter
        self._request = request

    def begin(self, look: Look) -> Look:
        """Restart the nodes that have not booted with what is configured."""
        order = sort_for_restart(look, find_nodes_to_restart(look, self._request.wanted))
        if not order:
            return look
        operations = self._operations
        operations.check_identity()
        self._warn_of_backup_router(look)
        state = State(tuple(look.nodes.values()), look.homes, look.reths_up, order)
        if look.manual and self._request.strategy == Strategy.ROLLING:
            look = operations.clear(look.manual)
        if self._request.strategy == Strategy.SIMULTANEOUS and len(order) == len(NODES):
            self._ask_both(look)
            state = dataclasses.replace(state, todo=(), awaited=order)
        return self.go_on(look, state)

    def resume(self, state: State) -> Look:
        """Go on after the domains were reset."""
        return self.go_on(None, state)

    def go_on(self, look: t.Optional[Look], state: State) -> Look:
        while state.awaited or state.todo:
            if not state.awaited:
                node = state.todo[0]
                look = look or self._paths.look_through_any()
                self._send_down(look, node)
                state = dataclasses.replace(state, todo=state.todo[1:], awaited=(node,))
            look = self._await(state)
            state = dataclasses.replace(state, awaited=())
        return self._operations.return_home(look or self._paths.look_through_any(), state.homes)

    def _send_down(self, look: Look, node: str) -> None:
        """Move what the node carries to its partner, then ask for its reboot, by its name, whichever address answers."""
        if self._request.strategy == Strategy.ROLLING:
            self._operations.evacuate(look, node)
        self._begin(f"reboot {node}", [node])
        self._ask_one(node)

    def _ask_both(self, look: Look) -> None:
        self._begin("reboot both nodes", NODES)
        first = look.primary or NODES[0]
        try:
            self._put(first, commands.reboot_both)
        except VsrxError as failure:
            self._operations.warn(f"{failure.message}; each node is asked by itself")
            for node in (find_partner(first), first):
                self._ask_one(node)

    def _ask_one(self, node: str) -> None:
        """Over the node's own address, then over its partner's, then in the words that name no node, where it is proven to be the one."""
        failures: list[VsrxError] = []
        for path in (node, find_partner(node)):
            try:
                self._put(path, lambda session: commands.reboot(session, node))
                return
            except VsrxError as failure:
                failures.append(failure)
        try:
            if self._paths.ask(node, commands.read_identity) == node:
                self._put(node, lambda session: commands.reboot(session, None))
                return
        except VsrxError as failure:
            failures.append(failure)
        words = "; ".join(dict.fromkeys(failure.message for failure in failures))
        raise ApplyError(f"{node} was not rebooted: {words}. The configuration is committed; correct this, then run again")

    def _put(self, path: str, question: t.Callable[[t.Any], tuple[str, ...]]) -> None:
        """One request to reboot. The path is proven first, so that an answer that is cut off is a reboot that has begun."""
        self._paths.ask(path, commands.read_identity)
        try:
            for warning in self._paths.ask(path, question):
                self._operations.warn(warning)
        except VsrxError as failure:
            if not is_no_response(failure):
                raise
        self._paths.end(path)

    def _await(self, state: State) -> Look:
        nodes = " and ".join(state.awaited)
        before = tuple(view for view in state.before if view.name in state.awaited)
        goal = Booted(f"the boot of {nodes}", self._request.wanted, before)
        if state.awaited == (state.awaited[0],):
            self._paths.prefer(find_partner(state.awaited[0]))
        try:
            look = self._waiter.wait(goal, self._request.boot_timeout)
        except NotReachedError as late:
            self._give_up_or_reset(state, goal, late)
            raise
        return self._await_health(state) if look else look

    def _give_up_or_reset(self, state: State, goal: Booted, late: NotReachedError) -> None:
        # What decides over a reset is looked at now, over both addresses.
        for node in NODES:
            with contextlib.suppress(VsrxError):
                self._paths.look(node)
        late_nodes = tuple(view.name for view in goal.before if late.look is None or not goal.has_booted(view, late.look.node(view.name)))
        reset = tuple(node for node in late_nodes if may_reset(node, self._paths.last) and node not in state.was_reset)
        if self._request.can_reset and reset:
            raise ResetNeeded(reset, dataclasses.replace(state, was_reset=(*state.was_reset, *reset)))
        kept = find_survivors((node for node in NODES if node not in late_nodes), late.look)
        left_alone = f"{' and '.join(kept)} carries the traffic and was left alone. " if kept else ""
        seen = "; ".join(dict.fromkeys([*late.missing, *self._paths.failures.values()]))
        raise VerificationError(
            f"{' and '.join(late_nodes)} did not boot with what is configured within {self._request.boot_timeout:.0f} s. "
            f"Last seen: {seen}. {left_alone}The configuration is committed; look at the console, then run again"
        ) from None

    def _await_health(self, state: State) -> Look:
        goal = Healthy("a cluster that is healthy again, and its reths up", but_manual=True, reths=state.reths)
        limit = self._operations.limit(state.homes)
        try:
            return self._waiter.wait(goal, limit)
        except NotReachedError as late:
            raise VerificationError(
                f"the cluster did not become healthy within {limit:.0f} s after the restart: {'; '.join(late.missing) or 'no answer'}. "
                "The configuration is committed; repair the cluster, then run again"
            ) from None

    def _warn_of_backup_router(self, look: Look) -> None:
        if self._request.strategy != Strategy.ROLLING:
            return
        for node in [view.name for view in look.nodes.values() if view.backup_router is False]:
            self._operations.warn(
                f"{node} has no 'system backup-router': while it is secondary its fxp0 answers its own subnet only. "
                f"The restart goes on over {find_partner(node)}; set backup-router in the group {node} so that both nodes can be reached"
            )

    def _begin(self, step: str, nodes: t.Iterable[str]) -> None:
        self._operations.steps.append(step)
        self._operations.rebooted += nodes
        self._waiter.progress.begin(step)


def plan_steps(look: Look, strategy: Strategy, wanted: bool) -> list[str]:
    """What a restart would do, in order; for check mode."""
    order = sort_for_restart(look, find_nodes_to_restart(look, wanted))
    if strategy == Strategy.SIMULTANEOUS and len(order) == len(NODES):
        return ["reboot both nodes"]
    steps = []
    carried = {node: find_groups_to_move(look, node) for node in order}
    for number, node in enumerate(order):
        # The second node carries all groups then, unless it is the only one.
        groups = tuple(group.id for group in look.groups) if number else carried[node]
        if strategy == Strategy.ROLLING and groups:
            steps.append(f"move redundancy groups {', '.join(map(str, groups))} to {find_partner(node)}")
        steps.append(f"reboot {node}")
    return steps
