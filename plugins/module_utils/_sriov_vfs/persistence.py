# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What is recorded of a PF and what of it comes back at boot, as steps of the plan, and the findings of S3. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _mac_address
from .._errors import Finding
from .._host.model import Pf
from .._host.pf_record import PfRecord, PfSettings, make_key, take_snapshot
from .._rules import RULES
from .boot.other_config import OtherConfig, select_for
from .plan import Step, count_wanted
from .request import PfRequest, PfTarget

Records = t.Mapping[str, PfRecord]


def _describe_settings_at_boot(made: t.Optional[PfSettings]) -> t.Optional[dict[str, t.Any]]:
    if made is None:
        return None
    given = {name: value for name, value in vars(made).items() if value is not None and name != "vfs"}
    return {**given, "vfs": {str(index): dict(values) for index, values in made.vfs.items()}}


@dataclasses.dataclass(frozen=True)
class SetPersistence(Step):
    """What comes back at boot; None is nothing."""

    before: t.Optional[PfSettings]
    after: t.Optional[PfSettings]

    def describe(self) -> str:
        if self.after is None:
            return f"{self.pf}: bring no VFs back at boot"
        count = self.after.num_vfs
        return f"{self.pf}: bring {count} {'VF' if count == 1 else 'VFs'} and their attributes back at boot"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("at_boot",), _describe_settings_at_boot(self.before), _describe_settings_at_boot(self.after))]


@dataclasses.dataclass(frozen=True)
class RepairBoot(Step):
    """The records are right, and what acts on them at boot is not in place."""

    def describe(self) -> str:
        return f"{self.pf}: put what acts at boot in order (vsrx-sriov.service)"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("vsrx-sriov.service",), "out of order", "in order")]


@dataclasses.dataclass(frozen=True)
class DropStaleRecord(Step):
    """The record of a NIC that was taken out; another one is where it was."""

    mac: str

    def describe(self) -> str:
        return f"{self.pf}: forget the NIC with MAC address {self.mac}: another one is at {self.address} now"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("recorded", self.mac), True, False)]


def find_displaced(targets: t.Sequence[PfTarget], old: Records) -> list[DropStaleRecord]:
    """Records of other NICs at the PFs' addresses; whether such a NIC is elsewhere on the host now is not known here."""
    return [
        DropStaleRecord(pf.label, pf.address, record.permanent_mac)
        for _request, pf in targets
        for record in old.values()
        if pf.permanent_mac and record.permanent_mac and record.address == pf.address and record.permanent_mac != pf.permanent_mac
    ]


def plan_records(targets: t.Sequence[PfTarget], old: Records, steps: t.Sequence[Step], persist: t.Optional[bool]) -> dict[str, PfRecord]:
    """The records when the plan is done."""
    found = dict(old)
    for request, pf in targets:
        key = make_key(pf)
        changes = any(step.address == pf.address for step in steps)
        record = merge_record(old.get(key), request, pf, count_wanted(request, pf), persist, changes)
        if record is not None:
            found[key] = record
        else:
            found.pop(key, None)
    return found


def start_records(targets: t.Sequence[PfTarget], old: Records, steps: t.Sequence[Step]) -> dict[str, PfRecord]:
    """The records before the first write."""
    changed = {step.address for step in steps}
    return {**old, **{make_key(pf): start_record(old.get(make_key(pf)), pf) for _request, pf in targets if pf.address in changed}}


def _select_boot_settings(record: t.Optional[PfRecord]) -> t.Optional[PfSettings]:
    return record.made if record is not None and record.persist else None


def plan_boot_steps(
    targets: t.Sequence[PfTarget],
    old: Records,
    new: Records,
    forgotten: t.Sequence[DropStaleRecord],
    in_order: t.Callable[[Records], bool],
) -> list[Step]:
    """Return the steps that change what comes back at boot; ``in_order`` tells whether the host's files say what the records say."""
    found: list[Step] = [*forgotten]
    for _request, pf in targets:
        before, after = _select_boot_settings(old.get(make_key(pf))), _select_boot_settings(new.get(make_key(pf)))
        if before != after:
            found.append(SetPersistence(pf.label, pf.address, before, after))
    if not found and not in_order(new):
        found.append(RepairBoot("host", ""))
    return found


