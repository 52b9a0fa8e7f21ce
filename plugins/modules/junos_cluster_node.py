#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of junos_cluster_node: take a node out of its chassis cluster before it goes down, and bring it back.

The action plugin of the same name does the work, on the control node.
"""

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_cluster_node
short_description: Take a node out of its chassis cluster before it goes down, and bring it back
version_added: 1.1.0
description:
  - Before something stops a node, moves its redundancy groups to the partner and holds them there. Refused where the partner takes no part
    in every group, since all traffic would stop.
  - After the node was started, waits until it has booted and is back in its cluster, and moves the groups to where they were.
  - It stops and starts nothing itself.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
  - vsrx.sriov._cluster
attributes:
  check_mode:
    support: full
    details: Tells which groups would be moved and asks for nothing.
  idempotent:
    support: full
options:
  node:
    description: The node that goes down.
    type: str
    choices: [node0, node1]
    required: true
  state:
    description:
      - With V(drained), the groups leave O(node) and stay away. In a cluster that is not healthy no group is moved.
      - With V(joined), O(node) is back, and the groups are where they were.
    type: str
    choices: [drained, joined]
    required: true
  move_groups:
    description:
      - Move groups, and refuse where the partner cannot take them.
      - With V(false) nothing is moved or refused, for both nodes that go down at once.
    type: bool
    default: true
  unseen:
    description: Consent to go on where neither node answers, so that nothing is known of the cluster. RV(before) is empty then.
    type: bool
    default: false
  timeout:
    description:
      - With O(state=drained), seconds to wait for a partner that is about to join, such as one that boots.
      - With O(state=joined), seconds for the boot and for the cluster to form.
    type: int
    default: 2400
  before:
    description: With O(state=joined), what RV(before) was when the node left. Where it is empty nothing is waited for.
    type: dict
  booted:
    description: With O(state=joined), the node was started, so its boot is waited for.
    type: bool
    default: true
  healthy:
    description:
      - With O(state=joined), wait until a cluster that was healthy before is so again.
      - With V(false) it is enough that both nodes take part in every group, such as where a node lost ports that it monitors.
    type: bool
    default: true
seealso:
  - module: vsrx.sriov.junos_cluster_failover
  - module: vsrx.sriov.junos_cluster_restart
"""

EXAMPLES = r"""
- name: Fail all groups over before node 1 goes down
  vsrx.sriov.junos_cluster_node:
    cluster: vsrx1
    node: node1
    state: drained
  register: drained
  when: vsrx_cluster_node == 0

- name: Wait until node 1 is back and move the groups to where they were
  vsrx.sriov.junos_cluster_node:
    cluster: vsrx1
    node: node1
    state: joined
    before: "{{ drained.before }}"
    booted: false
    timeout: 900
  when: vsrx_cluster_node == 0
"""

RETURN = r"""
before:
  description:
    - With O(state=drained), the cluster as it was before, for O(before). Empty where nothing is known of it, or it is not enabled.
  returned: success
  type: dict
  sample: {"booted_at": 1718000000, "homes": {"0": node0, "1": node0}, "reths": [reth0], "healthy": true}
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
