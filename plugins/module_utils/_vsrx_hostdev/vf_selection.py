# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Which VF each port means, and every reason why it cannot have it."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _pci as pci
from .._domain_xml import pci_topology
from .._errors import Finding
from .._host.vf_user import VfUser, is_group_safe
from .._rules import REQUEST, RULES, STATE
from .observed import Function, Host, Pf
from .request import Port

_MAKE_VFS = "make VFs with vsrx.sriov.sriov_vfs first (in the role sriov_host: sriov_host_pfs)"


@dataclasses.dataclass(frozen=True)
class Present:
    """The VFs that the domain has, in the order of its NICs; ``at`` tells which one is at a Junos interface."""

    vfs: tuple[str, ...] = ()
    at: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: the host functions that are in the domain in another form: a macvtap or vdpa NIC on the VF, the whole PF
    otherwise: t.Mapping[str, VfUser] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Selection:
    """The VF of each port by its label, and the reasons why others have none."""

    functions: dict[str, str] = dataclasses.field(default_factory=dict)
    findings: list[Finding] = dataclasses.field(default_factory=list)

    def find_user(self, function: str) -> t.Optional[str]:
        return next((label for label, each in self.functions.items() if each == function), None)


def is_renumbered(former: str, function: str, host: Host) -> bool:
    """Can ``former``, which the host has no more, be this VF after its bus got another number? Slot and function of an address stay."""
    old, new = pci.parse_address(former), pci.parse_address(function)
    if old == new or (old.slot, old.function) != (new.slot, new.function) or host.has_function(former) or former in host.vfs:
        return False
    # A PF on the same bus explains it: its VFs are not made now.
    return not any(pci.parse_address(pf)[:2] == old[:2] for pf in host.pfs)


