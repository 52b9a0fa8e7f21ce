# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# The host as the planner of ports wants to know it, from what the rooms for sysfs and ip read.
import typing as t

from .._host import model, netdevs, process, reader, vf_users
from .._host import pf_model as pf
from .._host import sysfs as functions
from .._host.fs import DEVICES, NET, Tree
from .._host.reader import Room
from .._pci import address, classes
from .host_state import Function, Host, Pf

if t.TYPE_CHECKING:
    from .request import Request

_SETTLE_SECONDS = 60


#: the IOMMU group of what is predicted: a VF, or the group of one while the IOMMU is still to be switched on
_NO_GROUP_YET = -1


def _predicted(found: pf.Pf) -> dict[int, str]:
    """Where the VFs of a PF will be that are not there yet."""
    there = {vf.index for vf in found.vfs}
    return {index: vf for index, vf in found.predict_vf_addresses().items() if index not in there}


def _pf(found: pf.Pf, predict: bool) -> Pf:
    return Pf(
        address=found.address,
        names=found.names,
        up=None if predict else found.up,
        speed_mbps=found.speed_mbps,
        numa_node=found.numa_node,
        vfs={**{vf.index: vf.address for vf in found.vfs}, **(_predicted(found) if predict else {})},
        absent={} if predict else _predicted(found),
        macs={vf.index: vf.attributes.mac for vf in found.vfs if vf.attributes.mac},
    )


