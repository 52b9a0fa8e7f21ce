# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What speaks against a domain's ports, seen from the host: the vendor's rules, and addresses that others use."""

from __future__ import annotations

import typing as t

from .. import _junos_ifname, _mac_address
from .._domain_xml import nic_settings
from .._domain_xml.nics import Nic, PlannedNic
from .._domain_xml.pci_topology import Topology, parse_address
from .._domain_xml.reading import Reading
from .._errors import Finding, VsrxError, sort_findings
from .._host.vf_user import VfUser
from .._libvirt.model import Domain
from .._rules import REQUEST, RULES, STATE
from . import performance
from .observed import Host
from .result import PortMapEntry

#: one revenue-position NIC of a cluster's node is the fabric link, which must not be a VF
_FABRIC_LINKS = 1


def check_positions(domain: str, rows: t.Sequence[PortMapEntry], cluster_node: t.Optional[int]) -> t.Iterator[Finding]:
    """S7: management and control are no revenue ports. It is about HA, so that a stand-alone vSRX is only warned."""
    for row in rows[: _junos_ifname.count_fixed_positions(cluster_node)]:
        where = f"{domain} position {row.position} ({row.junos_interface})"
        if row.sriov:
            make = RULES["S7"].warning if cluster_node is None else RULES["S7"].error
            yield make(
                where=where,
                found=f"VF {row.vf or row.mac} would be {row.junos_interface}, and only revenue ports may be SR-IOV",
                cure="give the domain its management NIC, and in a cluster its control NIC, before its SR-IOV ports",
            )
        elif row.host_address:
            yield RULES["S7"].warning(
                where=where,
                found=f"{row.host_address}, a NIC that is passed through whole, is {row.junos_interface}",
                cure="give the domain a virtio NIC before it if management or control is meant to be one",
            )


def check_mixed(domain: str, rows: t.Sequence[PortMapEntry], cluster_node: t.Optional[int]) -> t.Iterator[Finding]:
    """S15: where there is one SR-IOV revenue port, all should be."""
    revenue = rows[_junos_ifname.count_fixed_positions(cluster_node) :]
    others = [row for row in revenue if not row.sriov]
    allowed = 0 if cluster_node is None else _FABRIC_LINKS
    if len(others) > allowed and len(others) < len(revenue):
        names = ", ".join(row.junos_interface for row in others)
        yield RULES["S15"].warning(
            where=domain,
            found=f"{names} are not SR-IOV while other revenue ports are" + (" (one of them may be the fabric link)" if allowed else ""),
            cure="make every revenue port an SR-IOV port (ports, in the role: vsrx_ports; junos_interface keeps the port's name)",
        )


def check_speeds(domain: str, rows: t.Sequence[PortMapEntry], host: Host) -> t.Iterator[Finding]:
    """S19: ports come in the order of their speeds."""
    fastest: t.Optional[tuple[int, PortMapEntry]] = None
    for row in rows:
        pf = host.find_pf_of(row.vf)
        if pf is None or not pf.speed_mbps:
            continue
        if fastest is not None and pf.speed_mbps < fastest[0]:
            yield RULES["S19"].warning(
                where=f"{domain} {row.junos_interface}",
                found=f"{pf.name} runs at {pf.speed_mbps} Mbit/s and comes after {fastest[1].pf} at {fastest[0]} Mbit/s",
                cure="list the ports (in the role: vsrx_ports) in the order 1G, 10G, 40G, 100G; else the network adapter must be reset",
            )
        elif fastest is None or pf.speed_mbps > fastest[0]:
            fastest = (pf.speed_mbps, row)


