# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t


class Step(t.Protocol):
    def describe(self) -> str:
        """The line for ``actions``."""


@dataclasses.dataclass(frozen=True)
class AddRootPort:
    index: int
    seat: str

    def describe(self) -> str:
        return f"add PCI root port {self.index} at guest address {self.seat}"


@dataclasses.dataclass(frozen=True)
class AddPort:
    vf: str
    source: str
    mac: str
    guest: str
    junos: str

    def describe(self) -> str:
        return f"add VF {self.vf} ({self.source}) with MAC {self.mac} at guest address {self.guest} as {self.junos}"


@dataclasses.dataclass(frozen=True)
class RemovePort:
    vf: str
    junos: str

    def describe(self) -> str:
        return f"remove VF {self.vf}, which is {self.junos}"


@dataclasses.dataclass(frozen=True)
class ChangeNic:
    nic: str
    what: tuple[str, ...]
    junos: str

    def describe(self) -> str:
        return f"change {self.nic}, which is {self.junos}: {', '.join(self.what)}"


@dataclasses.dataclass(frozen=True)
class ShutDown:
    name: str

    def describe(self) -> str:
        return f"shut down {self.name}"


@dataclasses.dataclass(frozen=True)
class Start:
    name: str
    why: str = ""

    def describe(self) -> str:
        return f"start {self.name}" + (f" ({self.why})" if self.why else "")


@dataclasses.dataclass(frozen=True)
class EndRecord:
    """Nothing is left to do but to forget that an earlier run did not end."""

    name: str

    def describe(self) -> str:
        return f"end the record of an interrupted run on {self.name}"


@dataclasses.dataclass(frozen=True)
class Attach:
    vf: str
    xml: str = dataclasses.field(repr=False)

    def describe(self) -> str:
        return f"attach VF {self.vf} to the running domain"


@dataclasses.dataclass(frozen=True)
class Detach:
    vf: str
    xml: str = dataclasses.field(repr=False)

    def describe(self) -> str:
        return f"detach VF {self.vf} from the running domain"
