# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The order of a domain's NICs: what it is, and what it becomes with the ports that are requested."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _junos_ifname, _mac_address
from .._domain_xml.nics import HOSTDEV, PLAIN, Nic, PlannedNic
from .._domain_xml.pci_topology import PciAddress
from .._domain_xml.reading import Reading, is_pci
from .._errors import Finding
from .._rules import REQUEST
from .observed import Host, ReplacedNic, find_replaced
from .request import Port
from .vf_selection import is_renumbered

_NETWORK = "network"


def list_nics(reading: Reading, nics: t.Collection[str]) -> list[Nic]:
    """Return the domain's NICs as its guest numbers them: by guest address, or as they stand where addresses are not given yet.

    ``nics`` are the host functions that a guest sees as Ethernet NICs.
    """
    counted = reading.select_hostdevs(nics)
    every = [nic for nic in (*reading.interfaces, *counted) if is_pci(nic)]
    if any(nic.guest is None for nic in every):
        return every
    topology = reading.make_topology(counted)
    return sorted(every, key=lambda nic: topology.sort_key(t.cast(PciAddress, nic.guest)))


def is_sriov(nic: Nic, vfs: t.Collection[str], pools: t.Collection[str]) -> bool:
    """Is the NIC a VF? ``pools`` are the networks whose NICs are VFs. A NIC that is passed through whole is none."""
    if nic.kind == PLAIN:
        return nic.function in vfs
    return nic.kind == HOSTDEV or nic.function is not None or (nic.kind == _NETWORK and nic.network in pools)


@dataclasses.dataclass(frozen=True)
class NewOrder:
    """The NICs in their new order, those that go, and the NICs that ports have replaced."""

    nics: tuple[PlannedNic, ...]
    dropped: tuple[Nic, ...]
    #: the record as it will be, by the label of the port or NIC that is in the place
    replaced: tuple[ReplacedNic, ...]
    findings: tuple[Finding, ...] = ()
    #: by label of the port: the NIC whose place it takes in this run
    displaced: t.Mapping[str, Nic] = dataclasses.field(default_factory=dict)
    #: by label of a NIC that comes back: the one whose place it takes
    given_up: t.Mapping[str, Nic] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Situation:
    """What the new order is made of."""

    order: tuple[Nic, ...]
    reading: Reading
    host: Host
    pools: frozenset[str]
    uuid: str
    replaced: tuple[ReplacedNic, ...] = ()

    def is_sriov(self, nic: Nic) -> bool:
        return is_sriov(nic, self.host.vfs, self.pools)

    def match_renumbered(self, ports: t.Mapping[str, Port]) -> dict[str, Nic]:
        """Return the NICs of VFs that the host has no more, by the function that is the same VF after its bus got another number."""
        dead = [
            nic for nic in self.order if nic.function and not self.host.has_function(nic.function) and nic.function not in self.host.vfs
        ]
        dead.sort(key=lambda nic: (len(nic.function or ""), nic.function or ""))
        present = {nic.function for nic in self.order}
        matched: dict[str, Nic] = {}
        for function in sorted(ports, key=lambda each: (len(each), each)):
            port = ports[function]
            if function in present or port.pf is None:
                continue
            by_mac = [nic for nic in dead if port.mac and nic.mac == port.mac]
            same = [nic for nic in dead if is_renumbered(t.cast(str, nic.function), function, self.host)]
            if by_mac or same:
                matched[function] = (by_mac or same)[0]
                dead.remove(matched[function])
        return matched