class HostRoom:
    """The host's PFs and VFs that a request and its domain are about, and what the host itself does with them."""

    def __init__(self, predict: bool = False, room: t.Optional[Room] = None) -> None:
        """``predict`` takes the VFs that can be made as made, PFs as up, and the IOMMU as on."""
        self._predict = predict
        self._room = room or Room()

    @property
    def _tree(self) -> Tree:
        return self._room.tree

    def read(self, request: Request, present: t.Collection[str]) -> Host:
        """``present`` are the functions that the domain has."""
        tree = self._tree
        there = tree.names(DEVICES)
        named = {name: tuple(self._netdevs(name)) for name in there if self._is_pf(name) and self._is_nic(name)}
        others, resolved = self._resolve({port.pf for port in request.ports if port.pf}, named)
        vfs = {port.vf for port in request.ports if port.vf} | set(present)
        # A VF that is named by its address and is predicted can be any PF's.
        unknown = self._predict and any(vf not in there for vf in vfs)
        wanted = set(named) if unknown else resolved | {tree.target(f"{DEVICES}/{vf}/physfn") for vf in vfs}
        if any(port.mac for port in request.ports):
            # Any PF's VF can hold an address that is asked for.
            wanted |= {name for name in named if tree.exists(f"{DEVICES}/{name}/virtfn0")}
        read = [reader.read_pf(self._room, name) for name in sorted(wanted & set(named), key=str) if name]
        pfs = {name: Pf(address=name, names=names) for name, names in named.items()}
        pfs.update({each.address: _pf(each, self._predict) for each in read})
        found = {each.address: each for each in functions.read(tree, (vfs | set(pfs) & wanted) & set(there))}
        groups = functions.group_members(tree, {each.iommu_group for each in found.values() if each.iommu_group is not None})
        predicted = {
            vf: Function(address=vf, pf=each.address, index=index, iommu_group=_NO_GROUP_YET, made=False)
            for each in pfs.values()
            for index, vf in each.vfs.items()
            if vf not in found
        }
        return Host(
            functions={**predicted, **{name: self._function(each, groups, pfs) for name, each in found.items()}},
            pfs=pfs,
            others=others,
            netdevs=reader.netdev_macs(self._room),
            claims=tuple(reader.host_claims(self._room, read)),
        )

    def driver_of(self, function: str) -> t.Optional[str]:
        return self._tree.target(f"{DEVICES}/{function}/driver")

    def has(self, function: str) -> bool:
        """Is the function still there?"""
        return self._tree.exists(f"{DEVICES}/{function}")

    def holder_of(self, function: str) -> t.Optional[str]:
        """The process that has the function's VFIO group or device open."""
        opened = vf_users.read_open_devices(self._tree)
        group = self._tree.target(f"{DEVICES}/{function}/iommu_group")
        if group and group.isdigit() and int(group) in opened.groups:
            return opened.groups[int(group)]
        devices = vf_users.user_space_devices(self._tree, function)
        return next((opened.devices[name] for name in devices if name in opened.devices), None)

    def settle(self) -> None:
        """Wait until udev has named the devices that came and went: libvirt looks VFs up by their netdev's name."""
        process.settle_udev(_SETTLE_SECONDS)

    def _netdevs(self, function: str) -> list[str]:
        return netdevs.own_names(self._tree, function)

    def _resolve(self, asked: t.Collection[str], named: t.Mapping[str, t.Collection[str]]) -> tuple[dict[str, str], set[t.Optional[str]]]:
        """Of the names that are asked for as PFs: what those are that are none, and the addresses of the others."""
        others: dict[str, str] = {}
        resolved: set[t.Optional[str]] = set()
        for name in asked:
            found = next((pf for pf, names in named.items() if name == pf or name in names), None) or self._by_other_name(name, named)
            if found is not None:
                resolved.add(found)
            elif self._tree.exists(f"{NET}/{name}") and netdevs.describe_representor(self._tree, name):
                others[name] = f"{netdevs.describe_representor(self._tree, name)}, not a PF"
            elif self._tree.exists(f"{NET}/{name}"):
                others[name] = f"a network device ({self._tree.target(f'{NET}/{name}/device') or 'virtual'}), which has no SR-IOV"
            elif self._is_pf(name):
                others[name] = f"a PF of no NIC (its class is {self._class(name)})"
            elif self._tree.exists(f"{DEVICES}/{name}"):
                others[name] = "a PCI function, which has no SR-IOV"
        return others, resolved

    def _by_other_name(self, name: str, named: t.Mapping[str, t.Collection[str]]) -> t.Optional[str]:
        if address.is_address(name) or self._tree.exists(f"{NET}/{name}"):
            return None
        link = self._room.ip.link(name)
        return next((pf for pf, names in named.items() if link is not None and link.name in names), None)

    def _function(self, found: model.Function, groups: t.Mapping[int, t.Sequence[str]], pfs: t.Collection[str]) -> Function:
        members = groups.get(found.iommu_group, ()) if found.iommu_group is not None else ()
        # Accelerators and disks have VFs too.
        of_nic = found.class_name == classes.NETWORK and found.physfn in pfs
        return Function(
            address=found.address,
            pf=found.physfn if of_nic else None,
            index=found.vf_index if of_nic else None,
            other_class=self._other_class(found) if found.physfn and not of_nic else None,
            driver=found.driver,
            iommu_group=_NO_GROUP_YET if found.iommu_group is None and self._predict else found.iommu_group,
            neighbours=tuple((other, self.driver_of(other)) for other in members if other != found.address and not self._is_bridge(other)),
        )

    def _other_class(self, vf: model.Function) -> t.Optional[str]:
        return vf.class_name if vf.class_name != classes.NETWORK else self._class(vf.physfn or "")

    def _class(self, function: str) -> t.Optional[str]:
        code = self._tree.number(f"{DEVICES}/{function}/class")
        return classes.name(f"{code:06x}") if code is not None else None

    def _is_bridge(self, function: str) -> bool:
        return self._class(function) == classes.BRIDGE

    def _is_pf(self, function: str) -> bool:
        return self._tree.exists(f"{DEVICES}/{function}/sriov_totalvfs")

    def _is_nic(self, function: str) -> bool:
        """A NIC by its class, or by its network devices, as an accelerator with ports has them."""
        return self._class(function) == classes.NETWORK or bool(self._netdevs(function))
