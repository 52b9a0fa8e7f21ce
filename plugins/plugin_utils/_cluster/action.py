# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The base of the action plugins that work on a whole cluster: options, both paths, progress, and a result."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError

from .._results.formats import clean_data
from .connection import Opener
from .look import Look
from .members import find_members
from .operations import Operations
from .paths import Paths
from .progress import Progress
from .waiting import Waiter

#: options that all of them have
COMMON: dict[str, dict[str, t.Any]] = {
    "cluster": {"type": "str", "required": True},
    "nodes": {"type": "dict"},
    "sync_timeout": {"type": "int", "default": 900},
    "poll_interval": {"type": "float", "default": 5},
    "answer_timeout": {"type": "int", "default": 30},
}


class ClusterAction(ActionBase):  # type: ignore[misc]
    """Runs on the control node, for one host of the cluster; it opens its own sessions with both nodes."""

    _supports_check_mode = True
    _requires_connection = False
    TRANSFERS_FILES = False
    _options: t.ClassVar[dict[str, dict[str, t.Any]]] = {}

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[dict[str, t.Any]] = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _unused, params = self.validate_argument_spec({**COMMON, **self._options})
        warnings: list[str] = []
        paths: t.Optional[Paths] = None
        try:
            hosts = params["nodes"] or _members(task_vars or {}, params["cluster"])
            paths = Paths(Opener(self, task_vars or {}), hosts, params.get("state") != "absent", params["answer_timeout"])
            waiter = Waiter(paths, Progress(Display(), params["cluster"]), max(0.05, params["poll_interval"]))
            operations = Operations(waiter, params["sync_timeout"], warnings.append)
            result.update({"changed": False, "steps": operations.steps, **self.work(params, operations)})
        except VsrxError as failure:
            result.update({**failure.facts, "failed": True, "msg": f"cluster {params['cluster']}: {failure.message}"})
        finally:
            if paths is not None:
                paths.close()
        if warnings:
            result["warnings"] = [f"{params['cluster']}: {text}" for text in dict.fromkeys(warnings)]
        # Junos' words are in it: nothing of them may move a terminal's cursor.
        return t.cast("dict[str, t.Any]", clean_data(result))

    def work(self, params: dict[str, t.Any], operations: Operations) -> dict[str, t.Any]:
        """What the task does, and the part of its result that it adds."""
        raise NotImplementedError


def _members(task_vars: dict[str, t.Any], cluster: str) -> dict[str, str]:
    names = [name for name in task_vars["ansible_play_hosts_all"] if name in task_vars["hostvars"]]
    return find_members(task_vars["hostvars"], names, cluster)


def describe_look(look: Look) -> dict[str, t.Any]:
    """Nodes, cluster and reths, as the modules return them."""
    return {name: look.document[name] for name in ("nodes", "cluster", "reths")}
