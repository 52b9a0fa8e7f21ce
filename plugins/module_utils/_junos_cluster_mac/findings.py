# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rules say of a cluster: S4, S6, S7, S9 to S12, and S14 where the mode is wanted. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import Finding, Severity, VsrxError
from .._junos.cluster_status import Node
from .._junos_release import Release, reaches
from .._rules import RULES
from .._support_matrix import MAC_MODE_JUNOS, UNSUPPORTED
from .interfaces import Effective, Interface
from .statements import BOTH, STATEMENTS, StatementLocations, describe_place

#: gratuitous ARPs go out VLAN by VLAN; from this many VLANs of one reth on, the operator is warned (S12)
MANY_VLANS = 10


@dataclasses.dataclass(frozen=True)
class Ports:
    """The Junos interfaces that are SR-IOV ports, and those whose VF is trusted; None where the call does not say."""

    known: t.Optional[frozenset[str]] = None
    trusted: t.Optional[frozenset[str]] = None

    def are_sriov(self, name: str, configuration: Effective) -> t.Optional[bool]:
        """Is the port, or a port of this reth, an SR-IOV port? None where the call does not say."""
        if self.known is None:
            return None
        members = {name, *(member for ports in configuration.find_members(name).values() for member in ports)}
        return bool(members & self.known)

    def find_members(self, reth: str, configuration: Effective) -> list[str]:
        """The SR-IOV ports of a reth."""
        return [member for ports in configuration.find_members(reth).values() for member in ports if member in (self.known or ())]


def find_with_mode(
    configuration: Effective, locations: StatementLocations, nodes: t.Iterable[Node], ports: Ports, pf_under_control: bool
) -> list[Finding]:
    """Return what the rules say of a cluster that has the mode, or is about to get it."""
    found = [
        *_check_platform(nodes),
        *_check_trust(configuration, ports),
        *_check_pair(locations),
        *_check_macs(configuration, ports),
        *_check_fabric(configuration, ports),
        *_check_reth_ports(configuration, ports),
        *_check_proxy_arp(configuration),
        *_check_vlans(configuration),
    ]
    if not pf_under_control:
        found += find_unsupported(
            configuration, lambda interface: interface.revenue and ports.are_sriov(interface.name, configuration) is not False
        )
    return found


def find_without_mode(configuration: Effective, ports: Ports, pf_under_control: bool) -> list[Finding]:
    """Return what the rules say of a cluster that does without the mode, or is about to lose it.

    A reth then has a virtual MAC address, which passes a VF only where trust is on.
    """
    if ports.known == frozenset():
        return []
    if ports.known is not None and ports.trusted is not None:
        return list(_check_untrusted(configuration, ports, ports.trusted))
    if pf_under_control:
        return []
    return [
        RULES["S14"].warning(
            where="[edit chassis cluster]",
            found="high availability without the MAC mode's two statements",
            cure="SR-IOV ports carry a chassis cluster with both statements, with all ports of its reths trusted (trusted_ports), or where "
            "the PF driver is under control (pf_under_control)",
        )
    ]


def find_unread(unread: t.Mapping[str, str], refused: t.Mapping[str, str]) -> list[Finding]:
    """Return what Junos did not show: it is not judged, and is said to be so."""
    found = [
        RULES["S11" if place.endswith("security nat") else "S14"].warning(
            where=f"[edit {place}]",
            found=f"the rules do not judge this part, since it could not be read: {reason}",
            cure="Let the login of this connection view it, or check by hand what the rules say of it",
        )
        for place, reason in unread.items()
    ]
    if "interfaces" in refused:
        found.append(
            RULES["S13"].warning(
                where="interfaces",
                found=f"MAC addresses and the states of links are not known, since they could not be read: {refused['interfaces']}",
                cure="Let the login of this connection view interfaces ('show interfaces')",
            )
        )
    return found


def _check_untrusted(configuration: Effective, ports: Ports, trusted: t.Collection[str]) -> t.Iterator[Finding]:
    for reth in sorted({interface.reth for interface in configuration.interfaces if interface.reth}):
        untrusted = [member for member in ports.find_members(reth, configuration) if member not in trusted]
        if untrusted:
            yield RULES["S6"].error(
                where=f"[edit interfaces {reth}]",
                found=f"trust is off for {', '.join(untrusted)}: without the mode, frames with the virtual MAC of {reth} are dropped",
                cure="Turn trust on for these VFs, or keep the mode (state: present)",
            )


