# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a comparison may be said: its top hierarchies, and our own lines."""

from __future__ import annotations

import re

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.compare_output import hide_foreign_lines, top_hierarchies
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.statements import STATEMENTS

OURS = "[edit chassis cluster]\n+   use-active-child-mac-on-reth;\n+   use-actual-mac-on-physical-interfaces;"


@pytest.mark.parametrize(
    ("difference", "places"),
    [
        ("[edit system root-authentication]\n-  encrypted-password SECRET;\n", ["[edit system]"]),
        ("[edit]\n+  system {\n+      host-name SECRET;\n+  }\n+  snmp {\n+    community SECRET;\n+  }", ["[edit snmp]", "[edit system]"]),
        ("[edit groups SECRET system]\n+  host-name SECRET;", ["[edit groups]"]),
        ("+ set SECRET SECRET", ["[edit]"]),
        ("<configuration><system><secret>SECRET</secret></system></configuration>", ["[edit]"]),
        ("[edit SECRET]\n+ SECRET;", ["[edit]"]),
    ],
)
def test_a_foreign_change_is_told_by_words_of_junos_only(difference: str, places: list[str]) -> None:
    assert top_hierarchies(difference) == places


@pytest.mark.parametrize(
    "more",
    [
        "\n[edit system]\n+  host-name SECRET;",
        "\n    radius-server SECRET;",
        "\n@@ -1,3 +1,4 @@ SECRET",
        '\n+   inactive: key "$9$SECRET";',
    ],
)
def test_lines_that_are_not_ours_are_counted_and_not_shown(more: str) -> None:
    shown = hide_foreign_lines(OURS + more, STATEMENTS)
    assert "SECRET" not in shown and re.search(r"\([12] other lines are not shown\)", shown) and OURS in shown


@pytest.mark.parametrize(
    "ours",
    [
        OURS,
        "[edit groups node0]\n+  chassis {\n+      cluster {\n+          use-active-child-mac-on-reth;\n+      }\n+  }",
        "[edit chassis cluster]\n!   active: use-active-child-mac-on-reth { ... }",
    ],
)
def test_our_own_change_is_shown_whole(ours: str) -> None:
    assert hide_foreign_lines(ours, [*STATEMENTS, "node0"]) == ours
