# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Reads what a plan is made of: the host from sysfs and ip, the domains from libvirt, and the record of earlier runs."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _pci as pci
from .._domain_xml import reading
from .._domain_xml.reading import parse_set
from .._errors import ConflictError
from .._host import iproute, model, process, reader, sysfs, vf_user_reader
from .._host.fs import DEVICES, NET, RootFs
from .._host.reader import HostAccess
from .._host.vf_user import VfUser
from .._libvirt import Connection, LibvirtDomain, read
from .._libvirt.model import Domain, list_pool_networks, list_users
from . import power
from .journal import Journal, Unfinished
from .observed import Function, Host, Observed, Pf
from .request import Request

_SETTLE_SECONDS = 60
_NODES = "/sys/devices/system/node"
_KVM_INTEL = "/sys/module/kvm_intel/parameters"
#: the IOMMU group of what is predicted: a VF, or the group of one while the IOMMU is still to be switched on
_NO_GROUP_YET = -1
#: class and subclass: Ethernet, and the one of NICs that can be Ethernet or InfiniBand, such as ConnectX-3
_ETHERNET = (0x0200, 0x0280)


def _predict_missing_vfs(found: model.Pf) -> dict[int, str]:
    """Where the VFs of a PF will be that are not there yet."""
    there = {vf.index for vf in found.vfs}
    return {index: vf for index, vf in found.predict_vf_addresses().items() if index not in there}


def _make_pf(found: model.Pf, predict: bool, configured: t.Mapping[int, t.Mapping[str, t.Any]]) -> Pf:
    return Pf(
        address=found.address,
        names=found.names,
        up=None if predict else found.up,
        speed_mbps=found.speed_mbps,
        numa_node=found.numa_node,
        vfs={**{vf.index: vf.address for vf in found.vfs}, **(_predict_missing_vfs(found) if predict else {})},
        missing_vfs={} if predict else _predict_missing_vfs(found),
        macs={vf.index: vf.attributes.mac for vf in found.vfs if vf.attributes.mac},
        configured=configured,
    )


