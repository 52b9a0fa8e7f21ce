# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Domains and networks as libvirt has them, and which VFs and MAC addresses they use, in every form that libvirt has for it."""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from .._domain_xml import document, nics, pci_topology
from .._domain_xml.document import Element
from .._host.vf_user import UserKind, VfUser


class DomainState(enum.IntEnum):
    """The states of a domain, by libvirt's numbers."""

    NOSTATE = 0
    RUNNING = 1
    BLOCKED = 2
    PAUSED = 3
    SHUTDOWN = 4
    SHUTOFF = 5
    CRASHED = 6
    PMSUSPENDED = 7


@dataclasses.dataclass(frozen=True)
class Domain:
    """A libvirt domain as it is defined and as it runs.

    ``inactive_xml`` is what the next start uses; None for a transient domain. ``live_xml`` is None while it does not run.
    ``run_id`` tells one run of the domain from the next; None while it does not run.
    """

    name: str
    uuid: str
    active: bool
    persistent: bool
    inactive_xml: t.Optional[str]
    live_xml: t.Optional[str]
    has_managed_save: bool = False
    snapshots: int = 0
    state: DomainState = DomainState.RUNNING
    run_id: t.Optional[int] = None


@dataclasses.dataclass(frozen=True)
class Network:
    """A libvirt network; the XML is the live one where it is active."""

    name: str
    active: bool
    xml: str


@dataclasses.dataclass(frozen=True)
class HypervisorState:
    """All that a host's libvirt knows of domains and networks at one moment."""

    domains: tuple[Domain, ...] = ()
    networks: tuple[Network, ...] = ()


_FORMS = {
    nics.HOSTDEV: "interface type='hostdev'",
    nics.PLAIN: "hostdev pci",
}
_DIRECT = "direct"
_VDPA = "vdpa"
_FORWARD_HOSTDEV = "hostdev"
#: forward modes that put macvtap devices on the netdevs that they list
_FORWARD_MACVTAP = ("passthrough", "bridge", "private", "vepa")

#: PCI functions by the name of their netdev, or by the path of their vhost-vdpa device
Functions = t.Mapping[str, str]


def _describe_form(nic: nics.Nic, device: t.Optional[str]) -> str:
    form = _FORMS.get(nic.kind, f"interface type='{nic.kind}'")
    if device is not None:
        return f"{form}, {device}"
    if nic.function and nic.network:
        return f"interface on network {nic.network}"
    return form


def _read_device(nic: nics.Nic) -> t.Optional[str]:
    """The host's device that a macvtap or vdpa NIC stands on, by its own element or by what libvirt took for it from a network."""
    actual = nic.element.first("actual")
    kind = actual.get("type") if actual is not None else nic.kind
    source = (actual if actual is not None else nic.element).first("source")
    return source.get("dev") if source is not None and kind in (_DIRECT, _VDPA) else None


def _read_users(domain: Domain, xml: str, active: bool, functions: Functions) -> t.Iterator[VfUser]:
    where = f"domain {domain.name}"
    root = document.parse(xml, where, "domain")
    for nic in (*nics.list_interfaces(root, where), *nics.list_plain_hostdevs(root, where)):
        device = _read_device(nic)
        address = nic.function or (functions.get(device) if device else None)
        if address or nic.mac:
            usage = f"{'running' if active else 'defined'}, {_describe_form(nic, device)}"
            yield VfUser(UserKind.DOMAIN, domain.name, usage, active=active, owner_id=domain.uuid, address=address, mac=nic.mac)


def list_domain_users(domain: Domain, functions: Functions) -> list[VfUser]:
    """Return what a domain uses: as it runs, and what it would take at its next start."""
    users = list(_read_users(domain, domain.live_xml, True, functions)) if domain.active and domain.live_xml else []
    running = {(user.address, user.mac) for user in users}
    if domain.inactive_xml:
        users += [user for user in _read_users(domain, domain.inactive_xml, False, functions) if (user.address, user.mac) not in running]
    return users


def _list_network_functions(forward: Element, where: str, functions: Functions) -> t.Iterator[str]:
    for element in forward.all("address"):
        function = pci_topology.read_address(element, where)
        if function is not None:
            yield str(function)
    for element in forward.all("interface"):
        device = element.get("dev")
        if device and device in functions:
            yield functions[device]


def list_network_users(network: Network, functions: Functions) -> list[VfUser]:
    """Return what a network uses that hands out functions of the host or macvtap devices on them: its PF's VFs, or those that it lists."""
    where = f"network {network.name}"
    forward = document.parse(network.xml, where, "network").first("forward")
    mode = forward.get("mode") if forward is not None else None
    if forward is None or mode not in (_FORWARD_HOSTDEV, *_FORWARD_MACVTAP):
        return []
    usage = f"{'active' if network.active else 'defined'}, forward mode='{mode}'"
    pfs = [pf.get("dev") for pf in forward.all("pf") if pf.get("dev")]
    return [
        *(VfUser(UserKind.NETWORK, network.name, usage, active=network.active, pf=pf) for pf in pfs),
        *(
            VfUser(UserKind.NETWORK, network.name, usage, active=network.active, address=address)
            for address in _list_network_functions(forward, where, functions)
        ),
    ]


def list_users(state: t.Optional[HypervisorState], functions: t.Optional[Functions] = None) -> list[VfUser]:
    """Return every use of VFs and MAC addresses by domains and networks; none where there is no libvirt.

    ``functions`` tells which function a netdev or a vhost-vdpa device stands for. A user whose ``address`` is a PF uses all its VFs.
    """
    if state is None:
        return []
    known = functions or {}
    found = [user for domain in state.domains for user in list_domain_users(domain, known)]
    return found + [user for network in state.networks for user in list_network_users(network, known)]


def list_pool_networks(state: HypervisorState) -> frozenset[str]:
    """Return the networks whose NICs are functions of the host, by name."""
    found = set()
    for network in state.networks:
        forward = document.parse(network.xml, f"network {network.name}", "network").first("forward")
        if forward is not None and forward.get("mode") == _FORWARD_HOSTDEV:
            found.add(network.name)
    return frozenset(found)
