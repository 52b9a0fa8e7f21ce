#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of junos_cluster_check: judge whether a chassis cluster is fit for a change.

The action plugin of the same name does the work, on the control node.
"""

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_cluster_check
short_description: Judge whether a chassis cluster is fit for a change of its MAC mode
version_added: 1.1.0
description:
  - Reads the cluster through one of its nodes as M(vsrx.sriov.junos_cluster_mac) does in check mode. Where the cluster does not answer or
    is not healthy, it is given time, over the addresses of both nodes, and read once more.
  - Fails with every reason against a change. A rule or Junos refuses it, the address leads to the other node, the cluster is not healthy,
    or its nodes are not together (S8).
  - Changes nothing.
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
    details: RV(actions) lists what M(vsrx.sriov.junos_cluster_mac) would do.
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
  node:
    description: The name in the cluster of the node for which the task runs. Its address must lead to it.
    type: str
    choices: [node0, node1]
    required: true
  state:
    description: As O(vsrx.sriov.junos_cluster_mac#module:state).
    type: str
    choices: [present, absent]
    default: present
  sriov_ports:
    description: As O(vsrx.sriov.junos_cluster_mac#module:sriov_ports).
    type: list
    elements: str
  trusted_ports:
    description: As O(vsrx.sriov.junos_cluster_mac#module:trusted_ports).
    type: list
    elements: str
  pf_under_control:
    description: As O(vsrx.sriov.junos_cluster_mac#module:pf_under_control).
    type: bool
    default: false
  accept:
    description: As O(vsrx.sriov.junos_cluster_mac#module:accept).
    type: list
    elements: str
    default: []
  confirm_timeout:
    description: As O(vsrx.sriov.junos_cluster_mac#module:confirm_timeout).
    type: int
    default: 10
  comment:
    description: As O(vsrx.sriov.junos_cluster_mac#module:comment).
    type: str
  judge_health:
    description: V(false) lets a cluster pass that does not answer or is not healthy, as one whose ports are still to be changed.
    type: bool
    default: true
  allow_manual_failover:
    description: A cluster is healthy enough where nothing but manual failovers stands against it.
    type: bool
    default: false
  timeout:
    description: Seconds that a cluster that does not answer or is not healthy is given. V(0) judges what is seen first.
    type: int
    default: 60
  poll_interval:
    description: Seconds between two looks at the cluster.
    type: float
    default: 5
  answer_timeout:
    description: Seconds to wait for the answer to one request while the cluster is given time.
    type: int
    default: 30
seealso:
  - module: vsrx.sriov.junos_cluster_mac
"""

EXAMPLES = r"""
- name: Refuse a cluster that is not fit for the MAC mode
  vsrx.sriov.junos_cluster_check:
    cluster: vsrx1
    node: node{{ vsrx_cluster_node }}
    sriov_ports: [ge-0/0/1, ge-7/0/1]
    timeout: 300
"""

RETURN = r"""
actions:
  description: What M(vsrx.sriov.junos_cluster_mac) would do.
  returned: success, and a failure that no rule caused
  type: list
  elements: str
  sample: ["set chassis cluster use-active-child-mac-on-reth"]
restart_required:
  description: As RV(vsrx.sriov.junos_cluster_mac#module:restart_required).
  returned: when the cluster was read
  type: bool
  sample: true
nodes:
  description: Both nodes, as RV(vsrx.sriov.junos_cluster_mac#module:nodes) describes them.
  returned: when the cluster was read
  type: list
  elements: dict
cluster:
  description: The cluster, as RV(vsrx.sriov.junos_cluster_mac#module:cluster) describes it.
  returned: when the cluster was read
  type: dict
reths:
  description: The reths, as RV(vsrx.sriov.junos_cluster_mac#module:reths) describes them.
  returned: when the cluster was read
  type: list
  elements: dict
findings:
  description: The findings of the rules, as RV(vsrx.sriov.junos_cluster_mac#module:findings) describes them.
  returned: when the cluster was read
  type: list
  elements: dict
lost:
  description: The node gave no answer.
  returned: when the node gave no answer
  type: bool
  sample: true
"""
