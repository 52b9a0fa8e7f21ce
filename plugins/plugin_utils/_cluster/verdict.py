# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What is in force on a cluster, and whether that is what was asked for, by what M(vsrx.sriov.junos_cluster_mac) returned of it. Pure."""

from __future__ import annotations

import typing as t

Result = t.Mapping[str, t.Any]


def judge_cluster(result: Result, cluster: str, state: str, maps: t.Iterable[t.Sequence[Result]]) -> dict[str, t.Any]:
    """``report``, ``refusals`` (what is not as it was asked for) and ``notes`` (what is not known), as texts.

    ``maps`` are the maps of both nodes' ports, where there are any.
    """
    if "actions" not in result:
        why = str(result.get("msg") or f"cluster {cluster} could not be read, and no reason is known")
        return {"report": {}, "refusals": [why], "notes": []}
    pinned = read_pinned(maps)
    refusals: list[str] = []
    notes: list[str] = []
    if not result["restart_required"]:
        refusals += _find_mode_refusals(result, cluster, state == "present")
        notes += _find_unknown_modes(result)
        if state == "present":
            for reth in result["reths"]:
                if reth["mac_is_active_ports"] is None:
                    notes.append(f"{reth['name']}: its MAC address or that of its active port could not be read; S13 is not proven for it")
                else:
                    refusals += _find_mac_refusals(reth, pinned)
    return {"report": _describe(result, cluster, state, pinned), "refusals": refusals, "notes": notes}


def read_pinned(maps: t.Iterable[t.Sequence[Result]]) -> dict[str, str]:
    """The MAC address that the host pinned on each Junos port, of both nodes."""
    rows = [row for rows in maps for row in rows if row.get("sriov") and isinstance(row.get("mac"), str)]
    return {row["junos_interface"]: row["mac"].lower() for row in rows if row.get("junos_interface")}


def _describe(result: Result, cluster: str, state: str, pinned: dict[str, str]) -> dict[str, t.Any]:
    return {
        "cluster": cluster,
        "state": state,
        "nodes": result["nodes"],
        "reths": result["reths"],
        "statements": result["cluster"]["statements"],
        "redundancy_groups": result["cluster"]["redundancy_groups"],
        "healthy": result["cluster"]["healthy"],
        "booted_at": {node["name"]: node.get("booted_at") for node in result["nodes"]},
        "restart_pending": result["restart_required"],
        "pinned": pinned,
        "findings": result.get("findings") or [],
    }


def _find_mode_refusals(result: Result, cluster: str, wanted: bool) -> t.Iterator[str]:
    found = result["cluster"]
    if not found.get("enabled"):
        return
    as_requested = all(node["mode"]["in_force"] in (wanted, None) for node in result["nodes"])
    written = all(len(statement["nodes"]) == (2 if wanted else 0) for statement in found["statements"]) and bool(found["statements"])
    if not (as_requested and written and found.get("healthy")):
        nodes = "; ".join(_tell_node(node) for node in result["nodes"])
        written_on = [f"{each['name']} on {' and '.join(each['nodes']) or 'no node'}" for each in found["statements"]]
        statements = "; ".join(written_on) or "no statements"
        yield (
            f"After the restart the cluster {cluster} has {statements}; {nodes}. Expected "
            f"{'both statements in force on both nodes' if wanted else 'neither statement in force'} and a healthy cluster."
        )


def _tell_node(node: Result) -> str:
    in_force = node["mode"]["in_force"]
    mode = "booted with what is not known" if in_force is None else "booted with both" if in_force else "did not boot with both"
    return f"{node['name']} {mode}" + "".join(f", {reason}" for reason in node["reasons"])


def _find_unknown_modes(result: Result) -> t.Iterator[str]:
    unknown = [node["name"] for node in result["nodes"] if node["mode"]["in_force"] is None]
    if unknown:
        yield (
            f"{' and '.join(unknown)}: neither the commit history nor a reth's address shows whether it booted with what is configured. "
            "Run again with vsrx_cluster_restart_unknown set to true to restart the cluster."
        )


def _find_mac_refusals(reth: Result, pinned: t.Mapping[str, str]) -> t.Iterator[str]:
    own = pinned.get(reth["active_port"])
    if reth["mac"] != reth["active_port_mac"] or own not in (None, reth["mac"]):
        yield (
            f"{reth['name']} has MAC address {reth['mac']}; its active port {reth['active_port']} on {reth['active_node']} has "
            f"{reth['active_port_mac']}, and the host pinned {own or 'none that is known'}. Expected the three to be equal (S13): look "
            "at the order of the domain's ports and at trust and MAC of the VF."
        )
