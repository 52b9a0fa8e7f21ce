# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.site_summary: what became of each host and cluster of a run."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_summary
short_description: What became of each host and cluster of a run
version_added: 1.1.0
description:
  - Gives a row for each KVM host, cluster and stand-alone node. Each is done, failed or not begun.
  - A row says why something failed, what is pending, and what to run next.
positional: _input
extends_documentation_fragment:
  - vsrx.sriov._site
options:
  plan:
    description: What P(vsrx.sriov.site_plan#filter) gave before the first change. With it a row says at which step a cluster stopped.
    type: list
    elements: dict
    default: []
  preview:
    description: Whether the run only showed what it would do.
    type: bool
    default: false
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Show the summary
  ansible.builtin.debug:
    msg: "{{ hostvars | vsrx.sriov.site_summary(hosts=groups.kvm_hosts, nodes=groups.vsrx_nodes) }}"
"""

RETURN = r"""
_value:
  description: The outcomes as C(outcomes), a list of dictionaries, and as C(rows), a text each.
  type: dict
"""

import dataclasses
import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._site.load import load_site
from ..plugin_utils._site.plan import Step
from ..plugin_utils._site.summary import show_outcomes, sum_up


def site_summary(
    variables: t.Any,
    hosts: t.Sequence[str] = (),
    nodes: t.Sequence[str] = (),
    plan: t.Sequence[dict[str, t.Any]] = (),
    preview: bool = False,
) -> t.Any:
    outcomes = sum_up(load_site(variables, hosts, nodes), [Step(**step) for step in plan], preview)
    return wrap_var({"outcomes": [dataclasses.asdict(each) for each in outcomes], "rows": show_outcomes(outcomes)})


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"site_summary": site_summary}