def _check_trust(configuration: Effective, ports: Ports) -> t.Iterator[Finding]:
    trusted = sorted((ports.known or frozenset()) & (ports.trusted or frozenset()))
    if trusted:
        yield RULES["S6"].warning(
            where=", ".join(trusted),
            found="trust is on for VFs, and the mode does not need it: a trusted guest may take any MAC address",
            cure="Turn trust off for these VFs; or, with all ports of all reths trusted, do without the mode (state: absent)",
        )


def _check_platform(nodes: t.Iterable[Node]) -> t.Iterator[Finding]:
    for node in nodes:
        if node.model is not None and not node.model.lower().startswith("vsrx"):
            yield RULES["S6"].error(where=node.name, found=f"the platform is {node.model}", cure="The mode exists on a vSRX on KVM only")
        if node.junos_version is None:
            if node.away is None:
                found = "its Junos release could not be read, so it is not known whether it supports the mode"
                cure = f"See 'show version' on the node; the mode needs Junos {MAC_MODE_JUNOS} or later. Accept S6 if it is"
                yield RULES["S6"].error(where=node.name, found=found, cure=cure)
            continue
        try:
            supported = reaches(Release(node.junos_version), (MAC_MODE_JUNOS,))
        except VsrxError as failure:
            yield RULES["S6"].error(where=node.name, found=failure.message, cure=f"The mode needs Junos {MAC_MODE_JUNOS} or later")
            continue
        if not supported:
            cure = f"Upgrade both nodes to {MAC_MODE_JUNOS} or later; before that a cluster on SR-IOV ports needs trust mode on"
            yield RULES["S6"].error(where=node.name, found=f"Junos {node.junos_version} does not support the mode", cure=cure)


def _check_pair(locations: StatementLocations) -> t.Iterator[Finding]:
    for statement in STATEMENTS:
        nodes = locations.nodes_with(statement)
        others = [other for other in STATEMENTS if other != statement and locations.nodes_with(other) != nodes]
        if nodes and (others or nodes != BOTH):
            where = " and ".join(sorted({f"[edit {describe_place(found.group)}]" for found in locations.occurrences if found.effective_on}))
            reach = "alone" if others else f"on {' and '.join(sorted(nodes))} only"
            cure = "The two statements go together, on both nodes: complete or remove them"
            yield RULES["S9"].warning(where=where, found=f"{statement} stands {reach}", cure=cure)


def _check_macs(configuration: Effective, ports: Ports) -> t.Iterator[Finding]:
    cure = "Delete the statement; the MAC address of an SR-IOV port is pinned from the host"
    for interface in configuration.interfaces:
        sriov = ports.are_sriov(interface.name, configuration)
        if not interface.revenue or sriov is False:
            continue
        for place, mac in interface.macs:
            where = f"[edit {interface.place} {place}]"
            if sriov:
                yield RULES["S4"].error(where=where, found=f"MAC address {mac} is set on an SR-IOV port", cure=cure)
            else:
                found = f"MAC address {mac} is set; if this is an SR-IOV port, its packets are dropped"
                yield RULES["S4"].warning(where=where, found=found, cure=cure)


def _check_fabric(configuration: Effective, ports: Ports) -> t.Iterator[Finding]:
    cure = "Give the cluster's own links a vNIC that is no VF; only revenue ports may be SR-IOV ports in this mode"
    fabric = [(interface.name, member) for interface in configuration.interfaces for member in interface.fabric_members]
    if ports.known is None:
        if fabric:
            found = f"whether the fabric ports {', '.join(member for _name, member in fabric)} are VFs is not known"
            yield RULES["S7"].warning(where="[edit interfaces]", found=found, cure="Give sriov_ports to have it checked")
        return
    for name, member in fabric:
        if member in ports.known:
            where = f"[edit interfaces {name} fabric-options member-interfaces {member}]"
            yield RULES["S7"].error(where=where, found=f"fabric port {member} is a VF", cure=cure)
    for name in sorted(ports.known):
        if name.startswith(("em", "fxp")):
            link = "control link" if name.startswith("em") else "management port"
            yield RULES["S7"].error(where=name, found=f"the {link} {name} is a VF", cure=cure)


