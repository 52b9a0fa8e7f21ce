# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module's documentation promises: its options, its examples, what it returns; and a call of the module itself."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
import typing as t

import pytest
import yaml

from .module_arguments import patch_module_args

MODULES = ("pci_facts", "sriov_vfs", "vsrx_domain_info", "vsrx_hostdev", "junos_cluster_mac", "junos_cluster_info")
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
#: a PCI or a MAC address
ADDRESS = re.compile(r"[0-9A-Fa-f]{2,8}(:[0-9A-Fa-f]{2}){2,}(\.[0-7])?")


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


def returns(name: str) -> dict[str, t.Any]:
    return dict(yaml.safe_load(_module(name).RETURN))


def _always(about: t.Mapping[str, t.Any]) -> bool:
    """Is a field in every successful result? Inside of one that is, `returned` says that it may be missing."""
    return str(about.get("returned", "always")).startswith(("always", "success"))


def undocumented(name: str, result: t.Mapping[str, t.Any]) -> list[str]:
    """Where a result and RETURN are not the same: fields that only one of them has, and other types."""
    documented = returns(name)
    found = {key: value for key, value in result.items() if key in documented or key not in ANSIBLES}
    if result.get("failed"):
        documented = {key: about for key, about in documented.items() if key in found or about["returned"] == "always"}
    return _fields(documented, found, "")


def _fields(documented: t.Mapping[str, t.Any], found: t.Mapping[str, t.Any], before: str) -> list[str]:
    wrong = [f"{before}{key} is not returned" for key, about in documented.items() if key not in found and _always(about)]
    for key, value in found.items():
        wrong += _value(documented[key], value, before + key) if key in documented else [f"{before}{key} is not documented"]
    return wrong


def _value(about: t.Mapping[str, t.Any], value: t.Any, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, TYPES[about["type"]]) or (isinstance(value, bool) and about["type"] != "bool"):
        return [f"{where} is {type(value).__name__}, documented as {about['type']}"]
    if isinstance(value, list):
        each = {**about, "type": about["elements"]}
        return [line for found in value for line in _value(each, found, where)]
    return _fields(about["contains"], value, f"{where}.") if isinstance(value, dict) else []


def _walk(documented: t.Mapping[str, t.Any], before: str = "") -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    for key, about in documented.items():
        yield before + key, about
        yield from _walk(about.get("contains", {}), f"{before}{key}.")


def fields(name: str) -> set[str]:
    """All that a module can return, as pfs.vfs.mac."""
    return {where for where, _about in _walk(returns(name))}


def filled(value: t.Any, before: str = "") -> set[str]:
    """The fields of a result that have a value there, by the same names."""
    if isinstance(value, list):
        return set().union(*(filled(each, before) for each in value))
    found = {before} if before and value is not None else set()
    if isinstance(value, dict):
        found |= set().union(*(filled(each, f"{before}.{key}" if before else key) for key, each in value.items()))
    return found


def unlike_documentation(name: str) -> list[str]:
    """What RETURN itself lacks: the parts of a dictionary, a sentence, a sample that is as documented."""
    wrong = []
    for where, about in _walk(returns(name)):
        if "dict" in (about["type"], about.get("elements")) and "contains" not in about:
            wrong.append(f"{where} does not say what it contains")
        if about["type"] == "list" and "elements" not in about:
            wrong.append(f"{where} does not say of what it is a list")
        said = about["description"]
        wrong += [f"{where}: no sentence: {each}" for each in ([said] if isinstance(said, str) else said) if not each.endswith(".")]
        wrong += _value(about, about.get("sample"), where)
    return wrong


def unquoted(text: str) -> list[str]:
    """PCI and MAC addresses without quotes, in YAML. It reads digits with colons between them as a number to the base of 60."""

    def of(node: t.Any) -> t.Iterator[str]:
        if isinstance(node, yaml.ScalarNode):
            if node.style is None and ADDRESS.fullmatch(node.value):
                yield node.value
        elif node is not None:
            for each in node.value:
                for part in each if isinstance(each, tuple) else (each,):
                    yield from of(part)

    return list(of(yaml.compose(text)))


def texts(name: str) -> dict[str, str]:
    """A module's documentation as it is written, by the name of its part."""
    return {part: getattr(_module(name), part) for part in ("DOCUMENTATION", "EXAMPLES", "RETURN")}
