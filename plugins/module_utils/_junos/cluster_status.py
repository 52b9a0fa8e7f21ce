# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a chassis cluster says of itself, from its replies. Pure."""

from __future__ import annotations

import dataclasses
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; reply.py parses

from .reply import describe_error, parse_number

NODES = ("node0", "node1")
PRIMARY = "primary"
SECONDARY = "secondary"
#: states that pass by themselves within seconds or minutes
TRANSIENT_STATES = ("hold", "secondary-hold")
PRIORITY_INELIGIBLE = 0
#: what a manual failover gives the node that it made primary, until it is cleared
PRIORITY_MANUAL_FAILOVER = 255
#: both nodes are asked one after the other, so their clocks seem apart by a little
CLOCK_TOLERANCE_S = 5


@dataclasses.dataclass(frozen=True)
class Membership:
    """A node's part in a redundancy group."""

    node: str
    state: str
    priority: t.Optional[int]
    failures: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        found = []
        if self.state not in (PRIMARY, SECONDARY):
            found.append(f"is {self.state or 'in no state'}")
        if self.priority == PRIORITY_INELIGIBLE:
            found.append(f"has priority {self.priority}")
        if self.failures:
            found.append(f"reports monitor failures {', '.join(self.failures)}")
        return tuple(found)


@dataclasses.dataclass(frozen=True)
class Group:
    """A redundancy group."""

    id: int
    members: tuple[Membership, ...]
    #: a manual failover keeps it where it is
    manual: bool = False
    #: it goes back by itself to the node of the higher priority
    preempt: bool = False

    def find_node(self, state: str) -> t.Optional[str]:
        nodes = [member.node for member in self.members if member.state == state]
        return nodes[0] if len(nodes) == 1 else None

    def find_member(self, node: str) -> t.Optional[Membership]:
        return next((member for member in self.members if member.node == node), None)


@dataclasses.dataclass(frozen=True)
class Node:
    """A node of the cluster; None where it did not report a value."""

    name: str
    junos_version: t.Optional[str] = None
    model: t.Optional[str] = None
    host_name: t.Optional[str] = None
    #: by its own clock, as all that a node says of times
    booted_at: t.Optional[int] = None
    now: t.Optional[int] = None
    #: why nothing was answering of it, where the node that answers got no data from it
    away: t.Optional[str] = None

    def find_skew_to(self, other: Node) -> int:
        """By how many seconds its clock is ahead; a few seconds count as none."""
        if self.now is None or other.now is None or abs(self.now - other.now) <= CLOCK_TOLERANCE_S:
            return 0
        return self.now - other.now


@dataclasses.dataclass(frozen=True)
class Link:
    """A physical interface's state and MAC addresses."""

    name: str
    admin: str
    oper: str
    current_mac: t.Optional[str]
    hardware_mac: t.Optional[str]


def parse_groups(status: ET.Element) -> tuple[Group, ...]:
    """The redundancy groups; a group's elements come flat, each <device-name> beginning the next node."""
    found = []
    for group in status.iter("redundancy-group"):
        identity = parse_number(_read_text(group.find("redundancy-group-id")))
        if identity is None:
            continue
        devices: list[dict[str, list[str]]] = []
        for stats in group.findall("device-stats"):
            for element in stats:
                if element.tag == "device-name":
                    devices.append({})
                if devices:
                    devices[-1].setdefault(element.tag, []).append(" ".join("".join(element.itertext()).split()))
        members = tuple(_parse_membership(device) for device in devices)
        manual = _is_yes(devices, "failover-mode") or any(member.priority == PRIORITY_MANUAL_FAILOVER for member in members)
        found.append(Group(identity, members, manual, _is_yes(devices, "preempt")))
    return tuple(sorted(found, key=lambda group: group.id))


@dataclasses.dataclass(frozen=True)
class NodeReplies:
    """What the nodes answered to one request, each part as it came."""

    roots: tuple[ET.Element, ...]
    #: why a node's part is missing, in Junos' words
    errors: tuple[str, ...] = ()

    @property
    def is_cluster(self) -> bool:
        """A cluster answers for each node by name; a stand-alone box answers for itself."""
        return any(next(root.iter("multi-routing-engine-item"), None) is not None for root in self.roots)

    def split_by_node(self, tag: str) -> dict[str, ET.Element]:
        """The data of each node by its name; "" is the one that answers without a name."""
        found: dict[str, ET.Element] = {}
        for root in self.roots:
            items = list(root.iter("multi-routing-engine-item"))
            for item in items:
                element = item.find(tag)
                if element is not None:
                    found[_read_text(item.find("re-name"))] = element
            bare = None if items else next(root.iter(tag), None)
            if bare is not None:
                found[""] = bare
        return found

    def find_reason(self, node: str) -> t.Optional[str]:
        """Why the node's part is missing, as far as Junos said."""
        for root in self.roots:
            for item in root.iter("multi-routing-engine-item"):
                error = item.find("error")
                if _read_text(item.find("re-name")) == node and error is not None:
                    return describe_error(error)
        return "; ".join(dict.fromkeys(self.errors)) or None