def _check_reth_ports(configuration: Effective, ports: Ports) -> t.Iterator[Finding]:
    cure = "A reth has at most one port per node in this mode: delete redundant-parent from the others"
    for reth in sorted({interface.reth for interface in configuration.interfaces if interface.reth}):
        sriov = ports.are_sriov(reth, configuration)
        for node, members in sorted(configuration.find_members(reth).items()):
            if len(members) > 1:
                severity = Severity.WARNING if sriov is False else Severity.ERROR
                found = f"{reth} has {len(members)} ports on {node}: {', '.join(members)}"
                yield Finding("S10", severity, f"[edit interfaces {reth}]", found, cure)


def _check_proxy_arp(configuration: Effective) -> t.Iterator[Finding]:
    for place, addresses in configuration.proxy_arp:
        reth, _dot, unit = place.rpartition(" ")[2].partition(".")
        yield RULES["S11"].error(
            where=f"[edit {place}]",
            found=f"proxy ARP for {', '.join(addresses) or 'a NAT pool'}: no gratuitous ARP is sent for pool addresses at a failover",
            cure=f"Delete it and route the pool upstream with the address of {reth} as next hop; or, where directly connected hosts need "
            f"the pool's addresses, set interfaces {reth} unit {unit or 0} proxy-arp",
        )


def _check_vlans(configuration: Effective) -> t.Iterator[Finding]:
    for name, interfaces in configuration.by_name.items():
        count = configuration.count_vlans(name)
        if name.startswith("reth") and count >= MANY_VLANS:
            places = [f"[edit {interface.place}]" for interface in interfaces if interface.vlans]
            yield RULES["S12"].warning(
                where=" and ".join(places),
                found=f"{name} has {count} VLANs, a gratuitous ARP each at a failover",
                cure="Expect traffic to be interrupted visibly; spread the VLANs over more reths, or accept S12",
            )


LARGEST_FRAME = 1514

_NAMES = {feature.key: feature.name for feature in UNSUPPORTED}
_CURE = "Remove it, or set pf_under_control (the role's vsrx_cluster_pf_under_control) where the PF's driver can be updated and controlled"


def find_unsupported(configuration: Effective, counts: t.Callable[[Interface], bool]) -> list[Finding]:
    """The features that SR-IOV ports do not carry; ``counts`` tells whether an interface's settings are those of an SR-IOV port."""
    return [
        RULES["S14"].error(where=f"[edit {place}]", found=f"{_NAMES[key]}: {detail}", cure=_CURE)
        for key, place, detail in (*_find_on_interfaces(configuration, counts), *_find_elsewhere(configuration, counts))
    ]


_Found = t.Iterator[tuple[str, str, str]]


def _find_on_interfaces(configuration: Effective, counts: t.Callable[[Interface], bool]) -> _Found:
    for interface in configuration.interfaces:
        place = interface.place
        if interface.name == "irb" and interface.units:
            yield "irb", place, f"{interface.units} unit{'s' if interface.units > 1 else ''}"
        if not counts(interface):
            continue
        for where in interface.ipv6:
            yield "ipv6", f"{place} {where}", "an IPv6 address on an SR-IOV port"
        for where, size in interface.mtus:
            if size > LARGEST_FRAME:
                yield "jumbo", f"{place} {where}", f"frames of {size} bytes, more than {LARGEST_FRAME}"
        for where in interface.layer2:
            yield "layer2", f"{place} {where}", "a layer 2 family on an SR-IOV port"


def _find_elsewhere(configuration: Effective, counts: t.Callable[[Interface], bool]) -> _Found:
    beside = [*configuration.ospf]
    if any(interface.ipv6 and counts(interface) for interface in configuration.interfaces):
        beside.append("IPv6")
    for place in configuration.multicast:
        if beside:
            yield "multicast", place, f"multicast beside {', '.join(beside)}"
    for name in configuration.bridge_domains:
        yield "layer2", name, "a bridge domain"
    for place in configuration.packet_mode:
        yield "packet_mode", place, "packets are forwarded without flows"