class _Order:
    def __init__(self, situation: Situation, ports: t.Mapping[str, Port]) -> None:
        """``ports`` are those requested, by their function, in the requested order."""
        self._situation = situation
        self._ports = ports
        self._nics: list[PlannedNic] = []
        self._dropped: list[Nic] = []
        self._replaced: list[ReplacedNic] = []
        self._displaced: dict[str, Nic] = {}
        self._given_up: dict[str, Nic] = {}
        unassigned = [nic for nic in situation.reading.hostdevs if nic.is_unassigned]
        self._elements = {nic.function: nic for nic in (*unassigned, *situation.order) if nic.function in ports}
        self._elements.update(situation.match_renumbered(ports))
        #: records whose NIC is in the domain again count no more
        macs = {nic.mac for nic in situation.reading.interfaces}
        self._records = [record for record in situation.replaced if record.mac not in macs]

    def _record_of(self, nic: Nic) -> t.Optional[ReplacedNic]:
        return find_replaced(self._records, nic.mac, nic.function)

    def _plan_port(self, function: str, current: t.Optional[PciAddress], record: t.Optional[ReplacedNic]) -> None:
        port, nic = self._ports[function], self._elements.get(function)
        mac = (
            port.mac
            or (nic.mac if nic is not None and nic.kind == HOSTDEV else None)
            or _mac_address.generate(self._situation.uuid, function)
        )
        self._nics.append(
            PlannedNic(
                label=port.label,
                nic=nic,
                current=current,
                requested=port.guest,
                is_port=True,
                function=function,
                mac=mac,
                settings=port.settings,
            )
        )
        if record is not None:
            self._replaced.append(dataclasses.replace(record, port_mac=mac, vf=function))

    def _keep(self, nic: Nic) -> None:
        self._nics.append(PlannedNic(label=str(nic), nic=nic, current=nic.guest, function=nic.function, mac=nic.mac))
        record = self._record_of(nic)
        if record is not None:
            self._replaced.append(record)

    def _restore(
        self, record: ReplacedNic, current: t.Optional[PciAddress], instead_of: t.Optional[Nic], position: t.Optional[int] = None
    ) -> None:
        planned = PlannedNic(label=record.describe(), nic=None, current=current, mac=record.mac, restored=record.xml)
        self._nics.insert(len(self._nics) if position is None else position, planned)
        if instead_of is not None:
            self._given_up[planned.label] = instead_of

    def _drop(self, nic: Nic) -> None:
        if nic not in self._elements.values():
            self._dropped.append(nic)

    def _finish(self, findings: t.Sequence[Finding] = ()) -> NewOrder:
        # A record whose port was taken away by hand stays, so that absent can still bring its NIC back.
        known = {record.mac for record in self._replaced} | {planned.mac for planned in self._nics if planned.restored is not None}
        left = [record for record in self._records if record.mac not in known]
        return NewOrder(
            tuple(self._nics),
            tuple(self._dropped),
            tuple(sorted((*self._replaced, *left), key=lambda each: (each.junos_interface, each.mac or ""))),
            tuple(findings),
            self._displaced,
            self._given_up,
        )

    def add(self, exclusive: bool, cluster_node: t.Optional[int]) -> NewOrder:
        """Ports take the places that ports have now, in the requested order, and new places follow at the end.

        A port with a Junos interface takes the place of the NIC that is there. Every other NIC keeps its place, and so its name in Junos.
        """
        order = self._situation.order
        pinned, findings = self._pin(cluster_node)
        waiting = [function for function, port in self._ports.items() if port.junos_interface is None]
        moving = list(self._elements.values())
        for number, nic in enumerate(order):
            record = self._record_of(nic)
            goes = exclusive and self._situation.is_sriov(nic) and nic not in moving
            if number in pinned:
                function = pinned[number]
                if nic is not self._elements.get(function):
                    self._displace(nic, function, record, goes, moving, number, cluster_node)
                else:
                    self._plan_port(function, nic.guest, record)
            elif nic in moving or goes:
                self._drop(nic)
                if waiting:
                    self._plan_port(waiting.pop(0), nic.guest, record)
                elif record is not None:
                    self._restore(record, nic.guest, nic)
            else:
                self._keep(nic)
        for function in waiting:
            self._plan_port(function, None, None)
        return self._finish([*findings, *self._check_names(pinned, cluster_node)])

    def _check_names(self, pinned: t.Mapping[int, str], cluster_node: t.Optional[int]) -> t.Iterator[Finding]:
        """A place before the port's that goes would give it another name, and with it every NIC behind."""
        for number, function in pinned.items():
            port = self._ports[function]
            (name,) = (
                _junos_ifname.name_position(position, cluster_node)
                for position, planned in enumerate(self._nics, 1)
                if planned.is_port and planned.label == port.label
            )
            if name != _junos_ifname.name_position(number + 1, cluster_node):
                yield REQUEST.error(
                    where=port.label,
                    found=f"it would be {name} and not {port.junos_interface}, since a NIC before it would go",
                    cure="take that port away first (state: absent), or list a port for its place",
                )

    def _displace(
        self,
        nic: Nic,
        function: str,
        record: t.Optional[ReplacedNic],
        goes: bool,
        moving: t.Sequence[Nic],
        number: int,
        node: t.Optional[int],
    ) -> None:
        """A port takes the place of another NIC; one that the request does not remove is recorded, to come back."""
        self._drop(nic)
        port = self._ports[function]
        if record is None and not goes and nic not in moving:
            record = ReplacedNic.from_nic(nic, _junos_ifname.name_position(number + 1, node))
        self._displaced[port.label] = nic
        self._plan_port(function, nic.guest, record)

    def _pin(self, cluster_node: t.Optional[int]) -> tuple[dict[int, str], list[Finding]]:
        """The place of each port that has a Junos interface, counted from 0."""
        places: dict[int, str] = {}
        findings = []
        order = self._situation.order
        for function, port in self._ports.items():
            if port.junos_interface is None:
                continue
            position = _junos_ifname.find_position(port.junos_interface, cluster_node) or 0
            if position > len(order):
                names = ", ".join(_junos_ifname.name_position(number, cluster_node) for number in range(1, len(order) + 1)) or "none"
                findings.append(
                    REQUEST.error(
                        where=port.label,
                        found=f"the domain has no {port.junos_interface}; it has {names}",
                        cure="name one that is there, or leave junos_interface out to add a port behind all others",
                    )
                )
            elif order[position - 1].kind == PLAIN and order[position - 1] is not self._elements.get(function):
                findings.append(
                    REQUEST.error(
                        where=port.label,
                        found=f"{port.junos_interface} is {order[position - 1]}, which no port can replace and bring back",
                        cure="take it out of the domain first, or name another Junos interface",
                    )
                )
            else:
                places[position - 1] = function
        return places, findings

    def remove(self, leaving: t.Sequence[Port]) -> NewOrder:
        """The listed ports go; a NIC that one of them replaced comes back to its place."""
        for nic in self._situation.order:
            record = self._record_of(nic)
            if nic.function not in self._ports:
                self._keep(nic)
                continue
            self._dropped.append(nic)
            if record is not None:
                self._restore(record, nic.guest, nic)
        self._dropped += [nic for nic in self._elements.values() if nic.is_unassigned and nic not in self._dropped]
        self._elements.clear()
        self._restore_lost({port.junos_interface for port in leaving if port.junos_interface})
        return self._finish()

    def _restore_lost(self, names: t.Collection[str]) -> None:
        """Bring back the NICs whose ports are listed and were taken away by hand meanwhile."""
        back = {planned.mac for planned in self._nics if planned.restored is not None}
        standing = {record.mac for record in self._replaced}
        topology = self._situation.reading.make_topology(self._situation.reading.select_hostdevs(self._situation.host.nics))
        for record in self._records:
            if record.junos_interface not in names or record.mac in back | standing:
                continue
            before = [
                number
                for number, planned in enumerate(self._nics)
                if record.guest is not None
                and planned.current is not None
                and topology.sort_key(planned.current) < topology.sort_key(record.guest)
            ]
            free = record.guest is not None and not any(planned.current == record.guest for planned in self._nics)
            position = (before[-1] + 1 if before else 0) if record.guest is not None else None
            self._restore(record, record.guest if free else None, None, position)


def plan_present(situation: Situation, ports: t.Mapping[str, Port], exclusive: bool, cluster_node: t.Optional[int]) -> NewOrder:
    """Return the new order with the ports, which come by their function."""
    return _Order(situation, ports).add(exclusive, cluster_node)


def plan_absent(situation: Situation, ports: t.Mapping[str, Port], leaving: t.Sequence[Port]) -> NewOrder:
    """Return the new order without the ports; ``leaving`` are all that are listed, those that the domain has not too."""
    return _Order(situation, ports).remove(leaving)
