# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# MAC addresses and VLANs that a port can not have.
import typing as t

from .. import _mac_address
from .._domain_xml import nic_writer
from .._errors import VsrxError
from .._host.vf_user import VfUser
from .._libvirt.model import Domain
from .host_state import Host
from .nic_order import Place


def check_trunks(places: t.Iterable[Place]) -> None:
    for place in places:
        if place.chosen is None or place.nic is None:
            continue
        if nic_writer.is_trunk(place.nic.element) and place.chosen.port.vlan is None:
            raise VsrxError(
                f"{place.label}: VF {place.function} has a VLAN trunk in the domain's XML, which libvirt refuses at start; "
                "give one vlan, or 0 for none"
            )


def _holder_among_vfs(mac: str, own: t.Collection[str], host: Host) -> t.Optional[str]:
    for pf in host.pfs.values():
        for index, held in pf.macs.items():
            if held == mac and pf.vfs.get(index) not in own:
                return f"VF {index} of {pf.name} ({pf.vfs.get(index, 'not there')})"
    return None


def check_macs(
    domain: Domain,
    places: t.Sequence[Place],
    macs: t.Sequence[t.Optional[str]],
    claims: t.Sequence[VfUser],
    host: Host,
    had: t.Collection[str],
) -> None:
    """No MAC address twice: in this domain, in another, or on another VF (S22); ``had`` are the VFs that the domain has until now."""
    own = {*had, *(place.function for place in places if place.function)}
    seen: dict[str, Place] = {}
    for place, mac in zip(places, macs):
        if mac is None:
            continue
        if mac in seen and (place.chosen or seen[mac].chosen):
            raise VsrxError(f"{place.label}: MAC address {mac} is that of {seen[mac].label} in the same domain; each NIC needs its own")
        seen[mac] = place
        if place.chosen is None:
            continue
        label = f"{place.label}: MAC address {_mac_address.station(mac, place.label)}"
        holder = next(
            (claim for claim in claims if claim.mac == mac and claim.owner_id != domain.uuid and claim.address != place.function), None
        )
        if holder is not None:
            raise VsrxError(f"{label} is held by {holder}; a cloned domain must get its own MAC addresses")
        if mac in host.netdevs:
            raise VsrxError(f"{label} is that of the host's network device {host.netdevs[mac]}; give the port another")
        vf = _holder_among_vfs(mac, own, host)
        if vf is not None:
            raise VsrxError(f"{label} is set on {vf}; give the port another, or take it from there")
