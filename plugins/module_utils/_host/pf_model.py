# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class VfAttributes:
    """What a PF enforces on one of its VFs; None is not asked for, or not known."""

    mac: t.Optional[str] = None
    vlan: t.Optional[int] = None
    qos: t.Optional[int] = None
    vlan_proto: t.Optional[str] = None
    spoofchk: t.Optional[bool] = None
    trust: t.Optional[bool] = None
    link_state: t.Optional[str] = None
    min_tx_rate: t.Optional[int] = None
    max_tx_rate: t.Optional[int] = None

    def given(self) -> dict[str, t.Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


UNKNOWN = VfAttributes()
#: attributes that the kernel takes together, in the order in which they are set
TOGETHER = (("mac",), ("vlan", "qos", "vlan_proto"), ("spoofchk",), ("trust",), ("link_state",), ("min_tx_rate", "max_tx_rate"))


@dataclasses.dataclass(frozen=True)
class Vf:
    index: int
    address: str
    driver: t.Optional[str] = None
    netdevs: tuple[str, ...] = ()
    iommu_group: t.Optional[int] = None
    attributes: VfAttributes = UNKNOWN


@dataclasses.dataclass(frozen=True)
class Pf:
    """A physical function and its VFs at one moment."""

    address: str
    #: its netdev; None where its driver makes none
    name: t.Optional[str]
    #: its netdev and alternative names
    names: tuple[str, ...] = ()
    vendor_id: str = ""
    device_id: str = ""
    driver: t.Optional[str] = None
    numa_node: t.Optional[int] = None
    permanent_mac: t.Optional[str] = None
    mac: t.Optional[str] = None
    up: t.Optional[bool] = None
    mtu: t.Optional[int] = None
    mtu_range: tuple[t.Optional[int], t.Optional[int]] = (None, None)
    speed_mbps: t.Optional[int] = None
    #: None where the kernel offers no SR-IOV on this function
    total_vfs: t.Optional[int] = None
    #: the function has the SR-IOV capability in its configuration space; None where that can not be read
    capable: t.Optional[bool] = None
    #: the VFs' memory has been given addresses; None where that can not be read
    has_vf_memory: t.Optional[bool] = None
    drivers_autoprobe: t.Optional[bool] = None
    vf_offset: t.Optional[int] = None
    vf_stride: t.Optional[int] = None
    vfs: tuple[Vf, ...] = ()
    #: what the host itself does with its netdev, in words: addresses, a bridge or bond, devices stacked on it, a default route
    host_use: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.name or self.address

    @property
    def num_vfs(self) -> int:
        return len(self.vfs)

    def vf(self, index: int) -> t.Optional[Vf]:
        return next((vf for vf in self.vfs if vf.index == index), None)
