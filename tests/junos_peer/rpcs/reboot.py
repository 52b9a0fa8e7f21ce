# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPC request-reboot, for one node or both."""

from __future__ import annotations

import time

from ..errors import Complaint, RefusedError
from ..replies import leaf, make
from ..tree import Tree
from .registry import Request, answers
from .system import no_route


@answers("request-reboot", "node in at")
def request_reboot(request: Request) -> list[Tree]:
    cluster = request.peer.cluster
    numbers = _nodes(request)
    minutes = request.text("in", "0")
    if not minutes.isdigit():
        raise RefusedError(Complaint("invalid value for in", tag="invalid-value", element="in"))
    at = request.text("at")
    if at and at != "now":
        raise RefusedError(Complaint("this peer reboots now or in minutes, not at a time", tag="operation-not-supported", element="at"))
    facts = {"nodes": numbers, "session": request.session.number, "minutes": int(minutes)}
    request.peer.journal.note("reboot request", node=request.node, **facts)
    seconds = int(minutes) * 60
    moment = request.peer.clock.now() + seconds
    # The reply still leaves, or half of it: Junos ends the session while it goes down.
    request.peer.clock.after(seconds if seconds else request.peer.reboot_grace * request.peer.clock.scale, lambda: cluster.reboot(numbers))
    when = "NOW!" if not seconds else f"at {time.strftime('%a %b %e %H:%M:%S %Y', time.gmtime(moment))}."
    status = leaf("request-reboot-status", f"\nShutdown {when}\n[pid {4000 + request.session.number}]\n", reboot_time=str(int(moment)))
    results = make("request-reboot-results", status)
    if cluster.standalone or not request.text("node"):
        return [results]
    wrapper = make("multi-routing-engine-results")
    for number in numbers:
        inner = make("request-reboot-results", leaf("request-reboot-status", status.text or "", reboot_time=str(int(moment))))
        wrapper.append(make("multi-routing-engine-item", leaf("re-name", cluster.nodes[number].name), inner))
    away = [node for node in cluster.nodes if node.number not in numbers] if request.text("node") == "all" else []
    return [*(Complaint(no_route(node)).xml() for node in away), wrapper]


def _nodes(request: Request) -> list[int]:
    wanted = request.text("node", "local")
    cluster = request.peer.cluster
    if cluster.standalone:
        if request.has("node"):
            raise RefusedError(Complaint("syntax error", element="node"))
        return [0]
    if wanted in ("local", ""):
        return [request.node]
    if wanted == "all":
        return [node.number for node in cluster.nodes if node.up]
    number = wanted.removeprefix("node")
    if number not in ("0", "1"):
        raise RefusedError(Complaint("syntax error", element="node", tag="invalid-value"))
    if not cluster.nodes[int(number)].up:
        raise RefusedError(no_route(cluster.nodes[int(number)]))
    return [int(number)]
