# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What the vendor's rules say of a domain's ports, seen from the host.
import typing as t

from .. import _findings, _junos_ifname, _support_matrix
from .._findings import Finding

if t.TYPE_CHECKING:
    from .._domain_xml.reading import Reading
    from .host_state import Host
    from .port_map import Row

#: one revenue-position NIC of a cluster's node is the fabric link, which must not be a VF
_FABRIC_LINKS = 1


def position(domain: str, rows: t.Sequence[Row], cluster_node: t.Optional[int]) -> t.Iterator[Finding]:
    """S7: management and control are no revenue ports."""
    for row in rows[: _junos_ifname.fixed_positions(cluster_node)]:
        if row.sriov:
            yield _findings.error(
                "S7",
                f"{domain} position {row.position} ({row.junos_interface})",
                f"VF {row.vf or row.mac} would be {row.junos_interface}, and only revenue ports may be SR-IOV",
                "give the domain its management NIC, and in a cluster its control NIC, before its SR-IOV ports",
            )


def mixed(domain: str, rows: t.Sequence[Row], cluster_node: t.Optional[int]) -> t.Iterator[Finding]:
    """S15: where there is one SR-IOV revenue port, all should be."""
    revenue = rows[_junos_ifname.fixed_positions(cluster_node) :]
    others = [row for row in revenue if not row.sriov]
    allowed = 0 if cluster_node is None else _FABRIC_LINKS
    if len(others) > allowed and len(others) < len(revenue):
        names = ", ".join(row.junos_interface for row in others)
        yield _findings.warning(
            "S15",
            domain,
            f"{names} are not SR-IOV while other revenue ports are" + (" (one of them may be the fabric link)" if allowed else ""),
            "make every revenue port an SR-IOV port",
        )


def speeds(domain: str, rows: t.Sequence[Row], host: Host) -> t.Iterator[Finding]:
    """S19: ports come in the order of their speeds."""
    fastest: t.Optional[tuple[int, Row]] = None
    for row in rows:
        pf = host.pf_of(row.vf)
        if pf is None or not pf.speed_mbps:
            continue
        if fastest is not None and pf.speed_mbps < fastest[0]:
            yield _findings.warning(
                "S19",
                f"{domain} {row.junos_interface}",
                f"{pf.name} runs at {pf.speed_mbps} Mbit/s and comes after {fastest[1].pf} at {fastest[0]} Mbit/s",
                "list the ports in the order 1G, 10G, 40G, 100G; else the network adapter must be reset",
            )
        elif fastest is None or pf.speed_mbps > fastest[0]:
            fastest = (pf.speed_mbps, row)


def size(domain: str, reading: Reading) -> t.Iterator[Finding]:
    """S17: vCPUs and memory as the vendor publishes them."""
    sizes = ", ".join(f"{each.vcpus} vCPUs with {each.memory_mib // 1024} GB" for each in _support_matrix.SIZES)
    fitting = [each for each in _support_matrix.SIZES if each.vcpus == reading.vcpus]
    if not fitting or reading.memory_mib < fitting[0].memory_mib:
        yield _findings.warning(
            "S17",
            domain,
            f"{reading.vcpus} vCPUs with {reading.memory_mib} MiB of memory are no published vSRX size",
            f"choose one of {sizes}",
        )


def numa(domain: str, reading: Reading, rows: t.Sequence[Row], host: Host) -> t.Iterator[Finding]:
    """S17: a port on another NUMA node than the domain's memory costs throughput."""
    for row in rows:
        pf = host.pf_of(row.vf)
        if pf is None or pf.numa_node is None or pf.numa_node < 0 or not reading.numa_nodes:
            continue
        if pf.numa_node not in reading.numa_nodes:
            nodes = ", ".join(str(node) for node in sorted(reading.numa_nodes))
            yield _findings.warning(
                "S17",
                f"{domain} {row.junos_interface}",
                f"{pf.name} is on NUMA node {pf.numa_node}, the domain's memory on {nodes}",
                "use a PF of the domain's NUMA node, or pin the domain to the PF's",
            )


def judge(reading: Reading, rows: t.Sequence[Row], host: Host, cluster_node: t.Optional[int]) -> list[Finding]:
    if not any(row.sriov for row in rows):
        return []
    domain = reading.name
    return _findings.in_order(
        (
            *position(domain, rows, cluster_node),
            *mixed(domain, rows, cluster_node),
            *speeds(domain, rows, host),
            *size(domain, reading),
            *numa(domain, reading, rows, host),
        )
    )
