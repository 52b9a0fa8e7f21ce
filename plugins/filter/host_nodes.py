# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.host_nodes: the vSRX nodes of a KVM host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: host_nodes
short_description: The vSRX nodes of a KVM host
version_added: 1.1.0
description:
  - Finds the nodes whose C(vsrx_host) is the host, with what a playbook needs to shut them down and to start them again.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._hostvars
options:
  host:
    description: The inventory name of the KVM host.
    type: str
    required: true
  nodes:
    description: The names of all vSRX nodes, in the order of the inventory.
    type: list
    elements: str
    default: []
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show the nodes of a host
  ansible.builtin.debug:
    msg: "{{ hostvars | vsrx.sriov.host_nodes(host=inventory_hostname, nodes=groups.vsrx_nodes) | map(attribute='name') }}"
"""

RETURN = r"""
_value:
  description:
    - A dictionary for each node with C(name), C(domain), C(uri), C(cluster), C(node), which is V(node0) or V(node1), C(nodes), both
      nodes of the cluster with their inventory names, the limits C(shutdown_s), C(rejoin_s), C(poll_s), and the consent C(force_off).
    - C(alone) is true where no node on another host carries its traffic.
  type: list
  elements: dict
"""

import dataclasses
import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._hostvars import pick_of_hosts
from ..plugin_utils._site.residents import OF_RESIDENT, find_residents


def host_nodes(variables: t.Any, host: str, nodes: t.Sequence[str] = ()) -> t.Any:
    known = pick_of_hosts(variables, nodes, OF_RESIDENT)
    return wrap_var([dataclasses.asdict(each) for each in find_residents(known, host)])


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"host_nodes": host_nodes}
