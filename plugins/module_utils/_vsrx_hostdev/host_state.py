# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the planner needs to know of the host: its PFs, the functions that a domain has or is to get, and who uses them."""

from __future__ import annotations

import dataclasses
import typing as t

from .._host.vf_user import VfUser


@dataclasses.dataclass(frozen=True)
class Function:
    """A PCI function of the host; ``pf`` and ``index`` are given for a VF of an Ethernet NIC."""

    address: str
    pf: t.Optional[str] = None
    index: t.Optional[int] = None
    driver: t.Optional[str] = None
    iommu_group: t.Optional[int] = None
    #: the other functions of its IOMMU group that are no bridges, each with its driver
    iommu_group_peers: tuple[tuple[str, t.Optional[str]], ...] = ()
    #: the PCI class, in a word, of a VF that is no Ethernet NIC: to the guest it is no port
    non_nic_class: t.Optional[str] = None
    #: False for a VF that is predicted
    exists: bool = True
    #: is it an Ethernet NIC, VF or not? None where its class is not known
    is_ethernet: t.Optional[bool] = None
    #: what its PF enforces on it, by attribute; what is not known is left out
    attributes: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Pf:
    """A PF of a NIC and its VFs as they are now."""

    address: str
    names: tuple[str, ...] = ()
    up: t.Optional[bool] = None
    speed_mbps: t.Optional[int] = None
    numa_node: t.Optional[int] = None
    vfs: t.Mapping[int, str] = dataclasses.field(default_factory=dict)
    #: where the VFs would be that are not there, as far as the PF tells
    missing_vfs: t.Mapping[int, str] = dataclasses.field(default_factory=dict)
    #: administrative MAC addresses by VF index, where the host tells
    macs: t.Mapping[int, str] = dataclasses.field(default_factory=dict)
    #: attributes that sriov_vfs sets on its VFs, by index
    configured: t.Mapping[int, t.Mapping[str, t.Any]] = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.names[0] if self.names else self.address


@dataclasses.dataclass(frozen=True)
class Host:
    """The host at one moment, as far as one request and its domain are concerned."""

    functions: t.Mapping[str, Function]
    pfs: t.Mapping[str, Pf]
    #: requested names that are no Ethernet PFs, with what they are
    not_pfs: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: the host's network devices that are no VFs, by MAC address
    netdevs: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: uses by the host itself: netdevs in use, open VFIO groups
    users: tuple[VfUser, ...] = ()

    def find_pf(self, name: str) -> t.Optional[Pf]:
        """Return a PF by address or by one of its netdev names."""
        return next((pf for pf in self.pfs.values() if name == pf.address or name in pf.names), None)

    def find_pf_of(self, function: t.Optional[str]) -> t.Optional[Pf]:
        known = self.functions.get(function) if function else None
        return self.pfs.get(known.pf) if known is not None and known.pf else None

    @property
    def vfs(self) -> frozenset[str]:
        """The VFs of Ethernet NICs, and those that were before their PF lost them."""
        there = {address for address, function in self.functions.items() if function.pf}
        return frozenset(there.union(*(pf.missing_vfs.values() for pf in self.pfs.values())))

    @property
    def nics(self) -> frozenset[str]:
        """Every function that a guest sees as an Ethernet NIC: VFs, whole PFs, and NICs without SR-IOV."""
        return self.vfs | {address for address, function in self.functions.items() if function.is_ethernet}

    def has_function(self, address: str) -> bool:
        """Does the host have the function, or is it predicted?"""
        return address in self.functions
