# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restarts the nodes of a chassis cluster; see M(vsrx.sriov.junos_cluster_restart)."""

from __future__ import annotations

import typing as t

from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.action import ClusterAction, describe_look
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.operations import Operations
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.plan import Strategy
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.restart import (
    Request,
    ResetNeeded,
    Restart,
    plan_steps,
    read_state,
    write_state,
)


class ActionModule(ClusterAction):
    _options: t.ClassVar = {
        "strategy": {"type": "str", "required": True, "choices": ["simultaneous", "rolling"]},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "boot_timeout": {"type": "int", "default": 1500},
        "can_reset": {"type": "bool", "default": False},
        "resume": {"type": "dict"},
    }

    def work(self, params: dict[str, t.Any], operations: Operations) -> dict[str, t.Any]:
        strategy, wanted = Strategy(params["strategy"]), params["state"] == "present"
        request = Request(strategy, wanted, params["boot_timeout"], params["sync_timeout"], params["can_reset"])
        restart = Restart(operations, request)
        try:
            if params["resume"]:
                look = restart.resume(read_state(params["resume"]))
            else:
                look = operations.paths.look_through_any()
                if self._task.check_mode:
                    steps = plan_steps(look, strategy, wanted)
                    return {"changed": bool(steps), "steps": steps, "reset": [], **describe_look(look)}
                look = restart.begin(look)
        except ResetNeeded as needed:
            return {"changed": True, "reset": list(needed.nodes), "resume": write_state(needed.state)}
        return {"changed": bool(operations.steps) or bool(params["resume"]), "reset": [], **describe_look(look)}
