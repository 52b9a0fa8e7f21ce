# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What a plan is made of: the host's PFs and VFs, who uses them, and the NICs that ports have replaced in place."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _junos_ifname, _mac_address
from .._domain_xml import document, nics, pci_topology
from .._domain_xml.nics import Nic
from .._domain_xml.pci_topology import PciAddress
from .._errors import UnreadableError, VsrxError
from .._host.vf_user import VfUser
from .._libvirt.model import Domain


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
    #: the CPUs of each NUMA node, and settings of kvm_intel, as far as the kernel shows them
    numa_cpus: t.Mapping[int, frozenset[int]] = dataclasses.field(default_factory=dict)
    kvm_intel: t.Mapping[str, bool] = dataclasses.field(default_factory=dict)
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


_DETAILS = ("bridge", "network", "dev", "path")
_KEYS = ("junos_interface", "mac", "port_mac", "vf", "guest", "xml")


def describe_nic(nic: Nic) -> str:
    """Say what a NIC is, as in ``virtio (bridge br0)``."""
    model = nic.element.first("model")
    source = nic.element.first("source")
    kind = (model.get("type") if model is not None else None) or nic.kind
    detail = next((source.get(name) for name in _DETAILS if source.get(name)), None) if source is not None else None
    if nic.function:
        return f"{nic.kind} {nic.function}"
    return f"{kind} ({nic.kind} {detail})" if detail else f"{kind} ({nic.kind})"


@dataclasses.dataclass(frozen=True)
class ReplacedNic:
    """The NIC that was at ``junos_interface`` until a port took its place; ``port_mac`` and ``vf`` tell which port that is now."""

    junos_interface: str
    mac: t.Optional[str]
    xml: str
    guest: t.Optional[PciAddress] = None
    port_mac: t.Optional[str] = None
    vf: t.Optional[str] = None

    @classmethod
    def from_nic(cls, nic: Nic, junos_interface: str) -> ReplacedNic:
        return cls(junos_interface=junos_interface, mac=nic.mac, xml=nic.element.source.decode(), guest=nic.guest)

    @property
    def nic(self) -> Nic:
        root = document.parse(f"<domain><devices>{self.xml}</devices></domain>", "the record of replaced NICs", "domain")
        return nics.list_interfaces(root, "the record of replaced NICs")[0]

    def describe(self) -> str:
        return describe_nic(self.nic)

    def as_json(self) -> dict[str, t.Any]:
        return {**dataclasses.asdict(self), "guest": str(self.guest) if self.guest else None}

    @classmethod
    def from_json(cls, data: t.Any, where: str) -> ReplacedNic:
        """Read one entry of the record; raises UnreadableError for anything that this class did not write."""
        problem = UnreadableError(f"{where} is not what an earlier run wrote; look at the domain, then remove the file")
        if not isinstance(data, dict) or set(data) != set(_KEYS):
            raise problem
        texts = [data[name] for name in _KEYS]
        if not all(isinstance(text, str) or text is None for text in texts) or not isinstance(data["xml"], str):
            raise problem
        try:
            record = cls(
                junos_interface=data["junos_interface"],
                mac=_mac_address.normalise(data["mac"]) if data["mac"] else None,
                xml=data["xml"],
                guest=pci_topology.parse_address(data["guest"], where) if data["guest"] else None,
                port_mac=_mac_address.normalise(data["port_mac"]) if data["port_mac"] else None,
                vf=str(pci_topology.parse_address(data["vf"], where)) if data["vf"] else None,
            )
            element = document.parse(record.xml, where, "interface")
            if record.nic.mac != record.mac or element.end != len(element.document):
                raise problem
        except VsrxError:
            raise problem from None
        if not isinstance(record.junos_interface, str) or not _junos_ifname.is_revenue(record.junos_interface):
            raise problem
        return record


def find_replaced(records: t.Iterable[ReplacedNic], mac: t.Optional[str], function: t.Optional[str]) -> t.Optional[ReplacedNic]:
    """Return the record of the NIC that the port with this MAC address, or this VF, has replaced."""
    known = list(records)
    by_mac = [record for record in known if mac is not None and record.port_mac == mac]
    by_function = [record for record in known if function is not None and record.vf == function]
    return next(iter((*by_mac, *by_function)), None)


@dataclasses.dataclass(frozen=True)
class SetAttribute:
    """An attribute that a port has set on its VF: what the VF had before (None: not known), and the values set since, in order."""

    before: t.Any
    values: tuple[t.Any, ...]


@dataclasses.dataclass(frozen=True)
class VfRecord:
    """What a port has set on a VF, by attribute."""

    vf: str
    attributes: t.Mapping[str, SetAttribute]


@dataclasses.dataclass(frozen=True)
class Observed:
    """All that a plan is made of, as it was read."""

    domain: Domain
    host: Host
    users: tuple[VfUser, ...] = ()
    #: the networks whose NICs are VFs
    pools: frozenset[str] = frozenset()
    replaced: tuple[ReplacedNic, ...] = ()
    #: an earlier run shut the domain down and never started it
    pending_start: bool = False
    #: what ports have set on their VFs
    vf_records: tuple[VfRecord, ...] = ()
