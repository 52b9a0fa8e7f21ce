# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the module vsrx_domain_info returns: every domain with its NICs in the order in which its guest numbers them."""

from __future__ import annotations

import dataclasses
import typing as t

from .._domain_xml import reading
from .._domain_xml.nic_writer import is_trunk
from .._domain_xml.nics import HOSTDEV, PLAIN, Nic
from .._errors import VsrxError
from .._libvirt.model import Domain
from .nic_order import is_sriov, list_nics
from .observed import Host, ReplacedNic, describe_nic, find_replaced


@dataclasses.dataclass(frozen=True)
class DomainEntry:
    """A domain as the next start makes it, or, where it has no definition, as it runs."""

    name: str
    uuid: str
    active: bool
    persistent: bool
    nics: tuple[dict[str, t.Any], ...] = ()
    #: why its NICs are not known
    problem: t.Optional[str] = None

    def as_dict(self) -> dict[str, t.Any]:
        return {**dataclasses.asdict(self), "nics": list(self.nics)}


def list_functions_of(domains: t.Iterable[Domain]) -> list[str]:
    """Return the host functions that the domains have; a domain that cannot be read has none that are known."""
    found: list[str] = []
    for domain in domains:
        try:
            found += reading.list_functions(_read(domain))
        except VsrxError:
            continue
    return found


def list_domains(
    domains: t.Iterable[Domain], host: Host, pools: t.Collection[str], replaced: t.Callable[[str], t.Sequence[ReplacedNic]]
) -> list[dict[str, t.Any]]:
    """Return the domains by name; ``replaced`` tells the NICs that ports of the domain of a UUID have replaced."""
    return [_make_entry(domain, host, pools, replaced).as_dict() for domain in sorted(domains, key=lambda each: each.name)]


def _read(domain: Domain) -> reading.Reading:
    return reading.read(domain.inactive_xml or domain.live_xml or "", f"domain {domain.name}")


def _make_entry(domain: Domain, host: Host, pools: t.Collection[str], replaced: t.Callable[[str], t.Sequence[ReplacedNic]]) -> DomainEntry:
    entry = DomainEntry(name=domain.name, uuid=domain.uuid, active=domain.active, persistent=domain.persistent)
    try:
        order = list_nics(_read(domain), host.nics)
        records = replaced(domain.uuid)
        rows = tuple(_make_row(position, nic, host, pools, records) for position, nic in enumerate(order, 1))
    except VsrxError as failure:
        return dataclasses.replace(entry, problem=failure.message)
    return dataclasses.replace(entry, nics=rows)


def _make_row(position: int, nic: Nic, host: Host, pools: t.Collection[str], records: t.Sequence[ReplacedNic]) -> dict[str, t.Any]:
    sriov = is_sriov(nic, host.vfs, pools)
    known = host.functions.get(nic.function) if nic.function and sriov else None
    pf = host.find_pf_of(nic.function) if sriov else None
    record = find_replaced(records, nic.mac, nic.function) if sriov else None
    return {
        "position": position,
        "sriov": sriov,
        "mac": nic.mac,
        "guest_address": str(nic.guest) if nic.guest else None,
        "attached_to": describe_nic(nic),
        "network": _find_network(nic),
        "is_port": nic.kind == HOSTDEV and nic.element.get("managed") == "yes" and not is_trunk(nic.element),
        "is_plain": nic.kind == PLAIN,
        "vf": nic.function if sriov else None,
        "pf": pf.name if pf else None,
        "pf_address": pf.address if pf else None,
        "index": known.index if known else None,
        "replaced_at": record.junos_interface if record else None,
    }


def _find_network(nic: Nic) -> t.Optional[str]:
    """The bridge, the libvirt network or the device of the host that the NIC is attached to."""
    source = nic.element.first("source")
    if source is None or nic.function:
        return None
    return next((source.get(name) for name in ("bridge", "network", "dev") if source.get(name)), None)
