#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module junos_cluster_mac: MAC mode of a vSRX chassis cluster on SR-IOV ports."""

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_cluster_mac
short_description: MAC mode of a vSRX chassis cluster on SR-IOV ports
version_added: 1.0.0
description:
  - Sets or removes the two statements C(use-active-child-mac-on-reth) and C(use-actual-mac-on-physical-interfaces) under
    C([edit chassis cluster]), always both, so that a chassis cluster works on SR-IOV ports with trust mode off.
  - Checks the configuration against the rules of SR-IOV on vSRX first, and tells whether the nodes must be restarted
    for the mode to be in force.
  - The change is committed with a timer, the box is asked again over a new NETCONF session, and only then the commit is confirmed.
    Whatever goes wrong in between is rolled back by Junos itself.
  - When nothing is to change, the configuration is read only; nothing is locked.
  - Each call ends its NETCONF session, also one that another module of the play has left to it, so that no idle session stays on the node.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
attributes:
  check_mode:
    support: full
    details:
      - Tells what would be changed from reads alone.
      - With diff mode the change is loaded into the locked candidate, compared and discarded.
  diff_mode:
    support: full
    details: The diff is Junos' own comparison. In check mode it needs the lock for a moment; without diff mode check mode takes none.
  idempotent:
    support: full
  platform:
    support: full
    platforms: junos
options:
  state:
    description:
      - V(present) sees to it that both statements are in the configuration of both nodes.
      - V(absent) sees to it that neither is. A cluster on SR-IOV ports can do without where all ports of its reths are trusted.
    type: str
    choices: [present, absent]
    default: present
  sriov_ports:
    description:
      - Junos names of the interfaces that are SR-IOV ports, of both nodes, as RV(vsrx.sriov.vsrx_hostdev#module:ports) tells them.
      - Lets the rules S4, S7, S10 and S14 be judged exactly. Without it they take every revenue port for a possible SR-IOV port.
      - Names have no unit, as in V(ge-0/0/1). Another spelling is refused, since it would match nothing in the configuration.
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
  accept:
    description: Rules whose findings do not stop the change, by id, V(S1) to V(S22). Warnings, such as those of rule S12, never stop it.
    type: list
    elements: str
    default: []
  confirm_timeout:
    description: Minutes after which Junos rolls the commit back unless it was confirmed, 1 to 65535.
    type: int
    default: 10
  comment:
    description: Comment of the commit in Junos' log. A rerun recognises a commit that it left unconfirmed by it.
    type: str
    default: "vsrx.sriov: MAC mode of the chassis cluster"
requirements:
  - the connection plugin P(ansible.netcommon.netconf#connection) and the Python library C(ncclient) on the control node
  - C(system services netconf ssh) in Junos and a user who may configure and commit
notes:
  - Works with the default netconf plugin; no Junos collection is needed.
  - A commit has 150 seconds for its answer, over a session of its own where the connection allows less (C(ansible_command_timeout), 30
    seconds by default). All other requests have the connection's time.
seealso:
  - module: vsrx.sriov.vsrx_hostdev
"""

EXAMPLES = r"""
- name: Both statements, for the ports that are virtual functions
  vsrx.sriov.junos_cluster_mac:
    sriov_ports: [ge-0/0/1, ge-0/0/2, ge-7/0/1, ge-7/0/2]
  register: mac_mode

- name: The same where the PF's driver is under control and a reth's many VLANs are known, with half an hour until Junos rolls back
  vsrx.sriov.junos_cluster_mac:
    sriov_ports: [ge-0/0/1, ge-0/0/2, ge-7/0/1, ge-7/0/2]
    pf_under_control: true
    trusted_ports: []
    accept: [S12]
    confirm_timeout: 30
    comment: "change 4711: MAC mode"

- name: See what removing them would change
  vsrx.sriov.junos_cluster_mac:
    state: absent
  check_mode: true
  diff: true
"""

RETURN = r"""
restart_required:
  description:
    - At least one node has not booted with what is configured. Where that is unknown, only if the configuration is changed, or the
      change of an earlier run is confirmed.
  returned: success, and a failure after the cluster was read
  type: bool
  sample: true
nodes:
  description: Both nodes of the cluster.
  returned: success, and a failure after the cluster was read
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
          description: Both statements are in the node's configuration, after the change.
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
  returned: success, and a failure after the cluster was read
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
  returned: success, and a failure after the cluster was read
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
      description: Both statements, as they are after the change.
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
findings:
  description:
    - What the rules say, errors first. After a change they judge what is configured then; in check mode and with a failure, what was found.
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
      description: V(error) stops the change unless its rule is in O(accept), V(warning) does not.
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
actions:
  description: What was or would be changed, line by line.
  returned: success
  type: list
  elements: str
  sample:
    - set chassis cluster use-active-child-mac-on-reth
    - set chassis cluster use-actual-mac-on-physical-interfaces
commit:
  description: The commit that was made and confirmed; null where none was.
  returned: success
  type: dict
  sample: {comment: "vsrx.sriov: MAC mode of the chassis cluster", confirm_timeout: 10, session: "4711", confirmed_over_session: "4712"}
  contains:
    comment:
      description: Its comment in Junos' log.
      type: str
    confirm_timeout:
      description: The minutes that Junos would have waited for the confirmation; those of the earlier run where its commit was confirmed.
      type: int
    session:
      description: The number of the NETCONF session that made it.
      returned: when this run made it; a commit that an earlier run left is confirmed only
      type: str
    confirmed_over_session:
      description: The number of the NETCONF session that confirmed it.
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
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run
from ansible_collections.vsrx.sriov.plugins.module_utils._module import run_module


def main() -> None:
    run_module(
        AnsibleModule(
            argument_spec={
                "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                "sriov_ports": {"type": "list", "elements": "str"},
                "trusted_ports": {"type": "list", "elements": "str"},
                "pf_under_control": {"type": "bool", "default": False},
                "accept": {"type": "list", "elements": "str", "default": []},
                "confirm_timeout": {"type": "int", "default": 10},
                "comment": {"type": "str", "default": "vsrx.sriov: MAC mode of the chassis cluster"},
            },
            supports_check_mode=True,
        ),
        run,
    )


if __name__ == "__main__":
    main()
