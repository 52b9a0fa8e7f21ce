# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Who uses a VF or a MAC address, and which of all users concern one VF. Pure: readers make users, planners of both modules judge by them.

A VF is in use where something would break without it. A netdev that is merely up is not: NetworkManager sets every Ethernet netdev up
that it manages, with or without a profile.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from .model import Pf, Vf


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


#: drivers that hand a function to user space; it is in use only while a process has it open
USER_SPACE_DRIVERS = ("pci-stub", "uio_pci_generic", "igb_uio", "xen-pciback", "pciback")
#: drivers, beside vfio's, that leave the DMA of their function to user space or do none (driver_managed_dma in the kernel), so that VFIO
#: takes the other functions of the IOMMU group
GROUP_SAFE_DRIVERS = ("pci-stub", "pcieport")
#: users that lose their VF unnoticed: the host itself would see it only when it looks
_OF_THE_HOST = (UserKind.NETDEV, UserKind.DRIVER)


def is_vfio(driver: t.Optional[str]) -> bool:
    """Tell whether this is vfio-pci, or the variant of it for one vendor's VFs, such as mlx5_vfio_pci."""
    return driver is not None and "vfio" in driver


def serves_user_space(driver: t.Optional[str]) -> bool:
    """Tell whether the driver hands the function to user space."""
    return is_vfio(driver) or driver in USER_SPACE_DRIVERS


def is_group_safe(driver: t.Optional[str]) -> bool:
    """Tell whether a function with this driver, or none, may share its IOMMU group with one that is assigned."""
    return driver is None or is_vfio(driver) or driver in GROUP_SAFE_DRIVERS


def expects_netdev(vf: Vf) -> bool:
    """Tell whether the VF's driver registers a netdev that is not here yet, or not in this network namespace."""
    return vf.driver is not None and not serves_user_space(vf.driver) and not vf.netdevs


@dataclasses.dataclass(frozen=True)
class NetdevUse:
    """What the host does with a netdev: addresses, programs and routes, the netdev that it belongs to, netdevs stacked on it."""

    given: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    master: t.Optional[str] = None
    uppers: tuple[str, ...] = ()

    def describe(self) -> tuple[str, ...]:
        """Say each use; none where the netdev is merely there, up or down."""
        enslaved = (f"enslaved to {self.master}",) if self.master else ()
        return (*self.given, *enslaved, *(f"under {upper}" for upper in self.uppers), *self.routes)


def select_users_of_vf(vf: Vf, users: t.Iterable[VfUser]) -> list[VfUser]:
    """Return the users of one VF, by its address; a running domain explains the VFIO group that it has open."""
    mine = [user for user in users if user.address == vf.address]
    runs = any(user.active and user.kind is UserKind.DOMAIN for user in mine)
    return [user for user in mine if not (runs and user.kind is UserKind.VFIO_GROUP)]


def select_users_of_pool(pf: Pf, users: t.Iterable[VfUser]) -> list[VfUser]:
    """Return the users of all VFs of a PF: as a pool, or since they use the PF itself."""
    return [user for user in users if user.address == pf.address or (user.pf is not None and user.pf in (*pf.names, pf.name))]


def describe_users(pf: Pf, users: t.Sequence[VfUser]) -> list[str]:
    """Say in one line for each user which VFs of a PF it uses."""
    pools = select_users_of_pool(pf, users) if pf.vfs else []
    # An active network lists each VF of the PF that it has as a whole.
    whole = {user.identity for user in pools}
    single = [(vf, user) for vf in pf.vfs for user in select_users_of_vf(vf, users) if user.identity not in whole]
    return [f"VF {vf.index} ({vf.address}) is in use by {user}" for vf, user in single] + [
        f"its VFs are in use by {user}" for user in pools
    ]


def select_active_users(vf: Vf, users: t.Sequence[VfUser]) -> list[VfUser]:
    """Return the users that would notice a change of the VF now."""
    return [user for user in select_users_of_vf(vf, users) if user.active and user.kind not in _OF_THE_HOST]
