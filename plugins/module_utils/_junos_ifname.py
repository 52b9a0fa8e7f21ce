# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import typing as t

MANAGEMENT = "fxp0"
CONTROL = "em0"
#: the slot number that a cluster gives to the ports of each node
_SLOT = {0: 0, 1: 7}


def fixed_positions(cluster_node: t.Optional[int]) -> int:
    """How many NICs come before the revenue ports: management, and in a cluster control."""
    return 1 if cluster_node is None else 2


def junos_name(position: int, cluster_node: t.Optional[int]) -> str:
    """What Junos calls the NIC at a position, counted from 1 in the order of the guest's PCI addresses."""
    if position == 1:
        return MANAGEMENT
    if cluster_node is None:
        return f"ge-0/0/{position - 2}"
    if position == 2:
        return CONTROL
    return f"ge-{_SLOT[cluster_node]}/0/{position - 3}"
