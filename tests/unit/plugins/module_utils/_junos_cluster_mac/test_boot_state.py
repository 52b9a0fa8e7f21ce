# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commit history, and the statements that each node booted with."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.boot_state import (
    Commit,
    find_boot_commit,
    find_statements_at_boot,
    judge_mode,
    parse_commit_time,
    parse_history,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.statements import (
    ACTIVE_CHILD,
    ACTUAL_MAC,
    STATEMENTS,
    find_statements,
    find_statements_outside_groups,
)

BOTH = find_statements(
    parse(f"<configuration><chassis><cluster><{ACTIVE_CHILD}/><{ACTUAL_MAC}/></cluster></chassis></configuration>", "test")
)
NONE = find_statements(parse("<configuration><chassis><cluster/></chassis></configuration>", "test"))
GROUPED = find_statements(
    parse(
        f"<configuration><groups><name>ha</name><chassis><cluster><{ACTIVE_CHILD}/><{ACTUAL_MAC}/></cluster></chassis></groups>"
        "<apply-groups>ha</apply-groups></configuration>",
        "test",
    )
)
NODES = find_statements(
    parse(
        "<configuration>"
        + "".join(
            f"<groups><name>{node}</name><chassis><cluster><{ACTIVE_CHILD}/><{ACTUAL_MAC}/></cluster></chassis></groups>"
            for node in ("node0", "node1")
        )
        + "<apply-groups>${node}</apply-groups></configuration>",
        "test",
    )
)
PLAIN = find_statements_outside_groups(
    parse(f"<configuration><chassis><cluster><{ACTIVE_CHILD}/><{ACTUAL_MAC}/></cluster></chassis></configuration>", "test")
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
        # a level that does not reach the cluster, a group that never held a statement, and those that may have
        (GROUPED, "[edit interfaces reth0]\n+  apply-groups ha;", set(STATEMENTS)),
        (GROUPED, "[edit]\n+  apply-groups other;", set(STATEMENTS)),
        (GROUPED, "[edit chassis]\n+  apply-groups-except ha;", None),
        (GROUPED, "[edit chassis cluster]\n+  apply-groups ha;", None),
        (GROUPED, "[edit groups other]\n+  apply-groups ha;", None),
        (GROUPED, '[edit]\n+  apply-groups "${node}";', None),
        (GROUPED, "[edit]\n!  active: apply-groups ha;", None),
        (NONE, "[edit]\n+  apply-groups other;", set()),
        (
            NONE,
            f"[edit groups]\n-  ha {{\n-      chassis {{\n-          cluster {{\n-              {ACTIVE_CHILD};\n- }}\n- }}\n- }}",
            set(),
        ),
        (NONE, f"[edit groups ha chassis cluster]\n-   {ACTIVE_CHILD};\n[edit]\n-  apply-groups ha;", None),
        (PLAIN, f"[edit groups ha chassis cluster]\n-   {ACTIVE_CHILD};\n[edit chassis cluster]\n+   {ACTIVE_CHILD};", None),
        (BOTH, f"[edit groups ha chassis cluster]\n-   {ACTIVE_CHILD};\n[edit chassis cluster]\n+   {ACTIVE_CHILD};", {ACTUAL_MAC}),
        # what stands in the other node's group, or in another hierarchy, is none of this node's
        (NODES, f"[edit groups node1 chassis cluster]\n+   {ACTIVE_CHILD};\n+   {ACTUAL_MAC};", set(STATEMENTS)),
        (NODES, f"[edit groups node0 chassis cluster]\n+   {ACTIVE_CHILD};\n+   {ACTUAL_MAC};", set()),
        (BOTH, f"[edit groups spare chassis cluster]\n-   {ACTIVE_CHILD};\n-   {ACTUAL_MAC};", set(STATEMENTS)),
        (NONE, f'[edit system login]\n-  message "{ACTIVE_CHILD}";', set()),
        # levels and groups that were activated or deactivated
        (BOTH, "[edit chassis]\n!   active: cluster { ... }", None),
        (BOTH, "[edit]\n!   inactive: interfaces { ... }", set(STATEMENTS)),
        (GROUPED, "[edit groups]\n!   active: ha { ... }", None),
        (GROUPED, "[edit]\n!   active: groups { ... }", None),
        (NONE, "[edit]\n!   inactive: groups { ... }", set()),
        (GROUPED, "[edit groups ha]\n!   active: chassis { ... }", None),
        (GROUPED, "[edit groups]\n!   inactive: other { ... }", set(STATEMENTS)),
        (NONE, f"[edit chassis cluster]\n-   inactive: {ACTIVE_CHILD};\n-   inactive: {ACTUAL_MAC};", set()),
        (NONE, f"[edit chassis]\n-  inactive: cluster {{\n-      {ACTIVE_CHILD};\n-      {ACTUAL_MAC};\n-  }}", set()),
    ],
)
def test_the_statements_of_an_earlier_commit(now: t.Any, difference: str, then: t.Optional[set[str]]) -> None:
    found = find_statements_at_boot(now, "node0", difference)
    assert found == (None if then is None else frozenset(then))


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("configured", "then", "evidence", "in_force", "pending", "unknown"),
    [
        (True, frozenset(STATEMENTS), None, True, False, False),
        (True, frozenset(STATEMENTS), False, True, False, False),
        (True, frozenset(), None, False, True, False),
        (False, frozenset(STATEMENTS), None, True, True, False),
        (False, frozenset(), None, False, False, False),
        (True, None, None, None, False, True),
        (True, None, True, True, False, False),
        (True, None, False, False, True, False),
        (True, frozenset({ACTIVE_CHILD}), None, None, True, False),
    ],
)
def test_whether_a_node_must_restart(
    configured: bool,
    then: t.Optional[frozenset[str]],
    evidence: t.Optional[bool],
    in_force: t.Optional[bool],
    pending: bool,
    unknown: bool,
) -> None:
    found = judge_mode(configured, then, evidence)
    assert (found.configured, found.in_force, found.pending, found.unknown) == (configured, in_force, pending, unknown)


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("booted_at", "number"),
    [(1000, 0), (5000, 0), (999, 1), (500, 1), (499, 2), (100, 2), (99, None)],
)
def test_the_commit_a_node_booted_with(booted_at: int, number: t.Optional[int]) -> None:
    assert find_boot_commit([Commit(0, 1000), Commit(1, 500), Commit(2, 100)], booted_at) == number


