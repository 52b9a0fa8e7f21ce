# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.site_turns: which clusters are changed together, turn by turn."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_turns
short_description: Which clusters are changed together, turn by turn
version_added: 1.1.0
description:
  - Gives the names of clusters and stand-alone nodes by turns. Those that nothing interrupts come first and together, the others one
    after the other, or as many at once as O(at_once) allows.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._site
options:
  at_once:
    description: How many clusters may be interrupted at the same time.
    type: int
    default: 1
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Change one cluster after the other
  ansible.builtin.include_tasks: turn.yml
  loop: "{{ hostvars | vsrx.sriov.site_turns(nodes=groups.vsrx_nodes) }}"
"""

RETURN = r"""
_value:
  description: A list of turns, each a list of names.
  type: list
  elements: list
"""

import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._site.load import load_site
from ..plugin_utils._site.order import make_turns


def site_turns(variables: t.Any, hosts: t.Sequence[str] = (), nodes: t.Sequence[str] = (), at_once: int = 1) -> t.Any:
    return wrap_var(make_turns(load_site(variables, hosts, nodes), int(at_once)))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"site_turns": site_turns}
