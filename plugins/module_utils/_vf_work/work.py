# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# The module's work: observe, plan, refuse or apply, verify, report.
import os
import typing as t

from .._claims import Claim
from .._errors import VsrxError
from .._findings import Finding, in_order
from .._lock import HostLock
from .._pci.pf import Pf
from .._release import Release
from .._sysfs import iommu
from .._vf_plan import findings, macs, refusals, result
from .._vf_plan.plan import gives_macs, needs_users, plan, steps_for, wanted_count
from .._vf_plan.request import PfRequest, parse
from .._vf_plan.steps import SetCount, SetVf, Step, actions, diff
from . import observe
from .apply import apply
from .observe import Room

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

Asked = list[tuple[PfRequest, Pf]]


def _observe(room: Room, requests: t.Iterable[PfRequest]) -> Asked:
    return [(request, observe.read_pf(room, request.pf)) for request in requests]


def _claims(room: Room, asked: Asked, steps: t.Sequence[Step]) -> list[Claim]:
    """Who holds what, as far as the plan can hurt anybody: nobody is asked when nothing can happen to him."""
    if not needs_users(steps):
        return []
    touched = {step.address for step in steps if not isinstance(step, SetCount) or step.before}
    return observe.host_claims(room, [pf for _request, pf in asked if pf.address in touched]) + observe.hypervisor_claims()


def _planned(room: Room, asked: Asked) -> list[Step]:
    """The plan, or one failure with every reason against it."""
    steps = plan(asked)
    claims = _claims(room, asked, steps)
    reasons = refusals.find(asked, steps, claims)
    if not reasons and gives_macs(steps):
        others = observe.other_pfs(room, {pf.address for _request, pf in asked})
        addresses = {
            (pf.address, index): address
            for request, pf in asked
            for index, address in result.vf_addresses(pf, wanted_count(request, pf)).items()
        }
        reasons = macs.refusals(asked, steps, others, claims, addresses)
    if reasons:
        raise VsrxError("Nothing was changed.\n" + "\n".join(reasons), pfs=[result.as_result(pf) for _request, pf in asked])
    return steps


def _verify(asked: Asked) -> None:
    """What was read after the work must need no further step; an attribute that can not be read back is taken as set."""
    missed = []
    for request, pf in asked:
        for step in steps_for(request, pf):
            if isinstance(step, SetVf) and all(change.before is None for change in step.changed) and pf.vf(step.index) is not None:
                continue
            missed.append(step.missed())
    if missed:
        raise VsrxError("The host does not show what was planned.\n" + "\n".join(missed), pfs=[result.as_result(pf) for _r, pf in asked])


def _findings(room: Room, asked: Asked, junos_release: t.Optional[str]) -> list[Finding]:
    release = Release(junos_release) if junos_release else None
    wants_vfs = any(wanted_count(request, pf) for request, pf in asked)
    return findings.of_host([(pf, request.num_vfs) for request, pf in asked], iommu.read(room.tree), release, wants_vfs)


def _change(room: Room, requests: t.Sequence[PfRequest], lock: HostLock) -> tuple[list[Step], Asked]:
    """Under the lock: look again, since somebody may have been at work, then do it and read it back."""
    if os.geteuid() != 0:
        raise VsrxError("VFs are changed as root; set become: true. Nothing was changed")
    with lock:
        asked = _observe(room, requests)
        steps = _planned(room, asked)
        apply(room, lock, steps, {pf.address: pf for _request, pf in asked})
        asked = _observe(room, requests)
        _verify(asked)
    return steps, asked


def configure(
    params: t.Mapping[str, t.Any], *, check: bool, room: t.Optional[Room] = None, lock: t.Optional[HostLock] = None
) -> dict[str, t.Any]:
    room = room or Room()
    requests = parse(params["pfs"])
    asked = _observe(room, requests)
    found = _findings(room, asked, params.get("junos_release"))
    try:
        steps = _planned(room, asked)
        if steps and not check:
            steps, asked = _change(room, requests, lock or HostLock())
    except VsrxError as failure:
        failure.findings = tuple(in_order([*failure.findings, *found]))
        raise
    pfs = [result.predicted(request, pf) for request, pf in asked] if check else [pf for _request, pf in asked]
    return {
        "changed": bool(steps),
        "actions": actions(steps),
        "diff": diff(steps),
        "findings": [finding.as_dict() for finding in in_order(found)],
        "pfs": [result.as_result(pf) for pf in pfs],
    }


def work(module: AnsibleModule) -> dict[str, t.Any]:
    return configure(module.params, check=module.check_mode)
