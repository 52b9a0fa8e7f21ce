# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module's documentation promises: its options, its examples, what it returns; and a call of the module itself."""

from __future__ import annotations

import dataclasses
import importlib
import json
import typing as t

import pytest
import yaml
from ansible.module_utils.testing import patch_module_args

MODULES = ("pci_facts", "sriov_vfs", "vsrx_hostdev", "junos_cluster_mac")
#: what Ansible itself gives a result
ANSIBLES = {"changed", "diff", "invocation", "warnings", "deprecations", "failed", "msg"}
TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "float": (float, int),
}


@dataclasses.dataclass(frozen=True)
class Example:
    title: str
    arguments: dict[str, t.Any]
    check: bool


def _module(name: str) -> t.Any:
    return importlib.import_module(f"ansible_collections.vsrx.sriov.plugins.modules.{name}")


def examples(name: str) -> list[Example]:
    found = []
    for task in yaml.safe_load(_module(name).EXAMPLES):
        if f"vsrx.sriov.{name}" in task:
            found.append(Example(task["name"], task[f"vsrx.sriov.{name}"] or {}, bool(task.get("check_mode"))))
    return found


def options(name: str) -> set[str]:
    """All options, those of lists of dicts as pfs.vfs.mac."""

    def of(documented: dict[str, t.Any], before: str) -> set[str]:
        found = {before + each for each in documented}
        for each, about in documented.items():
            found |= of(about.get("suboptions", {}), f"{before}{each}.")
        return found

    return of(yaml.safe_load(_module(name).DOCUMENTATION)["options"], "")


def shown(name: str) -> set[str]:
    """The options that an example shows."""

    def of(value: t.Any, before: str) -> set[str]:
        if isinstance(value, list):
            return set().union(*(of(each, before) for each in value)) if value else set()
        if not isinstance(value, dict):
            return set()
        found = {before + each for each in value}
        return found.union(*(of(each, f"{before}{key}.") for key, each in value.items()))

    return set().union(*(of(example.arguments, "") for example in examples(name)))


def call(name: str, arguments: t.Mapping[str, t.Any], capsys: pytest.CaptureFixture[str], check: bool = False) -> dict[str, t.Any]:
    """One run of the module as Ansible starts it: its options are checked, its result is what it prints."""
    capsys.readouterr()
    internal = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_socket": "/nonexistent"}
    with patch_module_args({**arguments, **internal}), pytest.raises(SystemExit):
        _module(name).main()
    return dict(json.loads(capsys.readouterr().out))


def undocumented(name: str, result: t.Mapping[str, t.Any]) -> list[str]:
    """Where a successful result and RETURN are not the same: fields that only one of them has, and other types."""
    documented = yaml.safe_load(_module(name).RETURN)
    always = {key for key, about in documented.items() if about["returned"].startswith(("always", "success"))}
    wrong = [f"{key} is not returned" for key in sorted(always - set(result))]
    wrong += [f"{key} is not documented" for key in sorted(set(result) - set(documented) - ANSIBLES)]
    for key in sorted(set(result) & set(documented)):
        wrong += _against(documented[key], result[key], key)
    return wrong


def _against(about: t.Mapping[str, t.Any], value: t.Any, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, TYPES[about["type"]]):
        return [f"{where} is {type(value).__name__}, documented as {about['type']}"]
    each = value if isinstance(value, list) else [value]
    contained = about.get("contains")
    if contained is None:
        return _like(about.get("sample"), value, where)
    wrong = []
    for found in each:
        wrong += [f"{where}.{key} is on one side only" for key in sorted(set(found) ^ set(contained))]
        for key in sorted(set(found) & set(contained)):
            wrong += _against(contained[key], found[key], f"{where}.{key}")
    return wrong


def _like(sample: t.Any, value: t.Any, where: str) -> list[str]:
    """Has a value the shape of its sample? An empty list or null tells nothing."""
    if sample is None or value is None:
        return []
    if type(sample) is not type(value):
        return [f"{where} is {type(value).__name__}, its sample is {type(sample).__name__}"]
    if isinstance(sample, list):
        return [line for found in value[:1] if sample for line in _like(sample[0], found, where)]
    if isinstance(sample, dict):
        wrong = [f"{where}.{key} is on one side only" for key in sorted(set(sample) ^ set(value))]
        return wrong + [line for key in sorted(set(sample) & set(value)) for line in _like(sample[key], value[key], f"{where}.{key}")]
    return []
