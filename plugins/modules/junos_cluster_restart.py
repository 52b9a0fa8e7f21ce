#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of junos_cluster_restart: restart the nodes of a chassis cluster.

The action plugin of the same name does the work, on the control node.
"""

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_cluster_restart
short_description: Restart the nodes of a chassis cluster
version_added: 1.1.0
description:
  - Restarts the nodes that have not booted with what is configured, and proves it by their boot times and by the mode that is in force.
  - A reboot names its node, so that either node can ask for it. A refusal by Junos is a failure at once, in Junos' words, after the other
    node was asked as well. A warning beside the answer is a warning.
  - With V(rolling), redundancy groups leave a node before it goes down, stay away until it is back, and return at the end.
  - A node that carries traffic is never a candidate for a reset. Where a node does not come back, its partner is left alone.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
  - vsrx.sriov._cluster
attributes:
  check_mode:
    support: full
    details: Tells the steps and asks for nothing.
  idempotent:
    support: full
options:
  strategy:
    description:
      - V(simultaneous) restarts both nodes at once. All traffic stops until one has booted; there is no mixed mode.
      - V(rolling) restarts the node that carries less first, then the other.
    type: str
    choices: [simultaneous, rolling]
    required: true
  state:
    description: Whether the MAC mode is configured, which is what a node must have booted with.
    type: str
    choices: [present, absent]
    default: present
  boot_timeout:
    description: Seconds that a node may take to boot and answer.
    type: int
    default: 1500
  can_reset:
    description:
      - The caller can reset the domain of a node. The task then ends with RV(reset) and RV(resume) where a node does not come back and
        either its partner shows it as lost or no node answers.
    type: bool
    default: false
  resume:
    description: RV(resume) of the call before, after the domains were reset.
    type: dict
seealso:
  - module: vsrx.sriov.junos_cluster_mac
"""

EXAMPLES = r"""
- name: Restart both nodes, one after the other
  vsrx.sriov.junos_cluster_restart:
    cluster: vsrx1
    strategy: rolling
  when: vsrx_cluster_node == 0
"""

RETURN = r"""
reset:
  description: The nodes whose domains the caller is to reset before it calls again with O(resume).
  returned: success
  type: list
  elements: str
  sample: []
resume:
  description: Where the restart is.
  returned: when RV(reset) names nodes
  type: dict
rebooted:
  description: The nodes that Junos was asked to reboot, in order, also before a failure.
  returned: when a node was asked
  type: list
  elements: str
  sample: [node1, node0]
steps:
  description: What was done, in order, also before a failure; in check mode what would be done.
  returned: success, and a failure after the options were read
  type: list
  elements: str
  sample: ["reboot node1", "move redundancy groups 0, 1 to node1", "reboot node0"]
nodes:
  description: Both nodes, as RV(vsrx.sriov.junos_cluster_mac#module:nodes) describes them.
  returned: success, unless RV(reset) names nodes
  type: list
  elements: dict
cluster:
  description: The cluster, as RV(vsrx.sriov.junos_cluster_mac#module:cluster) describes it.
  returned: success, unless RV(reset) names nodes
  type: dict
reths:
  description: The reths, as RV(vsrx.sriov.junos_cluster_mac#module:reths) describes them.
  returned: success, unless RV(reset) names nodes
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
