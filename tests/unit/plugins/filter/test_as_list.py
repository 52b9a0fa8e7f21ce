# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists as operators give them: one filter, which each list variable of names goes through."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.vsrx.sriov.plugins.filter.as_list import as_list

TOP = pathlib.Path(__file__).parents[4]
#: variables that are lists of names
VARIABLES = ("sriov_host_accept", "vsrx_cluster_accept", "vsrx_ports_fabric_ports", "vsrx_teardown")
FILES = [*TOP.glob("roles/*/tasks/*.yml"), *TOP.glob("roles/*/vars/*.yml"), *TOP.glob("playbooks/**/*.yml")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ("", []),
        (" ", []),
        ([], []),
        (["S10", "S12"], ["S10", "S12"]),
        (("S10",), ["S10"]),
        ("S10", ["S10"]),
        ("S10,S12", ["S10", "S12"]),
        (" S10 , S12 ,", ["S10", "S12"]),
        ('["S10", "S12"]', ["S10", "S12"]),
        ("[]", []),
    ],
)
def test_a_list_is_taken_in_each_form(value: t.Any, expected: list[str]) -> None:
    assert as_list(value) == expected


@pytest.mark.parametrize("value", [True, 5, {"a": 1}, "[S10", "['S10']"])
def test_what_is_no_list_is_said(value: t.Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"a list as JSON"):
        as_list(value)


@pytest.mark.parametrize("variable", VARIABLES)
def test_each_use_of_a_list_variable_goes_through_the_filter(variable: str) -> None:
    uses = 0
    for path in FILES:
        for line in path.read_text().splitlines():
            code = re.sub(r"'[^']*'", "", line.partition("# ")[0])
            if not re.search(rf"\b{variable}\b", code) or not re.search(r"\{\{|\{%|\||\bselect|\breject", line):
                continue
            if re.search(rf"\b{variable} (?:is (?:not )?defined|of|has)\b", code):  # a test, or the words of a message
                continue
            uses += 1
            assert "as_list" in line, f"{path.relative_to(TOP)}: {line.strip()}"
    assert uses
