# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.site_tables: the tables that are shown at the end of a run."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_tables
short_description: The tables that are shown at the end of a run
version_added: 1.1.0
description:
  - Gives rows of text that say which VF is which port of a node, how the clusters are, and what was changed.
  - Control characters that a host or a node may have put into a text are removed.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._site
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show what was changed
  ansible.builtin.debug:
    msg: "{{ (hostvars | vsrx.sriov.site_tables(hosts=groups.kvm_hosts, nodes=groups.vsrx_nodes)).changes }}"
"""

RETURN = r"""
_value:
  description:
    - The rows C(ports), of each node and its cluster, and the rows C(changes), of each change of the run, or that it would make in check
      mode.
    - Each row begins with a blank, so that columns stay aligned in JSON and in YAML output.
  type: dict
"""

import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._hostvars import pick_variables
from ..plugin_utils._site import tables


def site_tables(variables: t.Any, hosts: t.Sequence[str] = (), nodes: t.Sequence[str] = ()) -> t.Any:
    of_hosts = {name: pick_variables(variables[name], tables.OF_HOST) for name in hosts}
    of_nodes = {name: pick_variables(variables[name], tables.OF_NODE) for name in nodes}
    shown = {"ports": tables.write_ports(of_nodes), "changes": tables.write_changes(of_hosts, of_nodes)}
    return wrap_var({name: [f" {row}" for row in rows] for name, rows in shown.items()})


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"site_tables": site_tables}
