# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a commit and a restart reach both nodes, and whether one is needed: links, synchronisation, clocks, boots (S8). Pure."""

from __future__ import annotations

import typing as t

from .._errors import Finding, Severity
from .._junos.cluster_status import NODES, PRIMARY, SECONDARY, TRANSIENT_STATES, Group, Link, Node
from .._rules import RULES
from .boot_state import Mode
from .interfaces import Effective
from .result import Observed

CONTROL_PORTS = ("em0", "em1")
#: from here on times in logs of the two nodes mislead a reader who compares them
LARGE_SKEW = 60
_STILL, _NOT_YET, _PARTLY = "still in force", "not in force yet", "only partly in force"

# Codes of [show chassis cluster status], as its legend names them.
_CODES = {
    "CF": (
        Severity.ERROR,
        "its configuration is not synchronised with the other node's, so a commit may not reach both",
        "See 'show chassis cluster information configuration-synchronization', let the nodes synchronise, then run again",
    ),
    "CS": (
        Severity.WARNING,
        "its sessions are not synchronised yet, so a failover loses them",
        "Wait until cold synchronisation is done",
    ),
    "FL": (
        Severity.WARNING,
        "its fabric link fails",
        "See 'show chassis cluster interfaces' and the domain's ports for the fabric",
    ),
}


def find_health_problems(
    nodes: t.Sequence[Node], groups: t.Sequence[Group], links: t.Mapping[str, Link], configuration: Effective
) -> list[Finding]:
    """Return what keeps a commit, a failover or a restart from reaching both nodes."""
    if not groups:
        return []
    return [
        *_check_membership(nodes, groups),
        *_check_synchronisation(groups),
        *_check_control(links),
        *_check_fabric(links, configuration),
    ]


def _check_membership(nodes: t.Sequence[Node], groups: t.Sequence[Group]) -> t.Iterator[Finding]:
    """One finding for each state of a node, in however many groups it has it."""
    away = {node.name: node.away for node in nodes if node.away is not None}
    for name in NODES:
        if name in away:
            yield RULES["S8"].error(
                where=name,
                found=f"the node does not answer the other one: {away[name]}",
                cure=f"See that its VM runs and that 'show chassis cluster status' lists {name} as primary or secondary, then run again",
            )
        states: dict[str, list[str]] = {}
        for group in groups:
            member = group.find_member(name)
            states.setdefault("not listed" if member is None else member.state, []).append(str(group.id))
        for state, where in states.items():
            if state in (PRIMARY, SECONDARY):
                continue
            place = f"redundancy group{'s' if len(where) > 1 else ''} {', '.join(where)}"
            if state in TRANSIENT_STATES:
                found = f"the node is in {state} in {place}, which passes by itself"
                yield RULES["S8"].warning(where=name, found=found, cure="Wait until it is primary or secondary")
                continue
            found = f"the node is {state or 'in no state'} in {place}, so a commit and a restart may not reach it"
            cure = f"See 'show chassis cluster status'; a disabled node needs a reboot. Bring {name} back, then run again"
            yield RULES["S8"].error(where=name, found=found, cure=cure)


def _check_synchronisation(groups: t.Sequence[Group]) -> t.Iterator[Finding]:
    """A code is one finding a node, in however many groups it shows."""
    shown = sorted({(member.node, code) for group in groups for member in group.members for code in member.failures if code in _CODES})
    for node, code in shown:
        severity, found, cure = _CODES[code]
        yield Finding("S8", severity, node, f"{found} (monitor failure {code})", cure)


def _check_control(links: t.Mapping[str, Link]) -> t.Iterator[Finding]:
    """Down is said where Junos says so; a port that it does not list is not judged."""
    ports = [links[name] for name in CONTROL_PORTS if name in links and links[name].admin != "down"]
    if ports and not any(port.oper == "up" for port in ports):
        found = "the control link is down, so a commit and a restart reach one node only"
        cure = "See 'show chassis cluster interfaces' and the second NIC of both domains"
        yield RULES["S8"].error(where=", ".join(port.name for port in ports), found=found, cure=cure)


def _check_fabric(links: t.Mapping[str, Link], configuration: Effective) -> t.Iterator[Finding]:
    for interface in configuration.interfaces:
        members = [links[name] for name in interface.fabric_members if name in links]
        down = [member.name for member in members if member.oper != "up"]
        if not down:
            continue
        rest = "no member is left" if len(down) == len(interface.fabric_members) else "the other member carries it alone"
        verb = "is" if len(down) == 1 else "are"
        found = f"fabric port {', '.join(down)} {verb} down; {rest}"
        cure = "See 'show chassis cluster interfaces' and the domain's NIC for that port"
        yield RULES["S8"].warning(where=f"[edit interfaces {interface.name} fabric-options]", found=found, cure=cure)


def find_clock_skews(observed: Observed) -> list[Finding]:
    """Boot times are brought to the clock of the node that answers; that the clocks differ is said nevertheless."""
    skews = [(name, observed.find_skew(name)) for name in NODES]
    return [
        RULES["S8"].warning(
            where=name,
            found=f"its clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} that of {observed.connected_to}",
            cure="Give both nodes the same NTP server; until then compare times in their logs with care",
        )
        for name, seconds in skews
        if abs(seconds) > LARGE_SKEW
    ]


def find_restarts(observed: Observed, modes: t.Mapping[str, Mode]) -> list[Finding]:
    """Return a warning for each node that has not booted with what is configured, or of which that is not known."""
    rows = []
    for name, node in modes.items():
        if node.pending:
            words = _PARTLY if node.in_force is None else (_STILL if node.in_force else _NOT_YET)
            found = f"the MAC mode is {words} on {name} since its last boot"
            rows.append(RULES["S8"].warning(where=name, found=found, cure="Restart both nodes"))
        elif node.unknown:
            reason = next((f": {observed.refused[part]}" for part in ("uptime", "history") if part in observed.refused), "")
            cure = "Restart both nodes if it has not; the role does so with vsrx_cluster_restart_unknown"
            found = f"it cannot be told whether {name} has booted with what is configured{reason}"
            rows.append(RULES["S8"].warning(where=name, found=found, cure=cure))
    return rows
