# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Why a plan may not be carried out: everything is found before the first write, for all PFs at once. Pure."""

from __future__ import annotations

import typing as t

from .. import _mac_address
from .._host import vf_user
from .._host.attribute_table import ATTRIBUTE, Effect
from .._host.model import Pf, Vf
from .._host.pf_record import PfRecord
from .._host.vf_user import UserKind, VfUser
from . import obstacles
from .plan import Change, SetCount, SetMtu, SetUp, SetVf, Step, count_wanted, lowers
from .request import PfRequest, PfTarget

_NOT_THE_HOSTS = "Take that away first, or leave this option of the PF out"
_WHY_NOT = (
    "Free them there first: the kernel would not refuse the write, it would hang or take the VF from its user. "
    "Where the host's network manager configured a VF, make it leave VFs alone, or create them without the host's driver "
    "(drivers_autoprobe: false)"
)


def _check_request(request: PfRequest, pf: Pf) -> t.Iterator[str]:
    count = count_wanted(request, pf)
    there = f"with {count} VFs they are 0 to {count - 1}" if count else "it has no VFs; ask for some with num_vfs"
    for vf in request.vfs:
        if vf.index >= count:
            yield f"{pf.label}: there is no VF {vf.index}: {there}"
    if pf.name is None and (request.up is not None or request.mtu is not None or any(vf.wanted.given() for vf in request.vfs)):
        driver = f"bound to driver {pf.driver}" if pf.driver else "bound to no driver"
        yield f"{pf.label}: it has no netdev ({driver}), so neither its state nor its VFs can be set; bind it to its network driver"


def _list_active_users(pf: Pf, users: t.Sequence[VfUser]) -> t.Iterator[tuple[Vf, VfUser]]:
    """The holds that are in force now on VFs of a PF."""
    for vf in pf.vfs:
        for user in vf_user.select_active_users(vf, users):
            yield vf, user


def _check_mtu(step: SetMtu, pf: Pf, users: t.Sequence[VfUser]) -> t.Iterator[str]:
    low, high = pf.mtu_range
    if (low is not None and step.after < low) or (high and step.after > high):
        yield f"{pf.label}: MTU {step.after} is outside what driver {pf.driver} takes: {low} to {high}"
    if not lowers(step):
        return
    lowered = f"from {step.before} to {step.after}"
    if pf.host_use:
        yield f"{pf.label}: its MTU cannot be lowered {lowered}: the host itself uses it ({', '.join(pf.host_use)}). {_NOT_THE_HOSTS}"
    for vf, user in _list_active_users(pf, users):
        used = f"VF {vf.index} ({vf.address}) is in use by {user}"
        yield f"{pf.label}: its MTU cannot be lowered {lowered}: {used}, and would lose its longer frames; stop it first"


def _check_count(step: SetCount, pf: Pf, users: t.Sequence[VfUser]) -> t.Iterator[str]:
    if step.after:
        yield from obstacles.find_obstacles(pf, step.after)
    in_use = vf_user.describe_users(pf, users) if step.before else []
    if in_use:
        verb = "remade (their number changes only through 0)" if step.after else "removed"
        yield f"{pf.label}: its {step.before} VFs cannot be {verb}: {'; '.join(in_use)}. {_WHY_NOT}"


def _get_effect(change: Change) -> Effect:
    return ATTRIBUTE[change.attribute].effect


def _check_vf(step: SetVf, pf: Pf, users: t.Sequence[VfUser]) -> t.Iterator[str]:
    vf = pf.vf(step.index)
    felt = [
        change
        for change in step.changed
        if _get_effect(change) is Effect.IN_XML or (_get_effect(change) is Effect.RESET and change.before is not None)
    ]
    if vf is None or step.fresh or not felt:
        return
    for user in vf_user.select_active_users(vf, users):
        names = ", ".join(f"{change.attribute} from {change.before} to {change.after}" for change in felt)
        cure = "stop it first"
        if user.kind is UserKind.DOMAIN and any(_get_effect(change) is Effect.IN_XML for change in felt):
            cure = "libvirt sets MAC address and VLAN of the domain's XML when it starts: give them there (vsrx_hostdev), or stop it first"
        yield f"{pf.label}: VF {vf.index} ({vf.address}) is in use by {user}; changing its {names} would cut it off; {cure}"


def _check_down(pf: Pf, users: t.Sequence[VfUser]) -> t.Iterator[str]:
    if pf.host_use:
        yield f"{pf.label} cannot be set down: the host itself uses it ({', '.join(pf.host_use)}). {_NOT_THE_HOSTS}"
    for vf, user in _list_active_users(pf, users):
        yield f"{pf.label} cannot be set down: VF {vf.index} ({vf.address}) is in use by {user}"


