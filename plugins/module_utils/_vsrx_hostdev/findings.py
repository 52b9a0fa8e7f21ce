# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the vendor's rules say of a domain's ports, seen from the host."""

from __future__ import annotations

import typing as t

from .. import _junos_ifname, _support_matrix
from .._errors import Finding, sort_findings
from .._rules import RULES, STATE

if t.TYPE_CHECKING:
    from .._domain_xml.nics import Nic
    from .._domain_xml.reading import Reading
    from .host_state import Host
    from .result import PortMapEntry

#: one revenue-position NIC of a cluster's node is the fabric link, which must not be a VF
_FABRIC_LINKS = 1


def check_positions(domain: str, rows: t.Sequence[PortMapEntry], cluster_node: t.Optional[int]) -> t.Iterator[Finding]:
    """S7: management and control are no revenue ports. It is about HA, so that a stand-alone vSRX is only warned."""
    for row in rows[: _junos_ifname.count_fixed_positions(cluster_node)]:
        where = f"{domain} position {row.position} ({row.junos_interface})"
        if row.sriov:
            make = RULES["S7"].warning if cluster_node is None else RULES["S7"].error
            yield make(
                where=where,
                found=f"VF {row.vf or row.mac} would be {row.junos_interface}, and only revenue ports may be SR-IOV",
                cure="give the domain its management NIC, and in a cluster its control NIC, before its SR-IOV ports",
            )
        elif row.host_address:
            yield RULES["S7"].warning(
                where=where,
                found=f"{row.host_address}, a NIC that is passed through whole, is {row.junos_interface}",
                cure="give the domain a virtio NIC before it if management or control is meant to be one",
            )


def check_mixed(domain: str, rows: t.Sequence[PortMapEntry], cluster_node: t.Optional[int]) -> t.Iterator[Finding]:
    """S15: where there is one SR-IOV revenue port, all should be."""
    revenue = rows[_junos_ifname.count_fixed_positions(cluster_node) :]
    others = [row for row in revenue if not row.sriov]
    allowed = 0 if cluster_node is None else _FABRIC_LINKS
    if len(others) > allowed and len(others) < len(revenue):
        names = ", ".join(row.junos_interface for row in others)
        yield RULES["S15"].warning(
            where=domain,
            found=f"{names} are not SR-IOV while other revenue ports are" + (" (one of them may be the fabric link)" if allowed else ""),
            cure="make every revenue port an SR-IOV port (ports, in the role: vsrx_ports; junos_interface keeps the port's name)",
        )


def check_speeds(domain: str, rows: t.Sequence[PortMapEntry], host: Host) -> t.Iterator[Finding]:
    """S19: ports come in the order of their speeds."""
    fastest: t.Optional[tuple[int, PortMapEntry]] = None
    for row in rows:
        pf = host.find_pf_of(row.vf)
        if pf is None or not pf.speed_mbps:
            continue
        if fastest is not None and pf.speed_mbps < fastest[0]:
            yield RULES["S19"].warning(
                where=f"{domain} {row.junos_interface}",
                found=f"{pf.name} runs at {pf.speed_mbps} Mbit/s and comes after {fastest[1].pf} at {fastest[0]} Mbit/s",
                cure="list the ports (in the role: vsrx_ports) in the order 1G, 10G, 40G, 100G; else the network adapter must be reset",
            )
        elif fastest is None or pf.speed_mbps > fastest[0]:
            fastest = (pf.speed_mbps, row)


def check_size(domain: str, reading: Reading, rows: t.Sequence[PortMapEntry]) -> t.Iterator[Finding]:
    """S17: vCPUs, memory and number of NICs as the vendor publishes them."""
    sizes = ", ".join(f"{each.vcpus} vCPUs with {each.memory_mib // 1024} GB" for each in _support_matrix.SIZES)
    fitting = [each for each in _support_matrix.SIZES if each.vcpus == reading.vcpus]
    if not fitting or reading.memory_mib < fitting[0].memory_mib:
        yield RULES["S17"].warning(
            where=domain,
            found=f"{reading.vcpus} vCPUs with {reading.memory_mib} MiB of memory are no published vSRX size",
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


def check_missing_vfs(domain: str, rows: t.Sequence[PortMapEntry], starts: bool, predicted: t.Collection[str]) -> t.Iterator[Finding]:
    """A domain with a VF that the host has not cannot start; an error where the plan starts it."""
    make = STATE.error if starts else STATE.warning
    for row in rows:
        if row.vf and row.vf_exists is False and row.vf not in predicted:
            yield make(
                where=f"{domain} {row.junos_interface}",
                found=f"the domain has VF {row.vf}, which this host has not, so it cannot start",
                cure="make the VF (sriov_vfs), take the port away (state: absent), or list the ports anew with exclusive: true "
                "(in the role: vsrx_ports_exclusive)",
            )


def check_unknown_functions(domain: str, hostdevs: t.Iterable[Nic], host: Host) -> t.Iterator[Finding]:
    """A function whose class is not known may be a NIC: then every name behind it in the map is another."""
    for nic in hostdevs:
        known = host.functions.get(nic.function or "")
        if nic.is_unassigned or nic.function in host.nics or (known is not None and known.is_ethernet is not None):
            continue
        yield STATE.warning(
            where=f"{domain} {nic.function}",
            found="the host has no such function, or does not tell what it is; if it is a NIC, the ports behind it have other names",
            cure="check the Junos names of the ports, or take the device out of the domain",
        )


def judge(reading: Reading, rows: t.Sequence[PortMapEntry], host: Host, cluster_node: t.Optional[int]) -> list[Finding]:
    """Return what the vendor's rules say; nothing of a domain without a function of the host."""
    if not any(row.sriov or row.host_address for row in rows):
        return []
    domain = reading.name
    return sort_findings(
        (
            *check_positions(domain, rows, cluster_node),
            *check_mixed(domain, rows, cluster_node),
            *check_speeds(domain, rows, host),
            *check_size(domain, reading, rows),
            *check_numa(domain, reading, rows, host),
            *check_unknown_functions(domain, reading.hostdevs, host),
        )
    )
