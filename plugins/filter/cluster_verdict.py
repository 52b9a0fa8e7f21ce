# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vsrx.sriov.cluster_verdict: what is in force on a cluster, and whether that is what was asked for."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cluster_verdict
short_description: What is in force on a cluster, and whether that is what was asked for
version_added: 1.1.0
description:
  - Judges health, both statements, the mode that each node booted with, and the MAC address of each reth (S13).
  - While a restart is pending nothing is refused.
positional: _input
options:
  _input:
    description: What M(vsrx.sriov.junos_cluster_mac) or M(vsrx.sriov.junos_cluster_check) returned.
    type: dict
    required: true
  cluster:
    description: The name of the cluster.
    type: str
    required: true
  state:
    description: What was asked for, V(present) or V(absent).
    type: str
    required: true
  maps:
    description: The maps of both nodes' ports, RV(vsrx.sriov.vsrx_hostdev#module:ports), where they are known.
    type: list
    elements: list
    default: []
author:
  - The vsrx.sriov authors (@vsrx)
"""

EXAMPLES = r"""
- name: Refuse a cluster that is not as it should be
  ansible.builtin.assert:
    that: verdict.refusals | length == 0
  vars:
    verdict: "{{ found | vsrx.sriov.cluster_verdict(cluster='vsrx1', state='present') }}"
"""

RETURN = r"""
_value:
  description:
    - C(report) is the state of the cluster, empty where it was not read.
    - C(refusals) are texts that say what is not as it was asked for.
    - C(notes) are texts that say what is not known.
  type: dict
"""

import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._cluster.verdict import judge_cluster
from ..plugin_utils._results.formats import clean_data


def cluster_verdict(result: t.Any, cluster: str, state: str, maps: t.Sequence[t.Any] = ()) -> t.Any:
    # Ansible's own containers cannot be wrapped: these are copies.
    return wrap_var(clean_data(judge_cluster(result, cluster, state, maps)))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"cluster_verdict": cluster_verdict}
