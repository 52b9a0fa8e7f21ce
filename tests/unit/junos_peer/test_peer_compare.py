# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the simulated cluster compares two configurations, as Junos writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junos_peer.compare import compare
from junos_peer.tree import Tree, parse, plain


def tree(inside: str) -> Tree:
    return plain(parse(f"<configuration>{inside}</configuration>"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<a/>", "<a/>", ""),
        (
            "<chassis><cluster><n>1</n></cluster></chassis>",
            "<chassis><cluster><n>1</n><use-active-child-mac-on-reth/></cluster></chassis>",
            "[edit chassis cluster]\n+   use-active-child-mac-on-reth;\n",
        ),
        (
            "<system><host-name>a</host-name></system>",
            "<system><host-name>b</host-name></system>",
            "[edit system]\n-  host-name a;\n+  host-name b;\n",
        ),
        (
            "",
            "<interfaces><interface><name>ge-0/0/1</name><unit><name>0</name></unit></interface></interfaces>",
            "[edit]\n+  interfaces {\n+      ge-0/0/1 {\n+          unit 0;\n+      }\n+  }\n".replace("+  ", "+   "),
        ),
        (
            "<interfaces><interface><name>ge-0/0/1</name><mtu>9000</mtu></interface></interfaces>",
            "<interfaces><interface><name>ge-0/0/1</name></interface></interfaces>",
            "[edit interfaces ge-0/0/1]\n-   mtu 9000;\n",
        ),
        (
            "<groups><name>node0</name><system><x/></system></groups>",
            "<groups><name>node0</name><system><x/></system><chassis><cluster><y/></cluster></chassis></groups>",
            "[edit groups node0]\n+   chassis {\n+       cluster {\n+           y;\n+       }\n+   }\n",
        ),
        ("<c><x/></c>", '<c inactive="inactive"><x/></c>', "[edit]\n!   inactive: c { ... }\n"),
        ('<c><x inactive="inactive"/></c>', "<c><x/></c>", "[edit c]\n!   active: x;\n"),
        (
            "<apply-groups>a</apply-groups>",
            "<apply-groups>a</apply-groups><apply-groups>${node}</apply-groups>",
            '[edit]\n+   apply-groups "${node}";\n',
        ),
    ],
)
def test_compare(old: str, new: str, expected: str) -> None:
    assert compare(tree(new), tree(old)) == expected


@given(st.sets(st.sampled_from(["<a/>", "<b>1</b>", "<c><d/></c>", "<l><name>1</name></l>", "<l><name>2</name><x/></l>"])))
def test_nothing_differs_from_itself(parts: set[str]) -> None:
    made = tree("".join(sorted(parts)))
    assert compare(made, made) == ""
