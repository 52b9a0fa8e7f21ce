# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Joins what sysfs, ip and libvirt say into the planners' data: PFs with their VFs and records, MAC addresses, users of VFs."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .. import _pci as pci
from .._errors import RefusedError, RequestError, UnreadableError
from .._pci import SriovCapability, has_vf_memory, parse_capability
from . import sysfs, vf_user_reader
from .attribute_table import NO_ATTRIBUTES
from .fs import DEVICES, NET, RootFs
from .iproute import Ip, Link
from .model import Function, Pf, Vf, is_netdev_name
from .pf_record import PfRecord, parse_json
from .vf_user import VfUser

#: what sriov_vfs keeps of each PF
_RECORD = "/var/lib/vsrx-sriov/state.json"


class HostAccess:
    """A host as it is read: its files and its ip."""

    def __init__(self, fs: t.Optional[RootFs] = None, ip: t.Optional[Ip] = None) -> None:
        self.fs = fs or RootFs()
        self.ip = ip or Ip()


def _describe_pfs(access: HostAccess) -> str:
    addresses = [each for each in access.fs.list_names(DEVICES) if access.fs.exists(f"{DEVICES}/{each}/sriov_totalvfs")]
    names = [name for each in addresses for name in sysfs.list_own_names(access.fs, each)]
    return f"PFs here: {', '.join(sorted(names)) or 'none'}"


def _resolve(access: HostAccess, pf: str) -> tuple[str, t.Optional[str]]:
    """Return PCI address and netdev of what the user calls a PF; names match exactly, alternative names count."""
    if pci.is_address(pf):
        return str(pci.parse_address(pf)), None
    if not is_netdev_name(pf):
        raise RequestError(f"'{pf}' is neither the name of a network device nor a PCI address such as 0000:83:00.0")
    name = pf
    if not access.fs.exists(f"{NET}/{name}"):
        link = access.ip.read_link(pf)
        if link is None:
            raise RefusedError(f"{pf}: this host has no network device of that name or alternative name; {_describe_pfs(access)}")
        name = link.name
    address = sysfs.find_address(access.fs, name)
    if address is None:
        raise RefusedError(f"{pf} is no PCI function's network device, so it is no PF; {_describe_pfs(access)}")
    own = sysfs.list_own_names(access.fs, address)
    if own and name not in own:
        what = sysfs.describe_representor(access.fs, name)
        raise RefusedError(f"{pf} is {what}, not a PF; expected the PF's own network device, {' or '.join(own)}")
    return address, name


def _make_vf(function: Function, index: int, link: t.Optional[Link]) -> Vf:
    return Vf(
        index=index,
        address=function.address,
        driver=function.driver,
        netdevs=tuple(netdev.name for netdev in function.netdevs),
        iommu_group=function.iommu_group,
        attributes=link.vfs.get(index, NO_ATTRIBUTES) if link is not None else NO_ATTRIBUTES,
    )


def read_pf(access: HostAccess, name_or_address: str) -> Pf:
    """Return a PF by name or address with its VFs; raises where there is none, or where it is a VF or a representor."""
    address, name = _resolve(access, name_or_address)
    functions = {function.address: function for function in sysfs.read_functions(access.fs, [address])}
    function = functions.get(address)
    if function is None:
        raise RefusedError(f"{name_or_address}: this host has no PCI function {address}; {_describe_pfs(access)}")
    if function.physfn is not None:
        raise RefusedError(f"{name_or_address} is a VF, of the PF at {function.physfn}; expected the PF")
    if name is None:
        name = next((netdev.name for netdev in function.netdevs if not sysfs.is_representor_port(netdev.port)), None)
    link = access.ip.read_link(name) if name is not None else None
    capability = parse_capability(access.fs.read_bytes(f"{DEVICES}/{address}/config"))
    known = capability if isinstance(capability, SriovCapability) else None
    pf = Pf(
        address=address,
        name=name,
        names=(name, *(link.altnames if link is not None else ())) if name is not None else (),
        vendor_id=function.vendor_id,
        device_id=function.device_id,
        driver=function.driver,
        numa_node=function.numa_node,
        speed_mbps=next((netdev.speed_mbps for netdev in function.netdevs if netdev.name == name), None),
        has_capability=None if capability is None else bool(capability),
        capability_total_vfs=known.total_vfs if known is not None else None,
        last_bus=sysfs.read_last_bus(access.fs, address),
        loose_representors=sysfs.find_loose_representors(access.fs, address),
    )
    if link is not None:
        pf = dataclasses.replace(
            pf,
            permanent_mac=link.permanent_mac,
            mac=link.mac,
            up=link.up,
            carrier=link.carrier,
            mtu=link.mtu,
            mtu_range=link.mtu_range,
        )
    sriov = function.sriov
    if sriov is None:
        return pf
    return dataclasses.replace(
        pf,
        total_vfs=sriov.total_vfs,
        has_capability=pf.has_capability if not sriov.total_vfs else True,
        has_vf_memory=has_vf_memory(access.fs.read_text(f"{DEVICES}/{address}/resource"), capability) if sriov.total_vfs else None,
        drivers_autoprobe=sriov.drivers_autoprobe,
        vf_offset=sriov.vf_offset,
        vf_stride=sriov.vf_stride,
        vfs=tuple(_make_vf(functions[vf], index, link) for index, vf in sriov.vfs.items() if vf in functions),
    )


