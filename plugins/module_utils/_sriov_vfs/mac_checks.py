# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""A MAC address belongs to one port only, across all PFs of the host and all its domains (S22). Pure."""

from __future__ import annotations

import typing as t

from .. import _mac_address
from .._host.pf_model import Pf
from .._host.vf_user import VfUser
from .plan import wanted_count
from .request import PfRequest
from .steps import SetVf, Step


def _given(steps: t.Iterable[Step]) -> t.Iterator[tuple[SetVf, str]]:
    for step in steps:
        if isinstance(step, SetVf):
            for change in step.changed:
                if change.attribute == "mac" and not _mac_address.is_zero(change.after):
                    yield step, change.after


def _kept(asked: t.Sequence[tuple[PfRequest, Pf]], others: t.Iterable[Pf], netdevs: t.Mapping[str, str]) -> dict[str, str]:
    """The addresses that stay where they are, each with words for it."""
    kept: dict[str, str] = {}
    requests = {pf.address: request for request, pf in asked}
    for pf in [pf for _request, pf in asked] + list(others):
        request = requests.get(pf.address)
        for mac in (pf.mac, pf.permanent_mac):
            if mac:
                kept.setdefault(mac, f"PF {pf.label}")
        if request is not None and wanted_count(request, pf) != pf.num_vfs:
            continue
        changed = {vf.index for vf in request.vfs if vf.wanted.mac is not None} if request is not None else set()
        for vf in pf.vfs:
            if vf.index not in changed and vf.attributes.mac and not _mac_address.is_zero(vf.attributes.mac):
                kept.setdefault(vf.attributes.mac, f"VF {vf.index} of {pf.label} ({vf.address})")
    # Last, so that a PF is called one: it is a network device too, and what is stacked on it has its address.
    for mac, name in netdevs.items():
        kept.setdefault(mac, f"network device {name}")
    return kept


def refusals(
    asked: t.Sequence[tuple[PfRequest, Pf]],
    steps: t.Sequence[Step],
    others: t.Iterable[Pf],
    claims: t.Sequence[VfUser],
    addresses: t.Mapping[tuple[str, int], str],
    netdevs: t.Mapping[str, str],
) -> list[str]:
    """Why MAC addresses of the plan may not be given.

    ``addresses`` tells where each VF is or will be, ``netdevs`` which network device of the host has a MAC address.
    """
    kept = _kept(asked, others, netdevs)
    found = []
    for step, mac in _given(steps):
        where = f"{step.pf}: VF {step.index}: MAC address {mac}"
        if mac in kept:
            found.append(f"{where} belongs to {kept[mac]}; each port needs its own")
        here = addresses.get((step.address, step.index))
        for claim in claims:
            if claim.mac == mac and claim.address != here:
                port = f" on {claim.address}" if claim.address else ""
                found.append(f"{where} belongs to {claim}{port}; each port needs its own")
    return list(dict.fromkeys(found))
