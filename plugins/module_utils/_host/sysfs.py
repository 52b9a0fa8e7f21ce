# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads PCI functions and IOMMU groups from sysfs, without a file that could block."""

from __future__ import annotations

import os
import re
import typing as t

from .._pci import is_address
from . import netdevs
from .fs import DEVICES, RootFs
from .model import Function, Link, Sriov

_VIRTFN = re.compile(r"virtfn([0-9]{1,5})")
_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]{1,8})")
_GROUP = re.compile(r"[0-9]{1,9}")
_SPEED = re.compile(r"(\d{1,4}(?:\.\d{1,4})?) GT/s")
#: vendor, device, subsystem's vendor and device, class and subclass, as the kernel writes all of them into one line
_MODALIAS = re.compile(r"pci:v0000(\w{4})d0000(\w{4})sv0000(\w{4})sd0000(\w{4})bc(\w\w)sc(\w\w)")


def _parse_hex(text: t.Optional[str], digits: int) -> t.Optional[str]:
    """Return hex digits without 0x, as many as requested; None where the text is no such number."""
    match = _HEX.fullmatch(text or "")
    return f"{int(match.group(1), 16):0{digits}x}" if match else None


def list_vfs(fs: RootFs, pf: str) -> dict[int, str]:
    """The VFs of a PF by index. Counting these links never waits; reading sriov_numvfs may, for ever."""
    here = f"{DEVICES}/{pf}"
    found = {}
    for name in fs.list_names(here):
        match = _VIRTFN.fullmatch(name)
        address = fs.read_link(f"{here}/{name}") if match else None
        if match and address and is_address(address):
            found[int(match.group(1))] = address
    return dict(sorted(found.items()))


def _read_sriov(fs: RootFs, here: str, address: str) -> t.Optional[Sriov]:
    total = fs.read_number(f"{here}/sriov_totalvfs")
    if total is None:
        return None
    return Sriov(
        total_vfs=total,
        drivers_autoprobe=fs.read_flag(f"{here}/sriov_drivers_autoprobe"),
        vf_device_id=_parse_hex(fs.read_text(f"{here}/sriov_vf_device"), 4),
        vf_offset=fs.read_number(f"{here}/sriov_offset"),
        vf_stride=fs.read_number(f"{here}/sriov_stride"),
        vfs=list_vfs(fs, address),
    )


def _parse_speed(text: t.Optional[str]) -> t.Optional[float]:
    match = _SPEED.match(text or "")
    return float(match.group(1)) if match else None


def _check_width(number: t.Optional[int]) -> t.Optional[int]:
    return number if number is not None and 0 < number < 255 else None


def _read_link(fs: RootFs, here: str) -> t.Optional[Link]:
    current = fs.read_text(f"{here}/current_link_speed")
    if current is None:
        return None
    link = Link(
        speed_gts=_parse_speed(current),
        width=_check_width(fs.read_number(f"{here}/current_link_width")),
        max_speed_gts=_parse_speed(fs.read_text(f"{here}/max_link_speed")),
        max_width=_check_width(fs.read_number(f"{here}/max_link_width")),
    )
    return link if any(value is not None for value in vars(link).values()) else None


def _read_function(fs: RootFs, address: str, of: t.Mapping[str, tuple[str, int]]) -> t.Optional[Function]:
    here = f"{DEVICES}/{address}"
    # Not from uevent: kernels of autumn 2024 show it under the device's lock, and who asks waits with sriov_numvfs.
    modalias = fs.read_text(f"{here}/modalias")
    identity = _MODALIAS.match(modalias or "")
    if identity is None:
        return None
    vendor_id, device_id, subsystem_vendor_id, subsystem_device_id, base_class, sub_class = map(str.lower, identity.groups())
    physfn, vf_index = of.get(address) or (fs.read_link(f"{here}/physfn"), None)
    node = fs.read_number(f"{here}/numa_node")
    group = fs.read_link(f"{here}/iommu_group")
    return Function(
        address=address,
        vendor_id=vendor_id,
        device_id=device_id,
        subsystem_vendor_id=subsystem_vendor_id,
        subsystem_device_id=subsystem_device_id,
        class_id=base_class + sub_class,
        modalias=modalias,
        revision=_parse_hex(fs.read_text(f"{here}/revision"), 2),
        driver=fs.read_link(f"{here}/driver"),
        numa_node=node if node is not None and node >= 0 else None,
        iommu_group=int(group) if group is not None and _GROUP.fullmatch(group) else None,
        link=_read_link(fs, here) if physfn is None else None,
        netdevs=netdevs.read_netdevs(fs, here, with_speed=physfn is None),
        sriov=_read_sriov(fs, here, address) if physfn is None else None,
        physfn=physfn,
        vf_index=vf_index,
    )


def read_last_bus(fs: RootFs, address: str) -> t.Optional[int]:
    """Return the last bus that the bridge above a function forwards; None on a root bus."""
    try:
        parts = os.readlink(fs.locate(f"{DEVICES}/{address}")).split("/")  # noqa: PTH115
    except OSError:
        return None
    bridge = parts[-2] if len(parts) > 1 else ""
    return fs.read_number(f"{DEVICES}/{bridge}/subordinate_bus_number") if is_address(bridge) else None


def _list_family(fs: RootFs, address: str) -> set[str]:
    """A function with its PF and all VFs of that PF."""
    pf = fs.read_link(f"{DEVICES}/{address}/physfn") or address
    return {address, pf, *list_vfs(fs, pf).values()}


def _make_sort_key(address: str) -> tuple[int, str]:
    return (len(address), address)


def read_functions(fs: RootFs, addresses: t.Optional[t.Collection[str]] = None) -> list[Function]:
    """The host's PCI functions by address, or those at the given addresses with their PFs and VFs.

    A function that vanishes while it is read is left out.
    """
    wanted = fs.list_names(DEVICES) if addresses is None else set().union(*(_list_family(fs, address) for address in addresses))
    of: dict[str, tuple[str, int]] = {}
    found = []
    # A VF's address comes after its PF's: each PF tells the index of its VFs before these are read.
    for address in sorted(wanted, key=_make_sort_key):
        function = _read_function(fs, address, of)
        if function is not None:
            found.append(function)
            if function.sriov is not None:
                of.update({vf: (address, index) for index, vf in function.sriov.vfs.items()})
    return found


def group_functions(functions: t.Iterable[Function]) -> dict[int, list[str]]:
    """The functions of each IOMMU group, where all functions of the host were read."""
    found: dict[int, list[str]] = {}
    for function in functions:
        if function.iommu_group is not None:
            found.setdefault(function.iommu_group, []).append(function.address)
    return found


def read_groups(fs: RootFs, groups: t.Iterable[int]) -> dict[int, list[str]]:
    """The functions of each IOMMU group, as the kernel lists them."""
    return {group: fs.list_names(f"/sys/kernel/iommu_groups/{group}/devices") for group in groups}
