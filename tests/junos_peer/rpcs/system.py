# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Software and uptime, of each node."""

from __future__ import annotations

import typing as t

from ..clock import length, stamp
from ..errors import Complaint, RefusedError, xnm_error
from ..inheritance import inherited
from ..node import Node
from ..replies import leaf, make, moment
from ..tree import Tree
from .registry import Request, answers


def per_node(request: Request, element: t.Callable[[Node], Tree]) -> list[Tree]:
    """One item for each node that is asked, an error beside them for one that is away, or the bare element of a stand-alone box."""
    cluster, shapes = request.peer.cluster, request.peer.shapes
    if cluster.standalone:
        return [element(cluster.nodes[0])]
    results = make("multi-routing-engine-results")
    errors: list[Tree] = []
    for node in requested_nodes(request):
        form = shapes.away(node.number, node.up, request.node)
        message = no_route(node)
        if form is None:
            results.append(make("multi-routing-engine-item", leaf("re-name", node.name), element(node)))
        elif form == "error":
            errors.append(Complaint(message).xml())
        elif form == "empty":
            results.append(make("multi-routing-engine-item", leaf("re-name", node.name)))
        elif form == "inside":
            results.append(make("multi-routing-engine-item", leaf("re-name", node.name), xnm_error(f"error: {message}", "mgd")))
    return [*errors, results] if len(results) or not errors else errors


def no_route(node: Node) -> str:
    return f"Could not connect to {node.name} : No route to host"


def requested_nodes(request: Request) -> list[Node]:
    """Those that <node> names: 0, node0, local, or all, which is what its absence means."""
    nodes, wanted = request.peer.cluster.nodes, request.text("node", "all")
    if wanted == "all":
        return nodes
    number = str(request.node) if wanted == "local" else wanted.removeprefix("node")
    if number not in [str(node.number) for node in nodes]:
        raise RefusedError(Complaint("syntax error", element="node", tag="invalid-value"))
    return [nodes[int(number)]]


@answers("get-software-information", "brief detail node")
def get_software_information(request: Request) -> list[Tree]:
    peer = request.peer

    def software(node: Node) -> Tree:
        release = peer.releases.get(node.number, peer.style.release)
        name = peer.shapes.host_name or inherited(peer.database.committed, node.name).findtext("system/host-name") or ""
        information = make(
            "software-information",
            leaf("host-name", name),
            leaf("product-model", peer.model),
            leaf("product-name", peer.model.lower()),
            leaf("junos-version", release),
            make(
                "package-information",
                leaf("name", "junos"),
                leaf("comment", f"JUNOS Software Release [{release}]"),
            ),
        )
        return peer.style.payload(information)

    return per_node(request, software)


@answers("get-system-uptime-information", "node")
def get_system_uptime_information(request: Request) -> list[Tree]:
    peer = request.peer
    # A node's boot is put behind the last commit where both fall into one second; no node may boot in its own future for that.
    now = max(peer.clock.seconds(), *(node.booted_at for node in peer.cluster.nodes))
    last = peer.database.last

    def uptime(node: Node) -> Tree:
        up = max(0, now - node.booted_at)
        information = make(
            "system-uptime-information",
            make("current-time", moment("date-time", stamp(now), now)),
            leaf("time-source", "LOCAL CLOCK"),
            make("system-booted-time", moment("date-time", stamp(node.booted_at), node.booted_at), moment("time-length", length(up), up)),
            make(
                "protocols-started-time", moment("date-time", stamp(node.booted_at), node.booted_at), moment("time-length", length(up), up)
            ),
            make(
                "last-configured-time",
                moment("date-time", stamp(last.seconds), last.seconds),
                moment("time-length", length(now - last.seconds), max(0, now - last.seconds)),
                leaf("user", last.user),
            ),
            make("uptime-information", moment("date-time", stamp(now)[11:16], now), moment("up-time", length(up), up)),
        )
        return peer.style.payload(information)

    return per_node(request, uptime)


@answers("get-chassis-inventory", "node")
def get_chassis_inventory(request: Request) -> list[Tree]:
    peer = request.peer

    def inventory(node: Node) -> Tree:
        serial = leaf("serial-number", f"PEER{node.number:08}")
        chassis = make("chassis", leaf("name", "Chassis"), serial, leaf("description", peer.model.upper()))
        return peer.style.payload(make("chassis-inventory", chassis), "chassis")

    return per_node(request, inventory)


@answers("get-route-engine-information", "node")
def get_route_engine_information(request: Request) -> list[Tree]:
    peer = request.peer

    def engine(node: Node) -> Tree:
        row = make(
            "route-engine",
            leaf("status", "OK"),
            leaf("model", f"{peer.model} RE"),
            leaf("start-time", stamp(node.booted_at), seconds=str(node.booted_at)),
            leaf("up-time", length(peer.clock.seconds() - node.booted_at)),
        )
        return peer.style.payload(make("route-engine-information", row), "chassis")

    return per_node(request, engine)
