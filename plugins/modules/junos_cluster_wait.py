#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done on the control node, by the action plugin of the same name. This file is its documentation.

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_cluster_wait
short_description: Wait until a chassis cluster is healthy
version_added: 1.1.0
description:
  - Looks at the cluster through either of its nodes until it is healthy, and fails with what is missing when the time is up.
  - A node that does not answer, and one that refuses, is asked again.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
attributes:
  check_mode:
    support: full
    details: It only reads, in check mode as well.
  diff_mode:
    support: none
    details: The steps are told in RV(steps).
  idempotent:
    support: full
  platform:
    support: full
    platforms: junos
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
  timeout:
    description: Seconds to wait. One look is taken in any case.
    type: int
    default: 900
  allow_manual_failover:
    description: A cluster is healthy enough where nothing but manual failovers stands against it.
    type: bool
    default: false
  reths:
    description: Names of reths that must be up as well.
    type: list
    elements: str
    default: []
notes:
  - The task runs for one host of the cluster and opens its own NETCONF sessions with both nodes, with the connection variables of each.
    Give it a condition, or C(run_once) where the play has one cluster.
  - One line shows what is awaited, for how long, and of how long. On a terminal it changes in place, in a log it comes when the state
    changes.
requirements:
  - the connection plugin P(ansible.netcommon.netconf#connection) and the Python library C(ncclient) on the control node
seealso:
  - module: vsrx.sriov.junos_cluster_mac
"""

EXAMPLES = r"""
- name: Wait until the cluster is healthy and its reths are up
  vsrx.sriov.junos_cluster_wait:
    cluster: vsrx1
    timeout: 600
    reths: [reth0, reth1]
  when: vsrx_cluster_node == 0
"""

RETURN = r"""
steps:
  description: What was done, in order; in check mode what would be done.
  returned: success
  type: list
  elements: str
  sample: []
nodes:
  description: Both nodes, as RV(vsrx.sriov.junos_cluster_mac#module:nodes) describes them.
  returned: success, and a failure after a look
  type: list
  elements: dict
cluster:
  description: The cluster, as RV(vsrx.sriov.junos_cluster_mac#module:cluster) describes it.
  returned: success, and a failure after a look
  type: dict
reths:
  description: The reths, as RV(vsrx.sriov.junos_cluster_mac#module:reths) describes them.
  returned: success, and a failure after a look
  type: list
  elements: dict
lost:
  description: No node gave an answer.
  returned: when no node gave an answer
  type: bool
  sample: true
junos_errors:
  description: What Junos said when it refused, an entry for each error.
  returned: when Junos refused a request
  type: list
  elements: str
  sample: ["error: node1 is not eligible"]
"""
