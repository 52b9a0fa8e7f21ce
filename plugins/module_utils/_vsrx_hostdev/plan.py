# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Plans one domain: what will be done, what must be true afterwards, and every reason against it."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _junos_ifname
from .._domain_xml import nic_settings, nic_writer, pci_address_allocator, reading
from .._domain_xml.nic_writer import Change
from .._domain_xml.nics import PLAIN, Nic, PlannedNic
from .._domain_xml.pci_address_allocator import Allocation, AllocationError
from .._domain_xml.pci_topology import Topology
from .._errors import Finding, raise_if_blocking, sort_findings
from .._rules import REQUEST, STATE
from .._steps import Step, describe_steps
from . import findings, nic_order, power
from .nic_order import NewOrder, Situation
from .observed import Observed, ReplacedNic, describe_nic, find_replaced
from .request import ABSENT, Port, Request
from .result import AddPort, AddRootPort, ChangeNic, PortMapEntry, RemovePort, ReplaceNic, RestoreNic, Start
from .vf_attributes import AttributePlan, plan_attributes
from .vf_selection import Present, Selection, VfSelector


@dataclasses.dataclass(frozen=True)
class Plan:
    """What will be done, and what must be true afterwards; ``xml`` is None where the definition stays as it is."""

    steps: tuple[Step, ...]
    xml: t.Optional[str]
    changes: tuple[Change, ...]
    rows: tuple[PortMapEntry, ...]
    findings: tuple[Finding, ...]
    #: the record of replaced NICs as it must be once the definition is changed
    replaced: tuple[ReplacedNic, ...] = ()
    #: what ports set on their VFs: the steps, and the record
    attributes: AttributePlan = AttributePlan()

    @property
    def actions(self) -> list[str]:
        return describe_steps(self.steps)


def _describe_changes(planned: PlannedNic) -> tuple[str, ...]:
    nic = t.cast(Nic, planned.nic)
    changes = [f"guest address {nic.guest or 'none'} to {planned.guest}"] if nic.guest != planned.guest else []
    if not planned.is_port:
        return tuple(changes)
    if nic.kind == PLAIN:
        return (*changes, f"plain hostdev to interface with MAC {planned.mac}")
    if nic.function != planned.function:
        changes.append(f"VF {nic.function} to {planned.function}")
    if nic.mac != planned.mac:
        changes.append(f"MAC {nic.mac} to {planned.mac}")
    changes += nic_settings.describe_changes(nic.element, planned.settings)
    if nic.element.get("managed") != "yes":
        changes.append("managed to yes")
    return tuple(changes)