@pytest.mark.mission("S8")
def test_two_commits_of_one_second_are_a_history() -> None:
    assert find_boot_commit([Commit(0, 1000), Commit(1, 1000), Commit(2, 100)], 999) == 2


def test_the_history_is_read_in_any_order_and_knows_what_awaits_confirmation() -> None:
    rows = parse_history(
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
    assert [row.is_pending(1000) for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("commit", "now", "pending"),
    [
        (Commit(0, 1000, comment="commit confirmed, rollback in 10mins"), 1599, True),
        (Commit(0, 1000, comment="commit confirmed, rollback in 10mins"), 1600, False),
        (Commit(0, 1000, comment="commit confirmed, rollback in 10mins"), None, True),
        (Commit(0, 1000, comment="commit confirmed, rollback in 1mins", rollback_pending=True), 9999, True),
        (Commit(1, 1000, comment="commit confirmed, rollback in 10mins"), 1001, False),
        # of a timer of which nobody can tell when it ends nothing may be taken for over
        (Commit(0, 1000, comment=f"commit confirmed, rollback in {'9' * 5000}mins"), 9999, True),
        (Commit(0, 1000, comment="commit confirmed, rollback in ١٠mins"), 9999, True),
        (Commit(0, 1000, log="text"), 1001, False),
    ],
)
def test_whether_a_commit_awaits_confirmation(commit: Commit, now: t.Optional[int], pending: bool) -> None:
    assert commit.is_pending(now) is pending


def test_the_timer_of_a_commit_is_reported_by_its_comment() -> None:
    commit = Commit(0, 1000, comment="commit confirmed, rollback in 7mins")
    assert (commit.minutes, commit.deadline) == (7, 1420)
    for comment in ("", f"commit confirmed, rollback in {'9' * 5000}mins"):
        assert (Commit(0, 1000, comment=comment).minutes, Commit(0, 1000, comment=comment).deadline) == (None, None)


@pytest.mark.parametrize("text", ["²", "9" * 5000, "-1", ""])
def test_what_is_no_number_is_no_time_and_no_place_in_the_history(text: str) -> None:
    def rows(number: str, seconds: str) -> tuple[Commit, ...]:
        row = f'<commit-history><sequence-number>{number}</sequence-number><date-time seconds="{seconds}"/></commit-history>'
        return parse_history(parse(f"<commit-information>{row}</commit-information>", "test"))

    assert rows("0", text) == (Commit(0, None),) and rows(text, "500") == (Commit(None, 500),)
    assert find_boot_commit(rows("0", text), 600) is None and find_boot_commit(rows(text, "500"), 600) is None
    assert parse_commit_time(parse(f'<configuration commit-seconds="{text}"/>', "test")) is None


@pytest.mark.parametrize(
    ("text", "seconds"), [('<configuration xmlns:junos="u" junos:commit-seconds="77"/>', 77), ("<configuration/>", None)]
)
def test_the_commit_time_of_the_configuration(text: str, seconds: t.Optional[int]) -> None:
    assert parse_commit_time(parse(text, "test")) == seconds


ROWS = [Commit(0, 1000), Commit(1, 500), Commit(2, 100)]
#: histories that cannot tell what was in force at second 200, where commit 2 was
UNTELLING = {
    "empty": [],
    "does not reach back": ROWS[:2],
    "a row is missing": [ROWS[0], ROWS[2]],
    "the newest row is missing": ROWS[1:],
    "a row has no time": [ROWS[0], Commit(1, None), ROWS[2]],
    "the newest row has no time": [Commit(0, None), *ROWS[1:]],
    "a row has no number": [Commit(None, 500), ROWS[0], ROWS[2]],
    "no row has a number": [Commit(None, row.seconds) for row in ROWS],
    "two rows have one number": [ROWS[0], Commit(0, 400), *ROWS[1:]],
    "the clock was set back between": [ROWS[0], Commit(1, 5000), ROWS[2]],
    "out of order": [ROWS[1], ROWS[0], ROWS[2]],
}


@pytest.mark.mission("S8")
@pytest.mark.parametrize("rows", UNTELLING.values(), ids=UNTELLING)
def test_a_history_with_a_gap_says_nothing_of_the_boot(rows: list[Commit]) -> None:
    assert find_boot_commit(ROWS, 200) == 2
    assert find_boot_commit(rows, 200) is None


@pytest.mark.parametrize(
    ("comment", "element", "pending"),
    [
        ("commit confirmed, rollback in 10mins", "rollback pending", True),
        ("", "rollback pending", True),
        ("Bestätigung ausstehend", "Zurücknahme steht aus", True),
        ("commit confirmed, rollback in 10mins", "", True),
        ("", "", False),
    ],
)
def test_a_commit_is_pending_by_the_element_or_by_the_words(comment: str, element: str, pending: bool) -> None:
    row = f"<sequence-number>0</sequence-number><date-time seconds='1000'/><comment>{comment}</comment>"
    row += f"<commit-confirmed>{element}</commit-confirmed>" if element else ""
    (commit,) = parse_history(parse(f"<commit-information><commit-history>{row}</commit-history></commit-information>", "test"))
    assert commit.is_pending(1001) is pending and commit.is_pending(None) is pending