class PortHostReader:
    """The host's PFs and VFs that a request and its domain are about, and what the host itself does with them."""

    def __init__(self, predict: bool = False, access: t.Optional[HostAccess] = None) -> None:
        """``predict`` takes the VFs that can be made as made, PFs as up, and the IOMMU as on."""
        self._predict = predict
        self._access = access or HostAccess()

    @property
    def _fs(self) -> RootFs:
        return self._access.fs

    def read(self, request: Request, present: t.Collection[str]) -> Host:
        """Read what the request names; ``present`` are the functions that the domain has."""
        fs = self._fs
        there = fs.list_names(DEVICES)
        named = {name: tuple(self._list_netdevs(name)) for name in there if self._is_pf(name) and self._is_nic(name)}
        not_pfs, resolved = self._resolve({port.pf for port in request.ports if port.pf}, named)
        vfs = {port.vf for port in request.ports if port.vf} | set(present)
        # A VF that is named by its address and is predicted can be any PF's.
        unknown = self._predict and any(vf not in there for vf in vfs)
        wanted = set(named) if unknown else resolved | {fs.read_link(f"{DEVICES}/{vf}/physfn") for vf in vfs}
        if any(port.mac for port in request.ports):
            # Any PF's VF can have an address that is requested.
            wanted |= {name for name in named if fs.exists(f"{DEVICES}/{name}/virtfn0")}
        read = [reader.read_pf(self._access, name) for name in sorted(wanted & set(named), key=str) if name]
        pfs = {name: Pf(address=name, names=names) for name, names in named.items()}
        records = reader.read_records(fs)
        pfs.update({each.address: _make_pf(each, self._predict, reader.find_configured(records, each)) for each in read})
        attributes = {vf.address: vf.attributes.given() for each in read for vf in each.vfs}
        found = {each.address: each for each in sysfs.read_functions(fs, (vfs | set(pfs) & wanted) & set(there))}
        groups = sysfs.read_groups(fs, {each.iommu_group for each in found.values() if each.iommu_group is not None})
        predicted = {
            vf: Function(address=vf, pf=each.address, index=index, iommu_group=_NO_GROUP_YET, exists=False, is_ethernet=True)
            for each in pfs.values()
            for index, vf in each.vfs.items()
            if vf not in found
        }
        read_functions = {name: self._make_function(each, groups, pfs, attributes.get(name, {})) for name, each in found.items()}
        return Host(
            functions={**predicted, **read_functions},
            pfs=pfs,
            not_pfs=not_pfs,
            netdevs=reader.read_netdev_macs(self._access),
            users=tuple(reader.read_host_users(self._access, read)),
            numa_cpus=self._read_numa_cpus(),
            kvm_intel=self._read_kvm_intel(),
        )

    def _read_numa_cpus(self) -> dict[int, frozenset[int]]:
        nodes = [name[4:] for name in self._fs.list_names(_NODES) if name.startswith("node") and name[4:].isdigit()]
        return {int(node): parse_set(self._fs.read_text(f"{_NODES}/node{node}/cpulist") or "") for node in nodes}

    def _read_kvm_intel(self) -> dict[str, bool]:
        """The kernel shows Y and N; one before 5.0 shows nested as a number."""
        shown = {name: self._fs.read_text(f"{_KVM_INTEL}/{name}") for name in ("nested", "pml")}
        return {name: text in ("Y", "1") for name, text in shown.items() if text in ("Y", "N", "0", "1")}

    def read_device_functions(self) -> dict[str, str]:
        """Return the functions behind the devices that macvtap and vdpa NICs of domains and networks name."""
        return sysfs.read_device_functions(self._fs)

    def find_driver(self, function: str) -> t.Optional[str]:
        return self._fs.read_link(f"{DEVICES}/{function}/driver")

    def has_function(self, function: str) -> bool:
        """Is the function still there?"""
        return self._fs.exists(f"{DEVICES}/{function}")

    def find_process(self, function: str) -> t.Optional[str]:
        """Return the process that has the function's VFIO group or device open."""
        opened = vf_user_reader.read_open_devices(self._fs)
        group = self._fs.read_link(f"{DEVICES}/{function}/iommu_group")
        if group and group.isdigit() and int(group) in opened.groups:
            return opened.groups[int(group)]
        devices = vf_user_reader.list_user_space_devices(self._fs, function)
        return next((opened.devices[name] for name in devices if name in opened.devices), None)

    def read_attributes(self, pf: str, index: int) -> dict[str, t.Any]:
        """Return what a PF enforces on one of its VFs now."""
        link = self._access.ip.read_link(pf)
        return link.vfs[index].given() if link is not None and index in link.vfs else {}

    def set_attributes(self, pf: str, index: int, values: t.Mapping[str, t.Any]) -> None:
        """Set attributes of a VF through its PF; raises IpError where the driver refuses."""
        iproute.set_attributes(self._access.ip, self._access.fs, pf, index, values)

    def settle(self, functions: t.Iterable[str] = ()) -> None:
        """Wait until udev has named the devices that came and went: libvirt looks VFs up by their netdev's name.

        Netdevs of these functions are waited for, too: drivers register them seconds after libvirt has given a VF back.
        """
        process.settle_udev(_SETTLE_SECONDS)
        if vf_user_reader.wait_for_late_netdevs(self._fs, functions):
            process.settle_udev(_SETTLE_SECONDS)

    def _list_netdevs(self, function: str) -> list[str]:
        return sysfs.list_own_names(self._fs, function)

    def _resolve(
        self, requested: t.Collection[str], named: t.Mapping[str, t.Collection[str]]
    ) -> tuple[dict[str, str], set[t.Optional[str]]]:
        """Resolve PF names: descriptions of those that are no Ethernet PFs, and the addresses of the others."""
        not_pfs: dict[str, str] = {}
        resolved: set[t.Optional[str]] = set()
        for name in requested:
            found = next((pf for pf, names in named.items() if name == pf or name in names), None) or self._find_by_altname(name, named)
            behind = self._fs.read_link(f"{NET}/{name}/device")
            if found is not None:
                resolved.add(found)
            elif behind and sysfs.describe_representor(self._fs, name):
                not_pfs[name] = f"{sysfs.describe_representor(self._fs, name)}, not a PF"
            elif self._is_pf(name) or (behind and self._is_pf(behind)):
                not_pfs[name] = f"a PF of no Ethernet NIC (its class is {self._describe_class(behind or name)})"
            elif self._fs.exists(f"{NET}/{name}"):
                not_pfs[name] = f"a network device ({behind or 'virtual'}), which has no SR-IOV"
            elif self._fs.exists(f"{DEVICES}/{name}"):
                not_pfs[name] = "a PCI function, which has no SR-IOV"
        return not_pfs, resolved

    def _find_by_altname(self, name: str, named: t.Mapping[str, t.Collection[str]]) -> t.Optional[str]:
        if pci.is_address(name) or self._fs.exists(f"{NET}/{name}"):
            return None
        link = self._access.ip.read_link(name)
        return next((pf for pf, names in named.items() if link is not None and link.name in names), None)

    def _make_function(
        self, found: model.Function, groups: t.Mapping[int, t.Sequence[str]], pfs: t.Collection[str], attributes: t.Mapping[str, t.Any]
    ) -> Function:
        members = groups.get(found.iommu_group, ()) if found.iommu_group is not None else ()
        # Accelerators and disks have VFs too, and so have InfiniBand ports.
        of_nic = found.physfn in pfs and self._is_vf_of_nic(found)
        return Function(
            address=found.address,
            pf=found.physfn if of_nic else None,
            index=found.vf_index if of_nic else None,
            non_nic_class=self._describe_vf_class(found) if found.physfn and not of_nic else None,
            driver=found.driver,
            iommu_group=_NO_GROUP_YET if found.iommu_group is None and self._predict else found.iommu_group,
            iommu_group_peers=tuple(
                (other, self.find_driver(other)) for other in members if other != found.address and not self._is_bridge(other)
            ),
            is_ethernet=of_nic or int(found.class_id, 16) in _ETHERNET,
            attributes=attributes,
        )

    def _is_vf_of_nic(self, vf: model.Function) -> bool:
        return int(vf.class_id, 16) in _ETHERNET

    def _describe_vf_class(self, vf: model.Function) -> t.Optional[str]:
        if vf.class_name != pci.NETWORK:
            return vf.class_name
        return self._describe_class(vf.address) if not self._is_vf_of_nic(vf) else self._describe_class(vf.physfn or "")

    def _read_class(self, function: str) -> t.Optional[int]:
        """Class and subclass."""
        code = self._fs.read_number(f"{DEVICES}/{function}/class")
        return code >> 8 if code is not None else None

    def _describe_class(self, function: str) -> t.Optional[str]:
        code = self._read_class(function)
        if code is None:
            return None
        name = pci.name_class(f"{code:04x}")
        return "InfiniBand" if code == pci.INFINIBAND else f"{name} {code:04x}" if name == pci.NETWORK else name

    def _is_bridge(self, function: str) -> bool:
        code = self._read_class(function)
        return code is not None and pci.name_class(f"{code:04x}") == pci.BRIDGE

    def _is_pf(self, function: str) -> bool:
        return self._fs.exists(f"{DEVICES}/{function}/sriov_totalvfs")

    def _is_nic(self, function: str) -> bool:
        """An Ethernet NIC by its class, or by its network devices, as an accelerator with ports has them."""
        code = self._read_class(function)
        other_network = code is not None and pci.name_class(f"{code:04x}") == pci.NETWORK and code not in _ETHERNET
        return code in _ETHERNET or (bool(self._list_netdevs(function)) and not other_network)


