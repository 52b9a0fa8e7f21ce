#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module sriov_vfs: SR-IOV virtual functions of a KVM host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sriov_vfs
short_description: SR-IOV virtual functions of a KVM host
version_added: 1.0.0
description:
  - Makes and removes the virtual functions (VFs) of physical functions (PFs), and sets what the PF enforces on each VF.
  - Every PF is planned before the first write, so that a mistake in the last one changes nothing in the first.
  - A VF that is in use is never taken away. In use is a VF that a libvirt domain has, running or only defined, in any form; that a libvirt
    network hands out; whose VFIO group or device a process has open; or whose network device has an address, a route, a bridge or bond,
    a device stacked on it, or is in another network namespace. A network device that is merely up is no use, since NetworkManager sets
    every device up that it manages. The kernel itself would not refuse; the write would hang, or the guest would lose its port.
  - The network devices of new VFs are waited for, up to 60 seconds, since some drivers register theirs seconds later.
  - The kernel changes the number of VFs only through 0. All VFs of a PF are made anew then, and lose every attribute that O(pfs[].vfs) does
    not give.
  - The write of the number has a deadline of 120 seconds and one second for each VF. Nothing waits beyond it.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
  - vsrx.sriov._attributes.host
attributes:
  check_mode:
    support: full
    details: The addresses of VFs that are not made yet are predicted.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: An attribute that the driver does not report is set, and reported as a change, on every run.
options:
  pfs:
    description: The PFs, each once.
    type: list
    elements: dict
    required: true
    suboptions:
      pf:
        description:
          - Network device, its alternative name, or PCI address as in V("0000:83:00.0"). Names match exactly.
          - An address belongs in quotes; YAML reads V(0000:01:00.0) without them as a number.
        type: str
        required: true
      num_vfs:
        description: How many VFs the PF has. V(0) removes them. Left out, their number stays as it is.
        type: int
      at_least:
        description: Keep more VFs than O(pfs[].num_vfs) where they exist already.
        type: bool
        default: false
      drivers_autoprobe:
        description:
          - Whether the host's driver takes new VFs. Without it they are made faster and get no network device on the host.
          - It holds for VFs that are made from then on.
        type: bool
      up:
        description: The PF's state. libvirt refuses a VF whose PF is down. One that the host itself uses is not set down.
        type: bool
      mtu:
        description: The PF's MTU. On Intel 82599 it bounds the frames of the VFs. It is not lowered while the host itself uses the PF.
        type: int
      vfs:
        description: Attributes of VFs. What is left out stays as it is.
        type: list
        elements: dict
        default: []
        suboptions:
          vf:
            description: Index of the VF, from 0.
            type: int
            required: true
          mac:
            description:
              - MAC address, unicast, and on no other port of the host and its domains; all zero takes away the one that this module pinned.
              - It belongs in quotes; YAML reads V(52:54:00:12:34:56) without them as a number.
            type: str
          vlan:
            description: VLAN that the PF puts the VF into; V(0) for none.
            type: int
          qos:
            description: Priority of that VLAN's frames.
            type: int
          vlan_proto:
            description: Protocol of that VLAN.
            type: str
            choices: [802.1Q, 802.1ad]
          spoofchk:
            description: Drop frames with a source MAC address other than the VF's.
            type: bool
          trust:
            description: Let the VF change its MAC address and be promiscuous. The MAC mode of the chassis cluster works without.
            type: bool
          link_state:
            description: The link as the VF sees it.
            type: str
            choices: [auto, enable, disable]
          min_tx_rate:
            description: Guaranteed rate in Mbit/s; V(0) for none.
            type: int
          max_tx_rate:
            description: Limit of the rate in Mbit/s; V(0) for none.
            type: int
  persist:
    description:
      - Whether VFs and attributes come back after a reboot of the host, before a network manager starts and before any domain does.
      - Left out, a PF whose VFs come back keeps doing so, with what is asked now; others do not start to.
      - Removing the VFs of a PF ends it. A NIC that was replaced is forgotten as soon as the one at its address is configured.
      - Needs systemd. A oneshot unit, C(vsrx-sriov.service), does it; it knows the PF by its permanent MAC address, else by its PCI
        address. Neither NetworkManager nor netplan nor systemd's C(.link) files do all of it on every supported distribution.
      - Others that set VFs of the same PF at boot are looked for in C(modprobe.d) and on the kernel command line, NetworkManager, netplan,
        nmstate, C(.link) and C(.network) files, C(rc.local), C(sysfs.d), C(tmpfiles.d), udev rules, units and the scripts that they start,
        ifupdown, cron, cloud-init, TuneD, os-net-config and the SR-IOV network operator. Each is matched to the PF that it means, by
        whatever it names it. They are findings of rule S3, with file and line. One that surely sets another number, or other values of
        the same attributes, stops the change; where it cannot be decided, the finding is a warning.
    type: bool
  accept:
    description:
      - Rules whose errors do not stop the change. Only an error of rule S3 stops it, which is another configuration of the host that sets
        other VFs on the same PF at boot. Accept V(S3) where you know that it does not act.
      - Other rules may be listed, so that a role can pass on what its operator accepts.
    type: list
    elements: str
    default: []
    version_added: 1.1.0
  junos_release:
    description: Junos release of the guests, as in V(20.4R3). The NICs are checked against it (rule S16).
    type: str
