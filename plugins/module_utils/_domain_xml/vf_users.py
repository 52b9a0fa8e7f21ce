# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import typing as t

from .._host.vf_user import UserKind, VfUser
from . import document, nics, pci_address

if t.TYPE_CHECKING:
    from .._libvirt.model import Domain, HypervisorState, Network

_FORMS = {
    nics.HOSTDEV: "interface type='hostdev'",
    nics.PLAIN: "hostdev pci",
}


def _form(nic: nics.Nic) -> str:
    if nic.function and nic.network:
        return f"interface on network {nic.network}"
    return _FORMS.get(nic.kind, f"interface type='{nic.kind}'")


def _of_xml(domain: Domain, xml: str, active: bool) -> t.Iterator[VfUser]:
    where = f"domain {domain.name}"
    root = document.parse(xml, where, "domain")
    for nic in (*nics.interfaces(root, where), *nics.plain_hostdevs(root, where)):
        if nic.function or nic.mac:
            how = f"{'running' if active else 'defined'}, {_form(nic)}"
            yield VfUser(UserKind.DOMAIN, domain.name, how, active=active, owner_id=domain.uuid, address=nic.function, mac=nic.mac)


def of_domain(domain: Domain) -> list[VfUser]:
    """What a domain holds: as it runs, and what it would take at its next start."""
    claims = list(_of_xml(domain, domain.live_xml, True)) if domain.active and domain.live_xml else []
    running = {(claim.address, claim.mac) for claim in claims}
    if domain.inactive_xml:
        claims += [claim for claim in _of_xml(domain, domain.inactive_xml, False) if (claim.address, claim.mac) not in running]
    return claims


def of_network(network: Network) -> list[VfUser]:
    """What a network that hands out host functions holds: its PF's VFs, or those that it lists."""
    where = f"network {network.name}"
    forward = document.parse(network.xml, where, "network").first("forward")
    if forward is None or forward.get("mode") != "hostdev":
        return []
    how = f"{'active' if network.active else 'defined'}, forward mode='hostdev'"
    found = [
        VfUser(UserKind.NETWORK, network.name, how, active=network.active, pf=pf.get("dev")) for pf in forward.all("pf") if pf.get("dev")
    ]
    for element in forward.all("address"):
        function = pci_address.of(element, where)
        if function is not None:
            found.append(VfUser(UserKind.NETWORK, network.name, how, active=network.active, address=str(function)))
    return found


def claims_of(state: t.Optional[HypervisorState]) -> list[VfUser]:
    """Every hold of every domain and every network on VFs and MAC addresses; none where there is no libvirt."""
    if state is None:
        return []
    found = [claim for domain in state.domains for claim in of_domain(domain)]
    return found + [claim for network in state.networks for claim in of_network(network)]