def check_walks(domain: str, topology: Topology, rows: t.Sequence[PortMapEntry]) -> t.Iterator[Finding]:
    """S5: guests count NICs bus by bus or bridge by bridge; the map is certain only where both give one order."""
    places = [(parse_address(row.guest_address, "guest address"), row) for row in rows if row.guest_address]
    by_number = sorted(places, key=lambda place: topology.number_key(place[0]))
    differing = [(row, other) for (_one, row), (_other, other) in zip(places, by_number) if row is not other]
    if differing and any(row.sriov or row.host_address for row in rows):
        row, other = differing[0]
        yield RULES["S5"].warning(
            where=domain,
            found=f"NICs are on bus 0 and behind its bridges, so that {row.junos_interface} could be the NIC at {other.guest_address} "
            f"and not the one at {row.guest_address}",
            cure="compare the MAC addresses in Junos; or put all NICs on bus 0, or all behind root ports (virsh edit)",
        )


def check_missing_vfs(domain: str, rows: t.Sequence[PortMapEntry], starts: bool, predicted: t.Collection[str]) -> t.Iterator[Finding]:
    """A domain with a VF that the host has not cannot start; an error where the plan starts it."""
    make = STATE.error if starts else STATE.warning
    for row in rows:
        if row.vf and row.vf_exists is False and row.vf not in predicted:
            yield make(
                where=f"{domain} {row.junos_interface}",
                found=f"the domain has VF {row.vf}, which this host has not, so it cannot start",
                cure="make the VF (sriov_vfs), take the port away (state: absent), or list the ports anew with exclusive: true "
                "(in the role: vsrx_ports_exclusive)",
            )


def check_unlisted(domain: str, planned: t.Iterable[PlannedNic], rows: t.Iterable[PortMapEntry]) -> t.Iterator[Finding]:
    """Drift: SR-IOV ports that the domain keeps and the request does not name. Of a VF that is gone another finding says more."""
    for each, row in zip(planned, rows):
        if row.sriov and not each.is_port and row.vf_exists is not False:
            port = f"VF {row.vf}" if row.vf else each.label
            yield STATE.warning(
                where=f"{domain} {row.junos_interface}",
                found=f"the domain has {port}, which is not among the ports that are listed, and keeps it",
                cure="list it (ports, in the role: vsrx_ports), or set exclusive: true (in the role: vsrx_ports_exclusive) to remove it",
            )


def check_unknown_functions(domain: str, hostdevs: t.Iterable[Nic], host: Host) -> t.Iterator[Finding]:
    """A function whose class is not known may be a NIC: then every name behind it in the map is another."""
    for nic in hostdevs:
        known = host.functions.get(nic.function or "")
        if nic.is_unassigned or nic.function in host.nics or (known is not None and known.is_ethernet is not None):
            continue
        yield STATE.warning(
            where=f"{domain} {nic.function}",
            found="the host has no such function, or does not tell what it is; if it is a NIC, the ports behind it have other names",
            cure="check the Junos names of the ports, or take the device out of the domain",
        )


def judge(reading: Reading, rows: t.Sequence[PortMapEntry], host: Host, cluster_node: t.Optional[int]) -> list[Finding]:
    """Return what the vendor's rules say; nothing of a domain without a function of the host."""
    if not any(row.sriov or row.host_address for row in rows):
        return []
    domain = reading.name
    return sort_findings(
        (
            *check_positions(domain, rows, cluster_node),
            *check_mixed(domain, rows, cluster_node),
            *check_speeds(domain, rows, host),
            *performance.judge(reading, rows, host),
            *check_unknown_functions(domain, reading.hostdevs, host),
        )
    )


_REMOVE_UNLISTED = "have the port that is not listed removed by exclusive: true (in the role: vsrx_ports_exclusive)"
_OWN_MAC = "a cloned domain must get its own MAC addresses (virsh edit), a port another one (mac)"


def check_trunks(planned: t.Iterable[PlannedNic]) -> t.Iterator[Finding]:
    """libvirt starts no VF with a VLAN trunk."""
    for each in planned:
        if each.is_port and each.nic is not None and "vlan" not in each.settings and nic_settings.is_trunk(each.nic.element):
            yield REQUEST.error(
                where=each.label,
                found=f"VF {each.function} has a VLAN trunk in the domain's XML, which libvirt refuses at start",
                cure="give one vlan, or 0 for none",
            )


