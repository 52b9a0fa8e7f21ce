# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The steps of a plan: what each does, what it changes for the diff, and how it reads where it did not come true. Pure."""

from __future__ import annotations

import dataclasses
import typing as t


def _format_value(value: t.Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "unknown" if value is None else str(value)


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
        return f"{self.pf}: set MTU {self.after} (was {_format_value(self.before)})"

    def missed(self) -> str:
        return f"{self.pf}: planned MTU {self.after}, found {_format_value(self.before)}"

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
        return f"{self.pf}: turn the probing of VF drivers {_format_value(self.after)}"

    def missed(self) -> str:
        return f"{self.pf}: planned drivers_autoprobe {_format_value(self.after)}, found {_format_value(not self.after)}"

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
            f"{change.attribute} {_format_value(change.after)}" + ("" if self.fresh else f" (was {_format_value(change.before)})")
            for change in self.changed
        ]
        return f"{self.pf}: VF {self.index}: set {', '.join(parts)}"

    def missed(self) -> str:
        parts = [
            f"planned {change.attribute} {_format_value(change.after)}, found {_format_value(change.before)}" for change in self.changed
        ]
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
