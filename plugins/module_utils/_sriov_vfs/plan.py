# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The plan of sriov_vfs: its steps, what each changes for the diff, and how they follow from what is there and what is requested. Pure.

Also: which steps could hurt a user of a VF, and which have not come true after all were taken.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _mac_address
from .._host.attribute_table import VfAttributes, format_value
from .._host.model import Pf, Vf
from .request import PfRequest, PfTarget, VfRequest


def _count_vfs(count: int) -> str:
    return f"{count} VF" if count == 1 else f"{count} VFs"


@dataclasses.dataclass(frozen=True)
class Step:
    """A step on one PF; ``pf`` is what a person calls it, ``address`` where it is."""

    pf: str
    address: str

    def describe(self) -> str:
        """Say in one line what the step does."""
        raise NotImplementedError

    def missed(self) -> str:
        """What to say when this step is still to be done after the plan was carried out."""
        return f"still to do: {self.describe()}"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        """For the diff: where, what was there, what is there then."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class SetMtu(Step):
    """The MTU of a PF."""

    before: t.Optional[int]
    after: int

    def describe(self) -> str:
        return f"{self.pf}: set MTU {self.after} (was {format_value(self.before)})"

    def missed(self) -> str:
        return f"{self.pf}: planned MTU {self.after}, found {format_value(self.before)}"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("mtu",), self.before, self.after)]


@dataclasses.dataclass(frozen=True)
class SetUp(Step):
    """The link of a PF, up or down."""

    after: bool

    def describe(self) -> str:
        return f"{self.pf}: set {'up' if self.after else 'down'}"

    def missed(self) -> str:
        return f"{self.pf}: planned {'up' if self.after else 'down'}, found {'down' if self.after else 'up'}"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("up",), not self.after, self.after)]


@dataclasses.dataclass(frozen=True)
class SetAutoprobe(Step):
    """Whether drivers of the host take new VFs of a PF."""

    after: bool

    def describe(self) -> str:
        return f"{self.pf}: turn the probing of VF drivers {format_value(self.after)}"

    def missed(self) -> str:
        return f"{self.pf}: planned drivers_autoprobe {format_value(self.after)}, found {format_value(not self.after)}"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("drivers_autoprobe",), not self.after, self.after)]


@dataclasses.dataclass(frozen=True)
class SetCount(Step):
    """The number of VFs of a PF."""

    before: int
    after: int

    @property
    def writes(self) -> tuple[int, ...]:
        """What to write: from one number to another only through 0."""
        return (0, self.after) if self.before and self.after else (self.after,)

    def describe(self) -> str:
        if not self.after:
            return f"{self.pf}: remove {_count_vfs(self.before)}"
        if self.before:
            return f"{self.pf}: remove {_count_vfs(self.before)}, then make {self.after}"
        return f"{self.pf}: make {_count_vfs(self.after)}"

    def missed(self) -> str:
        return f"{self.pf}: planned {_count_vfs(self.after)}, found {self.before}"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("num_vfs",), self.before, self.after)]


@dataclasses.dataclass(frozen=True)
class Change:
    """One attribute of a VF: what it was, None where that is not known, and what it will be."""

    attribute: str
    before: t.Any
    after: t.Any


@dataclasses.dataclass(frozen=True)
class SetVf(Step):
    """Attributes of one VF; ``fresh`` where the VF is made by an earlier step, so that nothing is known of it yet."""

    index: int
    changed: tuple[Change, ...]
    fresh: bool = False

    def describe(self) -> str:
        parts = [
            f"{change.attribute} {format_value(change.after)}" + ("" if self.fresh else f" (was {format_value(change.before)})")
            for change in self.changed
        ]
        return f"{self.pf}: VF {self.index}: set {', '.join(parts)}"

    def missed(self) -> str:
        parts = [f"planned {change.attribute} {format_value(change.after)}, found {format_value(change.before)}" for change in self.changed]
        return f"{self.pf}: VF {self.index}: {'; '.join(parts)}"

    def changes(self) -> list[tuple[tuple[str, ...], t.Any, t.Any]]:
        return [(("vfs", str(self.index), change.attribute), change.before, change.after) for change in self.changed]


def list_actions(steps: t.Iterable[Step]) -> list[str]:
    """Return one line for each step, in the order of execution."""
    return [step.describe() for step in steps]


def _put(tree: dict[str, t.Any], path: t.Sequence[str], value: t.Any) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value


def make_diff(steps: t.Iterable[Step]) -> dict[str, t.Any]:
    """Before and after, with nothing but what the steps change."""
    before: dict[str, t.Any] = {}
    after: dict[str, t.Any] = {}
    for step in steps:
        for path, was, will_be in step.changes():
            _put(before, (step.pf, *path), was)
            _put(after, (step.pf, *path), will_be)
    return {"before": before, "after": after}


def count_wanted(request: PfRequest, pf: Pf) -> int:
    """How many VFs there are when the request is met."""
    if request.num_vfs is None:
        return pf.num_vfs
    return max(request.num_vfs, pf.num_vfs) if request.at_least else request.num_vfs


def drop_noop_mac_resets(request: PfRequest, pf: Pf, pinned: t.Mapping[int, str]) -> PfRequest:
    """The request without the all-zero MAC addresses that have nothing to take away; ``pinned`` are those that this collection gave.

    Where nothing is pinned a driver may show an address of its own making, so that what is shown does not tell.
    """
    remade = count_wanted(request, pf) != pf.num_vfs

    def is_pinned(index: int) -> bool:
        vf = pf.vf(index)
        return index in pinned and not remade and vf is not None and vf.attributes.mac in (None, pinned[index])

    vfs = tuple(
        dataclasses.replace(vf, wanted=dataclasses.replace(vf.wanted, mac=None))
        if vf.wanted.mac is not None and _mac_address.is_zero(vf.wanted.mac) and not is_pinned(vf.index)
        else vf
        for vf in request.vfs
    )
    return dataclasses.replace(request, vfs=vfs)


def _list_changes(wanted: VfAttributes, found: VfAttributes) -> tuple[Change, ...]:
    known = vars(found)
    return tuple(Change(name, known[name], value) for name, value in wanted.given().items() if known[name] != value)


def _plan_attributes(pf: Pf, request: VfRequest, vf: t.Optional[Vf]) -> t.Optional[SetVf]:
    changed = _list_changes(request.wanted, vf.attributes if vf is not None else VfAttributes())
    if not changed:
        return None
    return SetVf(pf.label, pf.address, request.index, changed, fresh=vf is None)


def plan_pf(request: PfRequest, pf: Pf) -> list[Step]:
    """The steps from what is there to what is targets, in the order in which they are taken.

    The PF's MTU and state come first: drivers bound the VFs' frames by the one and make no VFs without the other.
    """
    found: list[Step] = []
    if request.mtu is not None and request.mtu != pf.mtu:
        found.append(SetMtu(pf.label, pf.address, pf.mtu, request.mtu))
    if request.up and not pf.up:
        found.append(SetUp(pf.label, pf.address, True))
    if request.drivers_autoprobe is not None and request.drivers_autoprobe != pf.drivers_autoprobe and pf.total_vfs:
        found.append(SetAutoprobe(pf.label, pf.address, request.drivers_autoprobe))
    count = count_wanted(request, pf)
    remade = count != pf.num_vfs
    if remade:
        found.append(SetCount(pf.label, pf.address, pf.num_vfs, count))
    for vf_request in request.vfs:
        step = _plan_attributes(pf, vf_request, None if remade else pf.vf(vf_request.index))
        if step is not None:
            found.append(step)
    if request.up is False and pf.up:
        found.append(SetUp(pf.label, pf.address, False))
    return found


def plan_pfs(targets: t.Sequence[PfTarget]) -> list[Step]:
    """Return the steps for all PFs, one PF after the other."""
    return [step for request, pf in targets for step in plan_pf(request, pf)]


def needs_users(steps: t.Iterable[Step]) -> bool:
    """Can any of the steps hurt a user of a VF, or give a MAC address that is in use?"""
    return gives_macs(steps) or any(takes_away(step) or (isinstance(step, SetVf) and not step.fresh) for step in steps)


def takes_away(step: Step) -> bool:
    """Does the step take VFs, their link or the length of their frames from their users?"""
    if isinstance(step, SetMtu):
        return lowers(step)
    return (isinstance(step, SetCount) and step.before > 0) or (isinstance(step, SetUp) and not step.after)


def lowers(step: SetMtu) -> bool:
    """Tell whether an MTU goes down, so that longer frames are lost."""
    return step.before is not None and step.after < step.before


def gives_macs(steps: t.Iterable[Step]) -> bool:
    """Tell whether a MAC address is set on a VF."""
    return any(isinstance(step, SetVf) and any(change.attribute == "mac" for change in step.changed) for step in steps)


def _select_visible(step: Step) -> t.Optional[Step]:
    """A step as far as reading back can tell that it was not taken: not an attribute that is not shown, nor an address taken away."""
    if not isinstance(step, SetVf):
        return step
    gone = {change for change in step.changed if change.attribute == "mac" and _mac_address.is_zero(change.after)}
    changed = tuple(change for change in step.changed if change not in gone)
    if not changed or (not step.fresh and all(change.before is None for change in changed)):
        return None
    return dataclasses.replace(step, changed=changed)


def find_differences(targets: t.Iterable[PfTarget]) -> list[str]:
    """What is not as it was targets, in words."""
    left = [_select_visible(step) for request, pf in targets for step in plan_pf(request, pf)]
    return [step.missed() for step in left if step is not None]
