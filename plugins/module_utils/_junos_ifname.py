# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What Junos calls the NICs of a vSRX: position in the guest's order, node, and interface name."""

from __future__ import annotations

import re
import typing as t

MANAGEMENT = "fxp0"
CONTROL = "em0"
#: the slot number that a cluster gives to the ports of each node
SLOTS: t.Mapping[int, int] = {0: 0, 1: 7}
#: adapters in Juniper's table of a vSRX's interfaces: fxp0 to ge-0/0/6, and in a cluster fxp0, em0, ge-x/0/0 to ge-x/0/5
LISTED_ADAPTERS = 8
_REVENUE = re.compile(r"ge-(\d{1,2})/0/(\d{1,3})")


def count_fixed_positions(cluster_node: t.Optional[int]) -> int:
    """Return how many NICs come before the revenue ports: management, and in a cluster control."""
    return 1 if cluster_node is None else 2


def name_position(position: int, cluster_node: t.Optional[int]) -> str:
    """Return what Junos calls the NIC at a position, counted from 1 in the order of the guest's PCI addresses."""
    if position == 1:
        return MANAGEMENT
    if cluster_node is None:
        return f"ge-0/0/{position - 2}"
    if position == 2:
        return CONTROL
    return f"ge-{SLOTS[cluster_node]}/0/{position - 3}"


def find_position(name: str, cluster_node: t.Optional[int]) -> t.Optional[int]:
    """Return the position of a Junos interface; None for a name that this node has not."""
    if name == MANAGEMENT:
        return 1
    if name == CONTROL and cluster_node is not None:
        return 2
    match = _REVENUE.fullmatch(name)
    slot = 0 if cluster_node is None else SLOTS[cluster_node]
    if match is None or int(match[1]) != slot:
        return None
    return int(match[2]) + count_fixed_positions(cluster_node) + 1


def is_revenue(name: str) -> bool:
    """Is it the name of a revenue port, on whichever node?"""
    return _REVENUE.fullmatch(name) is not None