class Planner:
    """Plans one domain; asks nothing and touches nothing."""

    def __init__(self, request: Request, observed: Observed) -> None:
        self._request = request
        self._observed = observed
        self._domain = observed.domain
        self._host = observed.host
        self._subject = f"domain {observed.domain.name}"
        self._node = request.cluster_node

    def plan(self) -> Plan:
        """Return the plan; raises RefusedError with every reason against it."""
        self._check_persistent()
        read = reading.read(t.cast(str, self._domain.inactive_xml), self._subject)
        order = nic_order.list_nics(read, self._host.nics)
        selection = self._select(order)
        absent = self._request.state == ABSENT
        situation = Situation(tuple(order), read, self._host, self._observed.pools, self._domain.uuid, tuple(self._observed.replaced))
        new = self._order(situation, selection)
        reasons = [*selection.findings, *new.findings, *self._check_conflicts(new)]
        if [finding for finding in reasons if finding.is_error]:
            # The rest would judge places and addresses that are not what was requested.
            raise_if_blocking(self._subject, [*reasons, *power.check_domain(self._domain)])
        allocation = self._allocate(read, new, order)
        rows = self._make_rows(new, allocation)
        rewritten = nic_writer.rewrite(read.root, allocation.nics, new.dropped, allocation.root_ports)
        edits = [
            *self._list_edits(new, allocation, rows, order),
            *(AddRootPort(bus.index, str(bus.address)) for bus in allocation.root_ports),
        ]
        # Elements that merely stand in another order are the same domain to libvirt and to the guest.
        xml = rewritten.xml if edits else t.cast(str, self._domain.inactive_xml)
        attributes = self._plan_attributes(selection, allocation)
        pending = self._observed.pending_start
        powered = power.plan_power(self._domain, self._request, edits, rows, xml, self._host.nics, pending, attributes.steps)
        starts = any(isinstance(step, Start) for step in powered.steps)
        judged = findings.judge(read, rows, self._host, self._node)
        state = [
            *findings.check_walks(self._domain.name, self._make_topology(read, allocation), rows),
            *findings.check_missing_vfs(self._domain.name, rows, starts, self._predicted),
            *([] if absent else findings.check_unlisted(self._domain.name, allocation.nics, rows)),
            *findings.check_others(self._domain, allocation.nics, self._observed.users, self._host, starts),
            *powered.findings,
        ]
        every = sort_findings([*reasons, *judged, *state])
        # Ports may always go, whatever a rule says of those that stay.
        raise_if_blocking(self._subject, [*reasons, *state] if absent else every)
        return Plan(powered.steps, xml if edits else None, rewritten.changes if edits else (), rows, tuple(every), new.replaced, attributes)

    @property
    def _predicted(self) -> frozenset[str]:
        return frozenset(address for address, function in self._host.functions.items() if not function.exists)

    def _check_persistent(self) -> None:
        if not self._domain.persistent or self._domain.inactive_xml is None:
            transient = STATE.error(
                where=self._subject, found="it is transient: it has no definition to change", cure="define it first (virsh define)"
            )
            raise_if_blocking(self._subject, [transient])

    def _select(self, order: t.Sequence[Nic]) -> Selection:
        positions = enumerate(order, 1)
        at = {_junos_ifname.name_position(number, self._node): nic.function for number, nic in positions if nic.function}
        for record in self._observed.replaced:
            # The port that once took the place of an interface is meant by its name, wherever it is now.
            port = next((nic for nic in order if nic.function and find_replaced([record], nic.mac, nic.function)), None)
            if port is not None and port.function:
                at[record.junos_interface] = port.function
        vfs = tuple(nic.function for nic in order if nic.function)
        own = [user for user in self._observed.users if user.owner_id == self._domain.uuid and user.address]
        otherwise = {t.cast(str, user.address): user for user in own if user.address not in vfs or user.address in self._host.pfs}
        hidden = {nic.function for nic in reading.read(t.cast(str, self._domain.inactive_xml), self._subject).hostdevs if nic.is_unassigned}
        running = self._list_running_functions()
        otherwise = {address: user for address, user in otherwise.items() if address not in hidden and address not in running}
        selector = VfSelector(self._host, self._observed.users, self._domain.uuid, Present(vfs, at, otherwise))
        return selector.select(self._request.ports, strict=self._request.state != ABSENT)

    def _list_running_functions(self) -> set[str]:
        if not self._domain.live_xml:
            return set()
        return set(reading.list_functions(reading.read(self._domain.live_xml, f"running {self._subject}"))) - set(self._host.pfs)

    def _order(self, situation: Situation, selection: Selection) -> NewOrder:
        ports: dict[str, Port] = {
            selection.functions[port.label]: port for port in self._request.ports if port.label in selection.functions
        }
        if self._request.state == ABSENT:
            return nic_order.plan_absent(situation, ports, self._request.ports)
        return nic_order.plan_present(situation, ports, self._request.exclusive, self._node)

    def _plan_attributes(self, selection: Selection, allocation: Allocation) -> AttributePlan:
        ports = self._request.ports if self._request.state != ABSENT else ()
        wanted = {
            selection.functions[port.label]: port.attributes for port in ports if port.attributes and port.label in selection.functions
        }
        present = {planned.function for planned in allocation.nics if planned.function}
        return plan_attributes(wanted, present, self._observed.vf_records, self._host)

    def _make_topology(self, read: reading.Reading, allocation: Allocation) -> Topology:
        topology = read.make_topology(())
        for bus in allocation.root_ports:
            topology.add(bus)
        return topology

    def _check_conflicts(self, new: NewOrder) -> list[Finding]:
        had = {function for text in (self._domain.inactive_xml, self._domain.live_xml) if text for function in _list_functions(text)}
        return [
            *findings.check_trunks(new.nics),
            *findings.check_macs(self._domain, new.nics, self._observed.users, self._host, had),
        ]

    def _allocate(self, read: reading.Reading, new: NewOrder, order: t.Sequence[Nic]) -> Allocation:
        counted = [nic for nic in (*order, *(each.nic for each in new.nics if each.nic is not None)) if nic.kind == PLAIN]
        had = [nic.guest for nic in order if nic.guest is not None]
        try:
            return pci_address_allocator.allocate(lambda: read.make_topology(counted), new.nics, had)
        except AllocationError as failure:
            reasons = [REQUEST.error(where=label, found=found, cure=cure) for label, found, cure in failure.problems]
            raise_if_blocking(self._subject, [*reasons, *power.check_domain(self._domain)])
            raise

    def _make_rows(self, new: NewOrder, allocation: Allocation) -> tuple[PortMapEntry, ...]:
        return tuple(self._make_row(position, planned, new) for position, planned in enumerate(allocation.nics, 1))

    def _make_row(self, position: int, planned: PlannedNic, new: NewOrder) -> PortMapEntry:
        function = planned.function
        nic = planned.nic
        sriov = planned.is_port or (nic is not None and nic_order.is_sriov(nic, self._host.vfs, self._observed.pools))
        pf = self._host.find_pf_of(function) if sriov else None
        known = self._host.functions.get(function) if function else None
        record = find_replaced(new.replaced, planned.mac, function) if sriov else None
        wanted = next((port.attributes for port in self._request.ports if planned.is_port and port.label == planned.label), {})
        shown = known.attributes if known and sriov else {}
        return PortMapEntry(
            position=position,
            junos_interface=_junos_ifname.name_position(position, self._node),
            sriov=sriov,
            mac=planned.mac,
            guest_address=str(planned.address),
            vf=function if sriov else None,
            pf=pf.name if pf else None,
            pf_address=pf.address if pf else None,
            index=known.index if known and sriov else None,
            vf_exists=self._does_vf_exist(function) if sriov else None,
            host_address=function,
            replaces=record.describe() if record else None,
            trust=wanted.get("trust", shown.get("trust")),
        )

    def _does_vf_exist(self, function: t.Optional[str]) -> t.Optional[bool]:
        known = self._host.functions.get(function) if function else None
        if function is None or (known is not None and known.pf is None):
            return None
        return known is not None and known.exists

    def _name_vf(self, row: PortMapEntry) -> str:
        return f"VF {row.index} of {row.pf}" if row.pf else f"VF {row.vf}"

    def _list_edits(self, new: NewOrder, allocation: Allocation, rows: t.Sequence[PortMapEntry], order: t.Sequence[Nic]) -> list[Step]:
        steps: list[Step] = []
        shown_as_replaced = [*new.displaced.values(), *new.given_up.values()]
        for position, nic in enumerate(order, 1):
            if nic in new.dropped and nic not in shown_as_replaced:
                steps.append(RemovePort(nic.function or str(nic), _junos_ifname.name_position(position, self._node)))
        for planned, row in zip(allocation.nics, rows):
            steps += self._list_edits_of(planned, row, new)
        return steps

    def _list_edits_of(self, planned: PlannedNic, row: PortMapEntry, new: NewOrder) -> t.Iterator[Step]:
        guest = str(row.guest_address)
        former = new.displaced.get(planned.label)
        if planned.restored is not None:
            gone = new.given_up.get(planned.label)
            if gone is None:
                yield RestoreNic(row.junos_interface, planned.label, planned.mac, guest)
            else:
                yield ReplaceNic(row.junos_interface, self._describe_function(gone), planned.label, planned.mac, guest)
        elif former is not None:
            yield ReplaceNic(row.junos_interface, self._describe_function(former), self._name_vf(row), planned.mac, guest)
        elif planned.nic is None:
            source = f"{row.pf} VF {row.index}" if row.pf else "VF"
            yield AddPort(t.cast(str, row.vf), source, t.cast(str, row.mac), guest, row.junos_interface)
        elif _describe_changes(planned):
            yield ChangeNic(str(planned.nic), _describe_changes(planned), row.junos_interface)

    def _describe_function(self, nic: Nic) -> str:
        known = self._host.functions.get(nic.function or "")
        pf = self._host.find_pf_of(nic.function)
        return f"VF {known.index} of {pf.name}" if known is not None and pf is not None else describe_nic(nic)


def _list_functions(text: str) -> list[str]:
    return reading.list_functions(reading.read(text, "a domain"))
