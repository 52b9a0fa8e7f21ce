# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""VFs, MAC addresses and VLANs that a NIC of the domain cannot have beside what is there."""

from __future__ import annotations

import typing as t

from .. import _mac_address
from .._domain_xml import nic_writer
from .._domain_xml.planned_nic import PlannedNic
from .._errors import Finding, VsrxError
from .._host.vf_user import VfUser
from .._libvirt.model import Domain
from .._rules import REQUEST, RULES
from .host_state import Host

_OWN_MAC = "a cloned domain must get its own MAC addresses (virsh edit), a port another one (mac)"


def check_trunks(planned: t.Iterable[PlannedNic]) -> t.Iterator[Finding]:
    """libvirt starts no VF with a VLAN trunk."""
    for each in planned:
        if each.is_port and each.nic is not None and each.vlan is None and nic_writer.is_trunk(each.nic.element):
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
            yield RULES["S22"].error(
                where=each.label, found=f"MAC address {each.mac} is that of {other.label} in the same domain", cure="give each NIC its own"
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
