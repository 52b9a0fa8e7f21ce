# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What ports set on their VFs through the PF, and the record of what the VFs had before."""

from __future__ import annotations

import dataclasses
import typing as t

from .._domain_xml import pci_topology
from .._errors import UnreadableError, VsrxError
from .._host.attribute_table import ATTRIBUTE
from .observed import Host, SetAttribute, VfRecord
from .request import ATTRIBUTES
from .result import SetVfAttributes


@dataclasses.dataclass(frozen=True)
class AttributePlan:
    """The steps, and the record before they are taken and when they are done."""

    steps: tuple[SetVfAttributes, ...] = ()
    during: tuple[VfRecord, ...] = ()
    after: tuple[VfRecord, ...] = ()


def _is_ours(record: t.Optional[SetAttribute], current: t.Mapping[str, t.Any], name: str) -> bool:
    """Is the value that the VF has one that a port has set? One that is not shown may be."""
    return record is not None and (name not in current or current[name] in record.values)


class _Vf:
    """One VF that a port is on, or was on."""

    def __init__(self, function: str, host: Host, record: t.Optional[VfRecord]) -> None:
        known, pf = host.functions.get(function), host.find_pf_of(function)
        self.exists = known is not None and pf is not None and known.index is not None
        self.function = function
        self.index = (known.index if known is not None else None) or 0
        self.pf_name = pf.name if pf is not None else ""
        self.current = known.attributes if known is not None else {}
        self.configured = pf.configured.get(self.index, {}) if pf is not None else {}
        self.records = record.attributes if record is not None else {}

    def _make_step(self, changes: t.Mapping[str, t.Any], back: bool = False) -> t.Optional[SetVfAttributes]:
        values = tuple((name, self.current.get(name), changes[name]) for name in ATTRIBUTES if name in changes)
        return SetVfAttributes(self.pf_name, self.index, self.function, values, back) if values else None

    def plan(self, wanted: t.Mapping[str, t.Any]) -> tuple[t.Optional[SetVfAttributes], dict[str, SetAttribute], dict[str, SetAttribute]]:
        """Return the step that sets what the port asks for, and the records during and after it."""
        changes: dict[str, t.Any] = {}
        during, after = dict(self.records), dict(self.records)
        for name, value in wanted.items():
            record = self.records.get(name)
            ours = _is_ours(record, self.current, name)
            unseen = name not in self.current and record is not None and record.values[-1] == value
            before = record.before if ours and record is not None else self.current.get(name)
            earlier = record.values if ours and record is not None else ()
            if self.current.get(name) != value and not unseen:
                changes[name] = value
                during[name] = SetAttribute(before, (*(each for each in earlier if each != value), value))
            if name in changes or ours:
                after[name] = SetAttribute(before, (value,))
            elif record is not None:
                # Another has set what the port asks for: that is not ours to put back.
                del during[name], after[name]
        return self._make_step(changes), during, after

    def put_back(self) -> t.Optional[SetVfAttributes]:
        """Return the step after which the VF is as it was before the port came, or as sriov_vfs was asked to have it."""
        changes = {}
        for name, record in self.records.items():
            value = self.configured.get(name, record.before)
            if value is not None and self.current.get(name) in record.values and self.current.get(name) != value:
                changes[name] = value
        return self._make_step(changes, back=True)


def plan_attributes(
    wanted: t.Mapping[str, t.Mapping[str, t.Any]], present: t.Collection[str], records: t.Sequence[VfRecord], host: Host
) -> AttributePlan:
    """Plan what the PFs are to enforce: ``wanted`` by VF, ``present`` are the VFs that the domain has afterwards."""
    by_vf = {record.vf: record for record in records}
    steps: list[SetVfAttributes] = []
    during, after = {}, {}
    for function in (*by_vf, *(each for each in wanted if each not in by_vf)):
        vf = _Vf(function, host, by_vf.get(function))
        if not vf.exists:
            continue
        if function not in present:
            step = vf.put_back()
            if step is not None:
                during[function] = vf.records
        else:
            step, during[function], after[function] = vf.plan(wanted.get(function, {}))
        steps += [step] if step is not None else []
    return AttributePlan(
        tuple(sorted(steps, key=lambda step: not step.back)),
        tuple(VfRecord(function, values) for function, values in during.items() if values),
        tuple(VfRecord(function, values) for function, values in after.items() if values),
    )


def write_record(record: VfRecord) -> dict[str, t.Any]:
    """Return a record as it is kept."""
    values = {name: {"before": each.before, "values": list(each.values)} for name, each in record.attributes.items()}
    return {"vf": record.vf, "attributes": values}


def parse_record(data: t.Any, where: str) -> VfRecord:
    """Read one entry of the record; raises UnreadableError for anything that this file did not write."""
    problem = UnreadableError(f"{where} is not what an earlier run wrote; look at the domain, then remove the file")
    if not isinstance(data, dict) or set(data) != {"vf", "attributes"} or not isinstance(data["attributes"], dict):
        raise problem
    try:
        function = str(pci_topology.parse_address(data["vf"], where)) if isinstance(data["vf"], str) else ""
    except VsrxError:
        function = ""
    found = {}
    for name, entry in data["attributes"].items():
        if name not in ATTRIBUTES or not isinstance(entry, dict) or set(entry) != {"before", "values"}:
            raise problem
        before, values = entry["before"], entry["values"]
        if (
            not isinstance(values, list)
            or not values
            or not all(map(ATTRIBUTE[name].accepts, values if before is None else [before, *values]))
        ):
            raise problem
        found[name] = SetAttribute(before, tuple(values))
    if not function:
        raise problem
    return VfRecord(function, found)
