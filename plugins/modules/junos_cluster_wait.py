#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of junos_cluster_wait: wait until a chassis cluster is healthy.

The action plugin of the same name does the work, on the control node.
"""

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
  - vsrx.sriov._cluster
attributes:
  check_mode:
    support: full
    details: It only reads, in check mode as well.
  idempotent:
    support: full
options:
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
