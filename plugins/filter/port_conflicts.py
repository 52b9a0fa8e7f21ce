# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.port_conflicts: why a node cannot get its ports, as its host and the other nodes show it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: port_conflicts
short_description: Why a node cannot get its ports, as its host and the other nodes show it
version_added: 1.1.0
description:
  - Compares the map of a node's ports that the role vsrx_ports left with those of the other nodes. A domain, a VF or a MAC address that
    two nodes are to have is a conflict.
  - With O(makes_vfs), compares it with the VFs that the role sriov_host planned, too. A VF that is not made, or whose PF is down, is a
    conflict.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._hostvars
options:
  node:
    description: The node.
    type: str
    required: true
  nodes:
    description: All nodes of the run.
    type: list
    elements: str
    required: true
  makes_vfs:
    description: Whether this run makes the VFs.
    type: bool
    default: true
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Check the ports of the nodes against each other
  ansible.builtin.assert:
    that: port_conflicts | length == 0
    fail_msg: "{{ port_conflicts | join('\n') }}"
  vars:
    port_conflicts: "{{ hostvars | vsrx.sriov.port_conflicts(node=inventory_hostname, nodes=groups.vsrx_nodes) }}"
"""

RETURN = r"""
_value:
  description: The reasons, each with what was found, what was expected, and what to do.
  type: list
  elements: str
"""

import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._hostvars import pick_of_hosts
from ..plugin_utils._site import conflicts


def port_conflicts(variables: t.Any, node: str, nodes: t.Sequence[str], makes_vfs: bool = True) -> t.Any:
    known = pick_of_hosts(variables, dict.fromkeys([*nodes, node]), conflicts.OF_NODE)
    at = known[node].get("vsrx_host")
    on = [at] if isinstance(at, str) and at in variables else []
    host = next(iter(pick_of_hosts(variables, on, conflicts.OF_HOST).values()), {}) if makes_vfs else None
    return wrap_var(conflicts.find_conflicts(node, known, host))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"port_conflicts": port_conflicts}
