# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on a cluster, and on the site: is the traffic well, is a restart pending, would the playbook site change anything."""

from __future__ import annotations

import collections.abc
import typing as t

from .model import Cluster, Finding, Host, Node, Reth, State, Verdict

#: worst first
WORST: tuple[State, ...] = ("at_risk", "unknown", "pending", "healthy")
#: (host, address of a VF) -> whether the VF is trusted
Trust = collections.abc.Mapping[tuple[str, str], t.Optional[bool]]


def read_trust(hosts: t.Iterable[Host]) -> dict[tuple[str, str], t.Optional[bool]]:
    return {(host.name, vf.address): vf.trust for host in hosts for pf in host.pfs for vf in pf.vfs if vf.address}


def judge_cluster(cluster: Cluster, findings: t.Iterable[Finding], trust: Trust, steps: t.Optional[int]) -> Verdict:
    """`findings` are those of the cluster, of its nodes and of their hosts."""
    concerned = list(findings)
    names = {cluster.name, *(node.name for node in cluster.nodes)}
    broken = [
        each for each in concerned if each.on in names and each.severity == "error" and each.id and each.standing in ("open", "stops")
    ]
    risks = [f"{node.name}: {', '.join(node.reasons) or 'not healthy'}" for node in cluster.nodes if _is_bad(node)]
    risks += [f"{reth.name} is down" for reth in cluster.reths if reth.up is False]
    risks += [_describe_mismatch(reth) for reth in cluster.reths if _loses_frames(cluster, reth, trust)]
    risks += [f"{each.id}: {each.found}" for each in broken]
    unknown = [f"{node.name}: {', '.join(node.reasons) or 'not read'}" for node in cluster.nodes if is_silent(node)]
    used = [reth for reth in cluster.reths if any(reth.ports.values())]
    unknown += [f"whether {reth.name} is up is not known" for reth in used if reth.up is None]
    unknown += [
        f"whether {reth.name} has the MAC address of its active interface is not known (S13)" for reth in used if _is_unproven(reth)
    ]
    if risks:
        state: State = "at_risk"
    elif unknown or not cluster.nodes:
        state = "unknown"
    elif cluster.restart_required:
        state = "pending"
    else:
        state = "healthy" if cluster.healthy and cluster.restart_required is False else "unknown"
    pending = ["a restart of both nodes is pending"] if cluster.restart_required else []
    unread = ["whether a restart is pending is not known"] if state == "unknown" and not unknown else []
    return Verdict(
        state=state, reasons=tuple(dict.fromkeys(risks + unknown + pending + unread)), stops=_count_stops(concerned), steps=steps
    )


def judge_site(clusters: t.Sequence[Cluster], findings: t.Iterable[Finding], unread: bool, steps: t.Optional[int]) -> Verdict:
    """The worst of all; `unread` where a host or a node could not be read, or where there is no node."""
    states = [cluster.verdict.state for cluster in clusters] + (["unknown"] if unread else [])
    worst: State = next((state for state in WORST if state in states), "healthy")
    reasons = tuple(f"{cluster.name}: {_SAID[cluster.verdict.state]}" for cluster in clusters if cluster.verdict.state != "healthy")
    return Verdict(state=worst, reasons=reasons, stops=_count_stops(findings), steps=steps)


def say_state(state: State) -> str:
    return _SAID[state]


def say_steps(verdict: Verdict) -> str:
    """What the playbook site would do, in short."""
    if verdict.stops:
        return f"site would stop: {verdict.stops} {'error' if verdict.stops == 1 else 'errors'}"
    if verdict.steps is None:
        return "what site would do is not known"
    if not verdict.steps:
        return "site would change nothing"
    return f"site would take {verdict.steps} {'step' if verdict.steps == 1 else 'steps'}"


_SAID: dict[State, str] = {"healthy": "healthy", "pending": "restart pending", "at_risk": "traffic at risk", "unknown": "not known"}


def _count_stops(findings: t.Iterable[Finding]) -> int:
    return sum(each.stops for each in findings)


def is_silent(node: Node) -> bool:
    """Junos said nothing of it."""
    return node.junos_version is None and node.booted_at is None and not node.healthy


def _is_bad(node: Node) -> bool:
    return not node.healthy and not is_silent(node)


def _loses_frames(cluster: Cluster, reth: Reth, trust: Trust) -> bool:
    """The reth does not have the MAC address of its active interface, which is an untrusted VF, or may be one (S13)."""
    if reth.mac_is_active_ports is not False:
        return False
    active = [
        (node, port)
        for node in cluster.nodes
        for port in node.ports
        if node.re_name == reth.active_node and port.junos_interface == reth.active_port
    ]
    if not active:
        return True
    return any(port.sriov and not trust.get((node.host, port.vf or "")) for node, port in active)


def _is_unproven(reth: Reth) -> bool:
    return reth.mac_is_active_ports is None and reth.up is not False


def _describe_mismatch(reth: Reth) -> str:
    return f"{reth.name} has MAC address {reth.mac}, its active interface {reth.active_port} has {reth.active_port_mac} (S13)"
