# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes a node out of its chassis cluster and brings it back; see M(vsrx.sriov.junos_cluster_node)."""

from __future__ import annotations

import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RefusedError, RequestError, VsrxError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.absence import (
    Absence,
    Before,
    describe_before,
    find_moves,
    read_before,
    write_before,
)
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.action import ClusterAction, describe_look
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.look import NODES, Look, find_partner
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.operations import Operations


class ActionModule(ClusterAction):
    _options: t.ClassVar = {
        "node": {"type": "str", "required": True, "choices": list(NODES)},
        "state": {"type": "str", "required": True, "choices": ["drained", "joined"]},
        "move_groups": {"type": "bool", "default": True},
        "unseen": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 2400},
        "before": {"type": "dict"},
        "booted": {"type": "bool", "default": True},
        "healthy": {"type": "bool", "default": True},
    }

    def work(self, params: dict[str, t.Any], operations: Operations) -> dict[str, t.Any]:
        absence = Absence(operations, params["node"])
        if params["state"] == "drained":
            return self._drain(params, operations, absence)
        before = _read_before(params["before"])
        if before is None or self._task.check_mode:
            return {}
        look = absence.join(before, params["booted"], params["healthy"], params["timeout"], params["move_groups"])
        return {"changed": bool(operations.steps), **describe_look(look)}

    def _drain(self, params: dict[str, t.Any], operations: Operations, absence: Absence) -> dict[str, t.Any]:
        node = params["node"]
        look = _look(params, operations)
        if look is None or not look.enabled:
            return {"before": {}}
        kept = {"before": write_before(describe_before(look, node))}
        if self._task.check_mode:
            groups = find_moves(look, node) if params["move_groups"] else ()
            if groups:
                operations.steps.append(f"move redundancy groups {', '.join(map(str, groups))} to {find_partner(node)}")
        else:
            operations.check_identity()
            look = absence.leave(look, params["timeout"], params["move_groups"])
        return {"changed": bool(operations.steps), **kept, **describe_look(look)}


def _look(params: dict[str, t.Any], operations: Operations) -> t.Optional[Look]:
    """None with consent: nothing is known of the cluster then."""
    try:
        return operations.paths.look_through_any()
    except VsrxError as failure:
        if params["unseen"]:
            return None
        raise RefusedError(
            f"{params['node']} was to go down, but no node of its cluster tells how the cluster is ({failure.message}). Expected to "
            f"see a primary and a secondary, since all traffic could stop. {params['node']} was not touched; make Junos answer over "
            "NETCONF, or set unseen (in the role vsrx_ports: vsrx_ports_unseen) to true where the cluster is not set up yet or may lose "
            "its traffic",
            **failure.facts,
        ) from None


def _read_before(found: t.Optional[dict[str, t.Any]]) -> t.Optional[Before]:
    if not found:
        return None
    try:
        return read_before(found)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RequestError(
            f"before is {found}; expected what this task returned as before when the node left its cluster. Nothing was changed"
        ) from None
