# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What is recorded on a host of each PF that was changed: how it was before, what it was made, and what comes back at boot.
import dataclasses
import typing as t

from ..._errors import VsrxError
from ..._host.pf_model import Pf

VERSION = 1


@dataclasses.dataclass(frozen=True)
class Made:
    """What was asked of a PF; None was never asked. ``vfs`` are attributes by index."""

    num_vfs: t.Optional[int] = None
    drivers_autoprobe: t.Optional[bool] = None
    up: t.Optional[bool] = None
    mtu: t.Optional[int] = None
    vfs: t.Mapping[int, t.Mapping[str, t.Any]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class PfRecord:
    """A PF is known again by its permanent MAC address, else by its PCI address; its name may change."""

    permanent_mac: t.Optional[str]
    address: str
    name: t.Optional[str]
    before: Made
    made: Made
    persist: bool = False

    @property
    def key(self) -> str:
        return self.permanent_mac or self.address


def key_of(pf: Pf) -> str:
    return pf.permanent_mac or pf.address


def snapshot(pf: Pf) -> Made:
    """A PF as it is."""
    return Made(
        num_vfs=pf.num_vfs,
        drivers_autoprobe=pf.drivers_autoprobe,
        up=pf.up,
        mtu=pf.mtu,
        vfs={vf.index: vf.attributes.given() for vf in pf.vfs},
    )


def _made_out(made: Made) -> dict[str, t.Any]:
    return {**vars(made), "vfs": {str(index): dict(values) for index, values in made.vfs.items()}}


def _made_in(data: t.Mapping[str, t.Any]) -> Made:
    fields = {name: data.get(name) for name in ("num_vfs", "drivers_autoprobe", "up", "mtu")}
    vfs = {int(index): dict(values) for index, values in data["vfs"].items()}
    # JSON sorts its keys as words, 10 before 2; what is told at boot has the order of the VFs.
    return Made(**fields, vfs=dict(sorted(vfs.items())))


def as_json(records: t.Mapping[str, PfRecord]) -> dict[str, t.Any]:
    return {
        "version": VERSION,
        "pfs": [{**vars(record), "before": _made_out(record.before), "made": _made_out(record.made)} for record in records.values()],
    }


def from_json(data: t.Any, where: str) -> dict[str, PfRecord]:
    try:
        if data["version"] != VERSION:
            raise VsrxError(f"{where} was written by another version of the collection (format {data['version']}, expected {VERSION})")
        records = [PfRecord(**{**entry, "before": _made_in(entry["before"]), "made": _made_in(entry["made"])}) for entry in data["pfs"]]
        return {record.key: record for record in records}
    except (KeyError, TypeError, ValueError, AttributeError) as failure:
        raise VsrxError(
            f"{where} is damaged ({failure!r}); it tells what was made on this host. Restore it, or remove it by hand"
        ) from None
