# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Whether a cluster is fit for a change, judged by what M(vsrx.sriov.junos_cluster_mac) returned of it in check mode. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

Result = t.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Terms:
    """For which node of which cluster it is judged, and what is accepted."""

    cluster: str
    node: str
    host: str
    judge_health: bool
    but_manual: bool
    """Manual failovers do not count."""
    accept: t.Collection[str]


def needs_time(result: Result, terms: Terms) -> bool:
    """It does not answer, or is not healthy: both may pass by themselves."""
    cluster = result.get("cluster") or {}
    return bool(result.get("lost")) or (bool(cluster.get("enabled")) and not _is_healthy(cluster, terms))


def find_refusal(result: Result, terms: Terms) -> t.Optional[str]:
    """Why nothing is changed; None where the cluster is fit. What Junos or a rule refuses comes first, since the rest follows from it."""
    if "actions" not in result and (terms.judge_health or not result.get("lost")):
        return str(result.get("msg") or f"cluster {terms.cluster} could not be read, and no reason is known")
    cluster = result.get("cluster")
    if cluster is None:
        return None
    reasons = [*_other_node(cluster, terms), *(_health(result, terms) if terms.judge_health else ())]
    return "\n".join(reasons) or None


def _other_node(cluster: Result, terms: Terms) -> t.Iterator[str]:
    if cluster.get("connected_to") not in (None, terms.node):
        yield (
            f"{terms.host} has vsrx_cluster_node {terms.node[-1]}, but its address leads to {cluster['connected_to']}. "
            "Expected each node's own fxp0 address: correct the inventory."
        )


def _health(result: Result, terms: Terms) -> t.Iterator[str]:
    cluster = result["cluster"]
    if cluster.get("enabled") and not _is_healthy(cluster, terms):
        reported = " ".join(f"{node['name']} {', '.join(node['reasons'])}." for node in result["nodes"] if not node["healthy"])
        yield (
            f"Cluster {terms.cluster} is not healthy: {reported} Expected one primary and one secondary in every redundancy group and no "
            "failure. Nothing was changed; repair the cluster first."
        )
    apart = [
        finding["found"]
        for finding in result.get("findings") or ()
        if finding["id"] == "S8" and finding["severity"] == "error" and "S8" not in terms.accept
    ]
    if apart:
        yield (
            f"The nodes of cluster {terms.cluster} are not together: {'; '.join(apart)} (S8). Expected a control link that is up and a "
            "synchronised configuration. Nothing was changed; repair the cluster first, or accept S8."
        )


def _is_healthy(cluster: Result, terms: Terms) -> bool:
    return bool(cluster.get("healthy_otherwise") if terms.but_manual else cluster.get("healthy"))