requirements:
  - root on the host itself (not in a container)
  - C(ip) of iproute2 from 2018 or later (which answers in JSON)
  - systemd (for O(persist) alone)
  - C(python3-libvirt) where libvirt is installed (its domains may hold VFs)
seealso:
  - module: vsrx.sriov.pci_facts
  - module: vsrx.sriov.vsrx_hostdev
"""

EXAMPLES = r"""
- name: Four VFs on each of two PFs, the PFs up, and all of it again after every boot
  vsrx.sriov.sriov_vfs:
    pfs:
      - {pf: eno2, num_vfs: 4, up: true}
      - {pf: eno3, num_vfs: 4, up: true}
    persist: true

- name: At least two VFs, with the MAC address of the first pinned
  vsrx.sriov.sriov_vfs:
    pfs:
      - pf: "0000:83:00.0"
        num_vfs: 2
        at_least: true
        vfs:
          - {vf: 0, mac: "02:5a:00:00:00:01", vlan: 100, spoofchk: true, trust: false}

- name: A VF in a provider's VLAN, with priority, rates in Mbit/s and a link that follows no cable; its driver stays off the host
  vsrx.sriov.sriov_vfs:
    junos_release: 23.4R2
    pfs:
      - pf: eno2
        num_vfs: 2
        drivers_autoprobe: false
        mtu: 9000
        vfs:
          - {vf: 1, vlan: 200, qos: 3, vlan_proto: 802.1ad, link_state: enable, min_tx_rate: 100, max_tx_rate: 1000}

- name: Two VFs after every boot, although another file of the host sets another number; you know that its unit is masked
  vsrx.sriov.sriov_vfs:
    pfs:
      - {pf: eno2, num_vfs: 2}
    persist: true
    accept: [S3]

- name: No VFs
  vsrx.sriov.sriov_vfs:
    pfs:
      - {pf: eno2, num_vfs: 0}
"""

RETURN = r"""
pfs:
  description:
    - The PFs in the order of O(pfs), as found afterwards. In check mode as they would be; what only the kernel decides is null.
    - After a refusal, as they are.
  returned: success, and when the plan was refused
  type: list
  elements: dict
  sample:
    - address: "0000:01:00.0"
      before: {drivers_autoprobe: true, mtu: 1500, num_vfs: 0, up: false, vfs: []}
      driver: igb
      drivers_autoprobe: true
      host_use: []
      mac: "52:54:00:00:01:00"
      mtu: 1500
      num_vfs: 1
      numa_node: null
      persist: true
      pf: eno2
      speed_mbps: 1000
      total_vfs: 7
      up: true
      vfs:
        - address: "0000:01:10.0"
          driver: igbvf
          iommu_group: 10
          link_state: auto
          mac: "02:5a:00:00:00:01"
          max_tx_rate: 0
          min_tx_rate: 0
          netdev: enp1s0v0
          nodedev: pci_0000_01_10_0
          qos: 0
          spoofchk: true
          trust: false
          vf: 0
          vlan: 100
          vlan_proto: 802.1Q
  contains:
    pf:
      description: The name of the PF's network device, or its PCI address where it has none.
      type: str
    address:
      description: The PF's PCI address.
      type: str
    driver:
      description: The PF's driver; null where none is bound.
      type: str
    mac:
      description: The PF's permanent MAC address.
      type: str
    numa_node:
      description: The NUMA node that the PF is on; null where the kernel knows of none.
      type: int
    speed_mbps:
      description: The link's speed in Mbit/s; null where the link is down.
      type: int
    up:
      description: Whether the PF is up.
      type: bool
    mtu:
      description: The PF's MTU.
      type: int
    host_use:
      description: What the host itself does with the PF. An address that it has, a bridge or bond, devices stacked on it, a default route.
      type: list
      elements: str
    total_vfs:
      description: How many VFs the PF can have; null where the kernel offers none.
      type: int
    num_vfs:
      description: How many VFs the PF has.
      type: int
    drivers_autoprobe:
      description: Whether the host's driver takes new VFs.
      type: bool
    persist:
      description: Whether VFs and attributes come back after a reboot of the host.
      type: bool
    before:
      description: What the host keeps of how the PF was before the collection first changed it; null where it never did.
      type: dict
      contains:
        num_vfs:
          description: How many VFs it had.
          type: int
        drivers_autoprobe:
          description: Whether the host's driver took new VFs.
          type: bool
        up:
          description: Whether it was up.
          type: bool
        mtu:
          description: Its MTU.
          type: int
        vfs:
          description: Its VFs.
          type: list
          elements: dict
          contains:
            vf:
              description: The index of the VF.
              type: int
            mac:
              description: Its MAC address.
              returned: when the driver reported it
              type: str
            vlan:
              description: Its VLAN.
              returned: when the driver reported it
              type: int
            qos:
              description: The priority of that VLAN's frames.
              returned: when the driver reported it
              type: int
            vlan_proto:
              description: The protocol of that VLAN.
              returned: when the driver reported it
              type: str
            spoofchk:
              description: Whether frames with another source MAC address were dropped.
              returned: when the driver reported it
              type: bool
            trust:
              description: Whether it was trusted.
              returned: when the driver reported it
              type: bool
            link_state:
              description: The link as it saw it.
              returned: when the driver reported it
              type: str
            min_tx_rate:
              description: The guaranteed rate in Mbit/s.
              returned: when the driver reported it
              type: int
            max_tx_rate:
              description: The limit of the rate in Mbit/s.
              returned: when the driver reported it
              type: int
    vfs:
      description: The PF's VFs by index; an attribute that the driver does not report is null.
      type: list
      elements: dict
      contains:
        vf:
          description: The index of the VF, from 0.
          type: int
        address:
          description: The VF's PCI address.
          type: str
        nodedev:
          description: What libvirt calls the VF.
          type: str
        driver:
          description: The driver that holds the VF; null where none does.
          type: str
        netdev:
          description: The VF's network device on the host; null where it has none.
          type: str
        iommu_group:
          description: The VF's IOMMU group; null without an IOMMU.
          type: int
        mac:
          description: The MAC address that the PF shows for the VF; all zero where it has given it none.
          type: str
        vlan:
          description: The VLAN that the PF puts the VF into; 0 for none.
          type: int
        qos:
          description: The priority of that VLAN's frames.
          type: int
        vlan_proto:
          description: The protocol of that VLAN.
          type: str
        spoofchk:
          description: Whether frames with another source MAC address are dropped.
          type: bool
        trust:
          description: Whether the VF may change its MAC address and be promiscuous.
          type: bool
        link_state:
          description: The link as the VF sees it.
          type: str
        min_tx_rate:
          description: The guaranteed rate in Mbit/s; 0 for none.
          type: int
        max_tx_rate:
          description: The limit of the rate in Mbit/s; 0 for none.
          type: int