def add_host_use(access: HostAccess, pfs: t.Sequence[Pf]) -> list[Pf]:
    """Return the PFs with what the host itself does with them; that one is up is no use, since VFs need it up."""
    uses = access.ip.read_uses() if any(pf.name for pf in pfs) else {}
    defaults = {name for name, routes in vf_user_reader.read_routes(access.fs).items() if "default route" in routes}
    found = []
    for pf in pfs:
        name = pf.name or ""
        routes = ("default route",) if name in defaults else ()
        use = vf_user_reader.read_netdev_use(access.fs, name, uses.get(name, ()), routes) if name else None
        found.append(dataclasses.replace(pf, host_use=use.describe()) if use is not None else pf)
    return found


def read_other_pfs(access: HostAccess, addresses: t.Collection[str]) -> list[Pf]:
    """Return the host's PFs that have VFs and a netdev, but for those at these addresses."""
    found = {sysfs.find_address(access.fs, name) for name in access.fs.list_names(NET)}
    return [
        read_pf(access, address)
        for address in sorted(filter(None, found - {*addresses}))
        if access.fs.exists(f"{DEVICES}/{address}/virtfn0")
    ]


def read_permanent_macs(access: HostAccess) -> set[str]:
    """Return those of the host's NICs. It asks for each of them, which takes long where they have many VFs."""
    found = {sysfs.find_address(access.fs, name) for name in access.fs.list_names(NET)}
    nics = [address for address in sorted(filter(None, found)) if not access.fs.exists(f"{DEVICES}/{address}/physfn")]
    links = [access.ip.read_link(name) for address in nics for name in sysfs.list_own_names(access.fs, address)]
    return {link.permanent_mac for link in links if link is not None and link.permanent_mac}


def read_netdev_macs(access: HostAccess) -> dict[str, str]:
    """Return the host's netdevs by MAC address, but for VFs and what is stacked on them: a VF shows what its PF set on it.

    A device of the hardware goes before one that is stacked on it.
    """
    hardware: dict[str, str] = {}
    virtual: dict[str, str] = {}
    of_vfs: set[str] = set()
    for name in access.fs.list_names(NET):
        here = f"{NET}/{name}"
        mac = (access.fs.read_text(f"{here}/address") or "").lower()
        if not mac:
            continue
        if access.fs.exists(f"{here}/device/physfn"):
            of_vfs.add(mac)
        else:
            (hardware if access.fs.exists(f"{here}/device") else virtual).setdefault(mac, name)
    return {**{mac: name for mac, name in virtual.items() if mac not in of_vfs}, **hardware}


def read_host_users(access: HostAccess, pfs: t.Iterable[Pf]) -> list[VfUser]:
    """Return the host's own users of the VFs of these PFs."""
    return vf_user_reader.read_host_users(access.fs, access.ip, pfs)


def read_libvirt_users() -> list[VfUser]:
    """Return libvirt's domains and networks as users; raises where libvirt is installed and does not answer."""
    # Not before it is needed: libvirt costs more than all the rest of a call.
    from .. import _libvirt
    from .._libvirt import model

    return model.list_users(_libvirt.observe(), sysfs.read_device_functions(RootFs()))


def read_records(fs: RootFs) -> dict[str, PfRecord]:
    """Return what sriov_vfs keeps of each PF, by permanent MAC address or PCI address; none where its record cannot be read.

    sriov_vfs itself refuses to run on a record that is damaged.
    """
    try:
        return parse_json(json.loads(fs.read_text(_RECORD) or "null"), _RECORD)
    except (ValueError, RecursionError, UnreadableError):
        return {}


def find_configured(records: t.Mapping[str, PfRecord], pf: Pf) -> t.Mapping[int, t.Mapping[str, t.Any]]:
    """Return the attributes that were last requested of sriov_vfs for a PF's VFs, by index."""
    record = records.get(pf.permanent_mac or "") or records.get(pf.address)
    return record.made.vfs if record is not None else {}
