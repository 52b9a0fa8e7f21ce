# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page's tables of the KVM hosts: their PFs and VFs, and which interface of which node each VF is."""

from __future__ import annotations

import typing as t

from .document import all_nodes
from .markup import Child, Markup, table, tag
from .model import Document, Host

_HOST_HEADS = (
    "VF",
    "PF",
    "PF address",
    "Driver",
    "Link",
    "VFs",
    "VF address",
    "MAC address",
    "trust",
    "spoof check",
    "VLAN",
    "Interface of",
)


def write_hosts(document: Document, anchors: dict[str, str]) -> t.Optional[Markup]:
    if not document.hosts:
        return None
    users: dict[tuple[str, str], list[str]] = {}
    for node in all_nodes(document):
        for port in node.ports:
            if port.sriov and port.vf:
                users.setdefault((node.host, port.vf), []).append(f"{node.name} {port.junos_interface or ''}".strip())
    return tag(
        "section",
        tag("h2", "KVM hosts"),
        [_write_host(host, users, anchors[host.name]) for host in document.hosts],
        id="hosts",
        aria_label="KVM hosts",
    )


def _write_host(host: Host, users: dict[tuple[str, str], list[str]], anchor: str) -> Markup:
    rows: list[list[Child]] = []
    flags = {True: "on", False: "off", None: None}
    for pf in host.pfs:
        link = None if pf.up is None else "down" if not pf.up else "up" if pf.speed_mbps is None else f"up, {pf.speed_mbps} Mbit/s"
        count = f"{'?' if pf.num_vfs is None else pf.num_vfs} of {'?' if pf.total_vfs is None else pf.total_vfs}"
        of_pf: list[Child] = [pf.pf, tag("span", pf.address, class_="mono") if pf.address else None, pf.driver, link, count]
        for vf in pf.vfs:
            address = tag("span", vf.address, class_="mono") if vf.address else None
            mac = tag("span", vf.mac, class_="mono") if vf.mac else None
            vlan = str(vf.vlan) if vf.vlan else None
            user = ", ".join(users.get((host.name, vf.address or "-"), ())) or None
            number = "?" if vf.vf is None else str(vf.vf)
            rows.append([f"{pf.pf or 'PF'} VF {number}", *of_pf, address, mac, flags[vf.trust], flags[vf.spoofchk], vlan, user])
        if not pf.vfs:
            rows.append([f"{pf.pf or 'PF'}: no VFs", *of_pf, *[None] * 6])
    shown = table("PFs and VFs", _HOST_HEADS, rows) if rows else tag("p", "No PFs." if host.read else "The host could not be read.")
    return tag("div", tag("h3", host.name), shown, id=anchor)