def parse_nodes(software: NodeReplies, uptime: NodeReplies) -> tuple[Node, ...]:
    """Both nodes by name, or the one that answers for itself (named after nothing: "")."""
    about = software.split_by_node("software-information")
    since = uptime.split_by_node("system-uptime-information")
    expected = NODES if software.is_cluster or uptime.is_cluster else ()
    found = []
    for name in sorted({*about, *since, *expected}):
        release, clock = about.get(name), since.get(name)
        away = None
        if release is None and clock is None:
            away = software.find_reason(name) or uptime.find_reason(name) or "its part of the answer is missing"
        found.append(
            Node(
                name=name,
                junos_version=_find_release(release),
                model=None if release is None else _read_text(release.find("product-model")) or None,
                host_name=None if release is None else _read_text(release.find("host-name")) or None,
                booted_at=None if clock is None else _find_moment(clock, "system-booted-time"),
                now=None if clock is None else _find_moment(clock, "current-time"),
                away=away,
            )
        )
    return tuple(found)


def parse_links(interfaces: ET.Element) -> dict[str, Link]:
    found = {}
    for element in interfaces.iter("physical-interface"):
        name = _read_text(element.find("name"))
        found[name] = Link(
            name=name,
            admin=_read_text(element.find("admin-status")),
            oper=_read_text(element.find("oper-status")),
            current_mac=_read_text(element.find("current-physical-address")).lower() or None,
            hardware_mac=_read_text(element.find("hardware-physical-address")).lower() or None,
        )
    return found


def find_health_problems(found: t.Sequence[Group], node: str, ignore_manual: bool = False) -> tuple[str, ...]:
    """Why a node is not healthy, group by group; nothing where it is. ``ignore_manual``: a manual failover is no reason."""
    if not found:
        return ("the cluster reports no redundancy group",)
    reasons = []
    for group in found:
        member = group.find_member(node)
        if member is None:
            reasons.append(f"redundancy group {group.id} does not list it")
            continue
        reasons.extend(f"{problem} in redundancy group {group.id}" for problem in member.problems)
        if member.priority == PRIORITY_MANUAL_FAILOVER and not ignore_manual:
            command = f"request chassis cluster failover reset redundancy-group {group.id}"
            reasons.append(f"has priority {PRIORITY_MANUAL_FAILOVER} from a manual failover ('{command}' clears it)")
        if member.state == PRIMARY and group.find_node(PRIMARY) is None:
            reasons.append(f"is not the only primary of redundancy group {group.id}")
        if member.state == SECONDARY and not any(other.state == PRIMARY for other in group.members):
            reasons.append(f"has no primary beside it in redundancy group {group.id}")
    return tuple(reasons)


def _is_yes(devices: t.Iterable[t.Mapping[str, t.Sequence[str]]], tag: str) -> bool:
    return any(text.lower() == "yes" for device in devices for text in device.get(tag, ()))


def _parse_membership(device: dict[str, list[str]]) -> Membership:
    def first(tag: str) -> str:
        return device.get(tag, [""])[0]

    failures = (part for text in device.get("monitor-failures", []) for part in text.replace(",", " ").split())
    return Membership(
        node=first("device-name"),
        state=first("redundancy-group-status").lower(),
        priority=parse_number(first("device-priority")),
        failures=tuple(part for part in failures if part.lower() != "none"),
    )


def _find_release(software: t.Optional[ET.Element]) -> t.Optional[str]:
    return None if software is None else _read_text(software.find("junos-version")) or None


def _find_moment(uptime: ET.Element, tag: str) -> t.Optional[int]:
    moment = uptime.find(f"{tag}/date-time")
    return None if moment is None else parse_number(moment.get("seconds"))


def _read_text(element: t.Optional[ET.Element]) -> str:
    return "" if element is None else " ".join((element.text or "").split())
