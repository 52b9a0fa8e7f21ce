# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document of a site: what the report knows, with the type, the range and the meaning of each value.

The published JSON schema and the check of documents are made from these classes. What could not be read is null.
"""

from __future__ import annotations

import dataclasses
import typing as t

#: raised when a field changes its meaning or goes away
SCHEMA = 1
_BIG = 2**53

State = t.Literal["healthy", "pending", "at_risk", "unknown"]
Standing = t.Literal["stops", "open", "warning", "cured", "accepted"]
Traffic = t.Literal["no", "failover", "outage", "unknown"]
Change = t.Literal["better", "worse", "other"]


#: by another name, since these are called within dataclasses, which a checker cannot see
_field = dataclasses.field


def _words(meaning: str, default: t.Optional[str] = "") -> t.Any:
    return _field(default=default, metadata={"meaning": meaning})


def _number(meaning: str, highest: int = _BIG, lowest: int = 0) -> t.Any:
    return _field(default=None, metadata={"meaning": meaning, "lowest": lowest, "highest": highest})


def _flag(meaning: str, default: t.Optional[bool] = None) -> t.Any:
    return _field(default=default, metadata={"meaning": meaning})


def _list(meaning: str) -> t.Any:
    return _field(default=(), metadata={"meaning": meaning})


@dataclasses.dataclass(frozen=True)
class Vf:
    """A virtual function, as the host shows it."""

    vf: t.Optional[int] = _number("Number of the VF on its PF.", 65535)
    address: t.Optional[str] = _words("PCI address of the VF.", None)
    driver: t.Optional[str] = _words("Driver that uses the VF on the host.", None)
    netdev: t.Optional[str] = _words("Network device of the VF on the host.", None)
    mac: t.Optional[str] = _words("MAC address that the PF shows for the VF.", None)
    vlan: t.Optional[int] = _number("VLAN that the PF puts the VF into; 0 for none.", 4095)
    trust: t.Optional[bool] = _flag("The VF may change its MAC address.")
    spoofchk: t.Optional[bool] = _flag("Frames with another source MAC address are dropped.")
    link_state: t.Optional[str] = _words("The link as the VF sees it.", None)


@dataclasses.dataclass(frozen=True)
class Pf:
    """A physical function with its VFs."""

    pf: t.Optional[str] = _words("Network device of the PF, or its PCI address.", None)
    address: t.Optional[str] = _words("PCI address of the PF.", None)
    driver: t.Optional[str] = _words("Driver of the PF.", None)
    mac: t.Optional[str] = _words("Permanent MAC address of the PF.", None)
    up: t.Optional[bool] = _flag("The PF is up.")
    mtu: t.Optional[int] = _number("MTU of the PF.", 2**31)
    speed_mbps: t.Optional[int] = _number("Speed of the link in Mbit/s; null where it is down.", 10**8)
    numa_node: t.Optional[int] = _number("NUMA node of the PF.", 65535)
    num_vfs: t.Optional[int] = _number("VFs that the PF has.", 65535)
    total_vfs: t.Optional[int] = _number("VFs that the PF can have.", 65535)
    persist: t.Optional[bool] = _flag("VFs and attributes come back after a reboot of the host.")
    vfs: tuple[Vf, ...] = _list("The VFs by their number.")


@dataclasses.dataclass(frozen=True)
class Host:
    """A KVM host."""

    name: str = _words("Inventory name.")
    read: bool = _flag("The host could be read.", False)
    pfs: tuple[Pf, ...] = _list("The PFs that the inventory lists.")


@dataclasses.dataclass(frozen=True)
class Port:
    """A NIC of a domain and the Junos interface that it is."""

    position: t.Optional[int] = _number("Place of the NIC in the domain, from 1.", 65535)
    junos_interface: t.Optional[str] = _words("Name of the interface in Junos.", None)
    sriov: bool = _flag("The NIC is a VF.", False)
    vf: t.Optional[str] = _words("PCI address of the VF.", None)
    pf: t.Optional[str] = _words("Network device of the PF.", None)
    pf_address: t.Optional[str] = _words("PCI address of the PF.", None)
    index: t.Optional[int] = _number("Number of the VF on its PF.", 65535)
    vf_exists: t.Optional[bool] = _flag("The host has the VF now.")
    mac: t.Optional[str] = _words("MAC address of the NIC.", None)
    guest_address: t.Optional[str] = _words("PCI address in the guest.", None)
    reth: t.Optional[str] = _words("The reth that the interface belongs to.", None)


@dataclasses.dataclass(frozen=True)
class Node:
    """A vSRX: a node of a cluster, or one that stands alone."""

    name: str = _words("Inventory name.")
    re_name: t.Optional[str] = _words("Name in the cluster, node0 or node1.", None)
    host: str = _words("KVM host that runs it.")
    domain: str = _words("libvirt domain.")
    junos_version: t.Optional[str] = _words("Junos release.", None)
    booted_at: t.Optional[int] = _number("When it booted, in seconds since 1970 by its own clock.", 4_102_444_800)
    in_force: t.Optional[bool] = _flag("The node booted with both statements of the MAC mode.")
    healthy: bool = _flag("Junos reports the node as healthy.", False)
    reasons: tuple[str, ...] = _list("Why the node is not healthy.")
    primary_of: tuple[int, ...] = dataclasses.field(
        default=(), metadata={"meaning": "Redundancy groups of which it is primary.", "lowest": 0, "highest": 128}
    )
    ports: tuple[Port, ...] = _list("Its NICs in Junos order.")


@dataclasses.dataclass(frozen=True)
class Reth:
    """A redundant Ethernet interface."""

    name: str = _words("Its name.")
    redundancy_group: t.Optional[int] = _number("Its redundancy group.", 128)
    ports: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict, metadata={"meaning": "Its interfaces on each node."})
    active_node: t.Optional[str] = _words("The primary node of its group.", None)
    active_port: t.Optional[str] = _words("Its interface on that node.", None)
    mac: t.Optional[str] = _words("Its MAC address.", None)
    active_port_mac: t.Optional[str] = _words("MAC address of the active interface.", None)
    mac_is_active_ports: t.Optional[bool] = _flag("The two are the same (S13).")
    up: t.Optional[bool] = _flag("It is up.")
    vlans: t.Optional[int] = _number("How many VLANs it has.", 4096)


@dataclasses.dataclass(frozen=True)
class Statement:
    """One of the two statements of the MAC mode."""

    name: str = _words("The statement.")
    nodes: tuple[str, ...] = _list("The nodes that have it in their configuration.")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What an operator wants to know first."""

    state: State = dataclasses.field(default="unknown", metadata={"meaning": "The state of the traffic."})
    reasons: tuple[str, ...] = _list("Why it is not healthy.")
    since: t.Optional[str] = _words("The first report in a row that saw this state.", None)
    stops: t.Optional[int] = _number("Findings that stop the playbook site.")
    steps: t.Optional[int] = _number("Steps that the playbook site would take; null where it cannot be said.")


