# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the user requests, checked as far as that goes without a look at the host. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _mac_address
from .._errors import RequestError
from .._host.attribute_table import PRIORITIES, VLANS, VfAttributes
from .._host.model import Pf


@dataclasses.dataclass(frozen=True)
class VfRequest:
    """What is requested of one VF."""

    index: int
    wanted: VfAttributes


@dataclasses.dataclass(frozen=True)
class PfRequest:
    """What is requested of one PF; None leaves a thing as it is."""

    pf: str
    num_vfs: t.Optional[int] = None
    at_least: bool = False
    drivers_autoprobe: t.Optional[bool] = None
    up: t.Optional[bool] = None
    mtu: t.Optional[int] = None
    vfs: tuple[VfRequest, ...] = ()


class PfTarget(t.NamedTuple):
    """A request and the PF that it is about, as the PF is."""

    request: PfRequest
    pf: Pf


def _parse_attributes(where: str, given: t.Mapping[str, t.Any]) -> VfAttributes:
    wanted = VfAttributes(**{name: given.get(name) for name in vars(VfAttributes())})
    if wanted.mac is not None:
        zero = _mac_address.is_zero(wanted.mac.strip().replace("-", ":"))
        wanted = dataclasses.replace(wanted, mac=_mac_address.ZERO if zero else _mac_address.station(wanted.mac, where))
    if wanted.vlan is not None and wanted.vlan not in VLANS:
        raise RequestError(f"{where}: vlan {wanted.vlan} is no VLAN; expected 0 (none) to 4094")
    if wanted.qos is not None and wanted.qos not in PRIORITIES:
        raise RequestError(f"{where}: qos {wanted.qos} is no priority; expected 0 to 7")
    for name, rate in (("min_tx_rate", wanted.min_tx_rate), ("max_tx_rate", wanted.max_tx_rate)):
        if rate is not None and rate < 0:
            raise RequestError(f"{where}: {name} {rate} is negative; expected Mbit/s, 0 for no limit")
    if wanted.min_tx_rate and wanted.max_tx_rate and wanted.min_tx_rate > wanted.max_tx_rate:
        raise RequestError(f"{where}: min_tx_rate {wanted.min_tx_rate} is above max_tx_rate {wanted.max_tx_rate}")
    return wanted


def _parse_vfs(pf: str, entries: t.Iterable[t.Mapping[str, t.Any]]) -> tuple[VfRequest, ...]:
    found: dict[int, VfRequest] = {}
    for entry in entries:
        index = entry["vf"]
        where = f"{pf}, VF {index}"
        if index < 0:
            raise RequestError(f"{where}: VFs are counted from 0")
        if index in found:
            raise RequestError(f"{where} is listed twice in vfs")
        found[index] = VfRequest(index, _parse_attributes(where, entry))
    return tuple(request for _index, request in sorted(found.items()))


def parse(entries: t.Iterable[t.Mapping[str, t.Any]]) -> list[PfRequest]:
    """The option pfs as requests, in its order."""
    requests = []
    for entry in entries:
        pf = str(entry["pf"]).strip()
        count = entry.get("num_vfs")
        if count is not None and count < 0:
            raise RequestError(f"{pf}: num_vfs {count} is negative; expected 0 to remove the VFs, or their number")
        requests.append(
            PfRequest(
                pf=pf,
                num_vfs=count,
                at_least=bool(entry.get("at_least")),
                drivers_autoprobe=entry.get("drivers_autoprobe"),
                up=entry.get("up"),
                mtu=entry.get("mtu"),
                vfs=_parse_vfs(pf, entry.get("vfs") or ()),
            )
        )
    _refuse_twin_macs(requests)
    return requests


def _refuse_twin_macs(requests: t.Iterable[PfRequest]) -> None:
    first: dict[str, str] = {}
    for request in requests:
        for vf in request.vfs:
            if vf.wanted.mac is None or _mac_address.is_zero(vf.wanted.mac):
                continue
            where = f"{request.pf}, VF {vf.index}"
            if vf.wanted.mac in first:
                raise RequestError(f"{where}: MAC address {vf.wanted.mac} is asked for {first[vf.wanted.mac]} too; each VF needs its own")
            first[vf.wanted.mac] = where
