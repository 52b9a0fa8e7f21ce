#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of junos_cluster_failover: move redundancy groups of a chassis cluster and hold or release them.

The action plugin of the same name does the work, on the control node.
"""

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_cluster_failover
short_description: Move redundancy groups of a chassis cluster and hold or release them
version_added: 1.1.0
description:
  - Moves redundancy groups to a node by manual failover, waits until they are there and the cluster is healthy apart from that, and leaves
    them in manual failover, so that they stay.
  - Clears manual failovers, and moves groups back to where they were.
  - A refusal by Junos is a failure at once, in Junos' words, after the other node was asked as well.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
  - vsrx.sriov._cluster
attributes:
  check_mode:
    support: full
    details: Tells which groups would be affected and asks for nothing.
  idempotent:
    support: full
options:
  state:
    description:
      - With V(held), O(groups) are moved to O(node) and stay there.
      - With V(released), manual failovers are cleared. A group that preempts then chooses its node by itself.
      - With V(returned), manual failovers are cleared and each group of O(homes) is moved to its node.
    type: str
    choices: [held, released, returned]
    required: true
  node:
    description: With O(state=held), the node that takes the groups.
    type: str
    choices: [node0, node1]
  groups:
    description: Numbers of redundancy groups; without it all.
    type: list
    elements: int
  homes:
    description: With O(state=returned), the node of each group by its number, as RV(homes) tells it before a move.
    type: dict
seealso:
  - module: vsrx.sriov.junos_cluster_node
  - module: vsrx.sriov.junos_cluster_mac
"""

EXAMPLES = r"""
- name: Move redundancy group 1 to node 1
  vsrx.sriov.junos_cluster_failover:
    cluster: vsrx1
    state: held
    node: node1
    groups: [1]
  register: moved
  when: vsrx_cluster_node == 0

- name: Move it back
  vsrx.sriov.junos_cluster_failover:
    cluster: vsrx1
    state: returned
    homes: "{{ moved.homes }}"
  when: vsrx_cluster_node == 0
"""

RETURN = r"""
groups:
  description: The groups that were or would be affected.
  returned: success
  type: list
  elements: int
  sample: [0, 1]
homes:
  description: The primary node of each group before.
  returned: success
  type: dict
  sample: {"0": node0, "1": node0}
seconds:
  description: How long it took until the cluster showed it, as far as looks from time to time tell.
  returned: success
  type: float
  sample: 6.2
steps:
  description: What was done, in order, also before a failure; in check mode what would be done.
  returned: success, and a failure after the options were read
  type: list
  elements: str
  sample: ["move redundancy groups 0, 1 to node0"]
nodes:
  description: Both nodes, as RV(vsrx.sriov.junos_cluster_mac#module:nodes) describes them.
  returned: success
  type: list
  elements: dict
cluster:
  description: The cluster, as RV(vsrx.sriov.junos_cluster_mac#module:cluster) describes it.
  returned: success
  type: dict
reths:
  description: The reths, as RV(vsrx.sriov.junos_cluster_mac#module:reths) describes them.
  returned: success
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
