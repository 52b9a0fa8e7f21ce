# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.adopt_inventory: an inventory of what hosts and nodes have."""

from __future__ import annotations

DOCUMENTATION = r"""
name: adopt_inventory
short_description: An inventory of what hosts and nodes have
version_added: 1.1.0
description:
  - Makes the text of an inventory with which the playbook C(vsrx.sriov.site) changes nothing, of what the playbook C(vsrx.sriov.adopt) has
    read.
  - What could not be known is a comment that begins with C(UNKNOWN). Passwords are never part of it.
  - What a host or a node says is taken only in the form that its field has. No text of theirs becomes an expression or a line of its own.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._site
options:
  move:
    description: Whether free VFs take the places of the virtual ports of clusters that are members of a reth.
    type: bool
    default: false
author:
  - The vsrx.sriov authors (@vsrx)
seealso:
  - module: vsrx.sriov.vsrx_domain_info
  - module: vsrx.sriov.junos_cluster_info
"""

EXAMPLES = r"""
- name: Show the inventory
  ansible.builtin.debug:
    msg: "{{ (hostvars | vsrx.sriov.adopt_inventory(hosts=groups.kvm_hosts, nodes=groups.vsrx_nodes)).text }}"
"""

RETURN = r"""
_value:
  description: The inventory as C(text), what is C(unknown) as a list of texts, and a C(summary) with a text for each host and node.
  type: dict
"""

import dataclasses
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._adopt.inventory import write_inventory
from ..plugin_utils._adopt.variables import OF_HOST, OF_NODE, read_found
from ..plugin_utils._hostvars import pick_of_hosts


def adopt_inventory(variables: t.Any, hosts: t.Sequence[str] = (), nodes: t.Sequence[str] = (), move: bool = False) -> t.Any:
    found = read_found(
        pick_of_hosts(variables, hosts, OF_HOST),
        pick_of_hosts(variables, nodes, OF_NODE),
    )
    try:
        written = write_inventory(found, move)
    except ValueError as failure:
        raise AnsibleFilterError(f"a name in the inventory is an expression and was not written: {failure}") from None
    return wrap_var({**dataclasses.asdict(written), "unknown": list(written.unknown), "summary": list(written.summary)})


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"adopt_inventory": adopt_inventory}
