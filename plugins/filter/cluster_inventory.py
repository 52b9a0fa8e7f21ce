# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.cluster_inventory: what the inventory and the maps of its nodes say of a cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cluster_inventory
short_description: What the inventory and the maps of its nodes say of a cluster
version_added: 1.1.0
description:
  - Puts the SR-IOV ports of both nodes together, as M(vsrx.sriov.junos_cluster_mac) takes them, and finds what keeps the role
    P(vsrx.sriov.vsrx_cluster#role) from working on the cluster.
  - The ports of a node are those of its fact C(vsrx_ports_map), or else of its variable C(vsrx_cluster_sriov_ports).
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._hostvars
options:
  cluster:
    description: The name that both nodes have as C(vsrx_cluster).
    type: str
    required: true
  host:
    description: The node that asks, by its inventory name.
    type: str
    required: true
  hosts:
    description: All hosts of the play, C(ansible_play_hosts_all).
    type: list
    elements: str
    required: true
  left:
    description: Those of them that did not fail, C(ansible_play_hosts).
    type: list
    elements: str
    required: true
  batch:
    description: Those of the batch, C(ansible_play_batch).
    type: list
    elements: str
    required: true
  resets:
    description: A domain of the cluster may be reset, so that each node must name its host and domain.
    type: bool
    default: false
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show the SR-IOV ports of both nodes
  ansible.builtin.debug:
    msg: "{{ (hostvars | vsrx.sriov.cluster_inventory(cluster='vsrx1', host=inventory_hostname, hosts=ansible_play_hosts_all,
      left=ansible_play_hosts, batch=ansible_play_batch)).ports }}"
"""

RETURN = r"""
_value:
  description:
    - C(ports) and C(trusted) are Junos names of interfaces, of both nodes.
    - C(ports_known) and C(trust_known) are true where that is known of both nodes.
    - C(refusals) are texts, and empty where nothing stands against the cluster.
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError

from ..plugin_utils._cluster.inventory import OF_NODE, Play, describe_cluster
from ..plugin_utils._hostvars import pick_of_hosts


def cluster_inventory(
    variables: t.Any,
    cluster: str,
    host: str,
    hosts: t.Sequence[str],
    left: t.Collection[str],
    batch: t.Collection[str],
    resets: bool = False,
) -> t.Any:
    # Of the other hosts of the play nothing but the name of their cluster is evaluated.
    named = pick_of_hosts(variables, (name for name in hosts if name in variables), ["vsrx_cluster"])
    members = [name for name, node in named.items() if node.get("vsrx_cluster") == cluster]
    picked = pick_of_hosts(variables, members, OF_NODE)
    try:
        return wrap_var(describe_cluster(picked, cluster, host, Play(members, left, batch), resets))
    except RequestError as failure:
        raise AnsibleFilterError(f"vsrx_cluster_sriov_ports: {failure.message}") from None


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"cluster_inventory": cluster_inventory}
