#!/usr/bin/python
# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vsrx_hostdev: SR-IOV ports of a vSRX domain, in order."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vsrx_hostdev
short_description: SR-IOV ports of a vSRX domain, in order
version_added: 1.0.0
description:
  - Gives a libvirt domain SR-IOV virtual functions (VFs) as ports, in the order in which Junos numbers them.
  - The order of the O(ports) is the order of the NICs in the domain's XML, of their PCI addresses in the guest, and so of the ports
    in Junos. Every NIC of the domain gets an explicit, ascending guest PCI address. NICs that are not listed keep their place.
  - The MAC address of each port is pinned in the domain's XML. One that is not given is made from the domain's UUID and the VF, and kept.
  - Refuses, before anything is changed, what would fail or harm later, such as a VF or a MAC address that another domain uses, running or
    only defined, a VF that is in use on the host, a PF that is down, or in a cluster a management or control port on a VF. All reasons
    come at once, each as a finding.
  - The domain is compared with what was read once more right before each write. What another person or program changed meanwhile is
    planned anew or left alone; it is never overwritten, and a run that this module did not start is not switched off without O(force_off).
  - Interfaces are always written with C(managed='yes'), so that libvirt takes the VF from its host driver at start
    and gives it back at stop.
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
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  name:
    description: Name or UUID of the domain. It must have been defined.
    type: str
    required: true
  uri:
    description:
      - The libvirt connection, to a libvirt of the host on which the module runs; VFs and records are those of this host.
      - A URI that names a host is refused, such as V(qemu+ssh://kvm2/system). Run the module on that host instead.
    type: str
    default: qemu:///system
  ports:
    description:
      - The SR-IOV ports in the order in which Junos shall number them.
      - Each names its VF by O(ports[].vf), by O(ports[].pf) and O(ports[].index), or by O(ports[].pf) alone. Then the VF of this PF that
        the domain has already is meant, and otherwise the first that is free.
      - With O(state=absent), a PF alone is refused where the domain has more VFs of it than are listed, since it would be left to
        chance which of them goes.
    type: list
    elements: dict
    default: []
    suboptions:
      vf:
        description:
          - PCI address of the VF on the host.
          - It belongs in quotes, here and in the other options; YAML reads V(0000:01:00.0) without them as a number.
        type: str
      pf:
        description: The PF, by the name of its network device or by its PCI address.
        type: str
      index:
        description: Number of the VF on its PF, counted from 0.
        type: int
      mac:
        description:
          - MAC address of the port. When it is left out, the port keeps the one it has, and a new port gets a locally administered
            one that is always the same for the same domain and VF.
          - It belongs in quotes; YAML reads V(52:54:00:12:34:56) without them as a number.
        type: str
      driver:
        description:
          - How the VF is given to the guest. When it is left out, a port keeps what it has, and a new one gets V(vfio).
          - V(kvm) is the assignment of old kernels and is refused where the host's libvirt does not offer it.
        type: str
        choices: [vfio, kvm]
      vlan:
        description: VLAN that the host puts on the VF; V(0) for none. When it is left out, the port keeps the one it has.
        type: int
      guest_address:
        description:
          - PCI address of the port in the guest. It must come after those of the ports before it.
          - When it is left out, the port takes its place's address, and a new one the next free.
          - Function 0 of the slot must be in use, if it is another function; a guest finds no device there otherwise.
        type: str
      junos_interface:
        description:
          - The Junos interface whose place the port takes, such as V(ge-0/0/1). The NIC that is there now, a virtio NIC for example,
            is replaced in place; every other port keeps its name, so that the Junos configuration stays as it is.
          - The replaced NIC is recorded on the host. It comes back when the port goes, with O(state=absent) or O(exclusive=true),
            also if the domain was changed in between.
          - Refused for the management and control interfaces, and for O(fabric_ports).
        type: str
        version_added: 1.1.0
      trust:
        description:
          - Trust mode of the VF. A guest may change the MAC addresses of a trusted VF, and receive frames for others.
          - This and the following options are set on the VF through its PF, before the guest starts, and read back. When they are left
            out, the VF keeps what it has. When the port goes, the VF gets back what it had before, also after an interrupted run.
          - A change of O(ports[].trust) or O(ports[].link_state) resets the VF, so that a domain that runs with it needs O(power=cycle),
            or O(power=live), with which the VF is reset under the guest. The other options change while the guest runs.
          - VFs lose what is set here when they are created anew, as when the host boots. Run the module again then, or set it with
            O(vsrx.sriov.sriov_vfs#module:pfs[].vfs), which can set it at each boot.
          - Refused where M(vsrx.sriov.sriov_vfs) was last run with another value for this VF.
        type: bool
        version_added: 1.1.0
      spoofchk:
        description: Whether the NIC drops frames of the guest whose source MAC address is not that of the VF.
        type: bool
        version_added: 1.1.0
      link_state:
        description: The link that the guest sees; V(auto) for that of the PF.
        type: str
        choices: [auto, enable, disable]
        version_added: 1.1.0
      min_tx_rate:
        description: Guaranteed rate of transmission in Mbit/s; V(0) for none.
        type: int
        version_added: 1.1.0
      max_tx_rate:
        description: Highest rate of transmission in Mbit/s; V(0) for no limit.
        type: int
        version_added: 1.1.0
  exclusive:
    description: With V(true), the domain has these SR-IOV ports and no others.
    type: bool
    default: false
  state:
    description: V(present) gives the domain the ports, V(absent) takes the listed ports away.
    type: str
    choices: [present, absent]
    default: present
  power:
    description:
      - What may be done to a domain that runs and whose ports must change. A domain that is off is changed without asking.
      - V(refuse) fails before anything is changed. A domain that is off stays off.
      - V(cycle) defines the new ports, shuts the domain down, and starts it; when it does not start, the old definition is put back and the
        domain started with it. With V(cycle) the domain runs at the end, also when it was off before.
      - V(live) attaches and detaches ports of the running domain, and fails where that would disturb the order. A domain that is off
        stays off.
      - A domain that an earlier run shut down, and that was interrupted before it could start it again, is started with every value.
    type: str
    choices: [refuse, cycle, live]
    default: refuse
  cluster_node:
    description:
      - Number of the node in its chassis cluster; left out for a stand-alone vSRX. It decides the names of the ports in Junos.
    type: int
    choices: [0, 1]
  fabric_ports:
    description:
      - Junos interfaces of this node that are members of a fabric link. A fabric link cannot be a VF, so that
        O(ports[].junos_interface) is refused for them.
    type: list
    elements: str
    default: []
    version_added: 1.1.0
  shutdown_timeout:
    description: Seconds that the guest has to shut down under O(power=cycle).
    type: int
    default: 180
  force_off:
    description:
      - Consent to switch the domain off when it has not shut down within O(shutdown_timeout). Without it, the old definition is
        put back and the module fails.
    type: bool
    default: false
  predict_vfs:
    description:
      - In check mode only, take the VFs that a PF can have as made, and PFs as up, as M(vsrx.sriov.sriov_vfs) would leave them.
        An IOMMU that is off is taken as on.
      - It previews the ports of a host that has no VFs yet.
    type: bool
    default: false
  state_dir:
    description:
      - Directory on the host in which former definitions are kept, readable by root only, and in which it is written down that a domain
        was shut down and must be started again.
    type: path
    default: /var/lib/vsrx-sriov
seealso:
  - module: vsrx.sriov.sriov_vfs
  - module: vsrx.sriov.pci_facts
"""

EXAMPLES = r"""
- name: The virtio port ge-0/0/0 becomes a VF of eno2 and keeps its name in Junos
  vsrx.sriov.vsrx_hostdev:
    name: vsrx2
    ports:
      - {pf: eno2, junos_interface: ge-0/0/0}
    power: cycle

- name: In a cluster, whose fabric link is ge-0/0/0
  vsrx.sriov.vsrx_hostdev:
    name: vsrx1-node0
    cluster_node: 0
    fabric_ports: [ge-0/0/0]
    ports:
      - {pf: eno3, index: 1}

- name: Two SR-IOV ports for node 0, its VFs named by PF and index
  vsrx.sriov.vsrx_hostdev:
    name: vsrx1-node0
    cluster_node: 0
    ports:
      - {pf: eno2, index: 0, mac: "02:5a:00:00:00:01"}
      - {pf: eno3, index: 0, mac: "02:5a:00:00:00:02"}
    power: cycle

- name: Any free VF of eno2, in VLAN 100
  vsrx.sriov.vsrx_hostdev:
    name: vsrx2
    ports:
      - pf: eno2
        vlan: 100

- name: Any free VF of eno2, trusted, of at most 2 Gbit/s
  vsrx.sriov.vsrx_hostdev:
    name: vsrx2
    ports:
      - {pf: eno2, trust: true, spoofchk: false, link_state: auto, max_tx_rate: 2000}
      - {pf: eno3, min_tx_rate: 100}
    power: cycle

- name: A given VF at a given guest address; a guest that has not shut down after five minutes is switched off
  vsrx.sriov.vsrx_hostdev:
    name: vsrx2
    ports:
      - {vf: "0000:83:02.4", driver: vfio, guest_address: "0000:07:00.0"}
    power: cycle
    shutdown_timeout: 300
    force_off: true

- name: See what ports would come of VFs that are still to be made
  vsrx.sriov.vsrx_hostdev:
    name: vsrx1-node0
    cluster_node: 0
    ports:
      - {pf: eno2, index: 0}
    predict_vfs: true
  check_mode: true
  diff: true

- name: Take one port away, from a libvirt and with a record of their own
  vsrx.sriov.vsrx_hostdev:
    name: vsrx2
    uri: qemu+unix:///system?socket=/run/lab/libvirt-sock
    state_dir: /var/lib/lab/vsrx-sriov
    ports:
      - {vf: "0000:83:02.4"}
    state: absent

- name: No SR-IOV ports any more
  vsrx.sriov.vsrx_hostdev:
    name: vsrx2
    ports: []
    exclusive: true
"""

RETURN = r"""
ports:
  description: The NICs of the domain in Junos order.
  returned: success
  type: list
  elements: dict
  contains:
    position:
      description: Place of the NIC, counted from 1.
      type: int
      sample: 3
    junos_interface:
      description: Name of the port in Junos.
      type: str
      sample: ge-0/0/0
    sriov:
      description: Whether the NIC is a VF.
      type: bool
      sample: true
    vf:
      description: PCI address of the VF on the host, or null.
      type: str
      sample: "0000:01:10.0"
    pf:
      description: Network device of the PF, or null.
      type: str
      sample: eno2
    pf_address:
      description: PCI address of the PF, or null.
      type: str
      sample: "0000:01:00.0"
    index:
      description: Number of the VF on its PF, or null.
      type: int
      sample: 0
    vf_exists:
      description:
        - Whether the host has the VF now; V(false) also for one that is taken as made with O(predict_vfs).
        - Null where the NIC is no VF, or takes one from a libvirt network.
      type: bool
      sample: true
    mac:
      description: MAC address of the NIC.
      type: str
      sample: "02:5a:00:00:00:01"
    guest_address:
      description: PCI address of the NIC in the guest.
      type: str
      sample: "0000:04:00.0"
    host_address:
      description: PCI address of the host's function that is passed through, a VF or a whole NIC, or null.
      type: str
      sample: "0000:01:10.0"
    replaces:
      description: The NIC that the port has replaced in place and that comes back when the port goes, or null.
      type: str
      sample: virtio (bridge br0)
    trust:
      description: Whether trust mode of the VF is on. Null where the NIC is no VF, or the host does not show it.
      type: bool
      sample: false
findings:
  description: What the rules have to say of the ports, errors first.
  returned: always
  type: list
  elements: dict
  sample:
    - cure: choose one of 2 vCPUs with 4 GiB, 5 vCPUs with 8 GiB, 9 vCPUs with 16 GiB, 17 vCPUs with 32 GiB
      found: its 4 vCPUs and 4096 MiB of memory are no published vSRX size
      id: S17
      severity: warning
      where: vsrx1-node0
  contains:
    id:
      description: The id of the rule that says it.
      type: str
    severity:
      description: V(error) stops the change, V(warning) does not.
      type: str
    where:
      description: The domain, or its port, that it is about.
      type: str
    found:
      description: What was found there.
      type: str
    cure:
      description: What to do about it.
      type: str
actions:
  description: What was done, or would be done in check mode, in order.
  returned: success
  type: list
  elements: str
  sample:
    - add VF 0000:01:10.0 (eno2 VF 0) with MAC 02:5a:00:00:00:01 at guest address 0000:04:00.0 as ge-0/0/0
    - shut down vsrx1-node0
    - start vsrx1-node0
restarted:
  description: Whether the domain was shut down and started.
  returned: success
  type: bool
  sample: true
started:
  description: Whether the domain was started, after a shutdown or because it was off. A firewall needs minutes to boot after that.
  returned: success
  type: bool
  sample: true
domain_uuid:
  description: UUID of the domain, by which tools such as C(virsh) name it without a doubt.
  returned: success
  type: str
  sample: 5f1c2a00-0000-4000-8000-000000000100
backup:
  description: File with the definition from before the change; null where the definition was not changed.
  returned: success
  type: str
  sample: /var/lib/vsrx-sriov/domains/5f1c2a00-0000-4000-8000-000000000100/0123456789abcdef.xml
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.vsrx.sriov.plugins.module_utils._module import run_module
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.module import run

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "uri": {"type": "str", "default": "qemu:///system"},
    "ports": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "vf": {"type": "str"},
            "pf": {"type": "str"},
            "index": {"type": "int"},
            "mac": {"type": "str"},
            "driver": {"type": "str", "choices": ["vfio", "kvm"]},
            "vlan": {"type": "int"},
            "guest_address": {"type": "str"},
            "junos_interface": {"type": "str"},
            "trust": {"type": "bool"},
            "spoofchk": {"type": "bool"},
            "link_state": {"type": "str", "choices": ["auto", "enable", "disable"]},
            "min_tx_rate": {"type": "int"},
            "max_tx_rate": {"type": "int"},
        },
        "mutually_exclusive": [("vf", "pf")],
        "required_one_of": [("vf", "pf")],
        "required_by": {"index": "pf"},
    },
    "exclusive": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "power": {"type": "str", "choices": ["refuse", "cycle", "live"], "default": "refuse"},
    "cluster_node": {"type": "int", "choices": [0, 1]},
    "fabric_ports": {"type": "list", "elements": "str", "default": []},
    "shutdown_timeout": {"type": "int", "default": 180},
    "force_off": {"type": "bool", "default": False},
    "predict_vfs": {"type": "bool", "default": False},
    "state_dir": {"type": "path", "default": "/var/lib/vsrx-sriov"},
}


def main() -> None:
    run_module(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True), run)


if __name__ == "__main__":
    main()
