# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The site from the variables of its hosts. What has another type than it should counts as not set. Pure."""

from __future__ import annotations

import collections.abc
import typing as t

from .model import BOOT_S, REJOIN_S, SHUTDOWN_S, SYNC_S, Failure, Host, Node, Site, group_units

#: the variables that are read, so that no other one is evaluated
OF_HOST = (
    "sriov_host_preview",
    "sriov_host_result",
    "sriov_host_cmdline_lacks",
    "sriov_host_reboot",
    "vsrx_site_failure",
    "vsrx_site_done",
)
OF_NODE = (
    "vsrx_host", "vsrx_cluster", "vsrx_cluster_node", "vsrx_ports_planned", "vsrx_ports_result",
    "vsrx_cluster_seen", "vsrx_cluster_restart",
    "vsrx_ports_joined", "vsrx_cluster_commits",
    "__vsrx_cluster_rebooted", "__vsrx_cluster_restarts_ended",
    "vsrx_ports_shutdown_timeout", "vsrx_ports_rejoin_timeout", "vsrx_cluster_boot_timeout", "vsrx_cluster_sync_timeout",
    "vsrx_ports_refusal", "vsrx_cluster_refusal",
    "vsrx_site_failure", "vsrx_site_begun", "vsrx_site_done",
)  # fmt: skip
Variables = t.Mapping[str, t.Any]


def read_site(hosts: t.Mapping[str, Variables], nodes: t.Mapping[str, Variables]) -> Site:
    return Site(
        tuple(_read_host(name, variables) for name, variables in hosts.items()),
        group_units(_read_node(name, variables) for name, variables in nodes.items()),
    )


def _read_host(name: str, variables: Variables) -> Host:
    preview = _get_mapping(variables.get("sriov_host_preview"))
    return Host(
        name=name,
        read="actions" in preview,
        actions=_get_texts(preview.get("actions")),
        boots=bool(_get_texts(variables.get("sriov_host_cmdline_lacks"))) and get_truth(variables.get("sriov_host_reboot")),
        changed=get_truth(_get_mapping(variables.get("sriov_host_result")).get("changed")),
        done=get_truth(variables.get("vsrx_site_done")),
        failure=_read_failure(variables),
    )


def _read_node(name: str, variables: Variables) -> Node:
    planned = _get_mapping(variables.get("vsrx_ports_planned"))
    # What this run has done is no longer to be done.
    result, joined = _get_mapping(variables.get("vsrx_ports_result")), _get_mapping(variables.get("vsrx_ports_joined"))
    left = {} if "ports" in result else planned
    is_back = "steps" in joined and not get_truth(joined.get("failed"))
    seen = _get_mapping(variables.get("vsrx_cluster_seen"))
    cluster = _get_mapping(seen.get("cluster"))
    groups = [_get_mapping(group) for group in _get_entries(cluster.get("redundancy_groups"))]
    formed = get_truth(cluster.get("enabled")) and None not in (cluster.get("primary"), cluster.get("secondary"))
    modes = [_get_mapping(_get_mapping(node).get("mode")).get("in_force") for node in _get_entries(seen.get("nodes"))]
    number = get_number(variables.get("vsrx_cluster_node"), -1)
    return Node(
        name=name,
        host=get_text(variables.get("vsrx_host")),
        cluster=get_text(variables.get("vsrx_cluster")),
        number=number,
        read="actions" in planned,
        actions=_get_texts(left.get("actions")),
        restarts=get_truth(left.get("restarted")),
        restart_planned=get_truth(planned.get("restarted")),
        starts=get_truth(left.get("started")) and not get_truth(left.get("restarted")),
        statements=_get_texts(seen.get("actions")),
        restart_required=get_truth(seen.get("restart_required")),
        restart=get_text(variables.get("vsrx_cluster_restart")) or "never",
        known=bool(cluster),
        formed=formed,
        whole=formed and get_truth(cluster.get("healthy_otherwise")),
        settled=formed and get_truth(cluster.get("healthy")) and len(modes) == 2 and None not in modes,
        primaries=tuple(get_text(group.get("primary")) for group in groups),
        shutdown_s=get_number(variables.get("vsrx_ports_shutdown_timeout"), SHUTDOWN_S),
        rejoin_s=get_number(variables.get("vsrx_ports_rejoin_timeout"), REJOIN_S),
        boot_s=get_number(variables.get("vsrx_cluster_boot_timeout"), BOOT_S),
        sync_s=get_number(variables.get("vsrx_cluster_sync_timeout"), SYNC_S),
        committed=bool(_get_texts(variables.get("vsrx_cluster_commits"))),
        changed="ports" in result,
        back="ports" in result and (not get_truth(result.get("restarted")) or is_back or not cluster),
        rebooted=f"node{number}" in _get_texts(variables.get("__vsrx_cluster_rebooted")),
        restart_ended=get_truth(variables.get("__vsrx_cluster_restarts_ended")),
        begun=get_truth(variables.get("vsrx_site_begun")),
        done=get_truth(variables.get("vsrx_site_done")),
        failure=_read_failure(variables) or _read_refusal(variables),
    )


def _read_refusal(variables: Variables) -> t.Optional[Failure]:
    """What preflight and report keep where a role refuses a node."""
    why = next((get_text(variables.get(name)) for name in ("vsrx_ports_refusal", "vsrx_cluster_refusal") if variables.get(name)), "")
    return Failure("", " ".join(why.split())) if why else None


def _read_failure(variables: Variables) -> t.Optional[Failure]:
    found = variables.get("vsrx_site_failure")
    if not isinstance(found, collections.abc.Mapping) or not found:
        return None
    return Failure(get_text(found.get("at")), " ".join(get_text(found.get("why")).split()))


def _get_mapping(value: t.Any) -> Variables:
    return value if isinstance(value, collections.abc.Mapping) else {}


def _get_entries(value: t.Any) -> t.Sequence[t.Any]:
    return value if isinstance(value, collections.abc.Sequence) and not isinstance(value, str) else ()


def _get_texts(value: t.Any) -> tuple[str, ...]:
    return tuple(str(each) for each in _get_entries(value) if isinstance(each, str))


def get_text(value: t.Any) -> str:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def get_truth(value: t.Any) -> bool:
    """Extra variables and INI inventories give texts."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "on", "1"))


def get_number(value: t.Any, default: int) -> int:
    text = get_text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
