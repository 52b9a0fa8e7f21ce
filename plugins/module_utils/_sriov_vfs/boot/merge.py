# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the record of a PF becomes when a request is met. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from ... import _mac_address
from ..._host.pf_model import Pf
from ..._host.pf_record import Made, PfRecord, key_of, snapshot


class Request(t.Protocol):
    """What is asked of a PF; None leaves a thing as it is."""

    @property
    def drivers_autoprobe(self) -> t.Optional[bool]:
        """Whether drivers of the host take new VFs."""

    @property
    def up(self) -> t.Optional[bool]:
        """Whether the link is up."""

    @property
    def mtu(self) -> t.Optional[int]:
        """The MTU."""

    @property
    def vfs(self) -> tuple[t.Any, ...]:
        """What is asked of each VF."""


_T = t.TypeVar("_T")


def _first(*values: t.Optional[_T]) -> t.Optional[_T]:
    return next((value for value in values if value is not None), None)


def _vfs(old: Made, request: Request, remade: bool, count: int) -> dict[int, dict[str, t.Any]]:
    found = {} if remade else {index: dict(values) for index, values in old.vfs.items() if index < count}
    for vf in request.vfs:
        given = vf.wanted.given()
        if given:
            found[vf.index] = {**found.get(vf.index, {}), **given}
            if _mac_address.is_zero(str(given.get("mac"))):
                # No address is pinned any more; new VFs have none either, so that there is nothing to bring back at boot.
                del found[vf.index]["mac"]
    return {index: values for index, values in sorted(found.items()) if values}


def touched(old: t.Optional[PfRecord], pf: Pf) -> PfRecord:
    """The record before the first write: how the PF was is kept once and for all."""
    return old or PfRecord(pf.permanent_mac, pf.address, pf.name, before=snapshot(pf), made=Made())


def _is_undone(record: PfRecord) -> bool:
    """Is nothing left of what was made?"""
    made, before = record.made, record.before
    return not made.vfs and all(
        getattr(made, name) in (None, getattr(before, name)) for name in ("num_vfs", "drivers_autoprobe", "up", "mtu")
    )


def merged(
    old: t.Optional[PfRecord], request: Request, pf: Pf, count: int, persist: t.Optional[bool], changes: bool
) -> t.Optional[PfRecord]:
    """The record when the request is met; None where there is nothing to remember.

    ``pf`` is the PF before, ``count`` how many VFs it will have, ``changes`` whether anything of it is changed.
    Without VFs nothing comes back at boot.
    """
    start = touched(old, pf)
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
            vfs=_vfs(was, request, remade, count),
        ),
    )
    return None if not keeps and _is_undone(record) else record


__all__ = ["key_of", "merged", "touched"]
