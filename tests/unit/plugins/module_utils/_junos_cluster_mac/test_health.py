# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a cluster counts as healthy, and what keeps it from it."""

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.cluster_status import Group, Link, Membership, Node
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.health import find_health_problems
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.interfaces import Effective, Interface

FABRIC = Effective(interfaces=(Interface("fab0", fabric_members=("ge-0/0/0", "ge-0/0/3")), Interface("fab1", fabric_members=("ge-7/0/0",))))
FAB0, FAB1 = "[edit interfaces fab0 fabric-options]", "[edit interfaces fab1 fabric-options]"
ALL = ("em0", "ge-0/0/0", "ge-0/0/3", "ge-7/0/0")


def groups(*failures: str) -> tuple[Group, ...]:
    node1 = Membership("node1", "secondary", 100, failures)
    return tuple(Group(number, (Membership("node0", "primary", 200), node1)) for number in (0, 1))


def links(*down: str, listed: tuple[str, ...] = ALL, admin: str = "up") -> dict[str, Link]:
    return {name: Link(name, admin, "down" if name in down else "up", None, None) for name in listed}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("failures", "ports", "expected"),
    [
        ((), links(), []),
        (("IF",), links(), []),
        (("CF",), links(), [("error", "node1", "monitor failure CF")]),
        (("CS", "FL"), links(), [("warning", "node1", "monitor failure CS"), ("warning", "node1", "monitor failure FL")]),
        ((), links("em0"), [("error", "em0", "the control link is down")]),
        ((), links("em0", listed=("em0", "em1")), []),
        ((), links("em0", "em1", listed=("em0", "em1")), [("error", "em0, em1", "the control link is down")]),
        ((), links("em0", listed=("em0",), admin="down"), []),
        ((), links("ge-0/0/0"), [("warning", FAB0, "port ge-0/0/0 is down; the other member carries it alone")]),
        ((), links("ge-0/0/0", "ge-0/0/3"), [("warning", FAB0, "ge-0/0/0, ge-0/0/3 are down; no member is left")]),
        ((), links("ge-7/0/0"), [("warning", FAB1, "port ge-7/0/0 is down; no member is left")]),
        ((), {}, []),
    ],
)
def test_what_keeps_a_commit_or_a_restart_from_both_nodes(
    failures: tuple[str, ...], ports: dict[str, Link], expected: list[tuple[str, str, str]]
) -> None:
    found = find_health_problems((), groups(*failures), ports, FABRIC)
    assert [(finding.severity, finding.where) for finding in found] == [row[:2] for row in expected]
    assert all(finding.id == "S8" and words in finding.found and finding.cure for finding, (_s, _w, words) in zip(found, expected))


STATES = {
    "lost": ("error", "is lost in redundancy groups 0, 1"),
    "disabled": ("error", "is disabled in redundancy groups 0, 1"),
    "ineligible": ("error", "is ineligible in redundancy groups 0, 1"),
    "a state of a later release": ("error", "is a state of a later release in redundancy groups 0, 1"),
    "": ("error", "is in no state in redundancy groups 0, 1"),
    "secondary-hold": ("warning", "in secondary-hold"),
    "hold": ("warning", "in hold"),
}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(("state", "expected"), STATES.items(), ids=STATES)
def test_a_node_that_takes_no_part_in_the_cluster_is_an_error(state: str, expected: tuple[str, str]) -> None:
    members = (Membership("node0", "primary", 200), Membership("node1", state, 100))
    (finding,) = find_health_problems((), tuple(Group(number, members) for number in (0, 1)), {}, Effective())
    assert (finding.id, finding.where, finding.severity) == ("S8", "node1", expected[0]) and expected[1] in finding.found


@pytest.mark.mission("S8")
def test_a_node_that_is_away_or_not_listed_is_an_error() -> None:
    away = (Node("node0"), Node("node1", away="Could not connect to node1"))
    (finding,) = find_health_problems(away, groups(), {}, Effective())
    assert (finding.where, finding.severity) == ("node1", "error") and "Could not connect to node1" in finding.found
    alone = (Group(0, (Membership("node0", "primary", 200),)),)
    (finding,) = find_health_problems((), alone, {}, Effective())
    assert (finding.where, finding.severity) == ("node1", "error") and "not listed in redundancy group 0" in finding.found
