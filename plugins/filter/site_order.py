# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.site_order: how one cluster of a run is changed."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_order
short_description: How one cluster of a run is changed
version_added: 1.1.0
description:
  - Says which of its nodes goes first, whether the statements are committed before its nodes go down, and whether both go down together.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._site
options:
  unit:
    description: The name of the cluster or of the stand-alone node.
    type: str
    required: true
  parts:
    description: What is changed, V(ports) and V(mac_mode).
    type: list
    elements: str
    default: [ports, mac_mode]
  preview:
    description: Whether the run only shows what it would do.
    type: bool
    default: false
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show which node goes first
  ansible.builtin.debug:
    msg: "{{ (hostvars | vsrx.sriov.site_order(nodes=groups.vsrx_nodes, unit='vsrx1')).stages | map(attribute='nodes') | flatten | first }}"
"""

RETURN = r"""
_value:
  description:
    - C(off) are the nodes that are off while the other node of their cluster is not. They get their ports first, and are started.
    - C(stages) are the stages of the unit's turn, a dictionary each, with C(stage), which is V(commit), V(ports), V(mac_mode) or
      V(verify), and C(nodes), the inventory names of the nodes that get ports in it. These are two where both nodes go down at once.
    - C(commits_first) is true where the boot that brings the ports is to bring the MAC mode into force.
    - C(together) is true where both nodes go down at once.
  type: dict
"""

import dataclasses
import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._site.load import load_site
from ..plugin_utils._site.order import MAC_MODE, PORTS, list_nodes_to_start, list_stages


def site_order(
    variables: t.Any,
    hosts: t.Sequence[str] = (),
    nodes: t.Sequence[str] = (),
    unit: str = "",
    parts: t.Sequence[str] = (PORTS, MAC_MODE),
    preview: bool = False,
) -> t.Any:
    found = next(each for each in load_site(variables, hosts, nodes).units if each.name == unit)
    return wrap_var(
        {
            "off": list_nodes_to_start(found),
            "stages": [dataclasses.asdict(stage) for stage in list_stages(found, parts, preview)],
            "commits_first": found.commits_first,
            "together": found.together,
        }
    )


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"site_order": site_order}