class HostReader(t.Protocol):
    """What is read of the host beside libvirt."""

    def read(self, request: Request, present: t.Collection[str]) -> Host:
        """Read what the request names and the functions that the domain has."""

    def read_device_functions(self) -> t.Mapping[str, str]:
        """Return the functions behind the devices that domains and networks name."""

    def find_driver(self, function: str) -> t.Optional[str]:
        """Return the driver that is bound to a function."""

    def find_process(self, function: str) -> t.Optional[str]:
        """Return the process that has a function open."""

    def has_function(self, function: str) -> bool:
        """Is the function still there?"""

    def read_attributes(self, pf: str, index: int) -> t.Mapping[str, t.Any]:
        """Return what a PF enforces on one of its VFs now."""

    def set_attributes(self, pf: str, index: int, values: t.Mapping[str, t.Any]) -> None:
        """Set attributes of a VF through its PF."""

    def settle(self, functions: t.Iterable[str] = ()) -> None:
        """Wait until the host has worked off its events, and has the netdevs of these functions."""


@dataclasses.dataclass(frozen=True)
class Observation:
    """One domain and everything about it, as it was read under the lock."""

    libvirt: LibvirtDomain
    observed: Observed
    #: a change that an earlier run began and did not end; None where that run did all but note its end
    unfinished: t.Optional[Unfinished] = None
    #: is a record of an earlier run to be closed, whatever the plan is?
    has_journal: bool = False

    @property
    def domain(self) -> Domain:
        return self.observed.domain


def _join_users(domains: t.Sequence[VfUser], host: t.Iterable[VfUser]) -> tuple[VfUser, ...]:
    """All users; a domain that runs explains the VFIO group that its process has open."""
    explained = {user.address for user in domains if user.active and user.address}
    return (*domains, *(user for user in host if user.address not in explained))


def _is_running_as_defined(domain: Domain) -> bool:
    if domain.live_xml is None or domain.inactive_xml is None:
        return False
    texts = (domain.inactive_xml, domain.live_xml)
    defined, running = (power.read_states(xml, f"domain {domain.name}", _list_functions(domain)) for xml in texts)
    return power.allow(defined, running)


def _list_functions(domain: Domain) -> list[str]:
    texts = (domain.inactive_xml, domain.live_xml)
    return [function for xml in texts if xml for function in reading.list_functions(reading.read(xml, f"domain {domain.name}"))]


def observe(connected: Connection, reader: HostReader, request: Request, uuid: str, journal: Journal) -> Observation:
    """Read everything once, in the order in which it can become stale: the domain last counts before each write."""
    state = read(connected)
    found = next((domain for domain in state.domains if domain.uuid == uuid), None)
    if found is None:
        raise ConflictError(f"{connected.uri}: domain {uuid} went away while it was looked at")
    libvirt = LibvirtDomain(connected, found.uuid, found.name)
    # The one with its secrets, as it is compared and put back.
    domain = dataclasses.replace(found, inactive_xml=libvirt.read_definition()) if found.persistent else found
    earlier = journal.read_unfinished()
    records = journal.read_vf_records()
    host = reader.read(request, [*_list_functions(domain), *(record.vf for record in records)])
    unfinished = None if earlier is None or _is_running_as_defined(domain) else earlier
    observed = Observed(
        domain=domain,
        host=host,
        users=_join_users(list_users(state, reader.read_device_functions()), host.users),
        pools=list_pool_networks(state),
        replaced=journal.read_replaced(),
        pending_start=earlier is not None and earlier.start,
        vf_records=records,
    )
    return Observation(libvirt, observed, unfinished, has_journal=earlier is not None)
