# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Claim:
    """Somebody's hold on a VF or on a MAC address.

    ``holder`` is what a person would call it: "domain vsrx1-node0", "VFIO group 15", "netdev eth4".
    ``how`` says in what form: "running, interface type='hostdev'", "defined, hostdev pci", "up, 192.0.2.1/24".
    ``address`` is the VF (DDDD:BB:SS.F), ``mac`` the address; either may be None.
    ``owner`` tells holders apart by value: a domain's UUID, or the same text as ``holder``.
    ``active`` is True where the hold is in force now, False where it would be at the next start.
    ``pf`` is a PF's netdev name where a pool of its VFs is held as a whole.
    """

    holder: str
    how: str
    owner: str
    active: bool
    address: t.Optional[str] = None
    mac: t.Optional[str] = None
    pf: t.Optional[str] = None

    def __str__(self) -> str:
        return f"{self.holder} ({self.how})"
