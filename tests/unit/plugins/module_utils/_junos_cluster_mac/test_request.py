# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of junos_cluster_mac that are refused, all of them at once."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RequestError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.request import parse_request
from ansible_collections.vsrx.sriov.plugins.module_utils._rules import RULES


def options(**given: t.Any) -> dict[str, t.Any]:
    return {
        "state": "present",
        "pf_under_control": False,
        "sriov_ports": None,
        "accept": [],
        "confirm_timeout": 10,
        "comment": "the comment",
        **given,
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"sriov_ports": []},
        {"sriov_ports": ["ge-0/0/0", "ge-7/0/10", "xe-0/1/2", "em0", "fxp0"]},
        {"confirm_timeout": 1},
        {"confirm_timeout": 65535},
        {"accept": list(RULES)},
        {"accept": [""]},
    ],
)
def test_what_can_be_meant_passes(given: dict[str, t.Any]) -> None:
    parse_request(options(**given))


@pytest.mark.mission("S7")
@pytest.mark.parametrize(
    "name", ["ge-0/0/2.0", "GE-0/0/2", " ge-0/0/2", "ge-0/0/2\n", "ge-0/0/02", "ge-0/0/²", "ge-0/0", "reth0", "fab0", "eno2", "em", ""]
)
def test_a_port_of_another_spelling_would_match_nothing_and_is_refused(name: str) -> None:
    with pytest.raises(VsrxError, match="(?s)sriov_ports has '.*'; expected names of Junos interfaces without a unit") as refusal:
        parse_request(options(sriov_ports=["ge-0/0/1", name]))
    assert f"'{name}'" in refusal.value.message and "ge-0/0/1'" not in refusal.value.message


@pytest.mark.parametrize("minutes", [-1, 0, 65536])
def test_a_timer_that_junos_does_not_take_is_refused(minutes: int) -> None:
    with pytest.raises(VsrxError, match=f"confirm_timeout {minutes} is out of range; expected 1 to 65535"):
        parse_request(options(confirm_timeout=minutes))


@pytest.mark.parametrize("rule", ["s12", "S0", "S23", "S012", " S12", "S12 ", "12", "*", "all"])
def test_what_is_no_rule_cannot_be_accepted(rule: str) -> None:
    with pytest.raises(VsrxError, match="accept has '.*'; expected ids of rules, S1 to S22") as refusal:
        parse_request(options(accept=["S4", rule]))
    assert f"'{rule}'" in refusal.value.message and "'S4'" not in refusal.value.message


@pytest.mark.parametrize("comment", ["", "  "])
def test_a_commit_needs_a_comment(comment: str) -> None:
    with pytest.raises(VsrxError, match="comment is empty"):
        parse_request(options(comment=comment))


def test_all_reasons_against_a_call_are_reported_at_once_each_as_a_finding() -> None:
    with pytest.raises(RequestError) as refusal:
        parse_request(options(comment="", confirm_timeout=0, sriov_ports=["x"], accept=["y"]))
    assert [finding.where for finding in refusal.value.findings] == ["comment", "confirm_timeout", "sriov_ports", "accept"]
    assert all(finding.found in refusal.value.message for finding in refusal.value.findings)
