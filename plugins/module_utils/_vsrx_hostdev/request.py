# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What is requested of a domain's ports, checked as far as it can be without looking at host or domain."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _junos_ifname, _mac_address
from .._domain_xml import pci_topology
from .._domain_xml.nic_settings import SETTINGS, Settings
from .._domain_xml.pci_topology import PciAddress
from .._errors import Finding, RequestError, VsrxError
from .._host import attribute_table
from .._host.model import is_netdev_name
from .._rules import REQUEST, RULES

PRESENT = "present"
ABSENT = "absent"
REFUSE = "refuse"
CYCLE = "cycle"
LIVE = "live"
#: what a port can ask of its VF beside MAC address and VLAN, which the domain's XML has; the host sets it on the PF
ATTRIBUTES = tuple(attribute.name for attribute in attribute_table.ATTRIBUTES if attribute.effect is not attribute_table.Effect.IN_XML)
_RATES = ("min_tx_rate", "max_tx_rate")


@dataclasses.dataclass(frozen=True)
class Port:
    """One entry of ``ports``; ``label`` names it in messages."""

    label: str
    vf: t.Optional[str] = None
    pf: t.Optional[str] = None
    index: t.Optional[int] = None
    mac: t.Optional[str] = None
    guest: t.Optional[PciAddress] = None
    #: the Junos interface whose place the port takes
    junos_interface: t.Optional[str] = None
    #: what its element in the domain's XML holds, and what the PF enforces on its VF
    settings: Settings = dataclasses.field(default_factory=dict)
    attributes: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    @property
    def is_by_pf_alone(self) -> bool:
        """May any VF of the PF be taken?"""
        return self.vf is None and self.index is None


@dataclasses.dataclass(frozen=True)
class Request:
    """The ports and how they are to be there."""

    ports: tuple[Port, ...]
    state: str = PRESENT
    exclusive: bool = False
    power: str = REFUSE
    cluster_node: t.Optional[int] = None
    #: the Junos interfaces that are members of a cluster's fabric links
    fabric_ports: tuple[str, ...] = ()


class _Entry:
    """Reads one entry of the option; what is wrong with it becomes findings."""

    def __init__(self, entry: t.Mapping[str, t.Any], number: int) -> None:
        self._entry = entry
        self.label = f"ports[{number}]"
        self.findings: list[Finding] = []

    def _refuse(self, option: str, found: str, cure: str) -> None:
        self.findings.append(REQUEST.error(where=f"{self.label}{option}", found=found, cure=cure))

    def _read_address(self, option: str) -> t.Optional[PciAddress]:
        text = self._entry.get(option)
        if not text:
            return None
        try:
            return pci_topology.parse_address(text, self.label)
        except VsrxError:
            cure = f"expected hex digits as in 0000:83:02.0{pci_topology.make_quoting_hint(text)}"
            self._refuse(f".{option}", f"'{text}' is not a PCI address", cure)
            return None

    def _read_pf(self) -> t.Optional[str]:
        text = self._entry.get("pf")
        if not text:
            return None
        try:
            return str(pci_topology.parse_address(text, self.label))
        except VsrxError:
            pass
        if not is_netdev_name(text):
            cure = f"name the PF by its network device, as in eno2, or by its address{pci_topology.make_quoting_hint(text)}"
            self._refuse(".pf", f"'{text}' is neither the name of a network device nor a PCI address", cure)
        return str(text)

    def _read_mac(self) -> t.Optional[str]:
        text = self._entry.get("mac")
        if not text:
            return None
        try:
            return _mac_address.station(text, self.label)
        except VsrxError as failure:
            found = failure.message.partition(f"{self.label}: ")[2].partition("; ")
            self._refuse(".mac", found[0], found[2])
            return None

    def _check_vf_options(self) -> None:
        index = self._entry.get("index")
        if bool(self._entry.get("vf")) == bool(self._entry.get("pf")):
            self._refuse(
                "",
                "it names its VF twice or not at all",
                "give either vf (a PCI address) or pf (a PF's name or address, with or without index)",
            )
        if index is not None and (not self._entry.get("pf") or index < 0):
            self._refuse(".index", f"index {index} needs a pf, and counts from 0", "correct it, or leave it out")

    def _read_settings(self) -> Settings:
        given = {setting.name: self._entry[setting.name] for setting in SETTINGS if self._entry.get(setting.name) is not None}
        for setting in SETTINGS:
            problem = setting.find_problem(given[setting.name]) if setting.name in given else None
            if problem is not None:
                self._refuse(f".{setting.name}", *problem)
        return given

    def _read_attributes(self) -> dict[str, t.Any]:
        given = {name: self._entry[name] for name in ATTRIBUTES if self._entry.get(name) is not None}
        for name in _RATES:
            if given.get(name, 0) < 0:
                self._refuse(f".{name}", f"the rate {given[name]} is negative", "expected Mbit/s, 0 for no limit")
        lowest, highest = (given.get(name) or 0 for name in _RATES)
        if lowest and highest and lowest > highest:
            self._refuse("", f"min_tx_rate {lowest} is above max_tx_rate {highest}", "lower the one or raise the other")
        return given

    def read(self) -> Port:
        self._check_vf_options()
        settings = self._read_settings()
        vf = self._read_address("vf")
        guest = self._read_address("guest_address")
        junos_interface = self._entry.get("junos_interface") or None
        if guest is not None and junos_interface:
            self._refuse(
                "", "it has both junos_interface and guest_address", "leave guest_address out: the port takes that of the NIC it replaces"
            )
        return Port(
            label=self.label,
            vf=str(vf) if vf else None,
            pf=self._read_pf(),
            index=self._entry.get("index"),
            mac=self._read_mac(),
            guest=guest,
            junos_interface=junos_interface,
            settings=settings,
            attributes=self._read_attributes(),
        )


