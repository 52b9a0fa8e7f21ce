# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hardware below Junos: which ports each node has, and the MAC addresses that the hypervisor gives them."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import typing as t

import yaml

_NAME = re.compile(r"(?:fxp0|em\d|ge-\d+/\d+/\d+|xe-\d+/\d+/\d+)\Z")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}\Z")


@dataclasses.dataclass
class Port:
    name: str
    mac: str
    driver: str = "virtio"
    link: bool = True
    speed: str = "1000mbps"


@dataclasses.dataclass
class Topology:
    nodes: list[list[Port]]
    cluster_id: int = 1

    def ports(self) -> t.Iterator[tuple[int, Port]]:
        for number, ports in enumerate(self.nodes):
            for port in ports:
                yield number, port

    def port(self, name: str, node: int | None = None) -> tuple[int, Port] | None:
        return next(((number, port) for number, port in self.ports() if port.name == name and node in (None, number)), None)


def read(path: pathlib.Path, nodes: int) -> Topology:
    """From YAML or JSON; a wrong entry is named."""
    document = yaml.safe_load(path.read_text())
    if not isinstance(document, dict) or len(document.get("nodes", [])) != nodes:
        raise SystemExit(f"{path}: expected 'nodes' with {nodes} entries")
    found = [[_port(row, f"{path}: node {number}") for row in node.get("ports", [])] for number, node in enumerate(document["nodes"])]
    macs = [port.mac for ports in found for port in ports]
    for mac in macs:
        if macs.count(mac) > 1:
            raise SystemExit(f"{path}: MAC address {mac} is given to {macs.count(mac)} ports")
    return Topology(found, int(document.get("cluster_id", 1)))


def _port(row: t.Any, where: str) -> Port:
    if not isinstance(row, dict) or not _NAME.match(str(row.get("name", ""))):
        raise SystemExit(f"{where}: {row} is no port; expected name (fxp0, em0, ge-0/0/0, ...) and mac")
    mac = str(row.get("mac", "")).lower()
    if not _MAC.match(mac):
        raise SystemExit(f"{where}: port {row['name']} has MAC address {mac or 'none'}; expected six bytes such as 02:5a:00:00:00:01")
    unknown = set(row) - {"name", "mac", "driver", "link", "speed"}
    if unknown or row.get("driver", "virtio") not in ("virtio", "sriov"):
        raise SystemExit(f"{where}: port {row['name']}: unknown {', '.join(sorted(unknown)) or 'driver ' + str(row['driver'])}")
    return Port(row["name"], mac, row.get("driver", "virtio"), bool(row.get("link", True)), str(row.get("speed", "1000mbps")))
