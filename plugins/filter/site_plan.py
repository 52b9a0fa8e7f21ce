# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.site_plan: what a run of the playbook site would do."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_plan
short_description: What a run of the playbook site would do, step by step
version_added: 1.1.0
description:
  - Makes one numbered list in the order of execution. Each step says where it happens, whether it interrupts traffic, and the longest it
    may take.
  - Hosts and clusters that failed or could not be read have no steps.
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
- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ hostvars | vsrx.sriov.site_plan(hosts=groups.kvm_hosts, nodes=groups.vsrx_nodes) }}"
"""

RETURN = r"""
_value:
  description:
    - The steps. Each has C(number), C(where), C(what), C(kind), which is C(host), C(commit), C(ports) or C(reboot), C(traffic), which is
      C(no), C(failover) or C(outage), and C(longest_s) in seconds.
    - RV(_value) is what the option O(vsrx.sriov.report_document#filter:plan) takes.
  type: list
  elements: dict
"""

import dataclasses
import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._site.load import load_site
from ..plugin_utils._site.plan import make_plan


def site_plan(variables: t.Any, hosts: t.Sequence[str] = (), nodes: t.Sequence[str] = (), at_once: int = 1) -> t.Any:
    steps = make_plan(load_site(variables, hosts, nodes), int(at_once))
    return wrap_var([dataclasses.asdict(step) for step in steps])


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"site_plan": site_plan}
