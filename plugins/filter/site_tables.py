# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.site_tables: a table that is shown at the end of a run."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_tables
short_description: A table that is shown at the end of a run
version_added: 1.1.0
description:
  - Gives rows of text that say which VF is which port of a node and how the clusters are, or what was changed.
  - Control characters that a host or a node may have put into a text are removed.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._site
options:
  table:
    description:
      - V(ports) has each node and its cluster.
      - V(changes) has each change of the run, or that it would make in check mode.
    type: str
    required: true
    choices: [ports, changes]
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show what was changed
  ansible.builtin.debug:
    msg: "{{ hostvars | vsrx.sriov.site_tables('changes', hosts=groups.kvm_hosts, nodes=groups.vsrx_nodes) }}"
"""

RETURN = r"""
_value:
  description: The rows. Each begins with a blank, so that columns stay aligned in JSON and in YAML output.
  type: list
  elements: str
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._hostvars import pick_of_hosts
from ..plugin_utils._site import tables


def site_tables(variables: t.Any, table: str, hosts: t.Sequence[str] = (), nodes: t.Sequence[str] = ()) -> t.Any:
    of_nodes = pick_of_hosts(variables, nodes, tables.OF_NODE)
    if table == "ports":
        rows = tables.write_ports(of_nodes)
    elif table == "changes":
        rows = tables.write_changes(pick_of_hosts(variables, hosts, tables.OF_HOST), of_nodes)
    else:
        raise AnsibleFilterError(f"site_tables has table {table!r}; expected ports or changes")
    return wrap_var([f" {row}" for row in rows])


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"site_tables": site_tables}
