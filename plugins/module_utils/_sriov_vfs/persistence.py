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
from .._host.pf_record import Made, PfRecord, key_of, snapshot
from .._rules import RULES
from .boot.other_config import OtherConfig, select_for
from .plan import wanted_count
from .request import PfRequest
from .steps import Step

Records = t.Mapping[str, PfRecord]


def _words(made: t.Optional[Made]) -> t.Optional[dict[str, t.Any]]:
    if made is None:
        return None
    given = {name: value for name, value in vars(made).items() if value is not None and name != "vfs"}
    return {**given, "vfs": {str(index): dict(values) for index, values in made.vfs.items()}}


@dataclasses.dataclass(frozen=True)
class SetPersistence(Step):
    """What comes back at boot; None is nothing."""

    before: t.Optional[Made]
    after: t.Optional[Made]

    def describe(self) -> str:
        if self.after is None:
            return f"{self.pf}: bring no VFs back at boot"
        count = self.after.num_vfs
        return f"{self.pf}: bring {count} {'VF' if count == 1 else 'VFs'} and their attributes back at boot"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("at_boot",), _words(self.before), _words(self.after))]


@dataclasses.dataclass(frozen=True)
class RepairBoot(Step):
    """The records are right, and what acts on them at boot is not in place."""

    def describe(self) -> str:
        return f"{self.pf}: put what acts at boot in order (vsrx-sriov.service)"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("vsrx-sriov.service",), "out of order", "in order")]


@dataclasses.dataclass(frozen=True)
class Forget(Step):
    """The record of a NIC that was taken out; another one is where it was."""

    mac: str

    def describe(self) -> str:
        return f"{self.pf}: forget the NIC with MAC address {self.mac}: another one is at {self.address} now"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("recorded", self.mac), True, False)]


def displaced(asked: t.Sequence[tuple[PfRequest, Pf]], old: Records) -> list[Forget]:
    """Records of other NICs at the PFs' addresses; whether such a NIC is elsewhere on the host now is not known here."""
    return [
        Forget(pf.label, pf.address, record.permanent_mac)
        for _request, pf in asked
        for record in old.values()
        if pf.permanent_mac and record.permanent_mac and record.address == pf.address and record.permanent_mac != pf.permanent_mac
    ]


def records_after(
    asked: t.Sequence[tuple[PfRequest, Pf]], old: Records, steps: t.Sequence[Step], persist: t.Optional[bool]
) -> dict[str, PfRecord]:
    """The records when the plan is done."""
    found = dict(old)
    for request, pf in asked:
        key = key_of(pf)
        changes = any(step.address == pf.address for step in steps)
        record = merge_record(old.get(key), request, pf, wanted_count(request, pf), persist, changes)
        if record is not None:
            found[key] = record
        else:
            found.pop(key, None)
    return found


def records_touched(asked: t.Sequence[tuple[PfRequest, Pf]], old: Records, steps: t.Sequence[Step]) -> dict[str, PfRecord]:
    """The records before the first write."""
    changed = {step.address for step in steps}
    return {**old, **{key_of(pf): start_record(old.get(key_of(pf)), pf) for _request, pf in asked if pf.address in changed}}


def _at_boot(record: t.Optional[PfRecord]) -> t.Optional[Made]:
    return record.made if record is not None and record.persist else None


def steps_for(
    asked: t.Sequence[tuple[PfRequest, Pf]],
    old: Records,
    new: Records,
    forgotten: t.Sequence[Forget],
    in_order: t.Callable[[Records], bool],
) -> list[Step]:
    found: list[Step] = [*forgotten]
    for _request, pf in asked:
        before, after = _at_boot(old.get(key_of(pf))), _at_boot(new.get(key_of(pf)))
        if before != after:
            found.append(SetPersistence(pf.label, pf.address, before, after))
    if not found and not in_order(new):
        found.append(RepairBoot("host", ""))
    return found


def _clash(config: OtherConfig, record: t.Optional[PfRecord], count: int) -> bool:
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


def findings(asked: t.Sequence[tuple[PfRequest, Pf]], new: Records, others: t.Sequence[OtherConfig]) -> list[Finding]:
    """Return who else sets the number or attributes of VFs at boot: an error only where it surely ends with other VFs than these."""
    found = []
    for request, pf in asked:
        record = new.get(key_of(pf))
        for config, sure in select_for(pf, others):
            rule = RULES["S3"]
            verb = "sets" if sure else "may set"
            clash = sure and _clash(config, record, wanted_count(request, pf))
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


def _first(*values: t.Optional[_T]) -> t.Optional[_T]:
    return next((value for value in values if value is not None), None)


def _merge_vfs(old: Made, request: PfRequest, remade: bool, count: int) -> dict[int, dict[str, t.Any]]:
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
    return old or PfRecord(pf.permanent_mac, pf.address, pf.name, before=snapshot(pf), made=Made())


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
        made=Made(
            num_vfs=count,
            drivers_autoprobe=_first(request.drivers_autoprobe, was.drivers_autoprobe),
            up=_first(request.up, was.up),
            mtu=_first(request.mtu, was.mtu),
            vfs=_merge_vfs(was, request, remade, count),
        ),
    )
    return None if not keeps and _is_undone(record) else record
