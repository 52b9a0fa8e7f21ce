# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""NICs that ports have replaced in place: what must be known to bring them back, whatever happened between."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _junos_ifname, _mac_address
from .._domain_xml import document, nics, pci_address
from .._domain_xml.pci_address import PciAddress
from .._errors import UnreadableError, VsrxError

if t.TYPE_CHECKING:
    from .._domain_xml.nics import Nic

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
    def of(cls, nic: Nic, junos_interface: str) -> ReplacedNic:
        return cls(junos_interface=junos_interface, mac=nic.mac, xml=nic.element.source.decode(), guest=nic.guest)

    @property
    def nic(self) -> Nic:
        root = document.parse(f"<domain><devices>{self.xml}</devices></domain>", "the record of replaced NICs", "domain")
        return nics.interfaces(root, "the record of replaced NICs")[0]

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
                guest=pci_address.parse(data["guest"], where) if data["guest"] else None,
                port_mac=_mac_address.normalise(data["port_mac"]) if data["port_mac"] else None,
                vf=str(pci_address.parse(data["vf"], where)) if data["vf"] else None,
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
