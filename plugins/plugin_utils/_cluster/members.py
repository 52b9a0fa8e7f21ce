# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The two nodes of a cluster, found in the variables of the play's hosts. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError

from .look import NODES


def find_members(hosts: t.Mapping[str, t.Mapping[str, t.Any]], names: t.Iterable[str], cluster: str) -> dict[str, str]:
    """node0 and node1 -> inventory name, of the hosts that share the cluster's name."""
    found: dict[str, list[str]] = {name: [] for name in NODES}
    for name in names:
        host = hosts[name]
        if host.get("vsrx_cluster") == cluster and f"node{host.get('vsrx_cluster_node')}" in found:
            found[f"node{host['vsrx_cluster_node']}"].append(name)
    return check_members(found, cluster)


def check_members(found: t.Mapping[str, t.Sequence[str]], cluster: str) -> dict[str, str]:
    wrong = {node: hosts for node, hosts in found.items() if len(hosts) != 1}
    if wrong:
        rows = "; ".join(f"{node}: {', '.join(hosts) or 'none'}" for node, hosts in sorted(wrong.items()))
        raise RequestError(
            f"cluster {cluster}: expected one host for each node, found {rows}. Give both nodes the same vsrx_cluster, and "
            "vsrx_cluster_node 0 and 1. Nothing was changed"
        )
    return {node: hosts[0] for node, hosts in found.items()}
