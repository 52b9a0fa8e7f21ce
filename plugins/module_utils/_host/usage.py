# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Who holds a VF: the union of what the host, its domains and its networks say.
import typing as t

from .pf_model import Pf, Vf
from .vf_user import UserKind, VfUser

#: drivers that hand a function to user space; without anybody who has it open nobody uses it
_USER_SPACE = ("pci-stub", "uio_pci_generic", "igb_uio", "xen-pciback", "pciback")


def is_vfio(driver: t.Optional[str]) -> bool:
    """vfio-pci, or the variant of it that is made for one vendor's VFs, such as mlx5_vfio_pci."""
    return driver is not None and "vfio" in driver


def for_user_space(driver: t.Optional[str]) -> bool:
    return is_vfio(driver) or driver in _USER_SPACE


class Open(t.Protocol):
    @property
    def groups(self) -> t.Mapping[int, str]:
        """Who has an IOMMU group open, by group."""

    @property
    def devices(self) -> t.Mapping[str, str]:
        """Who has a device open, by its name."""


class Use(t.Protocol):
    @property
    def up(self) -> bool:
        """Whether the link is up."""

    @property
    def master(self) -> t.Optional[str]:
        """The bridge or bond it belongs to."""

    @property
    def uppers(self) -> tuple[str, ...]:
        """The interfaces stacked on it."""


def _in_use(kind: UserKind, name: str, usage: str, vf: Vf) -> VfUser:
    return VfUser(kind, name, usage, active=True, address=vf.address)


def of_pf(use: Use, addresses: t.Sequence[str], routes: bool) -> tuple[str, ...]:
    """What the host itself does with a PF's netdev; that it is up is no use, since VFs need it up."""
    how = [*addresses] + ([f"enslaved to {use.master}"] if use.master else []) + [f"under {upper}" for upper in use.uppers]
    return (*how, *(["default route"] if routes else []))


def of_netdevs(pf: Pf, uses: t.Mapping[str, Use], addresses: t.Mapping[str, t.Sequence[str]]) -> list[VfUser]:
    """Holds by the netdevs of a PF's VFs; a netdev that is down, free and without an address holds nothing."""
    found = []
    for vf in pf.vfs:
        for name in vf.netdevs:
            use = uses[name]
            how = (["up"] if use.up else []) + list(addresses.get(name, ()))
            how += [f"enslaved to {use.master}"] if use.master else []
            how += [f"under {upper}" for upper in use.uppers]
            if how:
                found.append(_in_use(UserKind.NETDEV, name, ", ".join(how), vf))
        if vf.driver is not None and not for_user_space(vf.driver) and not vf.netdevs:
            found.append(
                _in_use(UserKind.DRIVER, vf.driver, "bound, its netdev is not here: in another network namespace, or not made", vf)
            )
    return found


def of_user_space(pf: Pf, opened: Open, devices: t.Mapping[str, t.Sequence[str]]) -> list[VfUser]:
    """Holds by processes that have a VF's VFIO group, VFIO device or UIO device open."""
    found = []
    for vf in pf.vfs:
        if vf.iommu_group is not None and vf.iommu_group in opened.groups:
            found.append(_in_use(UserKind.VFIO_GROUP, str(vf.iommu_group), f"open in {opened.groups[vf.iommu_group]}", vf))
        for device in devices.get(vf.address, ()):
            if device in opened.devices:
                found.append(_in_use(UserKind.DEVICE, device, f"open in {opened.devices[device]}", vf))
    return found


def on_vf(pf: Pf, vf: Vf, claims: t.Iterable[VfUser]) -> list[VfUser]:
    """The holds on one VF, by its address; a domain that runs explains the VFIO group that it has open."""
    found = [claim for claim in claims if claim.address == vf.address]
    by_domain = any(claim.active and claim.kind is UserKind.DOMAIN for claim in found)
    return [claim for claim in found if not (by_domain and claim.kind is UserKind.VFIO_GROUP)]


def on_pool(pf: Pf, claims: t.Iterable[VfUser]) -> list[VfUser]:
    """The holds on the VFs of a PF as a whole."""
    return [claim for claim in claims if claim.pf is not None and claim.pf in (*pf.names, pf.name)]


def held(pf: Pf, claims: t.Sequence[VfUser]) -> list[str]:
    """One line for each hold on the VFs that a PF has now."""
    pools = on_pool(pf, claims) if pf.vfs else []
    # A network that is active lists each VF of the PF that it has as a whole.
    whole = {claim.identity for claim in pools}
    single = [(vf, claim) for vf in pf.vfs for claim in on_vf(pf, vf, claims) if claim.identity not in whole]
    lines = [f"VF {vf.index} ({vf.address}) is held by {claim}" for vf, claim in single]
    return lines + [f"its VFs are held by {claim}" for claim in pools]


def actively_held(pf: Pf, vf: Vf, claims: t.Sequence[VfUser]) -> list[VfUser]:
    """The holds on a VF that are in force now by somebody who would notice a change of it."""
    return [claim for claim in on_vf(pf, vf, claims) if claim.active and claim.kind not in (UserKind.NETDEV, UserKind.DRIVER)]
