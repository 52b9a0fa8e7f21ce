#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module pci_facts: facts about PCI functions, SR-IOV and the IOMMU."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pci_facts
short_description: Facts about PCI functions, SR-IOV and the IOMMU
version_added: 1.0.0
description:
  - Reads every PCI function of a host from sysfs, tells physical functions (PFs), virtual functions (VFs) and others apart, and shows what
    the IOMMU does.
  - Needs neither C(lspci) nor C(pci.ids). The words for vendor and device are added where the host has C(pci.ids).
  - What the kernel does not tell is null; nothing is guessed.
author:
  - The vsrx.sriov authors (@vsrx)
extends_documentation_fragment:
  - vsrx.sriov._attributes
  - vsrx.sriov._attributes.facts
  - vsrx.sriov._attributes.host
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Nothing is changed.
  idempotent:
    support: full
options:
  addresses:
    description:
      - PCI addresses of the functions to read, as in V("0000:83:00.0"). The PF and all VFs that belong to each of them are read too.
      - They belong in quotes; YAML reads V(0000:01:00.0) without them as a number.
      - An address that the host does not have is an error.
    type: list
    elements: str
    default: []
  classes:
    description: Only functions of these classes, by name as in V(network), or by two or four hex digits as in V(02) or V(0200).
    type: list
    elements: str
    default: []
  select:
    description:
      - A JMESPath expression over the list of functions; its result takes the place of the list.
      - Needs the Python library C(jmespath) on the host.
    type: str
requirements:
  - Linux with sysfs on the host (without root)
  - the Python library C(jmespath) on the host (for O(select) alone)
notes:
  - The number of VFs is counted and C(sriov_numvfs) is never read, since reading it waits while VFs are being removed.
  - C(driver_override) is null for a function whose VFs are being made or removed at that moment, since reading it would wait too.
seealso:
  - module: vsrx.sriov.sriov_vfs
"""

EXAMPLES = r"""
- name: Read every PCI function
  vsrx.sriov.pci_facts:

- name: Read one PF and its VFs
  vsrx.sriov.pci_facts:
    addresses: ["0000:83:00.0"]

- name: Read the NICs that have the SR-IOV capability, on the first NUMA node
  vsrx.sriov.pci_facts:
    classes: [network]
    select: "[?sriov && numa_node==`0`]"

- name: Show the PCI addresses of the VFs of one PF
  ansible.builtin.debug:
    msg: "{{ ansible_facts.pci.functions | selectattr('address', 'equalto', '0000:83:00.0') | map(attribute='sriov.vfs') | first }}"
