# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""In which order units and nodes are changed. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .model import Node, Site, Unit

PORTS = "ports"
MAC_MODE = "mac_mode"


@dataclasses.dataclass(frozen=True)
class Stage:
    """A stage of a unit's turn: commit, ports, mac_mode or verify; ``nodes`` are those that get ports."""

    stage: str
    nodes: tuple[str, ...] = ()


def make_turns(site: Site, at_once: int) -> list[list[str]]:
    """The names of the units by turns: those that nothing interrupts all at once, the others ``at_once`` at a time."""
    quiet = [unit.name for unit in site.units if not unit.interrupts]
    loud = [unit.name for unit in site.units if unit.interrupts]
    size = max(at_once, 1)
    return ([quiet] if quiet else []) + [loud[start : start + size] for start in range(0, len(loud), size)]


def order_nodes(unit: Unit) -> tuple[Node, ...]:
    """The node that is primary of fewer redundancy groups goes first; where that is not known or equal, node 1 does."""
    shown = next((node.primaries for node in unit.nodes if node.formed), ())
    return tuple(sorted(unit.nodes, key=lambda node: (shown.count(f"node{node.number}"), node.number != 1)))


def make_port_turns(unit: Unit) -> list[list[str]]:
    """The nodes that get ports, by turns: one after the other, or both at once."""
    names = [node.name for node in order_nodes(unit) if node.actions]
    return [names] if unit.together else [[name] for name in names]


def list_nodes_to_start(unit: Unit) -> list[str]:
    """The nodes of a cluster that are off while the other is not. They come first, so that the cluster is whole for what follows."""
    found = [node.name for node in order_nodes(unit) if node.starts]
    return found if unit.is_cluster and len(found) < len(unit.nodes) else []


def list_stages(unit: Unit, parts: t.Collection[str], preview: bool) -> list[Stage]:
    """The stages of a unit's turn in their order.

    The statements are committed while the cluster is whole; then the nodes get their ports, and the boot that brings the ports brings the
    MAC mode into force. A cluster that is not formed, or does not answer, gets its ports first. One to which nothing is to be done is
    verified.
    """
    stages = []
    mode = unit.is_cluster and MAC_MODE in parts
    if mode and unit.commits_first:
        stages.append(Stage("commit"))
    if PORTS in parts:
        stages += [Stage("ports", tuple(turn)) for turn in make_port_turns(unit)]
    if mode and unit.quiet:
        stages.append(Stage("verify"))
    elif mode and not (preview and unit.commits_first):
        # A preview would take the nodes for those that are still to be restarted.
        stages.append(Stage("mac_mode"))
    return stages
