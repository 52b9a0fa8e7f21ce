# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.shared_clusters: which clusters would lose both nodes if KVM hosts were restarted in one run."""

from __future__ import annotations

DOCUMENTATION = r"""
name: shared_clusters
short_description: Which clusters would lose both nodes if KVM hosts were restarted in one run
version_added: 1.1.0
description:
  - Gives the names of the clusters that have a node on the one host and another one on one of the other hosts. A host is back when it
    answers; the firewalls on it take minutes longer.
  - Nodes are found by their variables C(vsrx_cluster) and C(vsrx_host), in whatever groups they are. Those with C(vsrx_ports_unseen) do
    not count.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._hostvars
options:
  host:
    description: The KVM host.
    type: str
    required: true
  others:
    description: The other KVM hosts that are to be restarted.
    type: list
    elements: str
    default: []
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Find the clusters of which both hosts would be restarted
  ansible.builtin.set_fact:
    shared: "{{ hostvars | vsrx.sriov.shared_clusters(host=inventory_hostname, others=['kvm2']) }}"
"""

RETURN = r"""
_value:
  description: A list of names.
  type: list
  elements: str
"""

import typing as t

from ansible.module_utils.parsing.convert_bool import boolean


def shared_clusters(variables: t.Mapping[str, t.Any], host: str, others: t.Sequence[str] = ()) -> list[str]:
    """Return the clusters with a node on the host and one on another one."""
    there: dict[str, set[str]] = {}
    for name in variables:
        node = variables[name]
        cluster, at = node.get("vsrx_cluster"), node.get("vsrx_host")
        if cluster is None or at not in (host, *others):
            continue
        if at != host or not boolean(node.get("vsrx_ports_unseen", False), strict=False):
            there.setdefault(str(cluster), set()).add("here" if at == host else "there")
    return sorted(name for name, sides in there.items() if sides == {"here", "there"})


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return it by its name."""
        return {"shared_clusters": shared_clusters}
