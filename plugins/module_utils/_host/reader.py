# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Joins what sysfs, ip and libvirt say into the planner's data.
import dataclasses
import typing as t

from .._errors import VsrxError
from .._pci import address as pci
from . import functions as sysfs
from . import pf as sysfs_pf
from . import usage, vf_users
from .fs import Tree
from .iproute import Ip, Link
from .model import Function
from .pf_model import UNKNOWN, Pf, Vf
from .vf_user import VfUser


class Room:
    """Where the host is looked at: its files and its ip."""

    def __init__(self, tree: t.Optional[Tree] = None, ip: t.Optional[Ip] = None) -> None:
        self.tree = tree or Tree()
        self.ip = ip or Ip()


def _resolve(room: Room, asked: str) -> tuple[str, t.Optional[str]]:
    """PCI address and netdev of what the user calls a PF; names match exactly, alternative names count."""
    if pci.is_address(asked):
        return str(pci.parse(asked)), None
    if not sysfs_pf.is_netdev_name(asked):
        raise VsrxError(f"'{asked}' is neither the name of a network device nor a PCI address such as 0000:83:00.0")
    name = asked
    if not sysfs_pf.is_netdev(room.tree, name):
        link = room.ip.link(asked)
        if link is None:
            raise VsrxError(f"{asked}: this host has no network device of that name or alternative name; {_known(room)}")
        name = link.name
    address = sysfs_pf.address_of_netdev(room.tree, name)
    if address is None:
        raise VsrxError(f"{asked} is no PCI function's network device, so it is no PF; {_known(room)}")
    return address, name


def _known(room: Room) -> str:
    found = [name for name in room.tree.names(sysfs.NET) if room.tree.exists(f"{sysfs.NET}/{name}/device/sriov_totalvfs")]
    return f"PFs here: {', '.join(found) or 'none'}"


def _vf(function: Function, index: int, link: t.Optional[Link]) -> Vf:
    return Vf(
        index=index,
        address=function.address,
        driver=function.driver,
        netdevs=tuple(netdev.name for netdev in function.netdevs),
        iommu_group=function.iommu_group,
        attributes=link.vfs.get(index, UNKNOWN) if link is not None else UNKNOWN,
    )


def read_pf(room: Room, asked: str) -> Pf:
    """A PF by name or address with its VFs; raises when there is none, or when it is a VF."""
    address, name = _resolve(room, asked)
    found = {function.address: function for function in sysfs.read(room.tree, [address])}
    function = found.get(address)
    if function is None:
        raise VsrxError(f"{asked}: this host has no PCI function {address}; {_known(room)}")
    if function.physfn is not None:
        raise VsrxError(f"{asked} is a VF, of the PF at {function.physfn}; expected the PF")
    if name is None:
        name = next(iter(sysfs_pf.netdevs(room.tree, function)), None)
    link = room.ip.link(name) if name is not None else None
    sriov = function.sriov
    vfs = sriov.vfs if sriov is not None else {}
    hidden = sriov is None or not sriov.total_vfs
    return Pf(
        address=address,
        name=name,
        names=(name, *(link.altnames if link is not None else ())) if name is not None else (),
        vendor_id=function.vendor_id,
        device_id=function.device_id,
        driver=function.driver,
        numa_node=function.numa_node,
        permanent_mac=link.permanent_mac if link is not None else None,
        mac=link.mac if link is not None else None,
        up=link.up if link is not None else None,
        mtu=link.mtu if link is not None else None,
        mtu_range=link.mtu_range if link is not None else (None, None),
        speed_mbps=next((netdev.speed_mbps for netdev in function.netdevs if netdev.name == name), None),
        total_vfs=sriov.total_vfs if sriov is not None else None,
        capable=sysfs_pf.has_capability(room.tree, address) if hidden else True,
        has_vf_memory=None if hidden else sysfs_pf.has_vf_memory(room.tree, address),
        drivers_autoprobe=sriov.drivers_autoprobe if sriov is not None else None,
        vf_offset=sriov.vf_offset if sriov is not None else None,
        vf_stride=sriov.vf_stride if sriov is not None else None,
        vfs=tuple(_vf(found[vf], index, link) for index, vf in vfs.items() if vf in found),
    )


