# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""S17: what makes a vSRX slower than it could be, or keeps its boot from ending. Only warnings, which stop nothing."""

from __future__ import annotations

import collections
import typing as t

from .. import _junos_ifname, _support_matrix
from .._domain_xml.nics import HOSTDEV, PLAIN, Nic
from .._domain_xml.reading import Reading, Tuning
from .._errors import Finding
from .._rules import RULES
from .observed import Host
from .result import PortMapEntry

#: NIC models with drivers made for guests; a VF has none, and vdpa is virtio in hardware
_FAST_MODELS = ("virtio", "virtio-transitional", "virtio-non-transitional")
_FAST_KINDS = (HOSTDEV, PLAIN, "vdpa")


def _list_numbers(numbers: t.Iterable[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))


def check_size(domain: str, reading: Reading, rows: t.Sequence[PortMapEntry]) -> t.Iterator[Finding]:
    """S17: vCPUs, memory and number of NICs as the vendor publishes them."""
    sizes = ", ".join(f"{each.vcpus} vCPUs with {each.memory_mib // 1024} GiB" for each in _support_matrix.SIZES)
    fitting = [each for each in _support_matrix.SIZES if each.vcpus == reading.vcpus]
    if not fitting or reading.memory_mib < fitting[0].memory_mib:
        vcpus = f"{reading.vcpus} {'vCPU' if reading.vcpus == 1 else 'vCPUs'}"
        yield RULES["S17"].warning(
            where=domain,
            found=f"its {vcpus} and {reading.memory_mib} MiB of memory are no published vSRX size",
            cure=f"choose one of {sizes}",
        )
    if len(rows) > _junos_ifname.LISTED_ADAPTERS:
        yield RULES["S17"].warning(
            where=domain,
            found=f"it has {len(rows)} NICs, and the vendor's table of interfaces lists {_junos_ifname.LISTED_ADAPTERS}",
            cure="check in Junos that the last ports are there, or take some away",
        )


def check_numa(domain: str, reading: Reading, rows: t.Sequence[PortMapEntry], host: Host) -> t.Iterator[Finding]:
    """S17: a port on another NUMA node than the domain's memory costs throughput."""
    for row in rows:
        pf = host.find_pf_of(row.vf)
        if pf is None or pf.numa_node is None or pf.numa_node < 0 or not reading.numa_nodes:
            continue
        if pf.numa_node not in reading.numa_nodes:
            nodes = ", ".join(str(node) for node in sorted(reading.numa_nodes))
            yield RULES["S17"].warning(
                where=f"{domain} {row.junos_interface}",
                found=f"{pf.name} is on NUMA node {pf.numa_node}, the domain's memory on {nodes}",
                cure="use a PF of the domain's NUMA node, or pin the domain to the PF's",
            )


def check_vcpus(domain: str, vcpus: int, tuning: Tuning) -> t.Iterator[Finding]:
    """vCPUs that float, share a core with each other, or share one with QEMU's own threads."""
    pins = {vcpu: tuning.vcpu_pins.get(vcpu, frozenset()) for vcpu in range(vcpus)}
    floating = [vcpu for vcpu, cpus in pins.items() if len(cpus) != 1]
    if floating:
        yield RULES["S17"].warning(
            where=domain,
            found=f"{len(floating)} of {vcpus} vCPUs are not pinned to one core, so that the host moves them ({_list_numbers(floating)})",
            cure="pin each vCPU to a core of its own (virsh vcpupin)",
        )
    cores = [cpu for cpus in pins.values() if len(cpus) == 1 for cpu in cpus]
    shared = {cpu for cpu, times in collections.Counter(cores).items() if times > 1}
    if shared:
        yield RULES["S17"].warning(
            where=domain,
            found=f"several vCPUs share core {_list_numbers(shared)}",
            cure="pin each vCPU to a core of its own (virsh vcpupin)",
        )
    if cores and tuning.emulator_pin is None:
        yield RULES["S17"].warning(
            where=domain,
            found="its emulator threads are not pinned, so that they can run on the cores of its vCPUs",
            cure="pin them to other cores (virsh emulatorpin)",
        )
    elif tuning.emulator_pin and set(cores) & tuning.emulator_pin:
        yield RULES["S17"].warning(
            where=domain,
            found=f"its emulator threads share core {_list_numbers(set(cores) & tuning.emulator_pin)} with vCPUs",
            cure="pin them to other cores (virsh emulatorpin)",
        )


