# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The work of sriov_vfs: observe, plan, refuse or apply, verify, report."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from .._errors import Finding, RefusedError, VerificationError, blocking, sort_findings
from .._host import iommu, reader
from .._host.files import HostLock
from .._host.pf_record import PfRecord, make_key
from .._host.reader import HostAccess
from .._host.vf_user import VfUser
from .._junos_release import Release
from .._module import require_root
from . import checks, findings, persistence, result
from .apply import READS_LIBVIRT, apply
from .boot import other_config_files
from .boot.unit import Store
from .plan import (
    SetCount,
    Step,
    count_wanted,
    drop_noop_mac_resets,
    find_differences,
    gives_macs,
    list_actions,
    make_diff,
    needs_users,
    plan_pfs,
)
from .request import PfRequest, PfTarget, parse

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


@dataclasses.dataclass(frozen=True)
class Options:
    """The options of the module, parsed."""

    requests: tuple[PfRequest, ...]
    persist: t.Optional[bool] = None
    release: t.Optional[Release] = None
    accept: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Planned:
    """What was seen, what is to be done on the kernel's side and with the record, and what the rules have to say."""

    targets: tuple[PfTarget, ...]
    kernel: tuple[Step, ...]
    records: t.Mapping[str, PfRecord]
    records_after: t.Mapping[str, PfRecord]
    boot: tuple[Step, ...]
    findings: tuple[Finding, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.kernel + self.boot


def _observe(access: HostAccess, requests: t.Iterable[PfRequest]) -> tuple[PfTarget, ...]:
    listed = tuple(requests)
    pfs = reader.add_host_use(access, [reader.read_pf(access, request.pf) for request in listed])
    return tuple(map(PfTarget, listed, pfs))


def _find_stale_records(
    access: HostAccess, targets: t.Sequence[PfTarget], old: t.Mapping[str, PfRecord]
) -> list[persistence.DropStaleRecord]:
    """Records of NICs that were replaced, and not of those that only moved to another address."""
    found = persistence.find_displaced(targets, old)
    there = reader.read_permanent_macs(access) if found else set()
    return [step for step in found if step.mac not in there]


def _list_pinned_macs(record: t.Optional[PfRecord]) -> dict[int, str]:
    """The MAC addresses that this collection gave to a PF's VFs."""
    return {index: values["mac"] for index, values in record.made.vfs.items() if values.get("mac")} if record is not None else {}


def _plan(access: HostAccess, store: Store, options: Options) -> Planned:
    requested = _observe(access, options.requests)
    old = store.read()
    targets = tuple(PfTarget(drop_noop_mac_resets(request, pf, _list_pinned_macs(old.get(make_key(pf)))), pf) for request, pf in requested)
    kernel = plan_pfs(targets)
    forgotten = _find_stale_records(access, targets, old)
    kept = {key: record for key, record in old.items() if key not in {step.mac for step in forgotten}}
    new = persistence.plan_records(requested, kept, kernel, options.persist)
    counts = [(pf, request.num_vfs) for request, pf in targets]
    wants_vfs = any(count_wanted(request, pf) for request, pf in targets)
    found = findings.judge_host(counts, iommu.read_iommu(access.fs), options.release, wants_vfs)
    found += findings.judge_requests(targets)
    found += persistence.judge_other_configs(targets, new, other_config_files.read(access.fs))
    boot = persistence.plan_boot_steps(targets, old, new, forgotten, store.is_boot_current)
    return Planned(targets, tuple(kernel), old, new, tuple(boot), tuple(sort_findings(found)))


def _read_users(access: HostAccess, planned: Planned, lock: t.Optional[HostLock]) -> list[VfUser]:
    """Return the users that the plan can hurt; none is read where the plan can hurt none.

    libvirt has a time limit for each answer. Until it is up, others may wait for the lock.
    """
    if not needs_users(planned.kernel):
        return []
    touched = {step.address for step in planned.kernel if not isinstance(step, SetCount) or step.before}
    users = reader.read_host_users(access, [pf for _request, pf in planned.targets if pf.address in touched])
    with lock.note_work(READS_LIBVIRT) if lock else contextlib.nullcontext():
        return users + reader.read_libvirt_users()


def _check_macs(access: HostAccess, planned: Planned, users: t.Sequence[VfUser]) -> list[str]:
    if not gives_macs(planned.kernel):
        return []
    others = reader.read_other_pfs(access, {pf.address for _request, pf in planned.targets})
    addresses = {
        (pf.address, index): address
        for request, pf in planned.targets
        for index, address in pf.predict_vf_addresses(count_wanted(request, pf)).items()
    }
    return checks.check_macs(planned.targets, planned.kernel, others, users, addresses, reader.read_netdev_macs(access))


def _refuse(access: HostAccess, store: Store, planned: Planned, accept: t.Collection[str], lock: t.Optional[HostLock] = None) -> None:
    """One failure with every reason against the plan."""
    users = _read_users(access, planned, lock)
    reasons = checks.find_reasons(planned.targets, planned.kernel, users) or _check_macs(access, planned, users)
    records = [planned.records_after.get(make_key(pf)) for _request, pf in planned.targets]
    reasons += checks.check_boot([record for record in records if record is not None], store.can_persist, store.find_obstacle)
    # An IOMMU that is off and a NIC that the vendor does not name stop a role, not the making of VFs.
    reasons += [str(finding) for finding in blocking(planned.findings, accept) if finding.id == "S3"] if planned.steps else []
    if reasons:
        raise RefusedError(
            "Nothing was changed.\n" + "\n".join(reasons), findings=planned.findings, pfs=_make_results(planned.targets, planned.records)
        )


def _verify(targets: t.Sequence[PfTarget], records: t.Mapping[str, PfRecord]) -> None:
    differences = find_differences(targets)
    if differences:
        raise VerificationError("The host does not show what was planned.\n" + "\n".join(differences), pfs=_make_results(targets, records))


def _change(access: HostAccess, store: Store, options: Options, lock: HostLock) -> tuple[Planned, tuple[PfTarget, ...]]:
    """Look under the lock, since what another run is making is half there; then do it and read it back."""
    with lock:
        planned = _plan(access, store, options)
        _refuse(access, store, planned, options.accept, lock)
        if not planned.steps:
            return planned, planned.targets
        store.write(persistence.start_records(planned.targets, planned.records, planned.kernel))
        apply(access, lock, planned.kernel, {pf.address: pf for _request, pf in planned.targets})
        targets = _observe(access, options.requests)
        _verify(targets, planned.records)
        store.write(planned.records_after)
        store.install_boot(planned.records_after)
    return planned, targets


def _make_results(targets: t.Iterable[PfTarget], records: t.Mapping[str, PfRecord]) -> list[dict[str, t.Any]]:
    return [result.make_result(pf, records.get(make_key(pf))) for _request, pf in targets]


def configure(
    options: Options,
    *,
    check: bool,
    access: t.Optional[HostAccess] = None,
    store: t.Optional[Store] = None,
    lock: t.Optional[HostLock] = None,
) -> dict[str, t.Any]:
    """Bring PFs and VFs to what is requested, or say in check mode what would be done; returns the module's result."""
    access, store = access or HostAccess(), store or Store()
    if check:
        planned = _plan(access, store, options)
        _refuse(access, store, planned, options.accept)
        targets = tuple(PfTarget(request, result.predict_pf(request, pf)) for request, pf in planned.targets)
    else:
        planned, targets = _change(access, store, options, lock or HostLock())
    return {
        "changed": bool(planned.steps),
        "actions": list_actions(planned.steps),
        "diff": make_diff(planned.steps),
        "findings": [finding.as_dict() for finding in planned.findings],
        "pfs": _make_results(targets, planned.records_after),
    }


def work(module: AnsibleModule) -> dict[str, t.Any]:
    """Read the options, and do what they request."""
    params = module.params
    require_root()
    release = Release(params["junos_release"]) if params["junos_release"] else None
    return configure(Options(tuple(parse(params["pfs"])), params["persist"], release, tuple(params["accept"])), check=module.check_mode)
