# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The site from the variables of its hosts. What has another type than it should counts as not set. Pure."""

from __future__ import annotations

import collections.abc
import typing as t

from .model import Failure, Host, Node, Site, group_units

#: the variables that are read, so that no other one is evaluated
OF_HOST = ("vsrx_site_failure", "vsrx_site_done")
OF_NODE = (
    "vsrx_cluster", "vsrx_cluster_node", "vsrx_ports_planned", "vsrx_cluster_seen", "vsrx_cluster_restart",
    "vsrx_site_failure", "vsrx_site_begun", "vsrx_site_done",
)  # fmt: skip
Variables = t.Mapping[str, t.Any]


def read_site(hosts: t.Mapping[str, Variables], nodes: t.Mapping[str, Variables]) -> Site:
    return Site(
        tuple(_read_host(name, variables) for name, variables in hosts.items()),
        group_units(_read_node(name, variables) for name, variables in nodes.items()),
    )


def _read_host(name: str, variables: Variables) -> Host:
    return Host(name=name, done=_truth(variables.get("vsrx_site_done")), failure=_failure(variables))


def _read_node(name: str, variables: Variables) -> Node:
    planned = _mapping(variables.get("vsrx_ports_planned"))
    seen = _mapping(variables.get("vsrx_cluster_seen"))
    return Node(
        name=name,
        cluster=_text(variables.get("vsrx_cluster")),
        number=_number(variables.get("vsrx_cluster_node"), -1),
        restarts=_truth(planned.get("restarted")),
        statements=_texts(seen.get("actions")),
        restart_required=_truth(seen.get("restart_required")),
        restart=_text(variables.get("vsrx_cluster_restart")) or "never",
        known=bool(_mapping(seen.get("cluster"))),
        begun=_truth(variables.get("vsrx_site_begun")),
        done=_truth(variables.get("vsrx_site_done")),
        failure=_failure(variables),
    )


def _failure(variables: Variables) -> t.Optional[Failure]:
    found = variables.get("vsrx_site_failure")
    if not isinstance(found, collections.abc.Mapping) or not found:
        return None
    return Failure(_text(found.get("at")), " ".join(_text(found.get("why")).split()))


def _mapping(value: t.Any) -> Variables:
    return value if isinstance(value, collections.abc.Mapping) else {}


def _entries(value: t.Any) -> t.Sequence[t.Any]:
    return value if isinstance(value, collections.abc.Sequence) and not isinstance(value, str) else ()


def _texts(value: t.Any) -> tuple[str, ...]:
    return tuple(str(each) for each in _entries(value) if isinstance(each, str))


def _text(value: t.Any) -> str:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _truth(value: t.Any) -> bool:
    """Extra variables and INI inventories give texts."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "on", "1"))


def _number(value: t.Any, default: int) -> int:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
