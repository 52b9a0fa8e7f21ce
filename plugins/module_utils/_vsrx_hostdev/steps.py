# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The steps of a change, each with the line that ``actions`` shows for it."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class AddRootPort:
    index: int
    address: str

    def describe(self) -> str:
        return f"add PCI root port {self.index} at guest address {self.address}"


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
class ReplaceNic:
    """A port takes the place of a NIC, or that NIC comes back."""

    junos: str
    former: str
    new: str
    mac: t.Optional[str]
    guest: str

    def describe(self) -> str:
        return f"{self.junos}: {self.former} becomes {self.new}, with MAC {self.mac} at guest address {self.guest}"


@dataclasses.dataclass(frozen=True)
class RestoreNic:
    """A NIC whose port is gone comes back."""

    junos: str
    nic: str
    mac: t.Optional[str]
    guest: str

    def describe(self) -> str:
        return f"{self.junos}: {self.nic} comes back, with MAC {self.mac} at guest address {self.guest}"


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
class SetVfAttributes:
    """What the PF enforces on a VF is set, or put back to what it was before the port came."""

    pf: str
    index: int
    values: tuple[tuple[str, t.Any], ...]
    back: bool = False

    def describe(self) -> str:
        values = ", ".join(f"{name} {_say(value)}" for name, value in self.values)
        return f"{'put back' if self.back else 'set'} VF {self.index} of {self.pf}: {values}"


def _say(value: t.Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


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
class CloseJournal:
    """Nothing is left to do but to note that an earlier, interrupted run is over."""

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
