# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subtree filters of the simulated cluster (RFC 6241, section 6)."""

from __future__ import annotations

import pytest
from junos_peer.filters import select
from junos_peer.tree import parse, plain
from lxml import etree

CONFIGURATION = (
    "<configuration><system><host-name>a</host-name><services><ssh/></services></system>"
    "<interfaces><interface><name>ge-0</name><mtu>1</mtu></interface><interface><name>ge-1</name><mtu>2</mtu><vlan-tagging/></interface></interfaces>"
    "</configuration>"
)
GE0 = "<interface><name>ge-0</name><mtu>1</mtu></interface>"
GE1 = "<interface><name>ge-1</name><mtu>2</mtu><vlan-tagging/></interface>"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", CONFIGURATION[15:-16]),
        ("<system/>", "<system><host-name>a</host-name><services><ssh/></services></system>"),
        ("<system><host-name/></system>", "<system><host-name>a</host-name></system>"),
        ("<system><host-name/></system><interfaces/>", f"<system><host-name>a</host-name></system><interfaces>{GE0}{GE1}</interfaces>"),
        ("<interfaces><interface><name>ge-1</name></interface></interfaces>", f"<interfaces>{GE1}</interfaces>"),
        (
            "<interfaces><interface><name>ge-1</name><mtu/></interface></interfaces>",
            "<interfaces><interface><name>ge-1</name><mtu>2</mtu></interface></interfaces>",
        ),
        (
            "<interfaces><interface><name>ge-0</name></interface><interface><name>ge-1</name></interface></interfaces>",
            f"<interfaces>{GE0}{GE1}</interfaces>",
        ),
        (
            "<interfaces><interface><name/></interface></interfaces>",
            "<interfaces><interface><name>ge-0</name></interface><interface><name>ge-1</name></interface></interfaces>",
        ),
        (
            "<interfaces><interface><vlan-tagging/></interface></interfaces>",
            "<interfaces><interface><name>ge-1</name><vlan-tagging/></interface></interfaces>",
        ),
        ("<protocols/>", ""),
        ("<system><host-name>a</host-name></system>", "<system><host-name>a</host-name></system>"),
        ("<system><host-name>b</host-name></system>", ""),
        ("<system><nothing/></system>", ""),
    ],
)
def test_select(wanted: str, found: str) -> None:
    made = select(plain(parse(CONFIGURATION)), plain(parse(f"<configuration>{wanted}</configuration>")))
    text = etree.tostring(made, encoding="unicode").replace("<configuration/>", "<configuration></configuration>")
    assert text == f"<configuration>{found}</configuration>".replace("<system></system>", "<system/>")