class VfSelector:
    """Resolves ports to VFs for one domain, no VF twice."""

    def __init__(self, host: Host, users: t.Sequence[VfUser], owner: str, present: Present) -> None:
        self._host = host
        self._users = users
        self._owner = owner
        self._present = present
        self._selection = Selection()

    def select(self, ports: t.Sequence[Port], *, strict: bool = True) -> Selection:
        """Select the VF of each port. ``strict`` refuses what cannot be assigned; otherwise only what the domain has is looked for."""
        self._selection = Selection()
        for port in ports:
            if not port.is_by_pf_alone:
                self._take(port, self._find_named(port, strict), strict)
        by_pf_alone = [port for port in ports if port.is_by_pf_alone]
        if not strict:
            self._check_all_meant(by_pf_alone)
        # A port in the place of a Junos interface means the VF that is there.
        for port in sorted(by_pf_alone, key=lambda each: each.junos_interface is None):
            self._take(port, self._find_any(port, strict), strict)
        if strict:
            self._selection.findings += self._check_groups(ports)
        return self._selection

    def _refuse(self, finding: Finding) -> None:
        self._selection.findings.append(finding)

    def _take(self, port: Port, function: t.Optional[str], strict: bool) -> None:
        if function is None:
            return
        other = self._selection.find_user(function)
        if other is not None:
            self._refuse(REQUEST.error(where=port.label, found=f"VF {function} is given to {other} too", cure="give each port its own"))
            return
        reasons = list(self._check(port, function, strict))
        self._selection.findings += reasons
        if not reasons:
            self._selection.functions[port.label] = function

    def _find_pf(self, port: Port) -> t.Optional[Pf]:
        name = t.cast(str, port.pf)
        pf = self._host.find_pf(name)
        if pf is None:
            other = self._host.not_pfs.get(name)
            known = ", ".join(sorted(each.name for each in self._host.pfs.values())) or "none"
            self._refuse(
                REQUEST.error(
                    where=port.label,
                    found=f"{name} is {other}" if other else f"{name} is not a network device of this host",
                    cure=f"this host's PFs: {known}{pci_topology.make_quoting_hint(name)}",
                )
            )
        return pf

    def _find_named(self, port: Port, strict: bool) -> t.Optional[str]:
        if port.vf:
            return port.vf
        pf = self._find_pf(port)
        if pf is None:
            return None
        index = t.cast(int, port.index)
        if not strict:
            found = pf.vfs.get(index, pf.missing_vfs.get(index))
            return self._find_former(found) if found is not None else None
        if index not in pf.vfs:
            self._refuse(STATE.error(where=port.label, found=f"{pf.name} has no VF {index}; it has {len(pf.vfs)} VFs", cure=_MAKE_VFS))
        return pf.vfs.get(index)

    def _find_former(self, function: str) -> str:
        """The function as the domain still names it, where its bus got another number."""
        if function in self._present.vfs:
            return function
        return next((former for former in self._present.vfs if is_renumbered(former, function, self._host)), function)

    def _find_any(self, port: Port, strict: bool) -> t.Optional[str]:
        pf = self._find_pf(port)
        if pf is None:
            return None
        own = self._list_own(pf, port, strict)
        if own or not strict:
            return own[0] if own else None
        used = self._selection.functions.values()
        free = [vf for _index, vf in sorted(pf.vfs.items()) if vf not in used and not self._find_obstacle(vf, pf)]
        free = [vf for vf in free if vf not in self._present.vfs]
        if free:
            return min(free, key=lambda vf: bool(self._list_busy_peers(vf)))
        reasons = "; ".join(f"VF {index} {vf}: {self._explain(vf, pf)}" for index, vf in sorted(pf.vfs.items()))
        self._refuse(STATE.error(where=port.label, found=f"{pf.name} has no free VF ({reasons or 'it has no VFs'})", cure=_MAKE_VFS))
        return None

    def _list_own(self, pf: Pf, port: t.Optional[Port], strict: bool) -> list[str]:
        """The PF's VFs that the domain has and that no port means yet; for a Junos interface only the one that is there."""
        known = {*pf.vfs.values(), *(pf.missing_vfs.values() if not strict else ())}
        present: t.Iterable[str] = self._present.vfs
        if port is not None and port.junos_interface is not None:
            there = self._present.at.get(port.junos_interface)
            present = [there] if there else []
        own = []
        for function in present:
            now: t.Optional[str] = function
            if function not in known:
                now = next((vf for vf in pf.vfs.values() if vf not in self._present.vfs and is_renumbered(function, vf, self._host)), None)
                now = now if strict or now is None else function
            if now is not None and now not in self._selection.functions.values():
                own.append(now)
        return own

    def _check_all_meant(self, ports: t.Sequence[Port]) -> None:
        """Taking any VF of a PF while others stay would take one more with each run."""
        free = [port for port in ports if port.junos_interface is None]
        pfs = [self._host.find_pf(t.cast(str, port.pf)) for port in free]
        for port, pf in zip(free, pfs):
            if pf is None:
                continue
            pinned = {self._present.at.get(each.junos_interface) for each in ports if each.junos_interface}
            own = [function for function in self._list_own(pf, None, strict=False) if function not in pinned]
            count = pfs.count(pf)
            if len(own) > count:
                self._refuse(
                    REQUEST.error(
                        where=port.label,
                        found=(
                            f"which VF of {pf.name} is to go is ambiguous: the domain has {len(own)} that no vf or index names "
                            f"({', '.join(own)}), entries by pf alone: {count}"
                        ),
                        cure="list an entry for each of them, or give vf or index",
                    )
                )

    def _explain(self, function: str, pf: Pf) -> str:
        label = self._selection.find_user(function)
        obstacle = self._find_obstacle(function, pf)
        return f"is meant by {label}" if label else obstacle.found if obstacle else "is free"

    def _check(self, port: Port, function: str, strict: bool) -> t.Iterator[Finding]:
        known = self._host.functions.get(function, Function(function) if not strict else None)
        if known is None:
            yield STATE.error(where=port.label, found=f"this host has no PCI function {function}", cure=_MAKE_VFS)
        elif known.non_nic_class:
            yield REQUEST.error(
                where=port.label,
                found=f"{function} is a VF, but not of an Ethernet NIC (its class is {known.non_nic_class})",
                cure="expected a VF of an Ethernet NIC, since only that is a port in Junos; name another",
            )
        elif strict:
            yield from self._check_assignable(port, known)

    def _check_assignable(self, port: Port, known: Function) -> t.Iterator[Finding]:
        function = known.address
        if not known.pf:
            found = f"{function} is a PF" if function in self._host.pfs else f"{function} is not a VF"
            yield REQUEST.error(where=port.label, found=found, cure="expected a VF, since only a VF can have its MAC address pinned")
            return
        pf = self._host.pfs[known.pf]
        obstacle = self._find_obstacle(function, pf)
        if obstacle is not None:
            yield dataclasses.replace(obstacle, where=port.label, found=f"VF {function} of {pf.name} {obstacle.found}")
        if pf.up is False:
            yield STATE.error(
                where=port.label,
                found=f"{pf.name}, the PF of VF {function}, is down and libvirt refuses its VFs",
                cure="set it up (sriov_vfs: up: true)",
            )
        if port.attributes and not pf.names:
            yield REQUEST.error(
                where=port.label,
                found=f"{pf.name}, the PF of VF {function}, has no network device, through which {', '.join(port.attributes)} could be set",
                cure="bind the PF to the driver of its vendor, or leave the options out",
            )
        for name, value in port.attributes.items():
            configured = pf.configured.get(known.index or 0, {}).get(name)
            if configured is not None and configured != value:
                yield REQUEST.error(
                    where=f"{port.label}.{name}",
                    found=f"sriov_vfs sets {name} of VF {known.index} of {pf.name} to {configured}, the port asks for {value}",
                    cure="give it in one of the two places only (sriov_host_pfs or vsrx_ports)",
                )

    def _list_users(self, function: str, pf: Pf) -> list[VfUser]:
        """Users other than the domain's own hostdev NICs. Who uses a PF as a whole uses its VFs."""
        found = [
            user
            for user in self._users
            if user.owner_id != self._owner
            and (user.address in (function, pf.address) or (user.pf is not None and user.pf in (*pf.names, pf.address)))
        ]
        return found + [self._present.otherwise[each] for each in (function, pf.address) if each in self._present.otherwise]

    def _find_obstacle(self, function: str, pf: Pf) -> t.Optional[Finding]:
        """What stands against giving a VF to the domain; ``where`` is left open."""
        users = self._list_users(function, pf)
        if users:
            return RULES["S22"].error(where="", found=f"is already in use by {users[0]}", cure="take it away there, or choose another VF")
        known = self._host.functions.get(function)
        if known is None:
            return STATE.error(where="", found="is not there", cure=_MAKE_VFS)
        if known.iommu_group is None:
            cure = "turn the IOMMU on (VT-d in the BIOS, intel_iommu=on on the kernel's command line)"
            return RULES["S18"].error(where="", found="is in no IOMMU group", cure=cure)
        return None

    def _list_busy_peers(self, function: str) -> list[tuple[str, t.Optional[str]]]:
        peers = self._host.functions[function].iommu_group_peers
        return [(other, driver) for other, driver in peers if not is_group_safe(driver)]

    def _check_groups(self, ports: t.Sequence[Port]) -> t.Iterator[Finding]:
        """A group goes to one guest as a whole: peers that this domain has or gets are no obstacle."""
        taken = {*self._selection.functions.values(), *self._present.vfs}
        for port in ports:
            function = self._selection.functions.get(port.label)
            if function is None or function not in self._host.functions:
                continue
            busy = [f"{other} ({driver})" for other, driver in self._list_busy_peers(function) if other not in taken]
            if busy:
                group = self._host.functions[function].iommu_group
                yield RULES["S18"].error(
                    where=port.label,
                    found=f"VF {function} shares IOMMU group {group} with {', '.join(busy)}, so it cannot be assigned alone",
                    cure="choose a VF of another group, or unbind the others from their drivers",
                )
