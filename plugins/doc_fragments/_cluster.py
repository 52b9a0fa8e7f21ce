# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the modules have in common that act on a whole chassis cluster: junos_cluster_failover, _node and _restart."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description: Name that the two nodes share in their variable C(vsrx_cluster). Messages and progress name the cluster by it.
    type: str
    required: true
  nodes:
    description:
      - The inventory names of the nodes by their names in the cluster, V(node0) and V(node1).
      - Without it they are the hosts of the play that have C(vsrx_cluster) and C(vsrx_cluster_node) 0 and 1.
    type: dict
  sync_timeout:
    description:
      - Seconds that the nodes may take to form a healthy cluster, or redundancy groups to move.
      - Where C(hold-down-interval) of a redundancy group is longer, the group is given that time and a minute more.
    type: int
    default: 900
  poll_interval:
    description: Seconds between two looks at the cluster.
    type: float
    default: 5
  answer_timeout:
    description: Seconds to wait for the answer to one request.
    type: int
    default: 30
attributes:
  diff_mode:
    support: none
    details: RV(steps) lists the steps.
  platform:
    support: full
    platforms: junos
notes:
  - The task runs for one host of the cluster and opens its own NETCONF sessions with both nodes, with the connection variables of each.
    Give it a condition, or C(run_once) where the play has one cluster.
  - One line shows what is awaited, for how long, and of how long. On a terminal it changes in place, in a log it comes when the state
    changes.
requirements:
  - the connection plugin P(ansible.netcommon.netconf#connection) and the Python library C(ncclient) on the control node
"""