@dataclasses.dataclass(frozen=True)
class Cluster:
    """A chassis cluster."""

    name: str = _words("Name that its nodes share in the inventory.")
    verdict: Verdict = dataclasses.field(default_factory=Verdict, metadata={"meaning": "The state in short."})
    healthy: bool = _flag("Junos reports both nodes as healthy.", False)
    restart_required: t.Optional[bool] = _flag("A restart of both nodes is pending.")
    statements: tuple[Statement, ...] = _list("The statements of the MAC mode.")
    nodes: tuple[Node, ...] = _list("Its nodes.")
    reths: tuple[Reth, ...] = _list("Its redundant Ethernet interfaces.")


@dataclasses.dataclass(frozen=True)
class Finding:
    """What a rule has to say, or why something was refused."""

    id: str = _words("The rule, S1 to S22; empty for a refusal without a rule.")
    severity: t.Literal["error", "warning"] = dataclasses.field(default="error", metadata={"meaning": "How bad it is."})
    on: str = _words("The host, the node or the cluster.")
    where: str = _words("The object there.")
    found: str = _words("What was found.")
    cure: str = _words("What to do.")
    stops: bool = _flag("The playbook site stops for it.", False)
    standing: Standing = dataclasses.field(
        default="open",
        metadata={
            "meaning": "stops: site stops for it. open: site does not act on it. cured: site cures it. accepted: the operator accepts it."
        },
    )


@dataclasses.dataclass(frozen=True)
class Step:
    """A step that the playbook site would take."""

    number: t.Optional[int] = _number("Its place in the order of execution, from 1.")
    on: str = _words("The host, the node or the cluster.")
    what: str = _words("What is done.")
    traffic: Traffic = dataclasses.field(
        default="unknown", metadata={"meaning": "What happens to traffic: nothing, a failover of the cluster, or an outage."}
    )
    longest: t.Optional[int] = _number("Seconds that it may take at most.")

    @property
    def place(self) -> str:
        """The number for people; a document that was changed by hand may have none."""
        return "?" if self.number is None else str(self.number)


@dataclasses.dataclass(frozen=True)
class Difference:
    """What is not as in the earlier report."""

    on: str = _words("The host, the node or the cluster.")
    what: str = _words("The object and its property.")
    before: str = _words("The earlier value.")
    after: str = _words("The value now.")
    change: Change = dataclasses.field(default="other", metadata={"meaning": "Whether it is better or worse than before."})


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The comparison with an earlier report."""

    read_at: str = _words("When the earlier report was read.")
    differences: tuple[Difference, ...] = _list("What is different.")


@dataclasses.dataclass(frozen=True)
class Run:
    """Who read the site, with what."""

    user: str = _words("Who ran it.")
    collection: str = _words("Version of vsrx.sriov.")
    ansible: str = _words("Version of ansible-core.")
    inventory: tuple[str, ...] = _list("The inventory sources.")
    limit: t.Optional[str] = _words("The limit of the run.", None)
    left_out: tuple[str, ...] = _list("Hosts of the inventory that the run left out. Where there are any, the report is partial.")


@dataclasses.dataclass(frozen=True)
class Document:
    """A site: hosts, clusters and findings in a fixed order."""

    schema: int = dataclasses.field(default=SCHEMA, metadata={"meaning": "Version of this format.", "lowest": SCHEMA, "highest": SCHEMA})
    read_at: str = _words("When it was read, in UTC.")
    run: Run = dataclasses.field(default_factory=Run, metadata={"meaning": "Who read it, with what."})
    verdict: Verdict = dataclasses.field(default_factory=Verdict, metadata={"meaning": "The whole site in short."})
    hosts: tuple[Host, ...] = _list("The KVM hosts.")
    clusters: tuple[Cluster, ...] = _list("The clusters.")
    standalone: tuple[Node, ...] = _list("The nodes that stand alone.")
    findings: tuple[Finding, ...] = _list("What was found, what stops site first.")
    plan: tuple[Step, ...] = _list("What the playbook site would do, in order.")
    comparison: t.Optional[Comparison] = dataclasses.field(default=None, metadata={"meaning": "What is different from an earlier report."})
