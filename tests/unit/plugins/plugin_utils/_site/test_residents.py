# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes of a host are shut down with it, and which domain of the host each is."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._site.residents import find_residents, find_uuid


def node(host: t.Any, cluster: t.Any = "", number: t.Any = 0, **more: t.Any) -> dict[str, t.Any]:
    member = {"vsrx_cluster": cluster, "vsrx_cluster_node": number} if cluster else {}
    return {"vsrx_host": host, "vsrx_domain": "fw", **member, **more}


#: the nodes, and of those on kvm1: name, node0 or node1, and whether nobody carries its traffic
SITES: dict[str, tuple[dict[str, dict[str, t.Any]], list[tuple[str, str, bool]]]] = {
    "partner elsewhere": ({"a0": node("kvm1", "a", 0), "a1": node("kvm2", "a", 1)}, [("a0", "node0", False)]),
    "both here": ({"a0": node("kvm1", "a", 0), "a1": node("kvm1", "a", 1)}, [("a0", "node0", True), ("a1", "node1", True)]),
    "no partner in the inventory": ({"a1": node("kvm1", "a", "1")}, [("a1", "node1", True)]),
    "a partner without a host": (
        {"a0": node("kvm1", "a", 0), "a1": {"vsrx_cluster": "a", "vsrx_cluster_node": 1}},
        [("a0", "node0", True)],
    ),
    "stand-alone": ({"fw": node("kvm1")}, [("fw", "", True)]),
    "another cluster of that name's beginning": ({"a0": node("kvm1", "a", 0), "ab1": node("kvm2", "ab", 1)}, [("a0", "node0", True)]),
    "none here": ({"a0": node("kvm2", "a", 0), "x": {}, "y": node(None)}, []),
}


@pytest.mark.parametrize("name", SITES)
def test_who_goes_down_with_a_host(name: str) -> None:
    nodes, found = SITES[name]
    assert [(each.name, each.node, each.alone) for each in find_residents(nodes, "kvm1")] == found


def test_limits_and_consents_may_be_texts() -> None:
    (found,) = find_residents({"a0": node("kvm1", vsrx_ports_shutdown_timeout="30", vsrx_ports_force_off="yes")}, "kvm1")
    assert (found.shutdown_s, found.force_off, found.rejoin_s, found.poll_s, found.uri) == (30, True, 2400, 5, "qemu:///system")


A, B = "7f2a5c1e-0c3d-4e55-9d0a-3b7c1f6e2a90", "00000000-0000-4000-8000-000000000001"
ROWS = [f" {A} 1", f"{B}   vsrx1-node1 ", "", "error: no", f"{B[:-1]}2 --help", f"{B[:-1]}3 7f2a5c1e"]


FOUND = {
    "1": A, "vsrx1-node1": B, B: B, A.upper(): A, "--help": f"{B[:-1]}2", "7f2a5c1e": f"{B[:-1]}3",
    "vsrx1": "", "": "", "node1": "",
}  # fmt: skip


@pytest.mark.parametrize("domain", FOUND)
def test_a_domain_is_found_by_its_exact_name_or_uuid(domain: str) -> None:
    assert find_uuid(ROWS, domain) == FOUND[domain]


def test_a_name_that_two_rows_have_is_no_one_elses() -> None:
    assert find_uuid([f"{A} fw", f"{B} fw"], "fw") == ""
