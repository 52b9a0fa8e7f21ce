# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs M(vsrx.sriov.pci_facts) and admits of its answer the one fact that the module documents."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.action import CheckedAction, read_return
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.formats import clean_data
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.shape import Field


class ActionModule(CheckedAction):
    _shape = read_return("pci_facts")

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[dict[str, t.Any]] = None) -> dict[str, t.Any]:
        if self._task.args.get("select"):
            # The task's own expression makes anything of the functions.
            self._shape = without_functions(self._shape)
        return super().run(tmp, task_vars)

    def _add_facts(self, result: dict[str, t.Any], admitted: dict[str, t.Any]) -> dict[str, t.Any]:
        facts = dict(admitted.pop("ansible_facts", {}))
        if "pci" in facts and "functions" not in facts["pci"]:
            facts["pci"]["functions"] = clean_data(result["ansible_facts"]["pci"].get("functions"))
        facts |= super()._add_facts(result, {}).get("ansible_facts", {})
        return admitted | ({"ansible_facts": facts} if facts else {})


def without_functions(shape: t.Mapping[str, Field]) -> dict[str, Field]:
    """The shape of the facts but for the functions."""
    facts = shape["ansible_facts"]
    pci = facts.contains["pci"]
    rest = {name: field for name, field in pci.contains.items() if name != "functions"}
    pci = dataclasses.replace(pci, contains=rest)
    return {"ansible_facts": dataclasses.replace(facts, contains={"pci": pci})}
