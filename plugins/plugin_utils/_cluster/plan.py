# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""In which order the nodes restart, what moves before that, and which domain may be reset. Pure."""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from .look import Look, NodeView, find_partner

#: seconds that a hold-down timer may end late
HOLD_DOWN_MARGIN_S = 60


class Strategy(str, enum.Enum):
    SIMULTANEOUS = "simultaneous"
    ROLLING = "rolling"


@dataclasses.dataclass(frozen=True)
class Turn:
    """One node's restart: the groups that move to its partner first, and stay there until it is back."""

    node: str
    moves: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Path:
    """What one way to a cluster last showed: a look, or no answer, or an answer that was no look."""

    look: t.Optional[Look] = None
    no_response: bool = False

    @property
    def answered(self) -> bool:
        return not self.no_response


def sort_for_restart(look: Look, nodes: t.Collection[str]) -> tuple[str, ...]:
    """The node that carries less restarts first; of two that carry the same, the one that is not primary of group 0."""
    return tuple(sorted(nodes, key=lambda name: (len(look.node(name).carries), look.primary == name, name != "node1")))


def find_groups_to_move(look: Look, node: str) -> tuple[int, ...]:
    """The groups that are not primary on the node's partner."""
    return tuple(group.id for group in look.groups if group.primary != find_partner(node))


def find_nodes_to_restart(look: Look, wanted: bool) -> tuple[str, ...]:
    """The nodes that are not known to have booted with what is configured."""
    return tuple(node.name for node in look.nodes.values() if node.in_force is not wanted)


def find_groups_to_return(look: Look, homes: t.Mapping[int, str]) -> dict[int, str]:
    """The groups to move so that each is where it was. A group that preempts chooses its node by itself."""
    return {group: node for group, node in homes.items() if group not in look.preempting and look.homes.get(group) != node}


def compute_move_limit(timeout: float, hold_downs: t.Mapping[int, float], groups: t.Iterable[int]) -> float:
    """How long a move may take: the node that gave a group away is unfit until the group's hold-down timer ends."""
    return max([timeout, *(hold_downs[group] + HOLD_DOWN_MARGIN_S for group in groups if group in hold_downs)])


def has_partner(look: Look, node: str) -> bool:
    """The partner takes part in every group, so it can carry what the node carries."""
    return look.node(find_partner(node)).is_able


def may_reset(node: str, paths: t.Mapping[str, Path]) -> bool:
    """Whether the hypervisor may reset a node that was asked to reboot and is not back.

    Only where its partner shows it as lost, or where neither address answers. A node that answers, in whatever words, runs; and
    one that a look shows as primary or secondary of a group carries traffic or is about to.
    """
    own, partner = paths.get(node), paths.get(find_partner(node))
    if own is None or own.answered or partner is None:
        return False
    if partner.look is None:
        return partner.no_response
    return partner.look.node(node).is_lost


def find_survivors(nodes: t.Iterable[str], look: t.Optional[Look]) -> tuple[str, ...]:
    """The nodes among these that carry groups in the look."""
    return () if look is None else tuple(name for name in nodes if look.node(name).carries)


def describe_nodes(views: t.Iterable[NodeView]) -> str:
    return "; ".join(f"{view.name} {', '.join(view.reasons) or 'is healthy'}" for view in views)
