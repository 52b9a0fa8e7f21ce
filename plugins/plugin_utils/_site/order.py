# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""In which order units and nodes are changed. Pure."""

from __future__ import annotations

from .model import Node, Site, Unit


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


def port_turns(unit: Unit) -> list[list[str]]:
    """The nodes that get ports, by turns: one after the other, or both at once."""
    names = [node.name for node in order_nodes(unit) if node.actions]
    return [names] if unit.together else [[name] for name in names]


def nodes_to_start(unit: Unit) -> list[str]:
    """The nodes of a cluster that are off while the other is not. They come first, so that the cluster is whole for what follows."""
    found = [node.name for node in order_nodes(unit) if node.starts]
    return found if unit.is_cluster and len(found) < len(unit.nodes) else []