def check_step(step: Step, pf: Pf, users: t.Sequence[VfUser]) -> t.Iterator[str]:
    """The reasons against one step on a PF as it is now."""
    if isinstance(step, SetMtu):
        yield from _check_mtu(step, pf, users)
    elif isinstance(step, SetCount):
        yield from _check_count(step, pf, users)
    elif isinstance(step, SetVf):
        yield from _check_vf(step, pf, users)
    elif isinstance(step, SetUp) and not step.after:
        yield from _check_down(pf, users)


def _check_twins(targets: t.Sequence[PfTarget]) -> t.Iterator[str]:
    first: dict[str, str] = {}
    for request, pf in targets:
        if pf.address in first:
            yield f"{request.pf} and {first[pf.address]} are one PF ({pf.address}); list it once"
        first.setdefault(pf.address, request.pf)


def find_reasons(targets: t.Sequence[PfTarget], steps: t.Sequence[Step], users: t.Sequence[VfUser]) -> list[str]:
    """Every reason against the plan, in the order of the PFs."""
    found = list(_check_twins(targets))
    for request, pf in targets:
        found += _check_request(request, pf)
        found += [reason for step in steps if step.address == pf.address for reason in check_step(step, pf, users)]
    return found


def check_boot(records: t.Iterable[PfRecord], can: bool, find_obstacle: t.Callable[[], t.Optional[str]]) -> t.Iterator[str]:
    """``can`` tells whether anything of the collection can act at the host's boot, ``find_obstacle`` why it may not."""
    names = [record.name or record.address for record in records if record.persist]
    if names and not can:
        yield (
            f"persist: this host does not run systemd, so nothing can bring the VFs of {', '.join(names)} back at boot; "
            "set persist: false for them"
        )
    obstacle = find_obstacle() if names else None
    if obstacle:
        yield obstacle


def _list_given_macs(steps: t.Iterable[Step]) -> t.Iterator[tuple[SetVf, str]]:
    for step in steps:
        if isinstance(step, SetVf):
            for change in step.changed:
                if change.attribute == "mac" and not _mac_address.is_zero(change.after):
                    yield step, change.after


def _list_kept_macs(targets: t.Sequence[PfTarget], others: t.Iterable[Pf], netdevs: t.Mapping[str, str]) -> dict[str, str]:
    """The addresses that stay where they are, each with words for it."""
    kept: dict[str, str] = {}
    requests = {pf.address: request for request, pf in targets}
    for pf in [pf for _request, pf in targets] + list(others):
        request = requests.get(pf.address)
        for mac in (pf.mac, pf.permanent_mac):
            if mac:
                kept.setdefault(mac, f"PF {pf.label}")
        if request is not None and count_wanted(request, pf) != pf.num_vfs:
            continue
        changed = {vf.index for vf in request.vfs if vf.wanted.mac is not None} if request is not None else set()
        for vf in pf.vfs:
            if vf.index not in changed and vf.attributes.mac and not _mac_address.is_zero(vf.attributes.mac):
                kept.setdefault(vf.attributes.mac, f"VF {vf.index} of {pf.label} ({vf.address})")
    # Last, so that a PF is called one: it is a network device too, and what is stacked on it has its address.
    for mac, name in netdevs.items():
        kept.setdefault(mac, f"network device {name}")
    return kept


def check_macs(
    targets: t.Sequence[PfTarget],
    steps: t.Sequence[Step],
    others: t.Iterable[Pf],
    users: t.Sequence[VfUser],
    addresses: t.Mapping[tuple[str, int], str],
    netdevs: t.Mapping[str, str],
) -> list[str]:
    """Why MAC addresses of the plan may not be given.

    ``addresses`` tells where each VF is or will be, ``netdevs`` which network device of the host has a MAC address.
    """
    kept = _list_kept_macs(targets, others, netdevs)
    found = []
    for step, mac in _list_given_macs(steps):
        where = f"{step.pf}: VF {step.index}: MAC address {mac}"
        if mac in kept:
            found.append(f"{where} belongs to {kept[mac]}; each port needs its own")
        here = addresses.get((step.address, step.index))
        for user in users:
            if user.mac == mac and user.address != here:
                port = f" on {user.address}" if user.address else ""
                found.append(f"{where} belongs to {user}{port}; each port needs its own")
    return list(dict.fromkeys(found))
