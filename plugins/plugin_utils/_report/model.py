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


def _make_words(meaning: str, default: t.Optional[str] = "") -> t.Any:
    return _field(default=default, metadata={"meaning": meaning})


def _make_number(meaning: str, highest: int = _BIG, lowest: int = 0) -> t.Any:
    return _field(default=None, metadata={"meaning": meaning, "lowest": lowest, "highest": highest})


def _make_flag(meaning: str, default: t.Optional[bool] = None) -> t.Any:
    return _field(default=default, metadata={"meaning": meaning})


def _make_list(meaning: str) -> t.Any:
    return _field(default=(), metadata={"meaning": meaning})


@dataclasses.dataclass(frozen=True)
class Vf:
    """A virtual function, as the host shows it."""

    vf: t.Optional[int] = _make_number("Number of the VF on its PF.", 65535)
    address: t.Optional[str] = _make_words("PCI address of the VF.", None)
    driver: t.Optional[str] = _make_words("Driver that uses the VF on the host.", None)
    netdev: t.Optional[str] = _make_words("Network device of the VF on the host.", None)
    mac: t.Optional[str] = _make_words("MAC address that the PF shows for the VF.", None)
    vlan: t.Optional[int] = _make_number("VLAN that the PF puts the VF into; 0 for none.", 4095)
    trust: t.Optional[bool] = _make_flag("The VF may change its MAC address.")
    spoofchk: t.Optional[bool] = _make_flag("Frames with another source MAC address are dropped.")
    link_state: t.Optional[str] = _make_words("The link as the VF sees it.", None)


@dataclasses.dataclass(frozen=True)
class Pf:
    """A physical function with its VFs."""

    pf: t.Optional[str] = _make_words("Network device of the PF, or its PCI address.", None)
    address: t.Optional[str] = _make_words("PCI address of the PF.", None)
    driver: t.Optional[str] = _make_words("Driver of the PF.", None)
    mac: t.Optional[str] = _make_words("Permanent MAC address of the PF.", None)
    up: t.Optional[bool] = _make_flag("The PF is up.")
    mtu: t.Optional[int] = _make_number("MTU of the PF.", 2**31)
    speed_mbps: t.Optional[int] = _make_number("Speed of the link in Mbit/s; null where it is down.", 10**8)
    numa_node: t.Optional[int] = _make_number("NUMA node of the PF.", 65535)
    num_vfs: t.Optional[int] = _make_number("VFs that the PF has.", 65535)
    total_vfs: t.Optional[int] = _make_number("VFs that the PF can have.", 65535)
    persist: t.Optional[bool] = _make_flag("VFs and attributes come back after a reboot of the host.")
    vfs: tuple[Vf, ...] = _make_list("The VFs by their number.")


@dataclasses.dataclass(frozen=True)
class Host:
    """A KVM host."""

    name: str = _make_words("Inventory name.")
    read: bool = _make_flag("The host could be read.", False)
    pfs: tuple[Pf, ...] = _make_list("The PFs that the inventory lists.")


@dataclasses.dataclass(frozen=True)
class Port:
    """A NIC of a domain and the Junos interface that it is."""

    position: t.Optional[int] = _make_number("Place of the NIC in the domain, from 1.", 65535)
    junos_interface: t.Optional[str] = _make_words("Name of the interface in Junos.", None)
    sriov: bool = _make_flag("The NIC is a VF.", False)
    vf: t.Optional[str] = _make_words("PCI address of the VF.", None)
    pf: t.Optional[str] = _make_words("Network device of the PF.", None)
    pf_address: t.Optional[str] = _make_words("PCI address of the PF.", None)
    index: t.Optional[int] = _make_number("Number of the VF on its PF.", 65535)
    vf_exists: t.Optional[bool] = _make_flag("The host has the VF now.")
    mac: t.Optional[str] = _make_words("MAC address of the NIC.", None)
    guest_address: t.Optional[str] = _make_words("PCI address in the guest.", None)
    reth: t.Optional[str] = _make_words("The reth that the interface belongs to.", None)


@dataclasses.dataclass(frozen=True)
class Node:
    """A vSRX: a node of a cluster, or one that stands alone."""

    name: str = _make_words("Inventory name.")
    re_name: t.Optional[str] = _make_words("Name in the cluster, node0 or node1.", None)
    host: str = _make_words("KVM host that runs it.")
    domain: str = _make_words("libvirt domain.")
    junos_version: t.Optional[str] = _make_words("Junos release.", None)
    booted_at: t.Optional[int] = _make_number("When it booted, in seconds since 1970 by its own clock.", 4_102_444_800)
    in_force: t.Optional[bool] = _make_flag("The node booted with both statements of the MAC mode.")
    healthy: bool = _make_flag("Junos reports the node as healthy.", False)
    reasons: tuple[str, ...] = _make_list("Why the node is not healthy.")
    primary_of: tuple[int, ...] = dataclasses.field(
        default=(), metadata={"meaning": "Redundancy groups of which it is primary.", "lowest": 0, "highest": 128}
    )
    ports: tuple[Port, ...] = _make_list("Its NICs in Junos order.")