def with_host_use(room: Room, pfs: t.Sequence[Pf]) -> list[Pf]:
    """The PFs with what the host itself does with them."""
    addresses = room.ip.addresses() if any(pf.name for pf in pfs) else {}
    routes = vf_users.default_routes(room.tree)
    return [
        dataclasses.replace(
            pf, host_use=usage.of_pf(vf_users.netdev_use(room.tree, pf.name), addresses.get(pf.name, ()), pf.name in routes)
        )
        if pf.name
        else pf
        for pf in pfs
    ]


def other_pfs(room: Room, asked: t.Collection[str]) -> list[Pf]:
    """The host's other PFs that have VFs; ``asked`` are addresses."""
    names = [name for name in room.tree.names(sysfs.NET) if room.tree.exists(f"{sysfs.NET}/{name}/device/virtfn0")]
    return [read_pf(room, name) for name in names if sysfs_pf.address_of_netdev(room.tree, name) not in asked]


def permanent_macs(room: Room) -> set[str]:
    """Those of the host's NICs. It asks for each of them, which takes long where they have many VFs."""
    names = [name for name in room.tree.names(sysfs.NET) if sysfs_pf.address_of_netdev(room.tree, name)]
    links = [room.ip.link(name) for name in names if not room.tree.exists(f"{sysfs.NET}/{name}/device/physfn")]
    return {link.permanent_mac for link in links if link is not None and link.permanent_mac}


def netdev_macs(room: Room) -> dict[str, str]:
    """The host's network devices by MAC address, but for VFs and what is stacked on them: a VF shows what its PF set on it.

    A device of the hardware goes before one that is stacked on it.
    """
    hardware: dict[str, str] = {}
    virtual: dict[str, str] = {}
    of_vfs: set[str] = set()
    for name in room.tree.names(sysfs.NET):
        here = f"{sysfs.NET}/{name}"
        mac = (room.tree.text(f"{here}/address") or "").lower()
        if not mac:
            continue
        if room.tree.exists(f"{here}/device/physfn"):
            of_vfs.add(mac)
        else:
            (hardware if room.tree.exists(f"{here}/device") else virtual).setdefault(mac, name)
    return {**{mac: name for mac, name in virtual.items() if mac not in of_vfs}, **hardware}


def host_claims(room: Room, pfs: t.Iterable[Pf]) -> list[VfUser]:
    """The holds of the host itself on the VFs of these PFs: netdevs in use, VFIO groups and devices that are open."""
    found: list[VfUser] = []
    vfs = [(pf, vf) for pf in pfs for vf in pf.vfs]
    if not vfs:
        return found
    addresses = room.ip.addresses() if any(vf.netdevs for _pf, vf in vfs) else {}
    user_space = any(usage.for_user_space(vf.driver) for _pf, vf in vfs)
    opened = vf_users.open_devices(room.tree) if user_space else vf_users.OpenDevices({}, {})
    for pf in {pf.address: pf for pf, _vf in vfs}.values():
        uses = {name: vf_users.netdev_use(room.tree, name) for vf in pf.vfs for name in vf.netdevs}
        found += usage.of_netdevs(pf, uses, addresses)
        if user_space:
            found += usage.of_user_space(pf, opened, {vf.address: vf_users.user_space_devices(room.tree, vf.address) for vf in pf.vfs})
    return found


def hypervisor_claims() -> list[VfUser]:
    """The holds of libvirt's domains and networks; raises where libvirt is installed and does not answer."""
    # Not before it is needed: libvirt costs more than all the rest of a call.
    from .. import _libvirt
    from .._domain_xml import vf_users

    return vf_users.claims_of(_libvirt.observe())
