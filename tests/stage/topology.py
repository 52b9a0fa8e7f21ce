# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The peer's hardware, from what the stage gives its nodes: `ansible-inventory --list` on standard input, a topology on standard output.

The virtual NICs come from the lab's domains, the SR-IOV ports from the inventory, in the order that Junos numbers them.
"""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

from lxml import etree

DOMAINS = pathlib.Path(__file__).parents[1] / "lab" / "domains"


def ports(node: dict[str, t.Any]) -> list[dict[str, str]]:
    domain = etree.parse(DOMAINS / f"{node['vsrx_domain']}.xml")
    virtual = [{"mac": str(mac), "driver": "virtio"} for mac in domain.xpath("//interface/mac/@address")]
    nics = virtual + [{"mac": str(port["mac"]), "driver": "sriov"} for port in node["vsrx_ports"]]
    slot = 7 * int(node["vsrx_cluster_node"])
    names = ["fxp0", "em0", *(f"ge-{slot}/0/{number}" for number in range(len(nics) - 2))]
    return [{"name": name, **nic} for name, nic in zip(names, nics)]


def topology(inventory: dict[str, t.Any], cluster: str) -> dict[str, t.Any]:
    hosts = inventory["_meta"]["hostvars"].values()
    nodes = sorted((host for host in hosts if host.get("vsrx_cluster") == cluster), key=lambda host: int(host["vsrx_cluster_node"]))
    return {"nodes": [{"ports": ports(node)} for node in nodes]}


if __name__ == "__main__":
    json.dump(topology(json.load(sys.stdin), "vsrx1"), sys.stdout, indent=1)
