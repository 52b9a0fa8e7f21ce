# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a chassis cluster, gives it time, and judges whether it is fit for a change; see M(vsrx.sriov.junos_cluster_check)."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.action import COMMON, Opener, open_waiter
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.fitness import Terms, find_refusal, needs_time
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.goals import Healthy
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.waiting import NotReachedError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.action import CheckedAction, read_return
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.admission import admit

MODULE = "junos_cluster_mac"
#: what the module is asked with
_OF_MODULE = ("state", "sriov_ports", "trusted_ports", "pf_under_control", "confirm_timeout", "comment")
_OPTIONS: dict[str, dict[str, t.Any]] = {
    **{name: COMMON[name] for name in ("cluster", "nodes", "poll_interval", "answer_timeout")},
    "node": {"type": "str", "required": True, "choices": ["node0", "node1"]},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "sriov_ports": {"type": "list", "elements": "str"},
    "trusted_ports": {"type": "list", "elements": "str"},
    "pf_under_control": {"type": "bool", "default": False},
    "accept": {"type": "list", "elements": "str", "default": []},
    "confirm_timeout": {"type": "int", "default": 10},
    "comment": {"type": "str"},
    "judge_health": {"type": "bool", "default": True},
    "allow_manual_failover": {"type": "bool", "default": False},
    "timeout": {"type": "int", "default": 60},
}


class ActionModule(CheckedAction):
    _shape = read_return(MODULE)
    _supports_async = False

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[dict[str, t.Any]] = None) -> dict[str, t.Any]:
        super(CheckedAction, self).run(tmp, task_vars)
        variables = task_vars or {}
        _unused, params = self.validate_argument_spec(_OPTIONS)
        host = str(variables["inventory_hostname"])
        terms = Terms(
            params["cluster"], params["node"], host, params["judge_health"], params["allow_manual_failover"], frozenset(params["accept"])
        )
        # Whatever the task says: it reads.
        self._task.check_mode, self._task.diff = True, False
        result = self._look(params, variables, host)
        if params["timeout"] > 0 and needs_time(result, terms):
            try:
                self._wait(params, variables)
                result = self._look_again(params, variables, host)
            except VsrxError as failure:
                result = {"failed": True, "msg": failure.message, "lost": failure.facts.get("lost") is True}
        refusal = find_refusal(result, terms)
        result.update({"changed": False, "failed": refusal is not None})
        if refusal is not None:
            result["msg"] = refusal
        return self._add_facts({}, result)

    def _look(self, params: dict[str, t.Any], variables: dict[str, t.Any], host: str) -> dict[str, t.Any]:
        arguments = {name: params[name] for name in _OF_MODULE if params[name] is not None}
        arguments["accept"] = [*params["accept"], *([] if params["judge_health"] else ["S8"])]
        result = self._execute_module(module_name=f"vsrx.sriov.{MODULE}", module_args=arguments, task_vars=variables)
        return admit(self._shape, result, MODULE, host)

    def _look_again(self, params: dict[str, t.Any], variables: dict[str, t.Any], host: str) -> dict[str, t.Any]:
        """Over another session: the module has ended the one that Ansible made for this task."""
        self._connection._socket_path = Opener(self, variables).start(host)
        return self._look(params, variables, host)

    def _wait(self, params: dict[str, t.Any], variables: dict[str, t.Any]) -> None:
        """Wait until it is healthy; what is wrong when the time is up is found by the look that follows."""
        with contextlib.suppress(NotReachedError), open_waiter(self, variables, params) as waiter:
            waiter.wait(Healthy(but_manual=params["allow_manual_failover"]), params["timeout"])
