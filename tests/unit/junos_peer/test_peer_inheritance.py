# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the simulated cluster applies configuration groups."""

from __future__ import annotations

import pytest
from junos_peer.inheritance import inherited
from junos_peer.tree import parse, plain
from lxml import etree


def effective(inside: str, node: str = "node0", mark: bool = False) -> str:
    made = inherited(plain(parse(f"<configuration>{inside}</configuration>")), node, mark)
    return (
        etree.tostring(made, encoding="unicode")
        .removeprefix("<configuration>")
        .removesuffix("</configuration>")
        .replace("<configuration/>", "")
    )


NODES = "<groups><name>node0</name><s><h>a</h></s></groups><groups><name>node1</name><s><h>b</h></s></groups>"


@pytest.mark.parametrize(
    ("given", "result"),
    [
        pytest.param("<s><h>x</h></s>", "<s><h>x</h></s>", id="no groups"),
        pytest.param("<groups><name>g</name><s/></groups><x/>", "<x/>", id="a group that is not applied"),
        pytest.param("<groups><name>g</name><s><h>a</h></s></groups><apply-groups>g</apply-groups>", "<s><h>a</h></s>", id="applied"),
        pytest.param("<groups><name>g</name><s><h>a</h></s></groups><apply-groups>g</apply-groups><s><h>x</h></s>", "<s><h>x</h></s>", id="own value wins"),  # noqa: E501
        pytest.param(
            "<groups><name>g</name><s><h>a</h></s></groups><groups><name>h</name><s><h>b</h><k/></s></groups>"
            "<apply-groups>g</apply-groups><apply-groups>h</apply-groups>",
            "<s><h>a</h><k/></s>",
            id="the first group wins",
        ),
        pytest.param("<groups><name>g</name><c><s><h/></s></c></groups><c><apply-groups>g</apply-groups><s><k/></s></c>", "<c><s><k/><h/></s></c>", id="applied below"),  # noqa: E501
        pytest.param(
            "<groups><name>g</name><is><i><name>&lt;ge-*&gt;</name><m/></i></is></groups><apply-groups>g</apply-groups>"
            "<is><i><name>ge-0</name></i><i><name>xe-0</name></i></is>",
            "<is><i><name>ge-0</name><m/></i><i><name>xe-0</name></i></is>",
            id="wildcards match entries that are there",
        ),
        pytest.param("<groups><name>g</name><s inactive='inactive'><h/></s></groups><apply-groups>g</apply-groups>", "", id="inactive in the group"),  # noqa: E501
        pytest.param("<groups inactive='inactive'><name>g</name><s/></groups><apply-groups>g</apply-groups>", "", id="inactive group"),
        pytest.param("<groups><name>g</name><s/></groups><apply-groups inactive='inactive'>g</apply-groups>", "", id="inactive application"),  # noqa: E501
        pytest.param("<s inactive='inactive'><h/></s><t/>", "<t/>", id="inactive statement"),
        pytest.param(
            "<groups><name>g</name><s><h/></s></groups><apply-groups>g</apply-groups><s><apply-groups-except>g</apply-groups-except><k/></s>",  # noqa: E501
            "<s><k/></s>",
            id="a level that excepts what is applied above",
        ),
        pytest.param(
            "<groups><name>g</name><c><s><h/></s></c></groups><c><apply-groups-except>g</apply-groups-except><s><apply-groups>g</apply-groups><k/></s></c>",
            "<c><s><k/></s></c>",
            id="excepted above",
        ),
        pytest.param(
            "<groups><name>g</name><is><i><name>&lt;*&gt;</name><m/></i></is></groups><apply-groups>g</apply-groups>"
            "<is><i><name>a</name><apply-groups-except>g</apply-groups-except></i><i><name>b</name></i></is>",
            "<is><i><name>a</name></i><i><name>b</name><m/></i></is>",
            id="an entry that excepts what a wildcard gives",
        ),
        pytest.param(
            "<groups><name>g</name><is><i><name>a</name><m/></i><i><name>b</name><n/></i></is></groups>"
            "<is><i><name>a</name><apply-groups>g</apply-groups></i></is>",
            "<is><i><name>a</name><m/></i></is>",
            id="applied in an entry",
        ),
        pytest.param(
            "<groups><name>g</name><p><members>1</members></p></groups><apply-groups>g</apply-groups><p><members>2</members></p>",
            "<p><members>2</members><members>1</members></p>",
            id="sets are inherited whole",
        ),
        pytest.param("<groups><name>g</name><s><h/></s></groups><c><apply-groups>g</apply-groups></c>", "<c/>", id="applied where the group says nothing"),  # noqa: E501
    ],
)  # fmt: skip
def test_inherited(given: str, result: str) -> None:
    assert effective(given) == result


RANGE = "<interface-range><name>r</name>{}<mtu>9000</mtu></interface-range>"
OWN = "<interface><name>ge-0/0/1</name><mtu>1500</mtu></interface>"
GIVEN = "<interface><name>ge-0/0/{}</name><mtu>9000</mtu></interface>"


@pytest.mark.parametrize(
    ("members", "own", "result"),
    [
        ("<member><name>ge-0/0/2</name></member>", OWN, OWN + GIVEN.format(2)),
        ("<member><name>ge-0/0/1</name></member>", OWN, OWN),
        ("<member><name>ge-0/0/[2-3]</name></member>", "", GIVEN.format(2) + GIVEN.format(3)),
        ("<member-range><name>ge-0/0/2</name><end-range>ge-0/0/3</end-range></member-range>", OWN, OWN + GIVEN.format(2) + GIVEN.format(3)),
        ("", OWN, OWN),
    ],
)
def test_interface_ranges(members: str, own: str, result: str) -> None:
    assert effective(f"<interfaces>{RANGE.format(members)}{own}</interfaces>") == f"<interfaces>{result}</interfaces>"


@pytest.mark.parametrize(("node", "host"), [("node0", "a"), ("node1", "b")])
def test_each_node_has_its_own_group(node: str, host: str) -> None:
    assert effective(f"{NODES}<apply-groups>${{node}}</apply-groups>", node) == f"<s><h>{host}</h></s>"


def test_the_source_is_reported() -> None:
    assert effective(f"{NODES}<apply-groups>${{node}}</apply-groups>", mark=True) == '<s group="node0"><h group="node0">a</h></s>'