def _find_on_vfs(mac: str, own: t.Collection[str], host: Host) -> t.Optional[str]:
    for pf in host.pfs.values():
        for index, held in pf.macs.items():
            if held == mac and pf.vfs.get(index) not in own:
                return f"VF {index} of {pf.name} ({pf.vfs.get(index, 'not there')})"
    return None


def _is_pair(one: PlannedNic, other: PlannedNic) -> bool:
    """A failover pair of a virtio NIC and a VF has one MAC address."""
    return one.nic is not None and other.nic is not None and one.nic.is_teamed and other.nic.is_teamed


def _check_in_domain(planned: t.Iterable[PlannedNic]) -> t.Iterator[Finding]:
    seen: dict[str, PlannedNic] = {}
    for each in planned:
        other = seen.setdefault(each.mac, each) if each.mac else each
        changed = each.is_port or other.is_port or each.restored is not None or other.restored is not None
        if other is not each and changed and not _is_pair(each, other):
            unlisted = any(nic.function and not nic.is_port for nic in (each, other))
            cure = "give each NIC its own" + (f", or {_REMOVE_UNLISTED}" if unlisted else "")
            yield RULES["S22"].error(
                where=each.label, found=f"MAC address {each.mac} is that of {other.label} in the same domain", cure=cure
            )


def _find_user(domain: Domain, each: PlannedNic, users: t.Iterable[VfUser]) -> t.Optional[VfUser]:
    others = (user for user in users if user.mac == each.mac and user.owner_id != domain.uuid)
    return next((user for user in others if user.address is None or user.address != each.function), None)


def check_macs(
    domain: Domain, planned: t.Sequence[PlannedNic], users: t.Sequence[VfUser], host: Host, had: t.Collection[str]
) -> t.Iterator[Finding]:
    """S22: no MAC address of a port twice, in this domain, in another, or on another VF. ``had`` are the VFs of the domain until now."""
    own = {*had, *(each.function for each in planned if each.function)}
    yield from _check_in_domain(planned)
    for each in planned:
        if each.mac is None or not (each.is_port or each.restored is not None):
            continue
        try:
            _mac_address.station(each.mac, each.label)
        except VsrxError as failure:
            yield REQUEST.error(where=each.label, found=f"its MAC address cannot be kept: {failure.message}", cure="give the port a mac")
            continue
        address = f"MAC address {each.mac}"
        user = _find_user(domain, each, users)
        vf = _find_on_vfs(each.mac, own, host)
        if user is not None:
            yield RULES["S22"].error(where=each.label, found=f"{address} is in use by {user}", cure=_OWN_MAC)
        elif each.mac in host.netdevs and each.is_port:
            found = f"{address} is that of the host's network device {host.netdevs[each.mac]}"
            yield RULES["S22"].error(where=each.label, found=found, cure="give the port another mac")
        elif vf is not None:
            yield RULES["S22"].error(
                where=each.label, found=f"{address} is set on {vf}", cure="give the port another mac, or take it from there"
            )


def check_others(
    domain: Domain, planned: t.Iterable[PlannedNic], users: t.Sequence[VfUser], host: Host, starts: bool
) -> t.Iterator[Finding]:
    """NICs that the request does not name: a clone has the VFs and MACs of another domain. An error where the plan starts the domain."""
    make = RULES["S22"].error if starts else RULES["S22"].warning
    for each in planned:
        if each.is_port or each.nic is None:
            continue
        pf = host.find_pf_of(each.function)
        same = [
            user
            for user in users
            if user.owner_id not in (None, domain.uuid)
            and each.function is not None
            and (user.address == each.function or (pf is not None and user.address == pf.address))
        ]
        if same:
            yield make(
                where=f"{domain.name} {each.label}",
                found=f"{each.function} is in use by {same[0]} too",
                cure="only one of them can run: take it away from one (state: absent)",
            )
        elif each.mac is not None and _find_user(domain, each, users) is not None:
            user = _find_user(domain, each, users)
            yield make(where=f"{domain.name} {each.label}", found=f"MAC address {each.mac} is in use by {user} too", cure=_OWN_MAC)
