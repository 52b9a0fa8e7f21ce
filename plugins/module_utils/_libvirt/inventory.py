# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Reads domains and networks from libvirt."""

from __future__ import annotations

import errno
import typing as t

from .._domain_xml import document
from .._errors import VsrxError
from . import connection
from .connection import Connection, NoDriverError
from .connection import library as libvirt
from .model import Domain, DomainState, HypervisorState, Network


def _is_gone(failure: t.Any) -> bool:
    code = failure.get_error_code()
    return bool(code in (libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_NO_NETWORK))


def _read_state(handle: t.Any) -> DomainState:
    number = handle.state()[0]
    return DomainState(number) if number in list(DomainState) else DomainState.NOSTATE


def _read_domain(handle: t.Any, transient: set[str], saved: set[str], with_snapshots: set[str]) -> t.Optional[Domain]:
    uuid = handle.UUIDString()
    # ID() and the flags of the listings cost no round trip; each XMLDesc does.
    active = handle.ID() != -1
    try:
        return Domain(
            name=handle.name(),
            uuid=uuid,
            active=active,
            persistent=uuid not in transient,
            inactive_xml=None if uuid in transient else handle.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE),
            live_xml=handle.XMLDesc(0) if active else None,
            has_managed_save=uuid in saved,
            snapshots=handle.snapshotNum(0) if uuid in with_snapshots else 0,
            state=_read_state(handle) if active else DomainState.SHUTOFF,
            run_id=handle.ID() if active else None,
        )
    except libvirt.libvirtError as failure:
        if _is_gone(failure):
            return None
        raise


def _read_network(handle: t.Any) -> t.Optional[Network]:
    try:
        return Network(name=handle.name(), active=bool(handle.isActive()), xml=handle.XMLDesc(0))
    except libvirt.libvirtError as failure:
        if _is_gone(failure):
            return None
        raise


def _is_without_networks(failure: t.Any) -> bool:
    """Tell a libvirt without networks, which a host with bridges and VFs does not need, from one that fails to list them.

    Without the driver libvirtd does not support the call. Modular daemons connect to virtnetworkd on demand: its socket is missing, or
    nothing listens there.
    """
    code = failure.get_error_code()
    if code == libvirt.VIR_ERR_SYSTEM_ERROR:
        return bool(failure.get_int1() in (errno.ENOENT, errno.ECONNREFUSED))
    return bool(code in (libvirt.VIR_ERR_NO_SUPPORT, libvirt.VIR_ERR_NO_CONNECT))


def _list_network_handles(connected: Connection) -> list[t.Any]:
    try:
        return list(connected.handle.listAllNetworks(0))
    except libvirt.libvirtError as failure:
        if _is_without_networks(failure):
            return []
        raise


def _list_uuids(connected: Connection, flag: int) -> set[str]:
    return {handle.UUIDString() for handle in connected.handle.listAllDomains(flag)}


def _read_all(connected: Connection) -> HypervisorState:
    transient = _list_uuids(connected, libvirt.VIR_CONNECT_LIST_DOMAINS_TRANSIENT)
    saved = _list_uuids(connected, libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
    with_snapshots = _list_uuids(connected, libvirt.VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT)
    domains = (_read_domain(handle, transient, saved, with_snapshots) for handle in connected.handle.listAllDomains(0))
    networks = (_read_network(handle) for handle in _list_network_handles(connected))
    return HypervisorState(
        domains=tuple(domain for domain in domains if domain is not None),
        networks=tuple(network for network in networks if network is not None),
    )


def read(connected: Connection) -> HypervisorState:
    """Every domain and every network, over a connection that is open."""
    state: HypervisorState = connected.call(f"{connected.uri}: reading the domains", lambda: _read_all(connected))
    return state


def observe(uri: str = "qemu:///system") -> t.Optional[HypervisorState]:
    """Every domain and every network of the host; None where libvirt is not installed on it, or has no driver for the URI.

    Raises VsrxError where libvirt is installed and does not answer: what its domains hold is not known then.
    """
    if not connection.is_available(uri):
        return None
    try:
        with Connection(uri) as connected:
            return read(connected)
    except NoDriverError:
        return None


def find_domain(connected: Connection, name: str) -> tuple[str, str]:
    """UUID and name of the domain that a name or a UUID means."""
    handles = {handle.name(): handle.UUIDString() for handle in connected.call(connected.uri, lambda: connected.handle.listAllDomains(0))}
    by_uuid = next((each for each, uuid in handles.items() if uuid == name.lower()), None)
    if name in handles and by_uuid not in (None, name):
        raise VsrxError(f"'{name}' is the name of one domain and the UUID of another, {by_uuid}; give the UUID of the one that is meant")
    found = name if name in handles else by_uuid
    if found is None:
        raise VsrxError(f"{connected.uri} has no domain '{name}'; its domains: {', '.join(sorted(handles)) or 'none'}")
    return handles[found], found


def list_hostdev_backends(connected: Connection) -> frozenset[str]:
    """How this host's libvirt can give PCI functions to guests: default, vfio, and kvm where it is old enough."""
    try:
        text = connected.handle.getDomainCapabilities()
    except libvirt.libvirtError:
        return frozenset()
    hostdev = document.parse(text, "the domain capabilities", "domainCapabilities").first("devices", "hostdev")
    backends = [enum for enum in hostdev.all("enum") if enum.get("name") == "pciBackend"] if hostdev is not None else []
    return frozenset(value.text for enum in backends for value in enum.all("value"))
