# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What the planner wants to know of the host, whoever reads it.
import dataclasses
import typing as t

from .._host.vf_user import VfUser


@dataclasses.dataclass(frozen=True)
class Function:
    """A PCI function of the host; ``pf`` and ``index`` are given for a VF of a NIC, ``neighbours`` share its IOMMU group."""

    address: str
    pf: t.Optional[str] = None
    index: t.Optional[int] = None
    driver: t.Optional[str] = None
    iommu_group: t.Optional[int] = None
    #: other functions of the group that are no bridges, each with its driver
    neighbours: tuple[tuple[str, t.Optional[str]], ...] = ()
    #: the class of a VF that is none of a NIC, in a word: to the guest it is no port
    other_class: t.Optional[str] = None
    #: False for a VF that is predicted
    made: bool = True


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
    absent: t.Mapping[int, str] = dataclasses.field(default_factory=dict)
    #: administrative MAC addresses by VF index, where the host tells
    macs: t.Mapping[int, str] = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.names[0] if self.names else self.address


@dataclasses.dataclass(frozen=True)
class Host:
    functions: t.Mapping[str, Function]
    pfs: t.Mapping[str, Pf]
    #: what was asked for as a PF and is none of a NIC, to say what was named
    others: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: the host's network devices that are no VFs, by MAC address
    netdevs: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: holds of the host itself: netdevs in use, open VFIO groups
    claims: tuple[VfUser, ...] = ()

    def pf_called(self, name: str) -> t.Optional[Pf]:
        """A PF by address or by one of its netdev names."""
        return next((pf for pf in self.pfs.values() if name == pf.address or name in pf.names), None)

    def pf_of(self, function: t.Optional[str]) -> t.Optional[Pf]:
        known = self.functions.get(function) if function else None
        return self.pfs.get(known.pf) if known is not None and known.pf else None

    @property
    def vfs(self) -> frozenset[str]:
        """The functions that are VFs of NICs, and those that were before their PF lost them."""
        there = {address for address, function in self.functions.items() if function.pf}
        return frozenset(there.union(*(pf.absent.values() for pf in self.pfs.values())))
