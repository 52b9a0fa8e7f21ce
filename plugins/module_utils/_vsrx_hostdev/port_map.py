# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the map that the module returns: a NIC of the domain in Junos order."""

    position: int
    junos_interface: str
    sriov: bool
    mac: t.Optional[str]
    guest_address: t.Optional[str]
    vf: t.Optional[str] = None
    pf: t.Optional[str] = None
    pf_address: t.Optional[str] = None
    index: t.Optional[int] = None
    #: whether the host has the VF now; None where the NIC is no VF
    vf_exists: t.Optional[bool] = None

    def as_dict(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)
