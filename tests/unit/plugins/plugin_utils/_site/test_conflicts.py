# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plan of one domain cannot see: VFs that nobody makes, and what two nodes are to have."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.filter.port_conflicts import port_conflicts


def port(vf: str, mac: t.Optional[str], **more: t.Any) -> dict[str, t.Any]:
    return {"sriov": True, "vf": vf, "mac": mac, "pf": "eno2", "pf_address": "0000:01:00.0", "vf_exists": True, **more}


A = {
    "vsrx_host": "kvm1",
    "vsrx_domain": "a",
    "vsrx_ports_map": [port("0000:01:10.0", "02:5a:00:00:00:01"), {"sriov": False, "mac": "x", "vf": None}],
}
B = {
    "vsrx_host": "kvm1",
    "vsrx_domain": "b",
    "vsrx_ports_map": [port("0000:01:10.2", "02:5a:00:00:01:01"), {"sriov": False, "mac": "x", "vf": None}],
}
NETWORK = {"sriov": True, "vf": None, "vf_exists": None, "mac": "x", "pf": None, "pf_address": None}
A["vsrx_ports_map"] += [NETWORK, port("0000:01:10.6", None)]
#: what node b has otherwise, and the words of the refusal
TWICE: dict[str, tuple[dict[str, t.Any], str]] = {
    "nothing": ({}, ""),
    "nothing, as a's domain could not be read": ({"vsrx_ports_map": []}, ""),
    "the domain": ({"vsrx_domain": "a"}, "domain a on kvm1"),
    "a domain of that name on another host": ({"vsrx_host": "kvm2", "vsrx_domain": "a"}, ""),
    "a VF": ({"vsrx_ports_map": [port("0000:01:10.0", "02:5a:00:00:01:01")]}, "VF 0000:01:10.0 on kvm1"),
    "a VF of that address on another host": ({"vsrx_host": "kvm2", "vsrx_ports_map": [port("0000:01:10.0", "02:5a:00:00:01:01")]}, ""),
    "VFs without a MAC address": ({"vsrx_ports_map": [port("0000:01:10.2", "02:5a:00:00:01:01"), port("0000:01:10.4", None)]}, ""),
    "a NIC from a libvirt network, which has no VF yet": ({"vsrx_ports_map": [NETWORK]}, ""),
    "a MAC address on another host": (
        {"vsrx_host": "kvm2", "vsrx_ports_map": [port("0000:01:10.2", "02:5a:00:00:00:01")]},
        "MAC address 02:5a:00:00:00:01",
    ),
}


@pytest.mark.mission("S22")
@pytest.mark.parametrize("what", TWICE)
def test_what_is_requested_for_two_nodes_is_refused_by_name(what: str) -> None:
    other, words = TWICE[what]
    found = port_conflicts({"a": A, "b": {**B, **other}}, node="a", nodes=["a", "b"], makes_vfs=False)
    assert len(found) == bool(words)
    assert all(f"a and b are both to have {words}" in each for each in found), found


PREVIEW = {"pfs": [{"address": "0000:01:00.0", "up": True, "vfs": [{"address": "0000:01:10.0"}]}], "actions": []}
DOWN = {"pfs": [{**PREVIEW["pfs"][0], "up": False}], "actions": []}  # type: ignore[dict-item]
OTHERS = {"pf": "eno3", "pf_address": "0000:02:00.0"}
#: what site would make, the port, and whether that is refused
MADE: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], bool]] = {
    "a VF that site makes": (PREVIEW, port("0000:01:10.0", "x", vf_exists=False), False),
    "a VF that is there, of a PF that site leaves alone": (PREVIEW, port("0000:02:10.0", "x", **OTHERS), False),
    "a VF that nobody makes, of a PF that site leaves alone": (PREVIEW, port("0000:02:10.0", "x", **OTHERS, vf_exists=False), True),
    "a VF that is there and that site removes": (PREVIEW, port("0000:01:10.2", "x"), True),
    "a NIC from a libvirt network": (PREVIEW, NETWORK, False),
    "a VF of a PF that is down": (DOWN, port("0000:01:10.0", "x"), True),
    "a VF of a host that is not in the run": ({}, port("0000:01:10.0", "x", vf_exists=False), True),
}


@pytest.mark.parametrize("what", MADE)
def test_a_vf_that_site_does_not_make_is_refused(what: str) -> None:
    preview, row, refused = MADE[what]
    node = {"vsrx_host": "kvm1", "vsrx_domain": "a", "vsrx_ports_map": [row, {"sriov": False, "vf_exists": None}]}
    hosts = {"kvm1": {"sriov_host_preview": preview} if preview else {}, "a": node}
    found = port_conflicts(hosts, node="a", nodes=["a"])
    assert len(found) == refused and all(f"a would get {row['vf']} on kvm1, but" in each for each in found), found
    assert port_conflicts(hosts, node="a", nodes=["a"], makes_vfs=False) == []


@pytest.mark.parametrize("value", [None, "x", 1, [], [None], {"pfs": "x"}, {"pfs": [{"vfs": 1}]}])
def test_what_has_another_type_is_not_taken_for_a_vf_that_is_made(value: t.Any) -> None:
    node = {"vsrx_host": "kvm1", "vsrx_domain": "a", "vsrx_ports_map": [port("0000:01:10.0", "x", vf_exists=False)]}
    assert len(port_conflicts({"kvm1": {"sriov_host_preview": value}, "a": node}, node="a", nodes=["a"])) == 1
    odd = {"vsrx_host": value, "vsrx_domain": value, "vsrx_ports_map": value}
    assert port_conflicts({"a": A, "b": odd}, node="a", nodes=["a", "b"], makes_vfs=False) == []
