# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory and the maps say of a cluster."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.inventory import Play, describe_cluster, read_ports

VF = {"sriov": True, "junos_interface": "ge-0/0/1", "trust": False}


def describe(left: t.Any = ("a", "b"), batch: t.Any = ("a", "b"), resets: bool = False, **nodes: dict[str, t.Any]) -> dict[str, t.Any]:
    variables: dict[str, dict[str, t.Any]] = {
        name: {"vsrx_cluster": "fw", "vsrx_cluster_node": number, **nodes.get(name, {})} for number, name in enumerate("ab")
    }
    variables["other"] = {"vsrx_cluster": "fw2", "vsrx_cluster_node": 0}
    return describe_cluster(variables, "fw", "a", Play(("a", "b", "other"), left, batch), resets)


def test_ports_of_both_nodes_are_put_together() -> None:
    found = describe(a={"vsrx_ports_map": [{**VF, "trust": True}]}, b={"vsrx_ports_map": [{**VF, "junos_interface": "ge-7/0/1"}]})
    assert found == {
        "ports": ["ge-0/0/1", "ge-7/0/1"], "ports_known": True, "trusted": ["ge-0/0/1"], "trust_known": True, "refusals": [],
    }  # fmt: skip


def test_what_one_node_does_not_tell_is_not_known() -> None:
    found = describe(a={"vsrx_ports_map": [VF]})
    assert (found["ports"], found["ports_known"], found["trust_known"]) == (["ge-0/0/1"], False, False)


@pytest.mark.parametrize(
    ("row", "names", "trust_known"),
    [
        (VF, ("ge-0/0/1",), True),
        ({**VF, "trust": None}, ("ge-0/0/1",), False),
        ({"sriov": True, "junos_interface": "ge-0/0/1"}, ("ge-0/0/1",), False),
        ({**VF, "junos_interface": None}, (), True),
        ({**VF, "sriov": False}, (), True),
    ],
)
def test_a_map_tells_names_and_trust_as_far_as_the_host_shows_them(row: dict[str, t.Any], names: t.Any, trust_known: bool) -> None:
    ports = read_ports({"vsrx_ports_map": [row], "vsrx_cluster_sriov_ports": ["ge-0/0/9"]})
    assert (ports.names, ports.known, ports.trust_known) == (names, True, trust_known)


@pytest.mark.parametrize("listed", ["ge-0/0/1, ge-0/0/2", ["ge-0/0/1", " ge-0/0/2 ", ""], '["ge-0/0/1", "ge-0/0/2"]'])
def test_ports_are_listed_in_any_form(listed: t.Any) -> None:
    assert read_ports({"vsrx_cluster_sriov_ports": listed}).names == ("ge-0/0/1", "ge-0/0/2")


REFUSALS: dict[str, tuple[dict[str, t.Any], str]] = {
    "the other node failed before": ({"left": ("a",)}, r"Cluster fw has a, b in this play \(b failed before\)"),
    "two nodes of one number": ({"b": {"vsrx_cluster_node": "0"}}, r"expected two hosts with vsrx_cluster_node 0 and 1"),
    "one node alone": ({"b": {"vsrx_cluster": "fw3"}}, r"Cluster fw has a in this play \(none failed before\)"),
    "batches": ({"batch": ("a",)}, r"serial puts b into another batch than a"),
    "no domain to reset": ({"resets": True}, r"a has no vsrx_host or no vsrx_domain"),
    "no interface": ({"a": {"vsrx_cluster_sriov_ports": "ge-0/0/1.0,eno2,em0"}}, r"has ge-0/0/1\.0, eno2; expected names"),
}


@pytest.mark.parametrize(("changes", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_does_not_fit_is_refused(changes: dict[str, t.Any], words: str) -> None:
    (refusal,) = describe(**changes)["refusals"]
    assert re.search(words, refusal), refusal


def test_all_that_does_not_fit_comes_at_once() -> None:
    assert len(describe(batch=("a",), resets=True, a={"vsrx_cluster_sriov_ports": "eno2"})["refusals"]) == 3


def test_a_domain_that_may_be_reset_is_named() -> None:
    assert describe(resets=True, a={"vsrx_host": "kvm1", "vsrx_domain": "fw-a"})["refusals"] == []