"""

RETURN = r"""
ansible_facts:
  description: The facts.
  returned: success
  type: dict
  contains:
    pci:
      description: PCI functions and the IOMMU.
      returned: success
      type: dict
      contains:
        functions:
          description: The functions by address, or what O(select) makes of them.
          returned: success
          type: list
          elements: dict
          sample:
            - address: "0000:01:00.0"
              class: network
              class_id: "0200"
              device: 82576 Gigabit Network Connection
              device_id: 10c9
              driver: igb
              driver_override: null
              iommu_group: 6
              iommu_group_members: []
              link: {max_speed_gts: 2.5, max_width: 4, speed_gts: 2.5, width: 1}
              modules: [igb]
              netdevs:
                - {mac: "52:54:00:00:01:00", mtu: 1500, name: eno2, operstate: up, speed_mbps: 1000}
              nodedev: pci_0000_01_00_0
              numa_node: null
              physfn: null
              revision: "01"
              sriov:
                drivers_autoprobe: true
                num_vfs: 2
                total_vfs: 7
                vf_device_id: 10ca
                vf_offset: 128
                vf_stride: 2
                vfs: ["0000:01:10.0", "0000:01:10.2"]
              subsystem_device_id: "1100"
              subsystem_vendor_id: 1af4
              support: {min_junos: [], name: Intel 82576, rule: S16, supported: false}
              vendor: Intel Corporation
              vendor_id: "8086"
              vf_index: null
          contains:
            address:
              description: The PCI address, with its domain.
              type: str
            vendor_id:
              description: The vendor's id, in four hex digits.
              type: str
            device_id:
              description: The device's id, in four hex digits.
              type: str
            vendor:
              description: The vendor in words; null where the host has no C(pci.ids) that names it.
              type: str
            device:
              description: The device in words; null where the host has no C(pci.ids) that names it.
              type: str
            subsystem_vendor_id:
              description: The id of the card's vendor, in four hex digits.
              type: str
            subsystem_device_id:
              description: The id that this vendor gave the card, in four hex digits.
              type: str
            class_id:
              description: Class and subclass, in four hex digits.
              type: str
            class:
              description: The class in a word, as O(classes) takes it; V(other) for one that has no word.
              type: str
            revision:
              description: The revision, in two hex digits.
              type: str
            driver:
              description: The kernel's driver that holds the function; null where none does.
              type: str
            driver_override:
              description: The only driver that may take the function; null where any may.
              type: str
            modules:
              description: The kernel's modules that could drive the function.
              type: list
              elements: str
            numa_node:
              description: The NUMA node that the function is on; null where the kernel knows of none.
              type: int
            iommu_group:
              description: The IOMMU group; null without an IOMMU.
              type: int
            iommu_group_members:
              description: The addresses of the other functions in the group, which can only go to a guest together.
              type: list
              elements: str
            link:
              description: The PCI Express link; null for a VF and for a function that has none.
              type: dict
              contains:
                speed_gts:
                  description: The speed of a lane, in GT/s.
                  type: float
                width:
                  description: How many lanes are in use.
                  type: int
                max_speed_gts:
                  description: The speed that a lane could have, in GT/s.
                  type: float
                max_width:
                  description: How many lanes could be in use.
                  type: int
            netdevs:
              description: The network devices of the function in the host's network namespace.
              type: list
              elements: dict
              contains:
                name:
                  description: The device's name.
                  type: str
                mac:
                  description: Its MAC address.
                  type: str
                mtu:
                  description: Its MTU.
                  type: int
                operstate:
                  description: Its state in the kernel's word, as in V(up) or V(down).
                  type: str
                speed_mbps:
                  description: Its speed in Mbit/s; null for a VF, and where the link is down.
                  type: int
            nodedev:
              description: What libvirt calls the function.
              type: str
            sriov:
              description: The SR-IOV side of a PF; null for a function that is none.
              type: dict
              contains:
                total_vfs:
                  description: How many VFs the PF can have.
                  type: int
                num_vfs:
                  description: How many VFs it has.
                  type: int
                drivers_autoprobe:
                  description: Whether the host's driver takes new VFs.
                  type: bool
                vf_device_id:
                  description: The device's id that its VFs have, in four hex digits.
                  type: str
                vf_offset:
                  description: How many routing ids its first VF is away from it.
                  type: int
                vf_stride:
                  description: How many routing ids its VFs are apart.
                  type: int
                vfs:
                  description: The addresses of its VFs by index.
                  type: list
                  elements: str
            physfn:
              description: The address of a VF's PF; null for a function that is no VF.
              type: str
            vf_index:
              description: The number of a VF on its PF, from 0; null for a function that is no VF.
              type: int
            support:
              description: What the vendor's page says of the NIC, for a VF of its PF; null for what is no NIC, or one that is not known.
              type: dict
              contains:
                supported:
                  description: Whether the page lists the NIC.
                  type: bool
                min_junos:
                  description: The Junos releases from which it is listed, one for each train; none means all.
                  type: list
                  elements: str
                name:
                  description: The NIC's name.
                  type: str
                rule:
                  description: The id of the rule.
                  type: str
        iommu:
          description: The host's IOMMU.
          returned: success
          type: dict
          sample:
            cmdline: ["intel_iommu=on", "iommu=pt"]
            enabled: true
            groups: 11
            kind: intel
            why_off: null
          contains:
            enabled:
              description: Whether the kernel uses an IOMMU.
              type: bool
            kind:
              description: V(intel), V(amd), V(arm), or the kernel's name of another; null where it shows none.
              type: str
            groups:
              description: How many IOMMU groups there are.
              type: int
            cmdline:
              description: The words of the kernel's command line that are about the IOMMU.
              type: list
              elements: str
            why_off:
              description: Why there is none, as far as the kernel shows it; null where there is one.
              type: str
"""

import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs
from ansible_collections.vsrx.sriov.plugins.module_utils._module import run_module
from ansible_collections.vsrx.sriov.plugins.module_utils._pci_facts import module as _pci_facts


def work(module: AnsibleModule) -> dict[str, t.Any]:
    unknown = _pci_facts.find_unknown_classes(module.params["classes"])
    if unknown:
        raise VsrxError(f"classes: {', '.join(unknown)} is neither the name of a PCI class nor two or four hex digits")
    try:
        facts = _pci_facts.gather(RootFs(), module.params["addresses"], module.params["classes"], module.params["select"])
    except ImportError:
        module.fail_json(msg=missing_required_lib("jmespath", reason="for the option select"), exception=traceback.format_exc())
    return {"ansible_facts": {"pci": facts}}


def main() -> None:
    run_module(
        AnsibleModule(
            argument_spec={
                "addresses": {"type": "list", "elements": "str", "default": []},
                "classes": {"type": "list", "elements": "str", "default": []},
                "select": {"type": "str"},
            },
            supports_check_mode=True,
        ),
        work,
    )


if __name__ == "__main__":
    main()