@dataclasses.dataclass(frozen=True)
class Reth:
    """A redundant Ethernet interface."""

    name: str = _make_words("Its name.")
    redundancy_group: t.Optional[int] = _make_number("Its redundancy group.", 128)
    ports: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict, metadata={"meaning": "Its interfaces on each node."})
    active_node: t.Optional[str] = _make_words("The primary node of its group.", None)
    active_port: t.Optional[str] = _make_words("Its interface on that node.", None)
    mac: t.Optional[str] = _make_words("Its MAC address.", None)
    active_port_mac: t.Optional[str] = _make_words("MAC address of the active interface.", None)
    mac_is_active_ports: t.Optional[bool] = _make_flag("The two are the same (S13).")
    up: t.Optional[bool] = _make_flag("It is up.")
    vlans: t.Optional[int] = _make_number("How many VLANs it has.", 4096)


@dataclasses.dataclass(frozen=True)
class Statement:
    """One of the two statements of the MAC mode."""

    name: str = _make_words("The statement.")
    nodes: tuple[str, ...] = _make_list("The nodes that have it in their configuration.")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What an operator wants to know first."""

    state: State = dataclasses.field(default="unknown", metadata={"meaning": "The state of the traffic."})
    reasons: tuple[str, ...] = _make_list("Why it is not healthy.")
    since: t.Optional[str] = _make_words("The first report in a row that saw this state.", None)
    stops: t.Optional[int] = _make_number("Findings that stop the playbook site.")
    steps: t.Optional[int] = _make_number("Steps that the playbook site would take; null where it cannot be said.")


@dataclasses.dataclass(frozen=True)
class Cluster:
    """A chassis cluster."""

    name: str = _make_words("Name that its nodes share in the inventory.")
    verdict: Verdict = dataclasses.field(default_factory=Verdict, metadata={"meaning": "The state in short."})
    healthy: bool = _make_flag("Junos reports both nodes as healthy.", False)
    restart_required: t.Optional[bool] = _make_flag("A restart of both nodes is pending.")
    statements: tuple[Statement, ...] = _make_list("The statements of the MAC mode.")
    nodes: tuple[Node, ...] = _make_list("Its nodes.")
    reths: tuple[Reth, ...] = _make_list("Its redundant Ethernet interfaces.")


@dataclasses.dataclass(frozen=True)
class Finding:
    """What a rule has to say, or why something was refused."""

    id: str = _make_words("The rule, S1 to S22; empty for a refusal without a rule.")
    severity: t.Literal["error", "warning"] = dataclasses.field(default="error", metadata={"meaning": "How bad it is."})
    on: str = _make_words("The host, the node or the cluster.")
    where: str = _make_words("The object there.")
    found: str = _make_words("What was found.")
    cure: str = _make_words("What to do.")
    stops: bool = _make_flag("The playbook site stops for it.", False)
    standing: Standing = dataclasses.field(
        default="open",
        metadata={
            "meaning": "stops: site stops for it. open: site does not act on it. cured: site cures it. accepted: the operator accepts it."
        },
    )


@dataclasses.dataclass(frozen=True)
class Step:
    """A step that the playbook site would take."""

    number: t.Optional[int] = _make_number("Its place in the order of execution, from 1.")
    on: str = _make_words("The host, the node or the cluster.")
    what: str = _make_words("What is done.")
    traffic: Traffic = dataclasses.field(
        default="unknown", metadata={"meaning": "What happens to traffic: nothing, a failover of the cluster, or an outage."}
    )
    longest: t.Optional[int] = _make_number("Seconds that it may take at most.")

    @property
    def place(self) -> str:
        """The number for people; a document that was changed by hand may have none."""
        return "?" if self.number is None else str(self.number)


@dataclasses.dataclass(frozen=True)
class Difference:
    """What is not as in the earlier report."""

    on: str = _make_words("The host, the node or the cluster.")
    what: str = _make_words("The object and its property.")
    before: str = _make_words("The earlier value.")
    after: str = _make_words("The value now.")
    change: Change = dataclasses.field(default="other", metadata={"meaning": "Whether it is better or worse than before."})


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The comparison with an earlier report."""

    read_at: str = _make_words("When the earlier report was read.")
    differences: tuple[Difference, ...] = _make_list("What is different.")


@dataclasses.dataclass(frozen=True)
class Run:
    """Who read the site, with what."""

    user: str = _make_words("Who ran it.")
    collection: str = _make_words("Version of vsrx.sriov.")
    ansible: str = _make_words("Version of ansible-core.")
    inventory: tuple[str, ...] = _make_list("The inventory sources.")
    limit: t.Optional[str] = _make_words("The limit of the run.", None)
    left_out: tuple[str, ...] = _make_list("Hosts of the inventory that the run left out. Where there are any, the report is partial.")


@dataclasses.dataclass(frozen=True)
class Document:
    """A site: hosts, clusters and findings in a fixed order."""

    schema: int = dataclasses.field(default=SCHEMA, metadata={"meaning": "Version of this format.", "lowest": SCHEMA, "highest": SCHEMA})
    read_at: str = _make_words("When it was read, in UTC.")
    run: Run = dataclasses.field(default_factory=Run, metadata={"meaning": "Who read it, with what."})
    verdict: Verdict = dataclasses.field(default_factory=Verdict, metadata={"meaning": "The whole site in short."})
    hosts: tuple[Host, ...] = _make_list("The KVM hosts.")
    clusters: tuple[Cluster, ...] = _make_list("The clusters.")
    standalone: tuple[Node, ...] = _make_list("The nodes that stand alone.")
    findings: tuple[Finding, ...] = _make_list("What was found, what stops site first.")
    plan: tuple[Step, ...] = _make_list("What the playbook site would do, in order.")
    comparison: t.Optional[Comparison] = dataclasses.field(default=None, metadata={"meaning": "What is different from an earlier report."})
