# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The base of the action plugins: each runs the module of its name and admits of its answer what the module documents."""

from __future__ import annotations

import ast
import pathlib
import typing as t

import yaml
from ansible.plugins.action import ActionBase

from .admission import admit, clean_output
from .shape import Field, read_shape

#: the C library's loader where there is one: a tenth of the time, in each task
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_return(module: str) -> dict[str, Field]:
    """The shape of a module's result from its RETURN block, which is read and not imported: its code runs elsewhere."""
    path = pathlib.Path(__file__).parents[2] / "modules" / f"{module}.py"
    for node in ast.parse(path.read_text(encoding="utf-8"), str(path)).body:
        if isinstance(node, ast.Assign) and [target.id for target in node.targets if isinstance(target, ast.Name)] == ["RETURN"]:
            return read_shape(yaml.load(ast.literal_eval(node.value), Loader=_Loader))  # noqa: S506 - a safe loader
    raise ValueError(f"{path} has no RETURN")


def clean_printed(res: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {**res, "stdout": clean_output(res.get("stdout") or "")}


class CheckedAction(ActionBase):  # type: ignore[misc]
    """Runs the module of the task's name and checks its answer on the control node.

    Ansible makes variables of an answer's facts, gives its statistics to the controller and obeys other keys of it.
    A host must not choose any of these.
    """

    _supports_check_mode = True
    _supports_async = True
    _shape: t.ClassVar[t.Mapping[str, Field]]

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[dict[str, t.Any]] = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        background = bool(self._task.async_val) and not self._connection.has_native_async
        result = self._execute_module(task_vars=task_vars, wrap_async=background)
        if not background:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        module = self._task.action.rpartition(".")[2]
        host = self._task.delegate_to or (task_vars or {}).get("inventory_hostname", "the host")
        admitted = admit(self._shape, result, module, host, background)
        return self._add_facts(result, admitted)

    def _parse_returned_data(self, res: dict[str, t.Any], *more: t.Any) -> t.Any:
        """Ansible takes warnings from the answer here since 2.20, before ``run`` sees it."""
        return super()._parse_returned_data(clean_printed(res), *more)

    def _add_facts(self, result: dict[str, t.Any], admitted: dict[str, t.Any]) -> dict[str, t.Any]:
        """Ansible's own fact: the interpreter that it chose, so that it need not look again."""
        if self._discovered_interpreter_key:
            admitted["ansible_facts"] = {self._discovered_interpreter_key: self._discovered_interpreter}
        return admitted
