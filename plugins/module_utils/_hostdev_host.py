# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import shutil
import subprocess
import typing as t

from ._hostdev_plan.host import Function, Host, Pf
from ._pci import classes, model
from ._sysfs import functions
from ._sysfs.tree import Tree

if t.TYPE_CHECKING:
    from ._hostdev_plan.request import Request

_IFF_UP = 1
_SETTLE_SECONDS = 60


class SysfsHost:
    """The host as sysfs shows it: the PFs and VFs that a request and its domain are about."""

    def __init__(self, tree: t.Optional[Tree] = None) -> None:
        self._tree = tree or Tree()

    def read(self, request: Request, present: t.Collection[str]) -> Host:
        """``present`` are the functions that the domain has."""
        tree = self._tree
        there = tree.names(functions.DEVICES)
        pfs = [name for name in there if tree.exists(f"{functions.DEVICES}/{name}/sriov_totalvfs")]
        named = {name: tuple(tree.names(f"{functions.DEVICES}/{name}/net")) for name in pfs}
        wanted = {port.vf for port in request.ports if port.vf} | set(present)
        asked = {port.pf for port in request.ports if port.pf}
        wanted |= {pf for pf, names in named.items() if pf in asked or asked & set(names)}
        read = {each.address: each for each in functions.read(tree, wanted & set(there))}
        found = {pf: self._pf(read[pf]) if pf in read else Pf(address=pf, names=names) for pf, names in named.items()}
        groups = functions.group_members(tree, {each.iommu_group for each in read.values() if each.iommu_group is not None})
        return Host(
            functions={address: self._function(each, groups) for address, each in read.items()},
            pfs=found,
            others=self._others(asked - {None}, pfs),
        )

    def driver_of(self, function: str) -> t.Optional[str]:
        return self._tree.target(f"{functions.DEVICES}/{function}/driver")

    def settle(self) -> None:
        """Wait until udev has named the devices that came and went: libvirt looks VFs up by their netdev's name."""
        udevadm = shutil.which("udevadm", path="/usr/bin:/bin:/usr/sbin:/sbin")
        if udevadm:
            subprocess.run([udevadm, "settle", f"--timeout={_SETTLE_SECONDS}"], check=False, capture_output=True)

    def _pf(self, found: model.Function) -> Pf:
        names = tuple(netdev.name for netdev in found.netdevs)
        flags = [self._tree.number(f"{functions.NET}/{name}/flags") for name in names]
        speeds = [netdev.speed_mbps for netdev in found.netdevs if netdev.speed_mbps]
        return Pf(
            address=found.address,
            names=names,
            up=any(flag & _IFF_UP for flag in flags if flag is not None) if flags else None,
            speed_mbps=max(speeds, default=None),
            numa_node=found.numa_node,
            vfs=found.sriov.vfs if found.sriov else {},
        )

    def _function(self, found: model.Function, groups: t.Mapping[int, t.Sequence[str]]) -> Function:
        members = groups.get(found.iommu_group, ()) if found.iommu_group is not None else ()
        return Function(
            address=found.address,
            pf=found.physfn,
            index=found.vf_index,
            driver=found.driver,
            iommu_group=found.iommu_group,
            neighbours=tuple((other, self.driver_of(other)) for other in members if other != found.address and not self._is_bridge(other)),
        )

    def _is_bridge(self, function: str) -> bool:
        code = self._tree.number(f"{functions.DEVICES}/{function}/class")
        return code is not None and classes.name(f"{code:06x}") == classes.BRIDGE

    def _others(self, asked: t.Collection[t.Optional[str]], pfs: t.Collection[str]) -> dict[str, str]:
        """What the names are that were asked for as PFs and are none."""
        found = {}
        for name in asked:
            netdev = f"{functions.NET}/{name}"
            if name and self._tree.exists(netdev):
                device = self._tree.target(f"{netdev}/device")
                if device not in pfs:
                    found[name] = f"a network device ({device or 'virtual'})"
            elif name and self._tree.exists(f"{functions.DEVICES}/{name}") and name not in pfs:
                found[name] = "a PCI function"
        return found
