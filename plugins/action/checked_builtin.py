# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a builtin module on a host and admits of its answer the few values that the roles read."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.action import CheckedAction, clean_printed
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.admission import admit
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.shape import read_shape

#: the modules that can be named, and what is read of the answer of each
SHAPES = {
    "command": read_shape({"rc": {"type": "int", "returned": "success"}, "stdout": {"type": "str", "returned": "success"}}),
    "copy": {},
    "reboot": {},
    "slurp": read_shape({"content": {"type": "str", "returned": "success"}}),
}
#: their work is done by actions of their own: one transfers the file, the other asks for the reboot and waits for its end
_ACTIONS = ("copy", "reboot")
_OPTIONS = {name: {"type": "dict"} for name in SHAPES}


class ActionModule(CheckedAction):
    _supports_async = False

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[dict[str, t.Any]] = None) -> dict[str, t.Any]:
        _unused, options = self.validate_argument_spec(_OPTIONS, mutually_exclusive=[list(SHAPES)], required_one_of=[list(SHAPES)])
        name, arguments = next((name, options[name]) for name in SHAPES if options[name] is not None)
        if name == "command" and self._task.check_mode:
            return {"skipped": True, "changed": False, "msg": "The command would have run if not in check mode."}
        result = self._run_builtin(name, arguments, task_vars or {})
        host = self._task.delegate_to or (task_vars or {}).get("inventory_hostname", "the host")
        admitted = admit(SHAPES[name], result, name, host)
        if "stdout" in admitted:
            admitted["stdout_lines"] = admitted["stdout"].splitlines()
        return self._add_facts(result, admitted)

    def _run_builtin(self, name: str, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        if name not in _ACTIONS:
            result = self._execute_module(module_name=f"ansible.builtin.{name}", module_args=arguments, task_vars=task_vars)
            self._remove_tmp_path(self._connection._shell.tmpdir)
            return t.cast("dict[str, t.Any]", result)
        task = self._task.copy()
        task.args = arguments
        # Its messages name the action of the task.
        task.action = f"ansible.builtin.{name}"
        action = self._shared_loader_obj.action_loader.get(
            task.action,
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        # The modules that it runs answer, too.
        parse = action._parse_returned_data
        action._parse_returned_data = lambda res, *more: parse(clean_printed(res), *more)
        try:
            return t.cast("dict[str, t.Any]", action.run(task_vars=task_vars))
        except AnsibleConnectionFailure:
            raise
        except AnsibleError as failure:
            # The host's own words are in it; as a result they are cleaned like any other.
            return {"failed": True, "msg": str(failure)}
