# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import VsrxError
from .._findings import ERROR, WARNING, Finding, error, warning
from .._junos_release import Release, reaches
from .._support_matrix import MAC_MODE_JUNOS, MAC_MODE_RULE
from .features import unsupported
from .interfaces import Effective, Interface
from .statements import BOTH, STATEMENTS, Written, path

#: G-ARPs go out VLAN by VLAN; from this many VLANs of one reth on, the operator is told (S12)
MANY_VLANS = 10


@dataclasses.dataclass(frozen=True)
class Ports:
    """The Junos interfaces that are SR-IOV ports; ``known`` is None where nobody said."""

    known: t.Optional[frozenset[str]] = None

    def sriov(self, name: str, configuration: Effective) -> t.Optional[bool]:
        """Is the port, or a port of this reth, an SR-IOV port? None where nobody said."""
        if self.known is None:
            return None
        members = {name, *(member for ports in configuration.members(name).values() for member in ports)}
        return bool(members & self.known)


def judge(
    configuration: Effective,
    written: Written,
    nodes: t.Iterable[tuple[str, t.Optional[str], t.Optional[str]]],
    ports: Ports,
    pf_under_control: bool,
) -> list[Finding]:
    """What the rules say before the mode is enabled; ``nodes`` are (name, release, model)."""
    found = [
        *_platform(nodes),
        *_pair(written),
        *_pinned_macs(configuration, ports),
        *_fabric(configuration, ports),
        *_members(configuration, ports),
        *_proxy_arp(configuration),
        *_vlans(configuration),
    ]
    if not pf_under_control:
        found += unsupported(configuration, lambda interface: interface.revenue and ports.sriov(interface.name, configuration) is not False)
    return found


def judge_unread(unread: t.Mapping[str, str]) -> list[Finding]:
    """What Junos did not show is not judged, and is said to be so."""
    return [
        warning(
            "S11" if place.endswith("security nat") else "S14",
            f"[edit {place}]",
            f"the rules do not judge this part, since it could not be read: {reason}",
            "Let the login of this connection view it, or check by hand what the rules say of it",
        )
        for place, reason in unread.items()
    ]


def without_mode(ports: Ports, pf_under_control: bool) -> list[Finding]:
    """What the rules say of a cluster that does not have the mode, or is about to lose it."""
    if pf_under_control or ports.known == frozenset():
        return []
    return [
        warning(
            "S14",
            "[edit chassis cluster]",
            "high availability without the MAC mode's two statements",
            "SR-IOV ports carry a chassis cluster only with both statements, or where the PF driver is under control (pf_under_control)",
        )
    ]


def _platform(nodes: t.Iterable[tuple[str, t.Optional[str], t.Optional[str]]]) -> t.Iterator[Finding]:
    for name, release, model in nodes:
        if model is not None and not model.lower().startswith("vsrx"):
            yield error(MAC_MODE_RULE, name, f"the platform is {model}", "The mode exists on a vSRX on KVM only")
        if release is None:
            continue
        try:
            supported = reaches(Release(release), (MAC_MODE_JUNOS,))
        except VsrxError as failure:
            yield error(MAC_MODE_RULE, name, failure.message, f"The mode needs Junos {MAC_MODE_JUNOS} or later")
            continue
        if not supported:
            cure = f"Upgrade both nodes to {MAC_MODE_JUNOS} or later; before that a cluster on SR-IOV ports needs trust mode on"
            yield error(MAC_MODE_RULE, name, f"Junos {release} does not support the mode", cure)


def _pair(written: Written) -> t.Iterator[Finding]:
    for statement in STATEMENTS:
        nodes = written.covered(statement)
        others = [other for other in STATEMENTS if other != statement and written.covered(other) != nodes]
        if nodes and (others or nodes != BOTH):
            where = " and ".join(sorted({f"[edit {path(found.group)}]" for found in written.occurrences if found.effective_on}))
            reach = "alone" if others else f"on {' and '.join(sorted(nodes))} only"
            yield warning(
                "S9", where, f"{statement} stands {reach}", "The two statements go together, on both nodes: complete or remove them"
            )


def _pinned_macs(configuration: Effective, ports: Ports) -> t.Iterator[Finding]:
    for interface in configuration.interfaces:
        sriov = ports.sriov(interface.name, configuration)
        if not interface.revenue or sriov is False:
            continue
        for place, mac in interface.macs:
            certain = (
                f"MAC address {mac} is set on an SR-IOV port"
                if sriov
                else f"MAC address {mac} is set; if this is an SR-IOV port, its packets are dropped"
            )
            yield Finding(
                "S4",
                ERROR if sriov else WARNING,
                f"[edit {interface.place} {place}]",
                certain,
                "Delete the statement; the MAC address of an SR-IOV port is pinned from the host",
            )


def _fabric(configuration: Effective, ports: Ports) -> t.Iterator[Finding]:
    cure = "Give the cluster's own links a vNIC that is no VF; only revenue ports may be SR-IOV ports in this mode"
    fabric = [(interface.name, member) for interface in configuration.interfaces for member in interface.fabric_members]
    if ports.known is None:
        if fabric:
            members = ", ".join(member for _name, member in fabric)
            yield warning(
                "S7", "[edit interfaces]", f"whether the fabric ports {members} are VFs is not known", "Give sriov_ports to have it checked"
            )
        return
    for name, member in fabric:
        if member in ports.known:
            yield error("S7", f"[edit interfaces {name} fabric-options member-interfaces {member}]", f"fabric port {member} is a VF", cure)
    for name in sorted(ports.known):
        if name.startswith(("em", "fxp")):
            link = "control link" if name.startswith("em") else "management port"
            yield error("S7", name, f"the {link} {name} is a VF", cure)


def _members(configuration: Effective, ports: Ports) -> t.Iterator[Finding]:
    reths = sorted({interface.reth for interface in configuration.interfaces if interface.reth})
    for reth in reths:
        sriov = ports.sriov(reth, configuration)
        for node, members in sorted(configuration.members(reth).items()):
            if len(members) > 1:
                yield Finding(
                    "S10",
                    WARNING if sriov is False else ERROR,
                    f"[edit interfaces {reth}]",
                    f"{reth} has {len(members)} ports on {node}: {', '.join(members)}",
                    "A reth has at most one port per node in this mode: delete redundant-parent from the others",
                )


def _proxy_arp(configuration: Effective) -> t.Iterator[Finding]:
    for place, addresses in configuration.proxy_arp:
        reth, _dot, unit = place.rpartition(" ")[2].partition(".")
        yield error(
            "S11",
            f"[edit {place}]",
            f"proxy ARP for {', '.join(addresses) or 'a NAT pool'}: no G-ARP is sent for pool addresses at a failover",
            f"Delete it and route the pool upstream with the address of {reth} as next hop; or, where directly connected hosts need the "
            f"pool's addresses, set interfaces {reth} unit {unit or 0} proxy-arp",
        )


def _vlans(configuration: Effective) -> t.Iterator[Finding]:
    for name, interfaces in configuration.by_name.items():
        count = configuration.vlans(name)
        if name.startswith("reth") and count >= MANY_VLANS:
            places = [f"[edit {interface.place}]" for interface in interfaces if interface.vlans]
            yield warning(
                "S12",
                " and ".join(places),
                f"{name} has {count} VLANs, a G-ARP each at a failover",
                "Expect traffic to be interrupted visibly; spread the VLANs over more reths, or accept S12",
            )


__all__ = ["MANY_VLANS", "Interface", "Ports", "judge", "judge_unread", "without_mode"]
