# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads PCI functions, their netdevs and IOMMU groups from sysfs, without a file that could block; tells a PF's netdev from representors.

In switchdev mode each VF and subfunction has a representor, a netdev that hangs under the device of the PF. Only its port's name
(phys_port_name) tells it apart: systemd before v254 leaves representors as ethN, which sort before the PF.
"""

from __future__ import annotations

import dataclasses
import os
import re
import typing as t

from .. import _pci as pci
from .._pci import is_address
from .fs import DEVICES, NET, RootFs
from .model import Function, Link, Netdev, Sriov

#: pf0vf1, pf0sf8, c1pf0vf0 of a SmartNIC's other controller, pf0hpf and c1pf0 of its host, pf0 and pf0s1 (nfp), p0pf0vf1 and p0if1pf0
#: (sfc); a VF's number alone in kernels before 5.0
_REPRESENTOR = re.compile(r"(?:c\d+|p\d+(?:if\d+)?)?pf\d+(?:s\d+|vf(?P<vf>\d+)|sf(?P<sf>\d+)|hpf)?|(?P<old>\d+)")
#: drivers whose PFs show phys_switch_id in legacy mode, too
_ALWAYS_WITH_SWITCH_ID = ("ice", "nfp")
#: what the kernel shows for a speed that it does not know, as a signed and as unsigned numbers
_NO_SPEED = (65535, 4294967295)
_VDPA = "/sys/bus/vdpa/devices"
_CHARACTER_DEVICE = re.compile(r"vhost-vdpa-\d+")
_VIRTFN = re.compile(r"virtfn([0-9]{1,5})")
_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]{1,8})")
_GROUP = re.compile(r"[0-9]{1,9}")
_SPEED = re.compile(r"(\d{1,4}(?:\.\d{1,4})?) GT/s")
#: vendor, device, subsystem's vendor and device, class and subclass, as the kernel writes all of them into one line
_MODALIAS = re.compile(r"pci:v0000(\w{4})d0000(\w{4})sv0000(\w{4})sd0000(\w{4})bc(\w\w)sc(\w\w)")


def is_representor_port(port: t.Optional[str]) -> bool:
    """Tell whether a phys_port_name is that of a representor; p0 and p0s1 are ports of the NIC itself."""
    return port is not None and _REPRESENTOR.fullmatch(port) is not None


def read_speed(fs: RootFs, netdev: str) -> t.Optional[int]:
    """Return the speed in Mbit/s of the netdev in this folder."""
    speed = fs.read_number(f"{netdev}/speed")
    return speed if speed is not None and speed > 0 and speed not in _NO_SPEED else None


def _read_netdev(fs: RootFs, here: str, name: str, with_speed: bool, alone: bool) -> Netdev:
    netdev = f"{here}/net/{name}"
    operstate = fs.read_text(f"{netdev}/operstate")
    return Netdev(
        name=name,
        mac=fs.read_text(f"{netdev}/address") or None,
        mtu=fs.read_number(f"{netdev}/mtu"),
        operstate=operstate,
        # A port that is down has no speed, and some drivers ask their firmware for it.
        speed_mbps=read_speed(fs, netdev) if with_speed and operstate == "up" else None,
        # Reading it waits for the kernel's network lock: only where there is something to tell apart.
        port=None if alone else fs.read_text(f"{netdev}/phys_port_name") or None,
        dev_port=0 if alone else fs.read_number(f"{netdev}/dev_port") or 0,
    )


def read_netdevs(fs: RootFs, here: str, with_speed: bool) -> tuple[Netdev, ...]:
    """Return the netdevs of the function in this folder: its own in the order of its ports, then the representors."""
    names = fs.list_names(f"{here}/net")
    found = [_read_netdev(fs, here, name, with_speed, len(names) == 1) for name in names]
    return tuple(sorted(found, key=lambda each: (is_representor_port(each.port), each.dev_port, each.name)))


def list_own_names(fs: RootFs, address: str) -> list[str]:
    """Return the names of a function's own netdevs, in the order of its ports: without representors."""
    found = read_netdevs(fs, f"{DEVICES}/{address}", with_speed=False)
    return [netdev.name for netdev in found if not is_representor_port(netdev.port)]