actions:
  description: What was done, or would be done in check mode, a line for each step.
  returned: success
  type: list
  elements: str
  sample: ["eno2: set up", "eno2: make 1 VF", "eno2: VF 0: set mac 02:5a:00:00:00:01, vlan 100"]
findings:
  description: What the rules have to say of the host and its NICs, errors first.
  returned: always
  type: list
  elements: dict
  sample:
    - cure: >-
        It may work; the vendor lists Intel 82599, X520, X540, X710, XL710 and Mellanox ConnectX-3, ConnectX-3 Pro, ConnectX-4,
        ConnectX-4 Lx
      found: Intel 82576 is not listed by the vendor page
      id: S16
      severity: warning
      where: eno2
  contains:
    id:
      description: The id of the rule that says it.
      type: str
    severity:
      description: V(error) or V(warning); an error of rule S3 stops the change.
      type: str
    where:
      description: The PF, or the part of the host, that it is about.
      type: str
    found:
      description: What was found there.
      type: str
    cure:
      description: What to do about it.
      type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.vsrx.sriov.plugins.module_utils._module import run_module
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.module import work

VF = {
    "vf": {"type": "int", "required": True},
    "mac": {"type": "str"},
    "vlan": {"type": "int"},
    "qos": {"type": "int"},
    "vlan_proto": {"type": "str", "choices": ["802.1Q", "802.1ad"]},
    "spoofchk": {"type": "bool"},
    "trust": {"type": "bool"},
    "link_state": {"type": "str", "choices": ["auto", "enable", "disable"]},
    "min_tx_rate": {"type": "int"},
    "max_tx_rate": {"type": "int"},
}
PF = {
    "pf": {"type": "str", "required": True},
    "num_vfs": {"type": "int"},
    "at_least": {"type": "bool", "default": False},
    "drivers_autoprobe": {"type": "bool"},
    "up": {"type": "bool"},
    "mtu": {"type": "int"},
    "vfs": {"type": "list", "elements": "dict", "default": [], "options": VF},
}


def main() -> None:
    run_module(
        AnsibleModule(
            argument_spec={
                "pfs": {"type": "list", "elements": "dict", "required": True, "options": PF},
                "persist": {"type": "bool"},
                "junos_release": {"type": "str"},
                "accept": {"type": "list", "elements": "str", "default": []},
            },
            supports_check_mode=True,
        ),
        work,
    )


if __name__ == "__main__":
    main()