def _find_clashes(config: OtherConfig, record: t.Optional[PfRecord], count: int) -> bool:
    """Tell whether another configuration surely ends with something else than what is brought back."""
    if record is None or not record.persist:
        return False
    if config.number is not None and config.number != count:
        return True
    wanted = record.made.vfs
    return any(
        name in wanted.get(index, {}) and wanted[index][name] != value
        for index, values in config.attributes.items()
        for name, value in values.items()
    )


def _describe_settings(config: OtherConfig) -> str:
    what = (
        [f"{'a number of' if config.number is None else config.number} VFs"] if config.number is not None or config.number_unknown else []
    )
    what += [f"attributes of VF {', '.join(map(str, sorted(config.attributes)))}"] if config.attributes else []
    return " and ".join(what)


def judge_other_configs(targets: t.Sequence[PfTarget], new: Records, others: t.Sequence[OtherConfig]) -> list[Finding]:
    """Return who else sets the number or attributes of VFs at boot: an error only where it surely ends with other VFs than these."""
    found = []
    for request, pf in targets:
        record = new.get(make_key(pf))
        for config, sure in select_for(pf, others):
            rule = RULES["S3"]
            verb = "sets" if sure else "may set"
            clash = sure and _find_clashes(config, record, count_wanted(request, pf))
            found.append(
                (rule.error if clash else rule.warning)(
                    where=pf.label,
                    found=f"{config.place} {verb} {_describe_settings(config)} at boot too ({config.how})",
                    cure="Take it away there, or leave the number to it and set persist: false (sriov_host_persist of the role). "
                    "If it does not act on this PF, or not at boot, accept rule S3 (accept; sriov_host_accept of the role)",
                )
            )
    return found


_T = t.TypeVar("_T")


def _find_first_given(*values: t.Optional[_T]) -> t.Optional[_T]:
    return next((value for value in values if value is not None), None)


def _merge_vfs(old: PfSettings, request: PfRequest, remade: bool, count: int) -> dict[int, dict[str, t.Any]]:
    found = {} if remade else {index: dict(values) for index, values in old.vfs.items() if index < count}
    for vf in request.vfs:
        given = vf.wanted.given()
        if given:
            found[vf.index] = {**found.get(vf.index, {}), **given}
            if _mac_address.is_zero(str(given.get("mac"))):
                # No address is pinned any more; new VFs have none either, so that there is nothing to bring back at boot.
                del found[vf.index]["mac"]
    return {index: values for index, values in sorted(found.items()) if values}


def start_record(old: t.Optional[PfRecord], pf: Pf) -> PfRecord:
    """The record before the first write: how the PF was is kept once and for all."""
    return old or PfRecord(pf.permanent_mac, pf.address, pf.name, before=take_snapshot(pf), made=PfSettings())


def _is_undone(record: PfRecord) -> bool:
    """Is nothing left of what was made?"""
    made, before = record.made, record.before
    return not made.vfs and all(
        getattr(made, name) in (None, getattr(before, name)) for name in ("num_vfs", "drivers_autoprobe", "up", "mtu")
    )


def merge_record(
    old: t.Optional[PfRecord], request: PfRequest, pf: Pf, count: int, persist: t.Optional[bool], changes: bool
) -> t.Optional[PfRecord]:
    """The record when the request is met; None where there is nothing to remember.

    ``pf`` is the PF before, ``count`` how many VFs it will have, ``changes`` whether anything of it is changed.
    Without VFs nothing comes back at boot.
    """
    start = start_record(old, pf)
    keeps = (start.persist if persist is None else persist) and count > 0
    if old is None and not keeps and not changes:
        return None
    was = start.made
    # Another number than the recorded one: a run ended before it could record that it had made them anew, or another tool made them.
    remade = count != pf.num_vfs or was.num_vfs not in (None, pf.num_vfs)
    record = dataclasses.replace(
        start,
        address=pf.address,
        name=pf.name,
        persist=keeps,
        made=PfSettings(
            num_vfs=count,
            drivers_autoprobe=_find_first_given(request.drivers_autoprobe, was.drivers_autoprobe),
            up=_find_first_given(request.up, was.up),
            mtu=_find_first_given(request.mtu, was.mtu),
            vfs=_merge_vfs(was, request, remade, count),
        ),
    )
    return None if not keeps and _is_undone(record) else record
