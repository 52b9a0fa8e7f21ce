#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module junos_cluster_info: state of a vSRX chassis cluster and of its MAC mode."""

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_cluster_info
short_description: State of a vSRX chassis cluster and of its MAC mode
version_added: 1.1.0
description:
  - Reads a chassis cluster and returns its nodes, redundancy groups, reths and their MAC addresses, the two statements of the MAC mode, and
    whether each node booted with them.
  - Judges the cluster by the rules of SR-IOV on vSRX and returns the findings. No finding makes the module fail.
  - Only reads. It takes no lock and loads nothing.
  - Each call ends its NETCONF session, also one that another module of the play has left to it, so that no idle session stays on the node.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
attributes:
  check_mode:
    support: full
    details: The module changes nothing.
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    support: full
    platforms: junos
options:
  state:
    description:
      - What the rules judge the cluster for.
      - V(present) is a cluster that has the MAC mode or is about to get it, V(absent) one that does without.
    type: str
    choices: [present, absent]
    default: present
  sriov_ports:
    description:
      - Junos names of the interfaces that are SR-IOV ports, of both nodes, as RV(vsrx.sriov.vsrx_hostdev#module:ports) tells them.
      - Lets the rules S4, S7, S10 and S14 be judged exactly. Without it they take every revenue port for a possible SR-IOV port.
      - Names have no unit, as in V(ge-0/0/1).
    type: list
    elements: str
  trusted_ports:
    description:
      - Those of O(sriov_ports) whose virtual function has trust mode on, of both nodes.
      - With O(state=absent) each SR-IOV port of a reth must be among them, since a reth then has a virtual MAC address that a VF without
        trust drops. This is an error of rule S6. With O(state=present) each of them is a warning, since the mode does not need trust.
      - Without it nothing is judged of trust mode.
    type: list
    elements: str
  pf_under_control:
    description: The driver of the physical functions can be updated and controlled; the limits of rule S14 do not apply.
    type: bool
    default: false
requirements:
  - the connection plugin P(ansible.netcommon.netconf#connection) and the Python library C(ncclient) on the control node
  - C(system services netconf ssh) in Junos and a user who may view the configuration
notes:
  - Works with the default netconf plugin; no Junos collection is needed.
seealso:
  - module: vsrx.sriov.junos_cluster_mac
"""

EXAMPLES = r"""
- name: See the cluster, with all rules judged for the ports that are virtual functions
  vsrx.sriov.junos_cluster_info:
    sriov_ports: [ge-0/0/1, ge-0/0/2, ge-7/0/1, ge-7/0/2]
  register: cluster

- name: Stop where a node is not healthy
  ansible.builtin.assert:
    that: cluster.cluster.healthy
    fail_msg: "{{ cluster.nodes | map(attribute='reasons') | flatten | join(', ') }}"

- name: See what the rules say of the cluster without the mode, with trust on for all ports and the PF's driver under control
  vsrx.sriov.junos_cluster_info:
    state: absent
    sriov_ports: [ge-0/0/1, ge-0/0/2, ge-7/0/1, ge-7/0/2]
    trusted_ports: [ge-0/0/1, ge-0/0/2, ge-7/0/1, ge-7/0/2]
    pf_under_control: true
"""

RETURN = r"""restart_required:
  description:
    - At least one node is known not to have booted with what is configured.
  returned: success
  type: bool
  sample: true
nodes:
  description: Both nodes of the cluster.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name in the cluster.
      type: str
      sample: node0
    id:
      description: Number in the cluster.
      type: int
      sample: 0
    host_name:
      description: Host name.
      type: str
      sample: vsrx1-node0
    junos_version:
      description: Release.
      type: str
      sample: 24.4R1.9
    model:
      description: Platform.
      type: str
      sample: vSRX
    booted_at:
      description: When it booted, in seconds since 1970 by its own clock; null where it did not tell.
      type: int
      sample: 1718000000
    away:
      description: Whether the node that answered got no answer from it. The node may run all the same.
      type: bool
      sample: false
    backup_router:
      description:
        - Whether C([edit system backup-router]) is in force on it; null where that was not read.
        - Without one, a node that is not primary of redundancy group 0 can be reached from its own subnet only.
      type: bool
      sample: true
    mode:
      description: The MAC mode on this node.
      type: dict
      sample: {configured: true, in_force: false}
      contains:
        configured:
          description: Both statements are in the node's configuration.
          type: bool
        in_force:
          description: The node booted with both; null where it is not known.
          type: bool
    redundancy_groups:
      description: The node's state, priority and monitor failures in each group.
      type: list
      elements: dict
      sample: [{id: 0, state: primary, priority: 200, monitor_failures: []}]
      contains:
        id:
          description: The number of the group.
          type: int
        state:
          description: The node's state in the group, as in V(primary) or V(secondary).
          type: str
        priority:
          description: The node's priority in the group; null where it is not told.
          type: int
        monitor_failures:
          description: The failures that the group's monitors report, in Junos' abbreviations.
          type: list
          elements: str
    healthy:
      description: Primary or secondary in every group, with a priority that can win, and no monitor failure.
      type: bool
      sample: true
    reasons:
      description: Why it is not healthy.
      type: list
      elements: str
      sample: []
reths:
  description: The redundant Ethernet interfaces and the MAC addresses that they and their active port have.
  returned: success
  type: list
  elements: dict
  sample:
    - name: reth0
      redundancy_group: 1
      ports: {node0: [ge-0/0/0], node1: [ge-7/0/0]}
      active_node: node0
      active_port: ge-0/0/0
      mac: "02:5a:00:00:00:01"
      active_port_mac: "02:5a:00:00:00:01"
      mac_is_active_ports: true
      up: true
      vlans: 2
  contains:
    name:
      description: The name of the reth.
      type: str
    redundancy_group:
      description: The number of its redundancy group; null where it has none.
      type: int
    ports:
      description: Its ports on each node.
      type: dict
      contains:
        node0:
          description: Its ports on node 0.
          returned: when it has any there
          type: list
          elements: str
        node1:
          description: Its ports on node 1.
          returned: when it has any there
          type: list
          elements: str
    active_node:
      description: The node that is primary in its group; null where not exactly one is.
      type: str
    active_port:
      description: Its port on that node; null where it has not exactly one.
      type: str
    mac:
      description: The MAC address that it has.
      type: str
    active_port_mac:
      description: The MAC address of the hardware of its active port.
      type: str
    mac_is_active_ports:
      description: Whether the two are the same, as in the MAC mode; null where one is not known.
      type: bool
    up:
      description: Whether it is up; null where Junos shows no such interface.
      type: bool
    vlans:
      description: How many VLANs it has.
      type: int
cluster:
  description: The cluster as a whole.
  returned: success
  type: dict
  sample:
    enabled: true
    connected_to: node0
    healthy: true
    primary: node0
    secondary: node1
    healthy_otherwise: true
    redundancy_groups: [{id: 0, primary: node0, secondary: node1, manual: false, preempt: false, hold_down_interval: null}]
    fabric_ports: [ge-0/0/0, ge-7/0/0]
    statements:
      - {name: use-active-child-mac-on-reth, nodes: [node0, node1]}
      - {name: use-actual-mac-on-physical-interfaces, nodes: [node0, node1]}
  contains:
    enabled:
      description: Whether the box is a node of a chassis cluster.
      type: bool
    connected_to:
      description: The node that answered, by its host name or, where both nodes have the same, as it says itself; null where neither tells.
      type: str
    healthy:
      description: Whether both nodes are healthy.
      type: bool
    healthy_otherwise:
      description: Whether both nodes are healthy, apart from manual failovers that are not cleared yet.
      type: bool
    primary:
      description: The primary node of redundancy group 0; null where not exactly one is.
      type: str
    secondary:
      description: The secondary node of redundancy group 0; null where not exactly one is.
      type: str
    redundancy_groups:
      description: The redundancy groups.
      type: list
      elements: dict
      contains:
        id:
          description: The number of the group.
          type: int
        primary:
          description: Its primary node; null where not exactly one is.
          type: str
        secondary:
          description: Its secondary node; null where not exactly one is.
          type: str
        manual:
          description: Whether a manual failover keeps it where it is.
          type: bool
        preempt:
          description: Whether it goes back by itself to the node of the higher priority.
          type: bool
        hold_down_interval:
          description: Seconds after a failover in which it cannot fail over again, as configured; null where it is not.
          type: int
    fabric_ports:
      description: The interfaces of both nodes that are members of a fabric link.
      type: list
      elements: str
    statements:
      description: Both statements, as they are.
      type: list
      elements: dict
      contains:
        name:
          description: The statement.
          type: str
        nodes:
          description: The nodes that have it in their configuration.
          type: list
          elements: str
pending_commit:
  description: A commit that Junos rolls back unless it is confirmed; null where none is known.
  returned: success
  type: dict
  sample: {user: admin, committed_at: 1718000000, rolled_back_at: 1718000600, comment: "vsrx.sriov: MAC mode of the chassis cluster"}
  contains:
    user:
      description: Who made it.
      type: str
    committed_at:
      description: When it was made, in seconds since 1970 by the clock of the node that answered.
      type: int
    rolled_back_at:
      description: When Junos rolls it back; null where it does not say.
      type: int
    comment:
      description: Its comment in Junos' log.
      type: str
findings:
  description:
    - What the rules say of the cluster with the mode, or without it where O(state=absent), errors first.
  returned: always
  type: list
  elements: dict
  sample:
    - id: S10
      severity: error
      found: "reth0 has 2 ports on node0: ge-0/0/0, ge-0/0/1"
      where: "[edit interfaces reth0]"
      cure: "A reth has at most one port per node in this mode: delete redundant-parent from the others"
  contains:
    id:
      description: The id of the rule that says it.
      type: str
    severity:
      description: V(error) stops a change by M(vsrx.sriov.junos_cluster_mac) unless its rule is accepted there, V(warning) does not.
      type: str
    where:
      description: The node, the interface, or the place in the configuration, that it is about.
      type: str
    found:
      description: What was found there.
      type: str
    cure:
      description: What to do about it.
      type: str
rpcs:
  description: How many NETCONF requests were made.
  returned: success
  type: int
  sample: 5
lost:
  description: The node gave no answer. Its session ended, could not be made, or stayed silent; retry if you are waiting for the node.
  returned: when the node gave no answer
  type: bool
  sample: true
junos_errors:
  description: What Junos said when it refused, an entry for each error.
  returned: when Junos refused a request
  type: list
  elements: str
  sample: ["configuration database locked by: root terminal p0 (pid 4711)"]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run_info
from ansible_collections.vsrx.sriov.plugins.module_utils._module import run_module


def main() -> None:
    run_module(
        AnsibleModule(
            argument_spec={
                "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                "sriov_ports": {"type": "list", "elements": "str"},
                "trusted_ports": {"type": "list", "elements": "str"},
                "pf_under_control": {"type": "bool", "default": False},
            },
            supports_check_mode=True,
        ),
        run_info,
    )


if __name__ == "__main__":
    main()
