# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The tables at the end of a run: which VF is which port of a node, the clusters as they are, and what was changed. Pure."""

from __future__ import annotations

import datetime
import typing as t

from .._report.decode import clean_flag, clean_number, clean_text
from .._report.variables import Variables, get_mapping, get_mappings, get_node_number, get_texts

#: the variables that are read
OF_HOST = ("sriov_host_result",)
OF_NODE = (
    "vsrx_host", "vsrx_domain", "vsrx_cluster", "vsrx_cluster_node", "vsrx_ports_map", "vsrx_cluster_report",
    "vsrx_cluster_commits", "vsrx_ports_drained", "vsrx_ports_result", "vsrx_ports_joined", "vsrx_cluster_steps",
    "__vsrx_cluster_restart_steps", "__vsrx_cluster_restarts_ended",
)  # fmt: skip
_PORT = "{:<4} {:<12} {:<6} {:<4} {:<14} {:<18} {:<14} {}"
_HEADS = ("#", "Junos port", "PF", "VF", "VF address", "MAC", "guest address", "reth")
_LATEST = 2**40
_MODES = {True: "in force", False: "not in force", None: "unknown"}


def write_ports(nodes: t.Mapping[str, Variables]) -> list[str]:
    """Each node with its ports, and each cluster once, after its nodes."""
    rows: list[str] = []
    for name, node in nodes.items():
        rows += [
            *([""] if rows else []),
            f"{name}: domain {_get_text(node, 'vsrx_domain')} on {_get_text(node, 'vsrx_host')}",
            *_list_ports(node),
        ]
    for node in nodes.values():
        report = get_mapping(node, "vsrx_cluster_report")
        if report and get_node_number(node) == 0:
            rows += ["", *_describe_cluster(_get_text(node, "vsrx_cluster"), report)]
    return rows


def write_changes(hosts: t.Mapping[str, Variables], nodes: t.Mapping[str, Variables]) -> list[str]:
    """What the run did, or would do in check mode, by host and node."""
    rows = []
    for name, host in hosts.items():
        rows += _say(name, _list_actions(host, "sriov_host_result"))
    for name, node in nodes.items():
        cluster = _get_text(node, "vsrx_cluster")
        rows += _say(name, get_texts(node, "vsrx_cluster_commits"))
        rows += _say(cluster, get_texts(get_mapping(node, "vsrx_ports_drained"), "steps"))
        rows += _say(name, _list_actions(node, "vsrx_ports_result"))
        rows += _say(cluster, get_texts(get_mapping(node, "vsrx_ports_joined"), "steps"))
        rows += _say(cluster, get_texts(node, "vsrx_cluster_steps"))
        # Each node of a cluster has the steps of a restart that failed; one that ended is among the steps above.
        if get_node_number(node) == 0 and not clean_flag(node.get("__vsrx_cluster_restarts_ended")):
            rows += _say(cluster, get_texts(node, "__vsrx_cluster_restart_steps"))
    return rows or ["nothing"]


def _list_ports(node: Variables) -> list[str]:
    reths = get_mappings(get_mapping(node, "vsrx_cluster_report"), "reths")
    rows: list[tuple[str, ...]] = [_HEADS]
    for port in get_mappings(node, "vsrx_ports_map"):
        texts = [_get_text(port, name) for name in ("junos_interface", "pf", "vf", "mac", "guest_address")]
        numbers = [_get_number(port, name) for name in ("position", "index")]
        reth = next((_get_text(each, "name") for each in reths if texts[0] and texts[0] in _list_members(each)), "")
        rows.append((numbers[0], texts[0], texts[1], numbers[1], *texts[2:], reth))
    return [_PORT.format(*row).rstrip() for row in rows]


def _list_members(reth: Variables) -> list[str]:
    """The ports of a reth on both nodes."""
    ports = get_mapping(reth, "ports")
    return [name for node in ports for name in get_texts(ports, node) or ()]


def _describe_cluster(name: str, report: Variables) -> list[str]:
    healthy = "healthy" if clean_flag(report.get("healthy")) else "NOT healthy"
    rows = [f"cluster {name}: {healthy}{', RESTART PENDING' if clean_flag(report.get('restart_pending')) else ''}"]
    for each in get_mappings(report, "statements"):
        on = get_texts(each, "nodes")
        rows.append(f"  {_get_text(each, 'name'):<40} {'set on ' + ', '.join(on) if on else 'not set'}")
    for node in get_mappings(report, "nodes"):
        mode = _MODES[clean_flag(get_mapping(node, "mode").get("in_force"))]
        rows.append(
            f"  {_get_text(node, 'name')}: booted {_say_time(node)} UTC, Junos {_get_text(node, 'junos_version') or '?'}, MAC mode {mode}"
        )
    for reth in get_mappings(report, "reths"):
        active = f"{_get_text(reth, 'active_port') or '?'} ({_get_text(reth, 'active_port_mac') or '?'})"
        rows.append(f"  {_get_text(reth, 'name')}: MAC {_get_text(reth, 'mac') or '?'}, active port {active}")
    for each in get_mappings(report, "findings"):
        rows.append(f"  {_get_text(each, 'severity')} {_get_text(each, 'id')}: {_get_text(each, 'where')}: {_get_text(each, 'found')}")
    return rows


def _say_time(node: Variables) -> str:
    booted = clean_number(node.get("booted_at"), 1, _LATEST)
    return f"{datetime.datetime.fromtimestamp(booted, datetime.timezone.utc):%Y-%m-%d %H:%M:%S}" if booted else "?"


def _list_actions(variables: Variables, name: str) -> t.Optional[list[str]]:
    result = get_mapping(variables, name)
    return get_texts(result, "actions") if clean_flag(result.get("changed")) else None


def _say(name: str, texts: t.Optional[list[str]]) -> list[str]:
    return [f"{name}: {text}" for text in texts or ()]


def _get_text(variables: Variables, name: str) -> str:
    """A text in one row."""
    return " ".join(clean_text(variables.get(name)).split())


def _get_number(variables: Variables, name: str) -> str:
    found = clean_number(variables.get(name), 0, 2**53)
    return "" if found is None else str(found)
