# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.xml import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.boot_state import find_statements_at_boot, judge_mode
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
