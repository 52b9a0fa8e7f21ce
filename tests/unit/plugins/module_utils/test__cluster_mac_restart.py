# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._cluster_mac._literal import written
from ansible_collections.vsrx.sriov.plugins.module_utils._cluster_mac._restart import (
    Commit,
    Mode,
    booted_with,
    committed_at,
    history,
    mode,
    statements_then,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._cluster_mac._statements import ACTIVE_CHILD, ACTUAL_MAC, STATEMENTS
from ansible_collections.vsrx.sriov.plugins.module_utils._junos._xml import parse

BOTH = written(parse(f"<configuration><chassis><cluster><{ACTIVE_CHILD}/><{ACTUAL_MAC}/></cluster></chassis></configuration>", "test"))
NONE = written(parse("<configuration><chassis><cluster/></chassis></configuration>", "test"))
GROUPED = written(
    parse(
        f"<configuration><groups><name>ha</name><chassis><cluster><{ACTIVE_CHILD}/><{ACTUAL_MAC}/></cluster></chassis></groups>"
        "<apply-groups>ha</apply-groups></configuration>",
        "test",
    )
)
ADDED = f"[edit chassis cluster]\n+   {ACTIVE_CHILD};\n+   {ACTUAL_MAC};"
REMOVED = ADDED.replace("+ ", "- ")
ELSEWHERE = "[edit system]\n-  host-name a;\n+  host-name b;"


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("now", "difference", "then"),
    [
        (BOTH, "", set(STATEMENTS)),
        (BOTH, ELSEWHERE, set(STATEMENTS)),
        (BOTH, ADDED, set()),
        (BOTH, f"[edit chassis cluster]\n+   {ACTUAL_MAC};", {ACTIVE_CHILD}),
        (BOTH, f"[edit chassis cluster]\n!    active: {ACTIVE_CHILD};\n!    active: {ACTUAL_MAC};", set()),
        (BOTH, f"[edit chassis]\n+  cluster {{\n+      {ACTIVE_CHILD};\n+      {ACTUAL_MAC};\n+  }}", set()),
        (NONE, "", set()),
        (NONE, REMOVED, set(STATEMENTS)),
        (NONE, f"{ELSEWHERE}\n{REMOVED}", set(STATEMENTS)),
        (GROUPED, "", set(STATEMENTS)),
        (GROUPED, "[edit]\n+  apply-groups ha;", None),
        (BOTH, "[edit]\n+  apply-groups other;", set(STATEMENTS)),
        (BOTH, f"[edit groups ha chassis cluster]\n-   {ACTIVE_CHILD};\n[edit chassis cluster]\n+   {ACTIVE_CHILD};", None),
    ],
)
def test_the_statements_of_an_earlier_commit(now: t.Any, difference: str, then: t.Optional[set[str]]) -> None:
    found = statements_then(now, "node0", difference)
    assert found == (None if then is None else frozenset(then))


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("booted_at", "number"),
    [(1000, 0), (5000, 0), (999, 1), (500, 1), (499, 2), (100, 2), (99, None)],
)
def test_the_commit_a_node_booted_with(booted_at: int, number: t.Optional[int]) -> None:
    assert booted_with([Commit(0, 1000), Commit(1, 500), Commit(2, 100)], booted_at) == number


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("configured", "then", "in_force", "pending"),
    [
        (True, frozenset(STATEMENTS), True, False),
        (True, frozenset(), False, True),
        (False, frozenset(STATEMENTS), True, True),
        (False, frozenset(), False, False),
        (True, None, None, True),
        (True, frozenset({ACTIVE_CHILD}), None, True),
    ],
)
def test_whether_a_node_must_restart(configured: bool, then: t.Optional[frozenset[str]], in_force: t.Optional[bool], pending: bool) -> None:
    assert mode(configured, then) == Mode(configured, in_force)
    assert mode(configured, then).pending is pending


def test_the_history_is_read_in_any_order_and_knows_what_awaits_confirmation() -> None:
    rows = history(
        parse(
            '<commit-information xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">'
            "<commit-history><sequence-number>1</sequence-number><user>root</user>"
            '<date-time junos:seconds="500">x</date-time></commit-history>'
            '<commit-history><sequence-number>0</sequence-number><user>ansible</user><date-time junos:seconds="900">x</date-time>'
            "<comment>commit confirmed, rollback in 10mins</comment><log>text</log></commit-history>"
            "</commit-information>",
            "test",
        )
    )
    assert rows == (Commit(0, 900, "ansible", "commit confirmed, rollback in 10mins", "text"), Commit(1, 500, "root"))
    assert [row.pending(1000) for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("commit", "now", "pending"),
    [
        (Commit(0, 1000, comment="commit confirmed, rollback in 10mins"), 1599, True),
        (Commit(0, 1000, comment="commit confirmed, rollback in 10mins"), 1600, False),
        (Commit(0, 1000, comment="commit confirmed, rollback in 10mins"), None, True),
        (Commit(0, 1000, comment="commit confirmed, rollback in 1mins", rollback_pending=True), 9999, True),
        (Commit(1, 1000, comment="commit confirmed, rollback in 10mins"), 1001, False),
        (Commit(0, 1000, log="text"), 1001, False),
    ],
)
def test_whether_a_commit_awaits_confirmation(commit: Commit, now: t.Optional[int], pending: bool) -> None:
    assert commit.pending(now) is pending


@pytest.mark.parametrize(
    ("text", "seconds"), [('<configuration xmlns:junos="u" junos:commit-seconds="77"/>', 77), ("<configuration/>", None)]
)
def test_the_commit_time_of_the_configuration(text: str, seconds: t.Optional[int]) -> None:
    assert committed_at(parse(text, "test")) == seconds
