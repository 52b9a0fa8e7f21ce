# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads PCI functions and IOMMU groups from sysfs, without a file that could block."""

from __future__ import annotations

import re
import typing as t

from .._pci.address import is_address
from . import netdevs
from .fs import DEVICES, Tree
from .model import Function, Link, Sriov

_VIRTFN = re.compile(r"virtfn([0-9]{1,5})")
_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]{1,8})")
_GROUP = re.compile(r"[0-9]{1,9}")
_SPEED = re.compile(r"(\d{1,4}(?:\.\d{1,4})?) GT/s")
#: vendor, device, subsystem's vendor and device, class and subclass, as the kernel writes all of them into one line
_MODALIAS = re.compile(r"pci:v0000(\w{4})d0000(\w{4})sv0000(\w{4})sd0000(\w{4})bc(\w\w)sc(\w\w)")


def _hex(text: t.Optional[str], digits: int) -> t.Optional[str]:
    """Return hex digits without 0x, as many as requested; None where the text is no such number."""
    match = _HEX.fullmatch(text or "")
    return f"{int(match.group(1), 16):0{digits}x}" if match else None


def virtual_functions(tree: Tree, pf: str) -> dict[int, str]:
    """The VFs of a PF by index. Counting these links never waits; reading sriov_numvfs may, for ever."""
    here = f"{DEVICES}/{pf}"
    found = {}
    for name in tree.names(here):
        match = _VIRTFN.fullmatch(name)
        address = tree.target(f"{here}/{name}") if match else None
        if match and address and is_address(address):
            found[int(match.group(1))] = address
    return dict(sorted(found.items()))


def _sriov(tree: Tree, here: str, address: str) -> t.Optional[Sriov]:
    total = tree.number(f"{here}/sriov_totalvfs")
    if total is None:
        return None
    return Sriov(
        total_vfs=total,
        drivers_autoprobe=tree.flag(f"{here}/sriov_drivers_autoprobe"),
        vf_device_id=_hex(tree.text(f"{here}/sriov_vf_device"), 4),
        vf_offset=tree.number(f"{here}/sriov_offset"),
        vf_stride=tree.number(f"{here}/sriov_stride"),
        vfs=virtual_functions(tree, address),
    )


def _speed_gts(text: t.Optional[str]) -> t.Optional[float]:
    match = _SPEED.match(text or "")
    return float(match.group(1)) if match else None


def _width(number: t.Optional[int]) -> t.Optional[int]:
    return number if number is not None and 0 < number < 255 else None


def _link(tree: Tree, here: str) -> t.Optional[Link]:
    current = tree.text(f"{here}/current_link_speed")
    if current is None:
        return None
    link = Link(
        speed_gts=_speed_gts(current),
        width=_width(tree.number(f"{here}/current_link_width")),
        max_speed_gts=_speed_gts(tree.text(f"{here}/max_link_speed")),
        max_width=_width(tree.number(f"{here}/max_link_width")),
    )
    return link if any(value is not None for value in vars(link).values()) else None


def _read(tree: Tree, address: str, of: t.Mapping[str, tuple[str, int]]) -> t.Optional[Function]:
    here = f"{DEVICES}/{address}"
    # Not from uevent: kernels of autumn 2024 show it under the device's lock, and who asks waits with sriov_numvfs.
    modalias = tree.text(f"{here}/modalias")
    identity = _MODALIAS.match(modalias or "")
    if identity is None:
        return None
    vendor_id, device_id, subsystem_vendor_id, subsystem_device_id, base_class, sub_class = map(str.lower, identity.groups())
    physfn, vf_index = of.get(address) or (tree.target(f"{here}/physfn"), None)
    node = tree.number(f"{here}/numa_node")
    group = tree.target(f"{here}/iommu_group")
    return Function(
        address=address,
        vendor_id=vendor_id,
        device_id=device_id,
        subsystem_vendor_id=subsystem_vendor_id,
        subsystem_device_id=subsystem_device_id,
        class_id=base_class + sub_class,
        modalias=modalias,
        revision=_hex(tree.text(f"{here}/revision"), 2),
        driver=tree.target(f"{here}/driver"),
        numa_node=node if node is not None and node >= 0 else None,
        iommu_group=int(group) if group is not None and _GROUP.fullmatch(group) else None,
        link=_link(tree, here) if physfn is None else None,
        netdevs=netdevs.read(tree, here, with_speed=physfn is None),
        sriov=_sriov(tree, here, address) if physfn is None else None,
        physfn=physfn,
        vf_index=vf_index,
    )


def _family(tree: Tree, address: str) -> set[str]:
    """A function with its PF and all VFs of that PF."""
    pf = tree.target(f"{DEVICES}/{address}/physfn") or address
    return {address, pf, *virtual_functions(tree, pf).values()}


def _order(address: str) -> tuple[int, str]:
    return (len(address), address)


def read(tree: Tree, addresses: t.Optional[t.Collection[str]] = None) -> list[Function]:
    """The host's PCI functions by address, or those asked for with their PFs and VFs.

    A function that vanishes while it is read is left out.
    """
    wanted = tree.names(DEVICES) if addresses is None else set().union(*(_family(tree, address) for address in addresses))
    of: dict[str, tuple[str, int]] = {}
    found = []
    # A VF's address comes after its PF's: each PF tells the index of its VFs before these are read.
    for address in sorted(wanted, key=_order):
        function = _read(tree, address, of)
        if function is not None:
            found.append(function)
            if function.sriov is not None:
                of.update({vf: (address, index) for index, vf in function.sriov.vfs.items()})
    return found


def groups_of(functions: t.Iterable[Function]) -> dict[int, list[str]]:
    """The functions of each IOMMU group, where all functions of the host were read."""
    found: dict[int, list[str]] = {}
    for function in functions:
        if function.iommu_group is not None:
            found.setdefault(function.iommu_group, []).append(function.address)
    return found


def group_members(tree: Tree, groups: t.Iterable[int]) -> dict[int, list[str]]:
    """The functions of each IOMMU group, as the kernel lists them."""
    return {group: tree.names(f"/sys/kernel/iommu_groups/{group}/devices") for group in groups}
