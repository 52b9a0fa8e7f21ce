# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.
"""What the modules return: steps, the map of ports and the diff of vsrx_hostdev, and the domains of vsrx_domain_info. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .._domain_xml import reading
from .._domain_xml.nic_settings import is_trunk
from .._domain_xml.nic_writer import Change
from .._domain_xml.nics import HOSTDEV, PLAIN, Nic
from .._errors import VsrxError
from .._host.attribute_table import ATTRIBUTE, Effect, format_value
from .._libvirt.model import Domain
from .._steps import Step
from .nic_order import is_sriov, list_nics
from .observed import Host, ReplacedNic, describe_nic, find_replaced


@dataclasses.dataclass(frozen=True)
class AddRootPort:
    index: int
    address: str

    def describe(self) -> str:
        return f"add PCI root port {self.index} at guest address {self.address}"


@dataclasses.dataclass(frozen=True)
class AddPort:
    vf: str
    source: str
    mac: str
    guest: str
    junos: str

    def describe(self) -> str:
        return f"add VF {self.vf} ({self.source}) with MAC {self.mac} at guest address {self.guest} as {self.junos}"


@dataclasses.dataclass(frozen=True)
class ReplaceNic:
    """A port takes the place of a NIC, or that NIC comes back."""

    junos: str
    former: str
    new: str
    mac: t.Optional[str]
    guest: str

    def describe(self) -> str:
        return f"{self.junos}: {self.former} becomes {self.new}, with MAC {self.mac} at guest address {self.guest}"


@dataclasses.dataclass(frozen=True)
class RestoreNic:
    """A NIC whose port is gone comes back."""

    junos: str
    nic: str
    mac: t.Optional[str]
    guest: str

    def describe(self) -> str:
        return f"{self.junos}: {self.nic} comes back, with MAC {self.mac} at guest address {self.guest}"


@dataclasses.dataclass(frozen=True)
class RemovePort:
    vf: str
    junos: str

    def describe(self) -> str:
        return f"remove VF {self.vf}, which is {self.junos}"


@dataclasses.dataclass(frozen=True)
class ChangeNic:
    nic: str
    what: tuple[str, ...]
    junos: str

    def describe(self) -> str:
        return f"change {self.nic}, which is {self.junos}: {', '.join(self.what)}"


@dataclasses.dataclass(frozen=True)
class SetVfAttributes:
    """What the PF enforces on a VF is set, or put back to what it was before the port came."""

    pf: str
    index: int
    vf: str
    #: name, value before, None where it is not known, and value after
    values: tuple[tuple[str, t.Any, t.Any], ...]
    back: bool = False

    @property
    def is_disruptive(self) -> bool:
        """Can the VF be reset, or lose its link, while a guest uses it?"""
        return any(ATTRIBUTE[name].effect is not Effect.NONE for name, _before, _after in self.values)

    @property
    def wanted(self) -> dict[str, t.Any]:
        return {name: after for name, _before, after in self.values}

    @property
    def former(self) -> dict[str, t.Any]:
        """The values before, as far as they are known."""
        return {name: before for name, before, _after in self.values if before is not None}

    def describe(self) -> str:
        values = ", ".join(f"{name} {format_value(after)} (was {format_value(before)})" for name, before, after in self.values)
        return f"{'put back' if self.back else 'set'} VF {self.index} of {self.pf}: {values}"

    def describe_values(self, values: t.Mapping[str, t.Any]) -> str:
        """Return one line of the diff."""
        shown = ", ".join(f"{name} {format_value(values.get(name))}" for name, _before, _after in self.values)
        return f"VF {self.index} of {self.pf}: {shown}\n"


@dataclasses.dataclass(frozen=True)
class ShutDown:
    name: str

    def describe(self) -> str:
        return f"shut down {self.name}"


@dataclasses.dataclass(frozen=True)
class Start:
    name: str
    why: str = ""

    def describe(self) -> str:
        return f"start {self.name}" + (f" ({self.why})" if self.why else "")


@dataclasses.dataclass(frozen=True)
class CloseJournal:
    """Nothing is left to do but to note that an earlier, interrupted run is over."""

    name: str

    def describe(self) -> str:
        return f"end the record of an interrupted run on {self.name}"


@dataclasses.dataclass(frozen=True)
class Attach:
    vf: str
    xml: str = dataclasses.field(repr=False)

    def describe(self) -> str:
        return f"attach VF {self.vf} to the running domain"


@dataclasses.dataclass(frozen=True)
class Detach:
    vf: str
    xml: str = dataclasses.field(repr=False)

    def describe(self) -> str:
        return f"detach VF {self.vf} from the running domain"


@dataclasses.dataclass(frozen=True)
class PortMapEntry:
    """A NIC of the domain in Junos order."""

    position: int
    junos_interface: str
    sriov: bool
    mac: t.Optional[str]
    guest_address: t.Optional[str]
    vf: t.Optional[str] = None
    pf: t.Optional[str] = None
    pf_address: t.Optional[str] = None
    index: t.Optional[int] = None
    #: whether the host has the VF now; None where the NIC is no VF
    vf_exists: t.Optional[bool] = None
    #: the host's function behind a NIC that is passed through, VF or not
    host_address: t.Optional[str] = None
    #: the NIC that the port has replaced in place, in words
    replaces: t.Optional[str] = None
    #: whether the VF is trusted; None where the NIC is no VF, or the host does not show it
    trust: t.Optional[bool] = None

    def as_dict(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)


def _remove_indent(element: str) -> str:
    """An element without the indentation of its place, which its last line has and its first has not."""
    lines = element.splitlines()
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    return "\n".join((lines[0], *(line[indent:] for line in lines[1:]))) + "\n"


def make_diff(domain: str, changes: t.Sequence[Change], steps: t.Iterable[Step] = ()) -> dict[str, str]:
    """Return only the elements and the attributes of VFs that change, so that a person can read it."""
    settings = [step for step in steps if isinstance(step, SetVfAttributes)]
    where = f"domain {domain}"
    return {
        "before_header": where,
        "after_header": where,
        "before": "".join(_remove_indent(change.before) for change in changes if change.before)
        + "".join(step.describe_values(step.former) for step in settings),
        "after": "".join(_remove_indent(change.after) for change in changes if change.after)
        + "".join(step.describe_values(step.wanted) for step in settings),
    }


@dataclasses.dataclass(frozen=True)
class DomainEntry:
    """A domain as the next start makes it, or, where it has no definition, as it runs."""

    name: str
    uuid: str
    active: bool
    persistent: bool
    nics: tuple[dict[str, t.Any], ...] = ()
    #: why its NICs are not known
    problem: t.Optional[str] = None

    def as_dict(self) -> dict[str, t.Any]:
        return {**dataclasses.asdict(self), "nics": list(self.nics)}


def list_functions_of(domains: t.Iterable[Domain]) -> list[str]:
    """Return the host functions that the domains have; a domain that cannot be read has none that are known."""
    found: list[str] = []
    for domain in domains:
        try:
            found += reading.list_functions(_read(domain))
        except VsrxError:
            continue
    return found


def list_domains(
    domains: t.Iterable[Domain], host: Host, pools: t.Collection[str], replaced: t.Callable[[str], t.Sequence[ReplacedNic]]
) -> list[dict[str, t.Any]]:
    """Return the domains by name; ``replaced`` tells the NICs that ports of the domain of a UUID have replaced."""
    return [_make_entry(domain, host, pools, replaced).as_dict() for domain in sorted(domains, key=lambda each: each.name)]


def _read(domain: Domain) -> reading.Reading:
    return reading.read(domain.inactive_xml or domain.live_xml or "", f"domain {domain.name}")


def _make_entry(domain: Domain, host: Host, pools: t.Collection[str], replaced: t.Callable[[str], t.Sequence[ReplacedNic]]) -> DomainEntry:
    entry = DomainEntry(name=domain.name, uuid=domain.uuid, active=domain.active, persistent=domain.persistent)
    try:
        order = list_nics(_read(domain), host.nics)
        records = replaced(domain.uuid)
        rows = tuple(_make_row(position, nic, host, pools, records) for position, nic in enumerate(order, 1))
    except VsrxError as failure:
        return dataclasses.replace(entry, problem=failure.message)
    return dataclasses.replace(entry, nics=rows)


def _make_row(position: int, nic: Nic, host: Host, pools: t.Collection[str], records: t.Sequence[ReplacedNic]) -> dict[str, t.Any]:
    sriov = is_sriov(nic, host.vfs, pools)
    known = host.functions.get(nic.function) if nic.function and sriov else None
    pf = host.find_pf_of(nic.function) if sriov else None
    record = find_replaced(records, nic.mac, nic.function) if sriov else None
    return {
        "position": position,
        "sriov": sriov,
        "mac": nic.mac,
        "guest_address": str(nic.guest) if nic.guest else None,
        "attached_to": describe_nic(nic),
        "network": _find_network(nic),
        "is_port": nic.kind == HOSTDEV and nic.element.get("managed") == "yes" and not is_trunk(nic.element),
        "is_plain": nic.kind == PLAIN,
        "vf": nic.function if sriov else None,
        "pf": pf.name if pf else None,
        "pf_address": pf.address if pf else None,
        "index": known.index if known else None,
        "replaced_at": record.junos_interface if record else None,
    }


def _find_network(nic: Nic) -> t.Optional[str]:
    """The bridge, the libvirt network or the device of the host that the NIC is attached to."""
    source = nic.element.first("source")
    if source is None or nic.function:
        return None
    return next((source.get(name) for name in ("bridge", "network", "dev") if source.get(name)), None)
