# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of two reports: what is different, what is worse, and what a limited run cannot compare."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.compare import compare, is_same, is_worse
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.document import make_document
from support.report_sites import READ_AT, RUN, Variables, finding, make_site

Sites = tuple[Variables, Variables]


def _reth(site: Sites, **values: t.Any) -> None:
    site[1]["vsrx1-node0"]["vsrx_cluster_seen"]["reths"][0].update(values)


#: a change of the site, and what is said of it
CASES: dict[str, tuple[t.Callable[[Sites], t.Any], list[tuple[str, str, str]]]] = {
    "nothing": (lambda site: None, []),
    "a reth goes down": (lambda site: _reth(site, up=False), [("vsrx1", "state", "worse"), ("vsrx1", "reth0 up", "worse")]),
    "a reth has more VLANs": (lambda site: _reth(site, vlans=9), [("vsrx1", "reth0 vlans", "other")]),
    "a VF has another MAC address": (
        lambda site: site[0]["kvm1"]["sriov_host_preview"]["pfs"][0]["vfs"][0].update(mac="02:00:00:00:00:09"),
        [("kvm1", "PF eno2 VF 0 mac", "other")],
    ),
    "a node was rebooted": (
        lambda site: site[1]["vsrx1-node0"]["vsrx_cluster_seen"]["nodes"][0].update(booted_at=1_767_400_000),
        [("vsrx1-node0", "booted at", "other")],
    ),
    "a new error": (
        lambda site: site[0]["kvm1"].update(sriov_host_findings=[finding("S16", "error", "eno2")]),
        [("kvm1", "error S16 (stops): eno2", "worse")],
    ),
    "a port less": (lambda site: site[1]["vsrx1-node0"]["vsrx_ports_map"].pop(), [("vsrx1-node0", "ge-0/0/1", "worse")]),
    "a cluster less": (
        lambda site: [site[1].pop(f"vsrx2-node{number}") for number in (0, 1)],
        [("vsrx2", "entry", "worse"), ("vsrx2-node0", "entry", "worse"), ("vsrx2-node1", "entry", "worse")],
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_what_is_different_is_said(what: str) -> None:
    change, expected = CASES[what]
    before = make_document(*make_site(2), READ_AT, RUN)
    site = make_site(2)
    change(site)
    now = make_document(*site, "2026-02-02T00:00:00Z", RUN)
    comparison = compare(before, now)
    assert sorted((each.on, each.what, each.change) for each in comparison.differences) == sorted(expected)
    assert is_worse(comparison) is any(change == "worse" for _on, _what, change in expected)
    assert is_same(before, now) is not expected
    assert len(compare(now, before).differences) == len(expected)


def test_who_read_it_and_when_is_no_difference() -> None:
    before = make_document(*make_site(1), READ_AT, RUN)
    later = make_document(*make_site(1), "2026-02-02T00:00:00Z", {**RUN, "user": "bob"}, before)
    assert is_same(before, later) and compare(before, later).differences == ()
    assert not is_same(None, later)
    assert not is_same(before, dataclasses.replace(later, hosts=()))


def test_a_limited_run_is_compared_in_what_it_read() -> None:
    hosts, nodes = make_site(2)
    whole = make_document(hosts, nodes, READ_AT, RUN)
    first = {name: node for name, node in nodes.items() if node["vsrx_cluster"] == "vsrx1"}
    run = {**RUN, "limit": "kvm1,vsrx1", "left_out": ["kvm2", "vsrx2-node0", "vsrx2-node1"]}
    part = make_document({"kvm1": hosts["kvm1"]}, first, READ_AT, run)
    assert compare(whole, part).differences == () and compare(part, whole).differences == ()
