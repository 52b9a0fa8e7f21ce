# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What a host keeps of each PF that was changed: how it was before, what was requested, what comes back at boot. Pure.

The format on disk has a version. What is read is checked field by field: it becomes words of commands at boot and at a teardown.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _pci as pci
from .._errors import UnreadableError
from .attribute_table import ATTRIBUTE, Check, is_flag, is_mac, is_number
from .model import Pf, is_netdev_name

VERSION = 1
_MOST_VFS = 65536
_MOST = 1 << 32


@dataclasses.dataclass(frozen=True)
class PfSettings:
    """What was requested of a PF; None was never requested. ``vfs`` are attributes by index."""

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
    before: PfSettings
    made: PfSettings
    persist: bool = False

    @property
    def key(self) -> str:
        """By what the PF is known again."""
        return self.permanent_mac or self.address


def make_key(pf: Pf) -> str:
    """Return the key of the record that a PF has or would have."""
    return pf.permanent_mac or pf.address


def take_snapshot(pf: Pf) -> PfSettings:
    """Return a PF as it is."""
    return PfSettings(
        num_vfs=pf.num_vfs,
        drivers_autoprobe=pf.drivers_autoprobe,
        up=pf.up,
        mtu=pf.mtu,
        vfs={vf.index: vf.attributes.given() for vf in pf.vfs},
    )


class _WrongError(Exception):
    """A field is missing or has a value that it cannot have."""


_SETTINGS: t.Mapping[str, Check] = {
    "num_vfs": is_number(_MOST_VFS),
    "drivers_autoprobe": is_flag,
    "up": is_flag,
    "mtu": is_number(_MOST),
}


def _check(data: t.Any, where: str) -> t.Mapping[str, t.Any]:
    if not isinstance(data, dict):
        raise _WrongError(f"{where} is no object")
    return data


def _read_settings(data: t.Any, where: str) -> PfSettings:
    given = _check(data, where)
    for name, check in _SETTINGS.items():
        if given.get(name) is not None and not check(given[name]):
            raise _WrongError(f"{where}.{name} is {given[name]!r:.40}")
    vfs: dict[int, dict[str, t.Any]] = {}
    for text, values in _check(given.get("vfs"), f"{where}.vfs").items():
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise _WrongError(f"{where}.vfs has the index {text!r:.40}")
        for name, value in _check(values, f"{where}.vfs.{text}").items():
            if name not in ATTRIBUTE or not ATTRIBUTE[name].accepts(value):
                raise _WrongError(f"{where}.vfs.{text}.{name:.40} is {value!r:.40}")
        vfs[int(text)] = dict(values)
    # JSON sorts its keys as words, 10 before 2; what comes back at boot has the order of the VFs.
    return PfSettings(**{name: given.get(name) for name in _SETTINGS}, vfs=dict(sorted(vfs.items())))


def _read_record(data: t.Any, where: str) -> PfRecord:
    given = _check(data, where)
    checks: dict[str, Check] = {
        "permanent_mac": lambda value: value is None or is_mac(value),
        "address": lambda value: isinstance(value, str) and pci.is_address(value),
        "name": lambda value: value is None or (isinstance(value, str) and is_netdev_name(value)),
        "persist": is_flag,
    }
    for name, check in checks.items():
        if name not in given or not check(given[name]):
            raise _WrongError(f"{where}.{name} is {given.get(name)!r:.40}")
    return PfRecord(
        given["permanent_mac"],
        given["address"],
        given["name"],
        before=_read_settings(given.get("before"), f"{where}.before"),
        made=_read_settings(given.get("made"), f"{where}.made"),
        persist=given["persist"],
    )


def _write_settings(made: PfSettings) -> dict[str, t.Any]:
    return {**vars(made), "vfs": {str(index): dict(values) for index, values in made.vfs.items()}}


def format_json(records: t.Mapping[str, PfRecord]) -> dict[str, t.Any]:
    """Return the records as they are kept."""
    return {
        "version": VERSION,
        "pfs": [
            {**vars(record), "before": _write_settings(record.before), "made": _write_settings(record.made)} for record in records.values()
        ],
    }


def parse_json(data: t.Any, where: str) -> dict[str, PfRecord]:
    """Return what was kept, by key; raises where it is not what this version writes."""
    try:
        version = _check(data, "the file").get("version")
        if not isinstance(version, int) or isinstance(version, bool):
            raise _WrongError(f"version is {version!r:.40}")
        if version != VERSION:
            raise UnreadableError(f"{where} was written by another version of the collection (format {version}, expected {VERSION})")
        if not isinstance(data.get("pfs"), list):
            raise _WrongError("pfs is no list")
        records = [_read_record(entry, f"pfs[{number}]") for number, entry in enumerate(data["pfs"])]
    except _WrongError as failure:
        raise UnreadableError(
            f"{where} is damaged ({failure}); it tells what was made on this host. Restore it, or remove it by hand"
        ) from None
    return {record.key: record for record in records}