def check_pages(domain: str, tuning: Tuning) -> t.Iterator[Finding]:
    """Memory of small pages costs the data plane lookups."""
    if not tuning.has_hugepages:
        yield RULES["S17"].warning(
            where=domain,
            found="its memory is made of small pages",
            cure="reserve huge pages on the host and give the domain <memoryBacking><hugepages/></memoryBacking> (virsh edit)",
        )


def check_vcpu_nodes(domain: str, tuning: Tuning, rows: t.Sequence[PortMapEntry], host: Host) -> t.Iterator[Finding]:
    """vCPUs on another NUMA node than a port's PF reach its buffers over the link between the nodes."""
    cpus = frozenset(cpu for pin in tuning.vcpu_pins.values() for cpu in pin)
    reported = set()
    for row in rows:
        pf = host.find_pf_of(row.vf)
        local = host.numa_cpus.get(pf.numa_node) if pf is not None and pf.numa_node is not None else None
        if pf is None or not local or pf.name in reported or not cpus - local:
            continue
        reported.add(pf.name)
        yield RULES["S17"].warning(
            where=f"{domain} {row.junos_interface}",
            found=f"{pf.name} is on NUMA node {pf.numa_node}, and vCPUs are pinned to cores of another ({_list_numbers(cpus - local)})",
            cure="pin the vCPUs to cores of the PF's NUMA node, or use a PF of theirs",
        )


def check_models(domain: str, nics: t.Sequence[Nic], rows: t.Sequence[PortMapEntry]) -> t.Iterator[Finding]:
    """NICs that QEMU emulates in software."""
    names = {row.mac: row.junos_interface for row in rows if row.mac}
    for nic in nics:
        if nic.kind not in _FAST_KINDS and nic.function is None and nic.model is not None and nic.model not in _FAST_MODELS:
            yield RULES["S17"].warning(
                where=f"{domain} {names.get(nic.mac or '', nic.mac)}",
                found=f"it is an emulated {nic.model}, neither virtio nor a VF",
                cure="change its model to virtio (virsh edit); its place and its name in Junos stay",
            )


def check_kvm(domain: str, kvm_intel: t.Mapping[str, bool]) -> t.Iterator[Finding]:
    """Settings of the host's KVM that the vendor's requirements page names."""
    source = _support_matrix.REQUIREMENTS_PAGE
    if kvm_intel.get("pml"):
        yield RULES["S17"].warning(
            where=domain,
            found=f"kvm_intel has page modification logging on, which can keep a vSRX from booting ({source})",
            cure="turn it off if the vSRX does not boot (options kvm_intel pml=n in /etc/modprobe.d, then boot the host)",
        )
    if kvm_intel.get("nested") is False:
        yield RULES["S17"].warning(
            where=domain,
            found=f"kvm_intel has nested virtualization off, and the vendor asks for it ({source})",
            cure="turn it on (options kvm_intel nested=1 in /etc/modprobe.d, then boot the host)",
        )


def judge(reading: Reading, rows: t.Sequence[PortMapEntry], host: Host) -> list[Finding]:
    """Return every finding of S17."""
    domain = reading.name
    return [
        *check_size(domain, reading, rows),
        *check_vcpus(domain, reading.vcpus, reading.tuning),
        *check_pages(domain, reading.tuning),
        *check_numa(domain, reading, rows, host),
        *check_vcpu_nodes(domain, reading.tuning, rows, host),
        *check_models(domain, reading.interfaces, rows),
        *check_kvm(domain, host.kvm_intel),
    ]
