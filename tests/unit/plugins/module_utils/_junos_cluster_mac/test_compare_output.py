# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a comparison may be said: its top hierarchies, and our own lines."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.boot_state import find_statements_at_boot
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.compare_output import (
    Editor,
    hide_foreign_lines,
    name_hierarchies,
    parse_changes,
    parse_editors,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.statements import (
    STATEMENTS,
    find_statements,
    find_statements_outside_groups,
)

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
def test_a_foreign_change_is_reported_by_words_of_junos_only(difference: str, places: list[str]) -> None:
    assert name_hierarchies(difference) == places


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


PAIR = "+   use-active-child-mac-on-reth;\n+   use-actual-mac-on-physical-interfaces;"
#: comparisons in which both statements came since: None is "not understood"
FORMS = {
    "Junos' own": (f"[edit chassis cluster]\n{PAIR}", True),
    "from the top": (f"[edit chassis]\n+  cluster {{\n{PAIR}\n+  }}", True),
    "a comment behind a line": (f"[edit chassis cluster]\n{PAIR} ## changed", True),
    "a comment behind each line": ("[edit chassis cluster]\n" + "\n".join(f"{line} /* x */" for line in PAIR.splitlines()), True),
    "a unified diff": (f"[edit]\n@@ -11,4 +11,6 @@\n{PAIR}", None),
    "a unified diff of its own": (f"--- a\n+++ b\n@@ -11,4 +11,6 @@\n     reth-count 2;\n{PAIR}", None),
    "context with a block around": (f"[edit chassis]\n   cluster {{\n{PAIR}\n   }}", None),
    "set commands": ("[edit]\n" + "\n".join(f"+ set chassis cluster {name}" for name in STATEMENTS), None),
    "commands": ("\n".join(f"set chassis cluster {name}" for name in STATEMENTS), None),
    "commands below a level": ("[edit chassis cluster]\n" + "\n".join(f"set {name}" for name in STATEMENTS), None),
    "another level": (f"[edit logical-systems a chassis cluster]\n{PAIR}", None),
    "no level": (PAIR, None),
    "XML": ("<configuration><chassis><cluster><use-active-child-mac-on-reth/></cluster></chassis></configuration>", None),
    "a message": ("error: Could not open rollback file", None),
    "a block without its end": (f"[edit chassis]\n+  cluster {{\n{PAIR}", None),
    "an end without its block": (f"[edit chassis cluster]\n+  }}\n{PAIR}", None),
}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(("difference", "understood"), FORMS.values(), ids=FORMS)
def test_a_comparison_is_understood_or_says_nothing(difference: str, understood: t.Optional[bool]) -> None:
    """Both are written now and came since the boot: a node is never said to have booted with them."""
    text = f"<configuration><chassis><cluster>{''.join(f'<{name}/>' for name in STATEMENTS)}</cluster></chassis></configuration>"
    for locations in (find_statements(parse(text, "test")), find_statements_outside_groups(parse(text, "test"))):
        assert locations is not None
        assert find_statements_at_boot(locations, "node0", difference) == (frozenset() if understood else None)


@pytest.mark.parametrize(
    "lines", ["    reth-count 2;", "+    reth-count 3;", "", '+   description "use-actual-mac-on-physical-interfaces";']
)
def test_context_and_unmarked_lines_that_cannot_matter_do_no_harm(lines: str) -> None:
    changed = parse_changes(f"[edit chassis cluster]\n{lines}\n{PAIR}")
    assert changed is not None and [change.path[-1] for change in changed][-2:] == list(STATEMENTS)


def test_who_edits_is_read_without_what_they_edit() -> None:
    information = parse(
        '<database-status-information xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">'
        '<database-status><user>late\n</user><pid>1</pid><start-time junos:seconds="x">y</start-time></database-status>'
        '<database-status><user>al&#x9b;ice</user><terminal>pts/0</terminal><start-time junos:seconds="900">x</start-time>'
        '<idle-time junos:seconds="130">x</idle-time><exclusive/><edit-path>[edit system login user SECRET]</edit-path></database-status>'
        "</database-status-information>",
        "test",
    )
    assert parse_editors(information) == (Editor("alice", "pts/0", 900, 130, True), Editor("late"))
    assert "SECRET" not in repr(parse_editors(information))
