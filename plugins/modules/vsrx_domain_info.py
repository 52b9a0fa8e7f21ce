#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vsrx_domain_info: the domains of a KVM host and their NICs, in order."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vsrx_domain_info
short_description: The domains of a KVM host and their NICs, in order
version_added: 1.1.0
description:
  - Reads every libvirt domain of a host and returns its NICs in the order in which the guest, and so Junos, numbers them.
  - Tells for each NIC which virtual function (VF) it is, or what it is attached to.
  - Only reads. A domain is shown as its next start makes it; one without a definition is shown as it runs.
author:
  - The vsrx.sriov authors (@vsrx)
requirements:
  - root on the host itself (not in a container)
  - libvirt with the QEMU driver and C(python3-libvirt) on the host
  - C(ip) of iproute2 from 2018 or later (which answers in JSON)
extends_documentation_fragment:
  - vsrx.sriov._attributes
  - vsrx.sriov._attributes.host
attributes:
  check_mode:
    support: full
    details: The module changes nothing.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  uri:
    description: The libvirt connection, to a libvirt of the host on which the module runs.
    type: str
    default: qemu:///system
  state_dir:
    description: Directory on the host in which M(vsrx.sriov.vsrx_hostdev) keeps what ports have replaced.
    type: path
    default: /var/lib/vsrx-sriov
seealso:
  - module: vsrx.sriov.vsrx_hostdev
  - module: vsrx.sriov.pci_facts
"""

EXAMPLES = r"""
- name: Read the domains of a host
  vsrx.sriov.vsrx_domain_info:
  register: found

- name: Show which VFs the domains use
  ansible.builtin.debug:
    msg: "{{ found.domains | map(attribute='nics') | flatten | selectattr('sriov') | map(attribute='vf') }}"

- name: Read those of a libvirt with a socket of its own
  vsrx.sriov.vsrx_domain_info:
    uri: qemu+unix:///system?socket=/run/lab/libvirt-sock
    state_dir: /var/lib/lab/vsrx-sriov
"""

RETURN = r"""
domains:
  description: The domains by name.
  returned: success
  type: list
  elements: dict
  sample:
    - name: vsrx1-node0
      uuid: 5f1c2a00-0000-4000-8000-000000000100
      active: true
      persistent: true
      problem: null
      nics:
        - {position: 1, sriov: false, mac: "52:54:00:a0:00:00", guest_address: "0000:00:01.0", attached_to: virtio (bridge br0),
           network: br0, is_port: false, is_plain: false, vf: null, pf: null, pf_address: null, index: null, replaced_at: null}
        - {position: 2, sriov: true, mac: "02:5a:00:00:00:01", guest_address: "0000:04:00.0", attached_to: "hostdev 0000:01:10.0",
           network: null, is_port: true, is_plain: false,
           vf: "0000:01:10.0", pf: eno2, pf_address: "0000:01:00.0", index: 0, replaced_at: ge-0/0/0}
  contains:
    name:
      description: Name of the domain.
      type: str
    uuid:
      description: UUID of the domain.
      type: str
    active:
      description: Whether it runs.
      type: bool
    persistent:
      description: Whether it has a definition.
      type: bool
    problem:
      description: Why its NICs are not known; null where they are.
      type: str
    nics:
      description: Its NICs, in the order in which the guest numbers them.
      type: list
      elements: dict
      contains:
        position:
          description: Place of the NIC, counted from 1.
          type: int
        sriov:
          description: Whether the NIC is a VF.
          type: bool
        mac:
          description: MAC address of the NIC; null where the domain's XML has none.
          type: str
        guest_address:
          description: PCI address of the NIC in the guest; null where libvirt has given it none yet.
          type: str
        attached_to:
          description: What the NIC is, and what it is attached to.
          type: str
        network:
          description: The bridge, the libvirt network or the device of the host that a virtual NIC is attached to, or null.
          type: str
        is_port:
          description: Whether the NIC is a VF in the form that M(vsrx.sriov.vsrx_hostdev) gives it, so that listing it changes nothing.
          type: bool
        is_plain:
          description: Whether the NIC is a plain C(<hostdev>) element, which pins no MAC address.
          type: bool
        vf:
          description: PCI address of the VF on the host, or null.
          type: str
        pf:
          description: Network device of the PF, or its PCI address where it has none, or null.
          type: str
        pf_address:
          description: PCI address of the PF, or null.
          type: str
        index:
          description: Number of the VF on its PF, or null.
          type: int
        replaced_at:
          description: The Junos interface whose NIC the VF has replaced in place, or null.
          type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.vsrx.sriov.plugins.module_utils._module import run_module
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.module import run_info

ARGUMENTS = {
    "uri": {"type": "str", "default": "qemu:///system"},
    "state_dir": {"type": "path", "default": "/var/lib/vsrx-sriov"},
}


def main() -> None:
    run_module(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True), run_info)


if __name__ == "__main__":
    main()
