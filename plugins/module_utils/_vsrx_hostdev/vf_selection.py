# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Which VF each port means, and whether it may be had.
import dataclasses
import typing as t

from .._domain_xml import pci_address
from .._errors import VsrxError
from .._host.vf_usage import is_group_safe
from .._host.vf_user import VfUser
from .host_state import Function, Host, Pf
from .request import Port


@dataclasses.dataclass(frozen=True)
class Chosen:
    port: Port
    function: Function
    pf: Pf


def _check_class(port: Port, known: Function) -> None:
    if known.other_class:
        raise VsrxError(
            f"{port.label}: {known.address} is a VF, but not of a NIC (its class is {known.other_class}); "
            "expected a VF of a NIC, since only that is a port in Junos; name another"
        )


def _by_pf_alone(port: Port) -> bool:
    return port.vf is None and port.index is None


def _claims_on(function: str, pf: t.Optional[Pf], claims: t.Iterable[VfUser], owner: str) -> list[VfUser]:
    names = pf.names if pf is not None else ()
    return [
        claim for claim in claims if claim.owner_id != owner and (claim.address == function or (claim.pf is not None and claim.pf in names))
    ]


class Chooser:
    """Resolves ports to VFs for one domain; ``present`` are the VFs that the domain has already, in its order."""

    def __init__(self, host: Host, claims: t.Sequence[VfUser], owner: str, present: t.Sequence[str]) -> None:
        self._host = host
        self._claims = claims
        self._owner = owner
        self._present = present

    def choose(self, ports: t.Sequence[Port], *, strict: bool = True) -> list[Chosen]:
        """The VF of each port, no VF twice.

        ``strict`` refuses what can not be assigned; otherwise only what the domain has already is looked for.
        """
        named = {port.label: self._named(port, strict) for port in ports if not _by_pf_alone(port)}
        used: dict[str, str] = {}
        for label, function in named.items():
            if function is not None and function in used:
                raise VsrxError(f"{label}: VF {function} is given to {used[function]} too; each port needs its own")
            if function is not None:
                used[function] = label
        if not strict:
            self._check_all_meant([port for port in ports if _by_pf_alone(port)], used)
        chosen = []
        for port in ports:
            meant = named[port.label] if port.label in named else self._free(port, used, strict)
            if meant is not None:
                used[meant] = port.label
                chosen.append(self._checked(port, meant) if strict else self._unchecked(port, meant))
        return chosen

    def _pf(self, port: Port) -> Pf:
        name = t.cast(str, port.pf)
        pf = self._host.pf_called(name)
        if pf is None:
            other = self._host.others.get(name)
            found = f"is {other}" if other else "is not a network device of this host"
            known = ", ".join(sorted(each.name for each in self._host.pfs.values())) or "none"
            raise VsrxError(f"{port.label}: {name} {found}; this host's PFs: {known}{pci_address.quoting_hint(name)}")
        return pf

    def _named(self, port: Port, strict: bool) -> t.Optional[str]:
        if port.vf:
            return port.vf
        pf = self._pf(port)
        index = t.cast(int, port.index)
        if not strict:
            return pf.vfs.get(index, pf.absent.get(index))
        if index not in pf.vfs:
            raise VsrxError(
                f"{port.label}: {pf.name} has no VF {index}; it has {len(pf.vfs)} VFs; make them with vsrx.sriov.sriov_vfs first"
            )
        return pf.vfs[index]

    def _free(self, port: Port, used: t.Mapping[str, str], strict: bool) -> t.Optional[str]:
        pf = self._pf(port)
        own = self._own(pf, used, strict)
        if own or not strict:
            return own[0] if own else None
        free = [function for _index, function in sorted(pf.vfs.items()) if function not in used and not self._obstacle(function, pf)]
        if free:
            return free[0]
        reasons = "; ".join(f"VF {index} {function}: {self._why(function, pf, used)}" for index, function in sorted(pf.vfs.items()))
        raise VsrxError(f"{port.label}: {pf.name} has no free VF ({reasons or 'it has no VFs; make them with vsrx.sriov.sriov_vfs'})")

    def _own(self, pf: Pf, used: t.Container[str], strict: bool) -> list[str]:
        """The PF's VFs that the domain has and that no port means yet."""
        known = {*pf.vfs.values(), *(pf.absent.values() if not strict else ())}
        return [function for function in self._present if function in known and function not in used]

    def _check_all_meant(self, ports: t.Sequence[Port], used: t.Container[str]) -> None:
        """Taking any VF of a PF while others stay would take one more with each run."""
        pfs = [self._pf(port) for port in ports]
        for port, pf in zip(ports, pfs):
            own = self._own(pf, used, strict=False)
            asked = pfs.count(pf)
            if len(own) > asked:
                raise VsrxError(
                    f"{port.label}: which VF of {pf.name} is to go is ambiguous: the domain has {len(own)} that no vf or index names "
                    f"({', '.join(own)}), entries by pf alone: {asked}; expected an entry for each of them; give vf or index"
                )

    def _why(self, function: str, pf: Pf, used: t.Mapping[str, str]) -> str:
        return f"meant by {used[function]}" if function in used else self._obstacle(function, pf) or "free"

    def _unchecked(self, port: Port, function: str) -> Chosen:
        known = self._host.functions.get(function, Function(function))
        _check_class(port, known)
        return Chosen(port, known, self._host.pfs.get(known.pf or "", Pf(address=known.pf or "")))

    def _checked(self, port: Port, function: str) -> Chosen:
        known = self._host.functions.get(function)
        if known is None:
            raise VsrxError(f"{port.label}: this host has no PCI function {function}; make the VFs with vsrx.sriov.sriov_vfs first")
        _check_class(port, known)
        if not known.pf:
            kind = "a PF" if function in self._host.pfs else "not a VF"
            raise VsrxError(f"{port.label}: {function} is {kind}; expected a VF, since only a VF can have its MAC address pinned")
        pf = self._host.pfs[known.pf]
        obstacle = self._obstacle(function, pf)
        if obstacle:
            raise VsrxError(f"{port.label}: VF {function} of {pf.name} {obstacle}")
        if pf.up is False:
            raise VsrxError(
                f"{port.label}: {pf.name}, the PF of VF {function}, is down and libvirt refuses its VFs; set it up (sriov_vfs: up: true)"
            )
        return Chosen(port, known, pf)

    def _obstacle(self, function: str, pf: Pf) -> t.Optional[str]:
        held = _claims_on(function, pf, self._claims, self._owner)
        if held:
            return f"is held by {held[0]}; take it away there, or choose another VF"
        known = self._host.functions.get(function)
        if known is None:
            return "is not there"
        if known.iommu_group is None:
            return "is in no IOMMU group; turn the IOMMU on (VT-d in the BIOS, intel_iommu=on on the kernel's command line)"
        busy = [f"{other} ({driver})" for other, driver in known.neighbours if not is_group_safe(driver)]
        if busy:
            return f"shares IOMMU group {known.iommu_group} with {', '.join(busy)}, so it can not be assigned alone"
        return None