def describe_representor(fs: RootFs, name: str) -> t.Optional[str]:
    """Say what a netdev represents; None where it is no representor."""
    port = fs.read_text(f"{NET}/{name}/phys_port_name")
    match = _REPRESENTOR.fullmatch(port or "")
    if match is None:
        return None
    vf = match["vf"] or match["old"]
    what = f"VF {vf}" if vf else f"subfunction {match['sf']}" if match["sf"] else "another function of the NIC"
    return f"the representor of {what} (phys_port_name {port})"


def find_loose_representors(fs: RootFs, address: str) -> t.Optional[tuple[str, ...]]:
    """Return the representors of a PF in switchdev mode that no bridge has; None in legacy mode."""
    netdevs = read_netdevs(fs, f"{DEVICES}/{address}", with_speed=False)
    representors = [netdev.name for netdev in netdevs if is_representor_port(netdev.port)]
    uplinks = [netdev.name for netdev in netdevs if not is_representor_port(netdev.port)]
    if not representors:
        # With VFs there would be some.
        has_vfs = fs.exists(f"{DEVICES}/{address}/virtfn0")
        tells = not has_vfs and fs.read_link(f"{DEVICES}/{address}/driver") not in _ALWAYS_WITH_SWITCH_ID
        if not tells or not any(fs.read_text(f"{NET}/{name}/phys_switch_id") for name in uplinks):
            return None
    return tuple(name for name in representors if fs.read_link(f"{NET}/{name}/master") is None)


def find_address(fs: RootFs, name: str) -> t.Optional[str]:
    """Return the PCI function behind a netdev; None for a netdev of anything else."""
    target = fs.read_link(f"{NET}/{name}/device")
    return target if target is not None and pci.is_address(target) else None


def _find_function(fs: RootFs, link: str) -> t.Optional[str]:
    """The last PCI function in the path that a link of sysfs has: a device can be a child of a child of it."""
    try:
        parts = os.readlink(fs.locate(link)).split("/")  # noqa: PTH115
    except OSError:
        return None
    return next((part for part in reversed(parts) if pci.is_address(part)), None)


@dataclasses.dataclass(frozen=True)
class Vdpa:
    """A vDPA device: the PCI function that it is made of, its character devices below /dev, and netdevs of virtio on it."""

    function: t.Optional[str]
    devices: tuple[str, ...]
    netdevs: tuple[str, ...]


def read_vdpa_devices(fs: RootFs) -> list[Vdpa]:
    """Return the host's vDPA devices; vhost_vdpa gives one to a process, virtio_vdpa makes a netdev of it."""
    found = []
    for device in fs.list_names(_VDPA):
        below = fs.list_names(f"{_VDPA}/{device}")
        found.append(
            Vdpa(
                function=_find_function(fs, f"{_VDPA}/{device}"),
                devices=tuple(name for name in below if _CHARACTER_DEVICE.fullmatch(name)),
                netdevs=tuple(name for child in below for name in fs.list_names(f"{_VDPA}/{device}/{child}/net")),
            )
        )
    return found


def read_device_functions(fs: RootFs) -> dict[str, str]:
    """Return PCI addresses by netdev name, and by path of the vhost-vdpa device."""
    found: dict[str, t.Optional[str]] = {name: fs.read_link(f"{NET}/{name}/device") for name in fs.list_names(NET)}
    for vdpa in read_vdpa_devices(fs):
        found.update({f"/dev/{name}": vdpa.function for name in vdpa.devices})
    return {name: function for name, function in found.items() if function is not None and pci.is_address(function)}


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
        netdevs=read_netdevs(fs, here, with_speed=physfn is None),
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