def _find_twins(ports: t.Sequence[Port]) -> t.Iterator[Finding]:
    readers: tuple[tuple[str, t.Callable[[Port], t.Optional[str]]], ...] = (
        ("MAC address", lambda port: port.mac),
        ("place of", lambda port: port.junos_interface),
    )
    for name, read in readers:
        first: dict[str, str] = {}
        for port in ports:
            value = read(port)
            if value in first:
                yield REQUEST.error(where=port.label, found=f"{name} {value} is given to {first[value]} too", cure="give each port its own")
            elif value:
                first[value] = port.label


def _check_junos_interfaces(ports: t.Sequence[Port], cluster_node: t.Optional[int], fabric_ports: t.Collection[str]) -> t.Iterator[Finding]:
    node = "a stand-alone vSRX" if cluster_node is None else f"node {cluster_node} of a cluster"
    first = _junos_ifname.name_position(_junos_ifname.count_fixed_positions(cluster_node) + 1, cluster_node)
    for port in ports:
        name = port.junos_interface
        if name is None:
            continue
        position = _junos_ifname.find_position(name, cluster_node)
        where = f"{port.label}.junos_interface"
        if position is None:
            yield REQUEST.error(
                where=where,
                found=f"{name} is no interface of {node}",
                cure=f"name one from {first} on; check cluster_node (in the role: vsrx_cluster_node)",
            )
        elif position <= _junos_ifname.count_fixed_positions(cluster_node):
            yield RULES["S7"].error(
                where=where, found=f"{name} is no revenue port, and only revenue ports may be SR-IOV", cure=f"name one from {first} on"
            )
        elif name in fabric_ports:
            yield RULES["S7"].error(
                where=where,
                found=f"{name} is a fabric port of the cluster, and a fabric link cannot be a VF",
                cure="name another port, or move the fabric link to another port first",
            )


def raise_request_findings(subject: str, findings: t.Sequence[Finding]) -> None:
    """Raise RequestError with every finding, if there is one."""
    if findings:
        lines = "\n".join(str(finding) for finding in findings)
        raise RequestError(f"{subject} was not changed:\n{lines}", findings=findings)


def parse_request(options: t.Mapping[str, t.Any]) -> Request:
    """Check the module's options and read them; raises RequestError with all that is wrong."""
    entries = [_Entry(entry, number) for number, entry in enumerate(options.get("ports") or ())]
    ports = tuple(entry.read() for entry in entries)
    node = options.get("cluster_node")
    fabric_ports = tuple(options.get("fabric_ports") or ())
    findings = [finding for entry in entries for finding in entry.findings]
    findings += [*_find_twins(ports), *_check_junos_interfaces(ports, node, fabric_ports)]
    raise_request_findings(f"domain {options.get('name', 'unknown')}", findings)
    return Request(
        ports=ports,
        state=options.get("state") or PRESENT,
        exclusive=bool(options.get("exclusive")),
        power=options.get("power") or REFUSE,
        cluster_node=node,
        fabric_ports=fabric_ports,
    )
