# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The vSRX nodes of a KVM host that is to be rebooted, from the inventory. Pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .model import REJOIN_S, SHUTDOWN_S
from .variables import Variables, get_number, get_text, get_truth

#: the variables of a node that are read, so that no other one is evaluated
OF_RESIDENT = (
    "vsrx_host", "vsrx_domain", "vsrx_cluster", "vsrx_cluster_node", "vsrx_ports_uri", "vsrx_ports_shutdown_timeout",
    "vsrx_ports_force_off", "vsrx_ports_rejoin_timeout", "vsrx_ports_poll_interval",
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclasses.dataclass(frozen=True)
class Resident:
    """A node whose domain is on the host."""

    name: str
    domain: str
    uri: str
    cluster: str
    """The name of its cluster; empty for a stand-alone node."""
    node: str
    """node0 or node1; empty for a stand-alone node."""
    nodes: t.Mapping[str, str]
    """Both nodes of its cluster, node0 and node1, with their inventory names."""
    alone: bool
    """No node on another host carries its traffic: a stand-alone node, or one whose partner is on the same host or unknown."""
    shutdown_s: int
    force_off: bool
    rejoin_s: int
    poll_s: int


def find_residents(nodes: t.Mapping[str, Variables], host: str) -> list[Resident]:
    """The nodes of the host, in the order of the inventory."""
    return [_describe(name, node, nodes) for name, node in nodes.items() if get_text(node.get("vsrx_host")) == host]


def _describe(name: str, node: Variables, nodes: t.Mapping[str, Variables]) -> Resident:
    cluster = get_text(node.get("vsrx_cluster"))
    members = {other: each for other, each in nodes.items() if cluster and get_text(each.get("vsrx_cluster")) == cluster}
    partners = [each for other, each in members.items() if other != name]
    here = get_text(node.get("vsrx_host"))
    return Resident(
        name=name,
        domain=get_text(node.get("vsrx_domain")),
        uri=get_text(node.get("vsrx_ports_uri")) or "qemu:///system",
        cluster=cluster,
        node=f"node{get_text(node.get('vsrx_cluster_node'))}" if cluster else "",
        nodes={f"node{get_text(each.get('vsrx_cluster_node'))}": other for other, each in members.items()},
        alone=len(partners) != 1 or get_text(partners[0].get("vsrx_host")) in ("", here),
        shutdown_s=get_number(node.get("vsrx_ports_shutdown_timeout"), SHUTDOWN_S),
        force_off=get_truth(node.get("vsrx_ports_force_off")),
        rejoin_s=get_number(node.get("vsrx_ports_rejoin_timeout"), REJOIN_S),
        poll_s=get_number(node.get("vsrx_ports_poll_interval"), 5),
    )


def find_uuid(rows: t.Iterable[str], domain: str) -> str:
    """The UUID of a domain that is named by its name or its UUID, in rows of ``virsh list --uuid --name``; empty unless it is one.

    virsh itself takes a number for an id and a word with a hyphen for an option.
    """
    found = set()
    # No pattern over a whole row: a host decides how long it is.
    for row in rows if domain else ():
        uuid, *name = row.split(None, 1) or [""]
        if _UUID.fullmatch(uuid) and (domain == "".join(name).rstrip() or domain.lower() == uuid):
            found.add(uuid)
    return found.pop() if len(found) == 1 else ""
