# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The work of sriov_vfs: observe, plan, refuse or apply, verify, report."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import Finding, RefusedError, VerificationError, blocking, sort_findings
from .._host import iommu, reader
from .._host.lock import HostLock
from .._host.model import Pf
from .._host.pf_record import PfRecord, key_of
from .._host.reader import Room
from .._host.vf_user import VfUser
from .._junos_release import Release
from .._module import require_root
from . import checks, findings, persistence, result
from .apply import apply
from .boot import other_config_files
from .boot.store import Store
from .plan import find_differences, gives_macs, needs_users, plan, wanted_count, without_met
from .request import PfRequest, parse
from .steps import SetCount, Step, actions, diff

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


@dataclasses.dataclass(frozen=True)
class Options:
    requests: tuple[PfRequest, ...]
    persist: t.Optional[bool] = None
    release: t.Optional[Release] = None
    accept: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Planned:
    """What was seen, what is to be done on the kernel's side and with the record, and what the rules have to say."""

    asked: tuple[tuple[PfRequest, Pf], ...]
    kernel: tuple[Step, ...]
    records: t.Mapping[str, PfRecord]
    records_after: t.Mapping[str, PfRecord]
    boot: tuple[Step, ...]
    findings: tuple[Finding, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.kernel + self.boot


def _observe(room: Room, requests: t.Iterable[PfRequest]) -> tuple[tuple[PfRequest, Pf], ...]:
    asked = tuple(requests)
    return tuple(zip(asked, reader.with_host_use(room, [reader.read_pf(room, request.pf) for request in asked])))


def _forgotten(room: Room, asked: t.Sequence[tuple[PfRequest, Pf]], old: t.Mapping[str, PfRecord]) -> list[persistence.Forget]:
    """Records of NICs that were replaced, and not of those that only moved to another address."""
    found = persistence.displaced(asked, old)
    there = reader.permanent_macs(room) if found else set()
    return [step for step in found if step.mac not in there]


def _pinned(record: t.Optional[PfRecord]) -> dict[int, str]:
    """The MAC addresses that this collection gave to a PF's VFs."""
    return {index: values["mac"] for index, values in record.made.vfs.items() if values.get("mac")} if record is not None else {}


def _plan(room: Room, store: Store, options: Options) -> Planned:
    requested = _observe(room, options.requests)
    old = store.read()
    asked = tuple((without_met(request, pf, _pinned(old.get(key_of(pf)))), pf) for request, pf in requested)
    kernel = plan(asked)
    forgotten = _forgotten(room, asked, old)
    kept = {key: record for key, record in old.items() if key not in {step.mac for step in forgotten}}
    new = persistence.records_after(requested, kept, kernel, options.persist)
    counts = [(pf, request.num_vfs) for request, pf in asked]
    wants_vfs = any(wanted_count(request, pf) for request, pf in asked)
    found = findings.of_host(counts, iommu.read(room.tree), options.release, wants_vfs)
    found += persistence.findings(asked, new, other_config_files.read(room.tree))
    boot = persistence.steps_for(asked, old, new, forgotten, store.boots)
    return Planned(asked, tuple(kernel), old, new, tuple(boot), tuple(sort_findings(found)))


def _claims(room: Room, planned: Planned) -> list[VfUser]:
    """Return the users that the plan can hurt; none is read where the plan can hurt none."""
    if not needs_users(planned.kernel):
        return []
    touched = {step.address for step in planned.kernel if not isinstance(step, SetCount) or step.before}
    return reader.host_claims(room, [pf for _request, pf in planned.asked if pf.address in touched]) + reader.hypervisor_claims()


def _mac_refusals(room: Room, planned: Planned, claims: t.Sequence[VfUser]) -> list[str]:
    if not gives_macs(planned.kernel):
        return []
    others = reader.other_pfs(room, {pf.address for _request, pf in planned.asked})
    addresses = {
        (pf.address, index): address
        for request, pf in planned.asked
        for index, address in pf.predict_vf_addresses(wanted_count(request, pf)).items()
    }
    return checks.check_macs(planned.asked, planned.kernel, others, claims, addresses, reader.netdev_macs(room))


def _refuse(room: Room, store: Store, planned: Planned, accept: t.Collection[str]) -> None:
    """One failure with every reason against the plan."""
    claims = _claims(room, planned)
    reasons = checks.find(planned.asked, planned.kernel, claims) or _mac_refusals(room, planned, claims)
    asked = [planned.records_after.get(key_of(pf)) for _request, pf in planned.asked]
    reasons += checks.of_boot([record for record in asked if record is not None], store.has_boot, store.find_obstacle)
    # An IOMMU that is off and a NIC that the vendor does not name stop a role, not the making of VFs.
    reasons += [str(finding) for finding in blocking(planned.findings, accept) if finding.id == "S3"] if planned.steps else []
    if reasons:
        raise RefusedError(
            "Nothing was changed.\n" + "\n".join(reasons), findings=planned.findings, pfs=_pfs(planned.asked, planned.records)
        )


def _verify(asked: t.Sequence[tuple[PfRequest, Pf]], records: t.Mapping[str, PfRecord]) -> None:
    missed = find_differences(asked)
    if missed:
        raise VerificationError("The host does not show what was planned.\n" + "\n".join(missed), pfs=_pfs(asked, records))


def _change(room: Room, store: Store, options: Options, lock: HostLock) -> tuple[Planned, tuple[tuple[PfRequest, Pf], ...]]:
    """Look under the lock, since what another run is making is half there; then do it and read it back."""
    with lock:
        planned = _plan(room, store, options)
        _refuse(room, store, planned, options.accept)
        if not planned.steps:
            return planned, planned.asked
        store.write(persistence.records_touched(planned.asked, planned.records, planned.kernel))
        apply(room, lock, planned.kernel, {pf.address: pf for _request, pf in planned.asked})
        asked = _observe(room, options.requests)
        _verify(asked, planned.records)
        store.write(planned.records_after)
        store.set_boot(planned.records_after)
    return planned, asked


def _pfs(asked: t.Iterable[tuple[PfRequest, Pf]], records: t.Mapping[str, PfRecord]) -> list[dict[str, t.Any]]:
    return [result.as_result(pf, records.get(key_of(pf))) for _request, pf in asked]


def configure(
    options: Options,
    *,
    check: bool,
    room: t.Optional[Room] = None,
    store: t.Optional[Store] = None,
    lock: t.Optional[HostLock] = None,
) -> dict[str, t.Any]:
    room, store = room or Room(), store or Store()
    if check:
        planned = _plan(room, store, options)
        _refuse(room, store, planned, options.accept)
        asked = tuple((request, result.predicted(request, pf)) for request, pf in planned.asked)
    else:
        planned, asked = _change(room, store, options, lock or HostLock())
    return {
        "changed": bool(planned.steps),
        "actions": actions(planned.steps),
        "diff": diff(planned.steps),
        "findings": [finding.as_dict() for finding in planned.findings],
        "pfs": _pfs(asked, planned.records_after),
    }


def work(module: AnsibleModule) -> dict[str, t.Any]:
    params = module.params
    require_root()
    release = Release(params["junos_release"]) if params["junos_release"] else None
    return configure(Options(tuple(parse(params["pfs"])), params["persist"], release, tuple(params["accept"])), check=module.check_mode)
