# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration in force, reduced to what the rules look at, and whether each node has a backup router. Pure."""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/reply.py parses

from .._junos.cluster_status import NODES
from .._junos.reply import parse_number
from .statements import STATEMENTS, find_applied_groups, is_active

# On a vSRX cluster node 0 has slot 0 and node 1 has slot 7.
#: the range of hold-down-interval ends there; a failover is waited for as long as it runs
LONGEST_HOLD_DOWN_S = 1800
_SLOT = re.compile(r"[a-z]+-([0-9]{1,3})/[0-9]+/[0-9]+")
_FIRST_SLOT_OF_NODE1 = 7
_LAYER2 = ("ethernet-switching", "bridge", "vpls", "ccc")
_MULTICAST = ("pim", "igmp", "mld", "dvmrp", "msdp")
_ROUTING = ("ospf", "ospf3")


@dataclasses.dataclass(frozen=True)
class Interface:
    """One interface as far as the rules look at it, in one system; places are relative to [edit interfaces NAME] there."""

    name: str
    reth: t.Optional[str] = None
    redundancy_group: t.Optional[int] = None
    fabric_members: tuple[str, ...] = ()
    macs: tuple[tuple[str, str], ...] = ()
    mtus: tuple[tuple[str, int], ...] = ()
    ipv6: tuple[str, ...] = ()
    layer2: tuple[str, ...] = ()
    units: int = 0
    vlans: int = 0
    #: the logical system or tenant that it stands in, with a space behind it; "" for the configuration itself
    system: str = ""

    @property
    def place(self) -> str:
        return f"{self.system}interfaces {self.name}"

    @property
    def node(self) -> t.Optional[str]:
        match = _SLOT.fullmatch(self.name)
        return None if match is None else ("node1" if int(match[1]) >= _FIRST_SLOT_OF_NODE1 else "node0")

    @property
    def revenue(self) -> bool:
        return _SLOT.fullmatch(self.name) is not None or self.name.startswith("reth")


