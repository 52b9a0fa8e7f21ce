# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Who uses a VF or a MAC address. Pure: readers of the host and of libvirt make these, planners judge by them."""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class UserKind(enum.Enum):
    """What uses a VF. Decisions are made by the kind, never by the words of a message; the value is what messages say."""

    DOMAIN = "domain"
    NETWORK = "network"
    VFIO_GROUP = "VFIO group"
    DEVICE = "device"
    NETDEV = "netdev"
    DRIVER = "driver"


@dataclasses.dataclass(frozen=True)
class VfUser:
    """A user of a VF or of a MAC address.

    ``name`` is the domain, network, IOMMU group, device, netdev or driver.
    ``usage`` says for people in what form: "running, interface type='hostdev'", "defined, hostdev pci", "up, 192.0.2.1/24".
    ``address`` is the VF (DDDD:BB:SS.F), ``mac`` the MAC address; either may be None.
    ``owner_id`` tells users apart by value: a domain's UUID; None where kind and name do.
    ``active`` is True where the VF is in use now, False where it would be at the next start.
    ``pf`` is a PF's netdev name where all its VFs are in use as a pool.
    """

    kind: UserKind
    name: str
    usage: str
    active: bool
    owner_id: t.Optional[str] = None
    address: t.Optional[str] = None
    mac: t.Optional[str] = None
    pf: t.Optional[str] = None

    @property
    def identity(self) -> tuple[UserKind, str]:
        """Equal for two records of one user: a domain in its running and in its defined form."""
        return self.kind, self.owner_id or self.name

    def __str__(self) -> str:
        return f"{self.kind.value} {self.name} ({self.usage})"
