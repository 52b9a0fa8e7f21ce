# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of the playbook site as the document has it, and of which parts of the site it cannot be known. Pure."""

from __future__ import annotations

import collections.abc
import typing as t

from .decode import decode
from .model import Step
from .variables import Variables, get_mapping, get_texts


def read_plan(plan: t.Iterable[Variables]) -> tuple[Step, ...]:
    """The steps of a plan of the whole site."""
    found = [
        {
            "number": number,
            "on": each.get("where"),
            "what": each.get("what"),
            "traffic": each.get("traffic"),
            "longest": each.get("longest_s"),
        }
        for number, each in enumerate(plan, 1)
    ]
    return tuple(decode(Step, each) for each in found)


def is_host_planned(host: Variables) -> bool:
    return get_texts(get_mapping(host, "sriov_host_preview"), "actions") is not None


def is_node_planned(node: Variables) -> bool:
    return node.get("vsrx_ports_refusal") is None and get_texts(node, "vsrx_ports_actions") is not None


def is_cluster_planned(members: collections.abc.Sequence[Variables]) -> bool:
    """Its nodes are, and one of them showed the cluster."""
    if not all(map(is_node_planned, members)) or any(member.get("vsrx_cluster_refusal") is not None for member in members):
        return False
    seen = next((look for look in (get_mapping(each, "vsrx_cluster_seen") for each in members) if get_mapping(look, "cluster")), {})
    return get_texts(seen, "actions") is not None
