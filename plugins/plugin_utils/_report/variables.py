# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks leave on a host or a node as variables, read with care: a host, a node or an inventory can say anything."""

from __future__ import annotations

import collections.abc
import re
import typing as t

from .decode import MOST, clean_text

Variables = collections.abc.Mapping[str, t.Any]

#: the variables of a KVM host that the report reads
OF_HOST = ("sriov_host_preview", "sriov_host_findings", "sriov_host_accept", "sriov_host_cmdline_lacks", "sriov_host_reboot")
#: the variables of a vSRX node that it reads
OF_NODE = (
    "vsrx_cluster",
    "vsrx_cluster_node",
    "vsrx_host",
    "vsrx_domain",
    "vsrx_ports_map",
    "vsrx_ports_findings",
    "vsrx_ports_actions",
    "vsrx_ports_planned",
    "vsrx_ports_refusal",
    "vsrx_cluster_refusal",
    "vsrx_cluster_findings",
    "vsrx_cluster_accept",
    "vsrx_cluster_seen",
    "vsrx_cluster_restart",
)
_RULE = re.compile(r"S\d{1,2}")
_YES = ("true", "yes", "on", "1", "y", "t")


def get_mapping(variables: Variables, name: str) -> Variables:
    value = variables.get(name)
    return value if isinstance(value, collections.abc.Mapping) else {}


def get_mappings(variables: Variables, name: str) -> list[Variables]:
    """The entries of a list that are mappings."""
    value = variables.get(name)
    entries = list(value)[:MOST] if isinstance(value, (list, tuple)) else []
    return [each for each in entries if isinstance(each, collections.abc.Mapping)]


def get_texts(variables: Variables, name: str) -> t.Optional[list[str]]:
    """A list of texts; None where there is no list."""
    value = variables.get(name)
    if not isinstance(value, (list, tuple)):
        return None
    return [clean_text(each) for each in list(value)[:MOST]]


def get_rules(variables: Variables, name: str) -> frozenset[str]:
    """Rules that an operator accepts: a list, or a text with commas as -e, surveys and INI inventories have it."""
    value = variables.get(name)
    if isinstance(value, str):
        return frozenset(_RULE.findall(clean_text(value)))
    return frozenset(get_texts(variables, name) or ())


def get_flag(variables: Variables, name: str) -> bool:
    """A consent; inventories and -e give texts, too."""
    value = variables.get(name)
    return value is True or clean_text(value).lower() in _YES


def get_node_number(variables: Variables) -> t.Optional[int]:
    """0 or 1, as a number or a text; None where the inventory has neither."""
    return {"0": 0, "1": 1}.get(clean_text(variables.get("vsrx_cluster_node")))
