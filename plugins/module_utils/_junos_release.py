# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Junos releases, compared as Junos numbers them. Pure."""

from __future__ import annotations

import functools
import re
import typing as t

from ._errors import VsrxError

# 20.4R1.12, 19.4R1-S2.1, 15.1X49-D90.7, 24.4R1-S2.9-EVO
_RELEASE = re.compile(
    r"(?P<major>[0-9]{1,9})\.(?P<minor>[0-9]{1,9})"
    r"(?P<kind>[A-Z])(?P<number>[0-9]{1,9})"
    r"(?:-(?P<branch>[SD])(?P<service>[0-9]{1,9}))?"
    r"(?:\.(?P<spin>[0-9]{1,9}))?"
    r"(?P<rest>[-._].*)?"
)

# Builds between releases, older than the first release of their train: 17.3-2017-07-02.0_RELEASE_173_THROTTLE, 20.4I-20230101.0.1234
_DEVELOPMENT = re.compile(r"(?P<major>[0-9]{1,9})\.(?P<minor>[0-9]{1,9})(?P<kind>I?)-[0-9]{4}-?[0-9]{2}-?[0-9]{2}\..*")


@functools.total_ordering
class Release:
    """A Junos release that compares as Junos numbers them: 15.1X49-D90 < 17.3R1 < 18.1R1 < 19.4R1 < 19.4R1-S2 < 20.4R1.12."""

    def __init__(self, text: str) -> None:
        match = _RELEASE.fullmatch(text.strip()) or _DEVELOPMENT.fullmatch(text.strip())
        if match is None:
            raise VsrxError(f"'{text}' is not a Junos release; expected a form such as 19.4R1, 15.1X49-D90 or 20.4R1.12")
        self.text = text.strip()
        parts: dict[str, t.Any] = {"number": None, "service": None, "spin": None, **match.groupdict()}
        self._key: tuple[t.Any, ...] = (
            int(parts["major"]),
            int(parts["minor"]),
            parts["kind"],
            int(parts["number"] or 0),
            int(parts["service"] or 0),
            int(parts["spin"] or 0),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Release) and self._key == other._key

    def __lt__(self, other: Release) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __str__(self) -> str:
        return self.text

    @property
    def train(self) -> tuple[int, int]:
        """Major and minor number, as (15, 1) for 15.1X49-D90."""
        return (self._key[0], self._key[1])


def reaches(release: Release, minimums: t.Iterable[str]) -> bool:
    """Is the release at or after the minimum of its train?

    A feature that came in 15.1X49-D90 and in 17.3R1 is in 15.1X49-D100 and 18.1R1, and not in 16.1R1 or 17.1R1:
    a minimum with an X counts in its own train only, the others from there on. No minimum admits every release.
    """
    floors = [Release(text) for text in minimums]
    if not floors:
        return True
    return any(release >= floor and (floor._key[2] != "X" or release.train == floor.train) for floor in floors)