@dataclasses.dataclass(frozen=True)
class Effective:
    """The configuration in force, reduced to what the rules look at."""

    statements: frozenset[str] = frozenset()
    #: seconds for which a redundancy group refuses to go back after a failover, by its number
    hold_downs: t.Mapping[int, int] = dataclasses.field(default_factory=dict)
    interfaces: tuple[Interface, ...] = ()
    proxy_arp: tuple[tuple[str, tuple[str, ...]], ...] = ()
    multicast: tuple[str, ...] = ()
    ospf: tuple[str, ...] = ()
    packet_mode: tuple[str, ...] = ()
    bridge_domains: tuple[str, ...] = ()

    @functools.cached_property
    def by_name(self) -> t.Mapping[str, tuple[Interface, ...]]:
        """The interfaces of each name, one for each system that has units of it."""
        found: dict[str, list[Interface]] = {}
        for interface in self.interfaces:
            found.setdefault(interface.name, []).append(interface)
        return {name: tuple(several) for name, several in found.items()}

    @functools.cached_property
    def _members(self) -> t.Mapping[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for interface in self.interfaces:
            if interface.reth and interface.node is not None:
                found.setdefault(interface.reth, {}).setdefault(interface.node, []).append(interface.name)
        return found

    def count_vlans(self, name: str) -> int:
        """The VLANs of an interface, over all systems that have units of it."""
        return sum(interface.vlans for interface in self.by_name.get(name, ()))

    def find_members(self, reth: str) -> dict[str, list[str]]:
        """The ports of a reth, by node."""
        return {node: list(ports) for node, ports in self._members.get(reth, {}).items()}


def parse_effective(configuration: ET.Element) -> Effective:
    root = _drop_inactive(configuration)
    cluster = root.find("chassis/cluster")
    systems = tuple(_find_systems(root))
    return Effective(
        hold_downs=dict(_parse_hold_downs(root)),
        statements=frozenset(name for name in STATEMENTS if cluster is not None and cluster.find(name) is not None),
        interfaces=tuple(_parse_interface(element, at) for at, system in systems for element in system.findall("interfaces/interface")),
        proxy_arp=tuple(
            (
                f"{at}security nat proxy-arp interface {_read_name(element)}",
                tuple(map(_read_name, element.findall("address"))),
            )
            for at, system in systems
            for element in system.findall("security/nat/proxy-arp/interface")
        ),
        multicast=tuple(at + found for at, system in systems for found in _find_protocols(system, _MULTICAST)),
        ospf=tuple(at + found for at, system in systems for found in _find_protocols(system, _ROUTING)),
        packet_mode=tuple(at + found for at, system in systems for found in _find_packet_mode(system)),
        bridge_domains=tuple(
            f"{at}bridge-domains {_read_name(domain)}" for at, system in systems for domain in system.findall("bridge-domains/domain")
        ),
    )


def _parse_hold_downs(root: ET.Element) -> t.Iterator[tuple[int, int]]:
    for group in root.findall("chassis/cluster/redundancy-group"):
        identity, seconds = parse_number(_read_name(group)), parse_number(group.findtext("hold-down-interval"))
        if identity is not None and seconds is not None and seconds <= LONGEST_HOLD_DOWN_S:
            yield identity, seconds


def _find_systems(root: ET.Element) -> t.Iterator[tuple[str, ET.Element]]:
    """The configuration itself, and each logical system and tenant in it, which share its ports."""
    yield "", root
    for kind in ("logical-systems", "tenants"):
        for system in root.findall(kind):
            yield f"{kind} {_read_name(system)} ", system


def _drop_inactive(element: ET.Element) -> ET.Element:
    copy = ET.Element(element.tag, element.attrib)
    copy.text = element.text
    copy.extend(_drop_inactive(child) for child in element if child.get("inactive") is None)
    return copy


def _read_name(element: ET.Element) -> str:
    return (element.findtext("name") or "").strip()


def _parse_interface(element: ET.Element, system: str = "") -> Interface:
    units = element.findall("unit")
    return Interface(
        name=_read_name(element),
        reth=next(((parent.text or "").strip() for parent in element.findall("*/redundant-parent/parent")), None),
        redundancy_group=parse_number(element.findtext("redundant-ether-options/redundancy-group")),
        fabric_members=tuple(_read_name(member) for member in element.findall("fabric-options/member-interfaces")),
        macs=tuple(_find_macs(element, units)),
        mtus=tuple(_find_mtus(element, units)),
        ipv6=tuple(
            f"unit {_read_name(unit)} family inet6 address {_read_name(address)}"
            for unit in units
            for address in unit.findall("family/inet6/address")
        ),
        layer2=tuple(
            f"unit {_read_name(unit)} family {family}" for unit in units for family in _LAYER2 if unit.find(f"family/{family}") is not None
        ),
        units=len(units),
        vlans=sum(_count_vlans(unit) for unit in units),
        system=system,
    )


def _find_macs(element: ET.Element, units: t.Sequence[ET.Element]) -> t.Iterator[tuple[str, str]]:
    if element.find("mac") is not None:
        yield "mac", (element.findtext("mac") or "").strip()
    for unit in units:
        if unit.find("mac") is not None:
            yield f"unit {_read_name(unit)} mac", (unit.findtext("mac") or "").strip()


def _find_mtus(element: ET.Element, units: t.Sequence[ET.Element]) -> t.Iterator[tuple[str, int]]:
    """Sizes of whole Ethernet frames: a family's MTU leaves the 14 bytes of the header out."""
    size = parse_number(element.findtext("mtu"))
    if size is not None:
        yield f"mtu {size}", size
    for unit in units:
        for family in unit.findall("family/*"):
            size = parse_number(family.findtext("mtu"))
            if size is not None:
                yield f"unit {_read_name(unit)} family {family.tag} mtu {size}", size + 14


def _count_vlans(unit: ET.Element) -> int:
    if unit.find("vlan-id") is not None or unit.find("vlan-tags") is not None:
        return 1
    count = 0
    for element in (*unit.findall("vlan-id-list"), *unit.findall("vlan-id-range")):
        for part in (element.text or "").replace(",", " ").split():
            first, last = (parse_number(end) for end in part.partition("-")[::2])
            if first is not None:
                count += 1 if last is None else last - first + 1
    return count


def _find_protocols(root: ET.Element, names: t.Sequence[str]) -> t.Iterator[str]:
    places = [("protocols", root.find("protocols"))]
    for instance in root.findall("routing-instances/instance"):
        places.append((f"routing-instances {_read_name(instance)} protocols", instance.find("protocols")))
    for place, protocols in places:
        for name in names:
            if protocols is not None and protocols.find(name) is not None:
                yield f"{place} {name}"


def _find_packet_mode(root: ET.Element) -> t.Iterator[str]:
    families = root.find("security/forwarding-options/family")
    for family in families if families is not None else ():
        if (family.findtext("mode") or "").strip() == "packet-based":
            yield f"security forwarding-options family {family.tag} mode packet-based"
    for family in (*root.findall("firewall/family/*"), *root.findall("firewall")):
        for found in family.findall("filter"):
            for term in found.findall("term"):
                if term.find("then/packet-mode") is not None:
                    prefix = "firewall" if family.tag == "firewall" else f"firewall family {family.tag}"
                    yield f"{prefix} filter {_read_name(found)} term {_read_name(term)} then packet-mode"


def find_backup_routers(inherited: ET.Element, as_written: t.Optional[ET.Element], local: t.Optional[str]) -> dict[str, t.Optional[bool]]:
    """Return for each node whether [edit system backup-router] is in force on it; None where the configuration was not read for it."""
    found: dict[str, t.Optional[bool]] = dict.fromkeys(NODES)
    if as_written is not None:
        everywhere = _has_one(as_written)
        applied = find_applied_groups([as_written])
        holders = {(group.findtext("name") or "").strip() for group in as_written.findall("groups") if is_active(group) and _has_one(group)}
        for node in NODES:
            found[node] = everywhere or any(name in holders for name, nodes in applied.items() if node in nodes)
    if local is not None:
        found[local] = _has_one(inherited)
    return found


def _has_one(parent: ET.Element) -> bool:
    return any(is_active(system) and is_active(router) for system in parent.findall("system") for router in system.findall("backup-router"))
