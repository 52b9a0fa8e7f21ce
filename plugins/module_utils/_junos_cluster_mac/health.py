# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

# Pure: whether the nodes are connected and synchronised, so that a commit and a restart reach both.
from __future__ import annotations

import typing as t

from .._findings import ERROR, WARNING, Finding
from .._junos.cluster_status import Group, Link
from .interfaces import Effective

CONTROL_PORTS = ("em0", "em1")

# Codes of [show chassis cluster status], as its legend names them.
_CODES = {
    "CF": (
        ERROR,
        "its configuration is not synchronised with the other node's, so a commit may not reach both",
        "See 'show chassis cluster information configuration-synchronization', let the nodes synchronise, then run again",
    ),
    "CS": (
        WARNING,
        "its sessions are not synchronised yet, so a failover loses them",
        "Wait until cold synchronisation is done",
    ),
    "FL": (
        WARNING,
        "its fabric link fails",
        "See 'show chassis cluster interfaces' and the domain's ports for the fabric",
    ),
}


def judge(groups: t.Sequence[Group], links: t.Mapping[str, Link], configuration: Effective) -> list[Finding]:
    return [*_synchronisation(groups), *_control(links), *_fabric(links, configuration)]


def _synchronisation(groups: t.Sequence[Group]) -> t.Iterator[Finding]:
    """A code is one finding a node, in however many groups it shows."""
    shown = sorted({(member.node, code) for group in groups for member in group.members for code in member.failures if code in _CODES})
    for node, code in shown:
        severity, found, cure = _CODES[code]
        yield Finding("S8", severity, node, f"{found} (monitor failure {code})", cure)


def _control(links: t.Mapping[str, Link]) -> t.Iterator[Finding]:
    """Down is said where Junos says so; a port that it does not list is not judged."""
    ports = [links[name] for name in CONTROL_PORTS if name in links and links[name].admin != "down"]
    if ports and not any(port.oper == "up" for port in ports):
        found = "the control link is down, so a commit and a restart reach one node only"
        cure = "See 'show chassis cluster interfaces' and the second NIC of both domains"
        yield Finding("S8", ERROR, ", ".join(port.name for port in ports), found, cure)


def _fabric(links: t.Mapping[str, Link], configuration: Effective) -> t.Iterator[Finding]:
    for interface in configuration.interfaces:
        members = [links[name] for name in interface.fabric_members if name in links]
        down = [member.name for member in members if member.oper != "up"]
        if not down:
            continue
        rest = "no member is left" if len(down) == len(interface.fabric_members) else "the other member carries it alone"
        verb = "is" if len(down) == 1 else "are"
        found = f"fabric port {', '.join(down)} {verb} down; {rest}"
        cure = "See 'show chassis cluster interfaces' and the domain's NIC for that port"
        yield Finding("S8", WARNING, f"[edit interfaces {interface.name} fabric-options]", found, cure)
