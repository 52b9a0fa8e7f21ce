# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the simulated cluster loads a configuration: merge, replace, delete and the attributes of Junos."""

from __future__ import annotations

import pytest
from junos_peer.errors import RefusedError
from junos_peer.merge import merge
from junos_peer.tree import parse, plain
from lxml import etree

BASE = (
    "<groups><name>node0</name><system><host-name>a</host-name></system></groups>"
    "<chassis><cluster><reth-count>2</reth-count></cluster></chassis>"
    "<interfaces><interface><name>ge-0/0/1</name><mtu>1500</mtu></interface><interface><name>ge-0/0/2</name></interface></interfaces>"
)
CHASSIS = "<chassis><cluster>{}</cluster></chassis>"


def merged(base: str, loaded: str, default: str = "merge") -> tuple[str, int]:
    tree = plain(parse(f"<configuration>{base}</configuration>"))
    warnings = merge(tree, plain(parse(f"<configuration>{loaded}</configuration>")), default)
    text = etree.tostring(tree, encoding="unicode").replace("<configuration/>", "")
    return text.removeprefix("<configuration>").removesuffix("</configuration>"), len(warnings)


@pytest.mark.parametrize(
    ("base", "loaded", "result"),
    [
        pytest.param("", CHASSIS.format("<x/>"), CHASSIS.format("<x/>"), id="made with what is above it"),
        pytest.param(CHASSIS.format("<x/>"), CHASSIS.format("<x/>"), CHASSIS.format("<x/>"), id="there already"),
        pytest.param(CHASSIS.format("<n>1</n>"), CHASSIS.format("<n>2</n>"), CHASSIS.format("<n>2</n>"), id="leaf gets the new value"),
        pytest.param("<apply-groups>a</apply-groups>", "<apply-groups>b</apply-groups>",
                     "<apply-groups>a</apply-groups><apply-groups>b</apply-groups>", id="leaf-list grows"),
        pytest.param("<apply-groups>a</apply-groups>", "<apply-groups>a</apply-groups>", "<apply-groups>a</apply-groups>", id="leaf-list has it"),  # noqa: E501
        pytest.param("<l><name>a</name><v>1</v></l>", "<l><name>b</name></l>", "<l><name>a</name><v>1</v></l><l><name>b</name></l>", id="new entry"),  # noqa: E501
        pytest.param("<l><name>a</name><v>1</v></l>", "<l><name>a</name><v>2</v></l>", "<l><name>a</name><v>2</v></l>", id="same entry"),
        pytest.param(CHASSIS.format("<x/><y/>"), CHASSIS.format('<x delete="delete"/>'), CHASSIS.format("<y/>"), id="delete"),
        pytest.param(CHASSIS.format("<x/>"), CHASSIS.format('<x delete="delete"/>'), "", id="containers vanish with their last statement"),
        pytest.param(CHASSIS.format("<x/>"), CHASSIS.format('<x operation="delete"/>'), "", id="delete as NETCONF says it"),
        pytest.param("<l><name>a</name></l><l><name>b</name></l>", '<l delete="delete"><name>a</name></l>', "<l><name>b</name></l>", id="delete an entry"),  # noqa: E501
        pytest.param("<l><name>a</name></l><l><name>b</name></l>", '<l delete="delete"/>', "", id="delete all entries"),
        pytest.param("<n>1</n>", '<n delete="delete"/>', "", id="delete a leaf without naming its value"),
        pytest.param("", '<l><name>a</name><x delete="delete"/></l>', "", id="no entry is made for a deletion"),
        pytest.param("<c><x/></c>", '<c inactive="inactive"/>', '<c inactive="inactive"><x/></c>', id="deactivate"),
        pytest.param('<c inactive="inactive"><x/></c>', '<c active="active"/>', "<c><x/></c>", id="activate"),
        pytest.param("<c><x/></c>", '<c active="active"/>', "<c><x/></c>", id="activate what is active"),
        pytest.param("", '<l active="active"><name>a</name></l>', "", id="activate what is not there"),
        pytest.param("", '<l inactive="inactive"><name>a</name><x/></l>', '<l inactive="inactive"><name>a</name><x/></l>', id="inactive"),
        pytest.param("", '<c><x inactive="inactive"/></c>', '<c><x inactive="inactive"/></c>', id="made inactive"),
        pytest.param("<c><x/><y/></c>", '<c replace="replace"><z/></c>', "<c><z/></c>", id="replace"),
        pytest.param("<system/>", "<groups><name>g</name><x/></groups>", "<groups><name>g</name><x/></groups><system/>", id="groups stand first"),  # noqa: E501
        pytest.param(
            "<policy><from-zone-name>a</from-zone-name><to-zone-name>b</to-zone-name><x/></policy>",
            "<policy><from-zone-name>a</from-zone-name><to-zone-name>c</to-zone-name></policy>",
            "<policy><from-zone-name>a</from-zone-name><to-zone-name>b</to-zone-name><x/></policy>"
            "<policy><from-zone-name>a</from-zone-name><to-zone-name>c</to-zone-name></policy>",
            id="two keys",
        ),
    ],
)  # fmt: skip
def test_merge(base: str, loaded: str, result: str) -> None:
    assert merged(base, loaded)[0] == result


def test_deleting_what_is_not_there_is_a_warning() -> None:
    assert merged(BASE, CHASSIS.format('<x delete="delete"/>')) == (BASE, 1)


def test_netconfs_delete_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(RefusedError, match="statement not found"):
        merged(BASE, CHASSIS.format('<x operation="delete"/>'))


def test_netconfs_remove_of_what_is_not_there_is_fine() -> None:
    assert merged(BASE, CHASSIS.format('<x operation="remove"/>'))[0] == BASE


def test_netconfs_create_of_what_is_there_is_refused() -> None:
    with pytest.raises(RefusedError, match="already exists"):
        merged(BASE, CHASSIS.format('<reth-count operation="create">2</reth-count>'))
    assert merged("", CHASSIS.format('<x operation="create"/>'))[0] == CHASSIS.format("<x/>")


def test_none_as_default_makes_only_what_is_marked() -> None:
    assert merged("", CHASSIS.format('<x/><y operation="merge"/>'), "none")[0] == CHASSIS.format("<y/>")
