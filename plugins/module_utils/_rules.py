# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The rules that findings are made by: the only list of S1 to S22.

S1 to S22 are the statements of Juniper's page about SR-IOV and PCI passthrough for vSRX on KVM. Two more ids stand for reasons that no
statement of the page covers: ``request`` for what the caller asked, ``state`` for what the host, libvirt or Junos has now.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ._errors import Finding, Severity


@dataclasses.dataclass(frozen=True)
class Rule:
    """A rule: its id, a title that fits one line, and the makers of its findings."""

    id: str
    title: str

    @property
    def anchor(self) -> str:
        """Where the documentation's page of rules explains it, as in ``rules.html#s7``."""
        return self.id.lower()

    def error(self, *, where: str, found: str, cure: str) -> Finding:
        """Return a finding that stops the change unless the rule is accepted."""
        return Finding(self.id, Severity.ERROR, where, found, cure)

    def warning(self, *, where: str, found: str, cure: str) -> Finding:
        """Return a finding that does not stop the change."""
        return Finding(self.id, Severity.WARNING, where, found, cure)


_TITLES = (
    ("S1", "A PF is a full PCIe function with the SR-IOV capability"),
    ("S2", "The hardware limits the number of VFs"),
    ("S3", "The number of VFs comes from configuration and driver"),
    ("S4", "A Junos interface on a VF keeps the MAC address of the VF"),
    ("S5", "The order in the domain XML is the order in Junos"),
    ("S6", "HA with trust mode off needs Junos 19.4R1 or later on KVM, and both statements"),
    ("S7", "Only revenue ports may be VFs"),
    ("S8", "Both nodes must reboot to enable the mode"),
    ("S9", "The two statements go together"),
    ("S10", "A reth has at most one port per node"),
    ("S11", "NAT proxy ARP cannot be used for NAT pools"),
    ("S12", "Many VLANs on a reth make a failover slow"),
    ("S13", "After a failover, a reth has the MAC address of its active port"),
    ("S14", "Features that need control of the PF driver"),
    ("S15", "All revenue ports should be SR-IOV ports"),
    ("S16", "Supported NICs and the Junos releases that support them"),
    ("S17", "vCPUs, memory and vNIC type decide how vSRX scales"),
    ("S18", "SR-IOV NIC, IOMMU and SR-IOV enabled on the host"),
    ("S19", "Interfaces come in the order 1G, 10G, 40G, 100G"),
    ("S20", "virt-manager can show and edit what is written"),
    ("S21", "VFs, PCI addresses, domain XML with the VM off, start"),
    ("S22", "A VF or MAC address belongs to one domain only"),
)
#: the rules of the page by id, in the page's order
RULES: t.Mapping[str, Rule] = {rule: Rule(rule, title) for rule, title in _TITLES}
REQUEST = Rule("request", "The request cannot be carried out as it is written")
STATE = Rule("state", "What is there now stands against the change")
