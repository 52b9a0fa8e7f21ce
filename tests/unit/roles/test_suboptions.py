# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of mappings that roles take have the suboptions of their module, so that a misspelt one is refused before a host is asked."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.vsrx.sriov.plugins.modules import sriov_vfs, vsrx_hostdev

TOP = pathlib.Path(__file__).parents[3]
#: variable, role, and the module's own suboptions
LISTS: dict[str, tuple[str, dict[str, t.Any]]] = {
    "sriov_host_pfs": ("sriov_host", sriov_vfs.PF),
    "vsrx_ports": ("vsrx_ports", t.cast("dict[str, t.Any]", vsrx_hostdev.ARGUMENTS["ports"])["options"]),
}
_SAME = ("type", "elements", "choices", "required", "default")


def _spec(variable: str) -> dict[str, t.Any]:
    specs = yaml.safe_load((TOP / f"roles/{LISTS[variable][0]}/meta/argument_specs.yml").read_text())["argument_specs"]
    return t.cast("dict[str, t.Any]", specs["main"]["options"][variable])


def _shape(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    shape = {}
    for name, about in options.items():
        shape[name] = {key: about[key] for key in _SAME if about.get(key) is not None}
        if about.get("options"):
            shape[name]["options"] = _shape(about["options"])
    return shape


@pytest.mark.parametrize("variable", LISTS)
def test_the_suboptions_are_those_of_the_module(variable: str) -> None:
    assert _shape(_spec(variable)["options"]) == _shape(LISTS[variable][1])


@pytest.mark.parametrize(("variable", "entry"), [("sriov_host_pfs", {"pf": "eno2", "num_vf": 4}), ("vsrx_ports", {"pf": "eno2", "idx": 0})])
def test_a_misspelt_suboption_is_refused_by_name(variable: str, entry: dict[str, t.Any]) -> None:
    found = ArgumentSpecValidator({variable: _spec(variable)}).validate({variable: [entry]}).error_messages
    assert found and next(iter(set(entry) - {"pf"})) in found[0]
