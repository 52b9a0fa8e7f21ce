# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moves redundancy groups and holds or releases them; see M(vsrx.sriov.junos_cluster_failover)."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.action import ClusterAction, describe_look
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.look import NODES, Look, find_partner
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.operations import Operations
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.plan import find_groups_to_move, find_groups_to_return


class ActionModule(ClusterAction):
    _options: t.ClassVar = {
        "state": {"type": "str", "required": True, "choices": ["held", "released", "returned"]},
        "node": {"type": "str", "choices": list(NODES)},
        "groups": {"type": "list", "elements": "int"},
        "homes": {"type": "dict"},
    }

    def work(self, params: dict[str, t.Any], operations: Operations) -> dict[str, t.Any]:
        if params["state"] == "held" and not params["node"]:
            raise RequestError("state held needs the option node. Nothing was changed")
        began = time.monotonic()
        look = operations.paths.look_through_any()
        before = {"homes": {str(group): node for group, node in look.homes.items()}}
        groups = _find_affected(params, look)
        if not groups:
            return {**before, "groups": [], "seconds": 0.0, **describe_look(look)}
        if not self._task.check_mode:
            operations.check_identity()
            began = time.monotonic()
            look = _carry_out(params, operations, look, groups)
        seconds = round(time.monotonic() - began, 1)
        return {"changed": True, **before, "groups": groups, "seconds": seconds, **describe_look(look)}


def _find_affected(params: dict[str, t.Any], look: Look) -> list[int]:
    """The groups that are not as they should be."""
    chosen = params["groups"]
    if params["state"] == "held":
        found: t.Iterable[int] = find_groups_to_move(look, find_partner(params["node"]))
    elif params["state"] == "released":
        found = look.manual
    else:
        homes = _find_homes(params)
        found = {*find_groups_to_return(look, homes), *(group for group in look.manual if group in homes)}
    return sorted(group for group in found if chosen is None or group in chosen)


def _carry_out(params: dict[str, t.Any], operations: Operations, look: Look, groups: list[int]) -> Look:
    if params["state"] == "held":
        return operations.hold(look, groups, params["node"])
    if params["state"] == "released":
        return operations.clear(groups)
    homes = _find_homes(params)
    return operations.return_home(look, {group: node for group, node in homes.items() if group in groups})


def _find_homes(params: dict[str, t.Any]) -> dict[int, str]:
    homes = params["homes"] or {}
    if not homes or not all(str(group).isdecimal() and node in NODES for group, node in homes.items()):
        raise RequestError(
            f"homes is {homes}; expected a node for each redundancy group, such as {{0: node0, 1: node1}}. Nothing was changed"
        )
    return {int(group): node for group, node in homes.items()}
