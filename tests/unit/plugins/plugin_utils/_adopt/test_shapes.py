# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains of every shape of the corpus: what adopt lists of one is what a plan leaves as it is, and what it moves is planned in place."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RefusedError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.result import list_domains
from ansible_collections.vsrx.sriov.plugins.plugin_utils._adopt.inventory import write_inventory
from ansible_collections.vsrx.sriov.plugins.plugin_utils._adopt.variables import read_found
from support.domain_shapes import SHAPES, domain, host, plan, vf, xml_of

PFS = [
    {"pf": pf.name, "address": address, "num_vfs": 8, "total_vfs": 8, "up": True, "persist": True, "host_use": []}
    for address, pf in host().pfs.items()
]


def _adopt(xml: str, move: bool = False, reth: str = "") -> list[dict[str, t.Any]]:
    """The ports that the inventory has for the node whose domain this is; with a cluster where a reth is given."""
    found = list_domains([domain(xml)], host(), frozenset(), lambda uuid: ())
    name = found[0]["name"]
    kvm1 = {
        "vsrx_adopt_pci": {"ansible_facts": {"pci": {}}},
        "vsrx_adopt_pfs": {"results": [{"actions": [], "pfs": PFS}]},
        "vsrx_adopt_domains": {"domains": found},
        "vsrx_adopt_networks": {nic["network"]: "ens1f1" for nic in found[0]["nics"] if nic["network"]},
    }
    about = {"enabled": bool(reth), "connected_to": "node0", "fabric_ports": [], "statements": []}
    reths = [{"name": "reth0", "ports": {"node0": [reth], "node1": []}, "active_node": None, "active_port_mac": None}] if reth else []
    node = {"vsrx_domain": name, "vsrx_adopt_cluster": {"cluster": about, "nodes": [], "reths": reths}}
    read = yaml.safe_load(write_inventory(read_found({"kvm1": kvm1}, {"fw": node}), move).text)["all"]["children"]["vsrx_nodes"]
    group = next(iter(read["children"].values())) if reth else read
    return t.cast("list[dict[str, t.Any]]", group["hosts"]["fw"]["vsrx_ports"])


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_listed_of_a_domain_changes_nothing_in_it(shape: str) -> None:
    """A domain that a plan refuses whatever is listed stays refused."""
    xml = xml_of(shape)
    try:
        before = plan(xml, [])
    except RefusedError:
        pytest.skip("no plan takes this domain")
    ports = _adopt(xml)
    found = plan(xml, ports)
    assert found.actions == before.actions, ports
    listed = {port["mac"] for port in ports}
    assert {row.mac for row in found.rows if row.sriov and row.mac} - listed == {
        row.mac for row in before.rows if row.sriov and row.mac and row.mac not in listed
    }


def test_ports_that_site_made_are_all_listed() -> None:
    made = plan(xml_of("q35-virtio-two"), [{"vf": vf(3), "mac": "02:5a:00:00:00:01"}, {"vf": vf(0, 1)}]).xml
    assert made is not None
    ports = _adopt(made)
    assert [(port["pf"], port["index"]) for port in ports] == [("ens1f0", 3), ("ens1f1", 0)]
    assert plan(made, ports).steps == ()


def test_a_port_that_moves_is_planned_in_the_place_of_the_virtual_nic() -> None:
    xml = xml_of("machine-wide-net-count")
    ports = _adopt(xml, move=True, reth="ge-0/0/1")
    assert ports == [{"pf": "ens1f1", "index": 0, "junos_interface": "ge-0/0/1"}]
    found = plan(xml, ports, cluster_node=0)
    (row,) = (row for row in found.rows if row.sriov)
    assert row.junos_interface == "ge-0/0/1" and found.actions[0].startswith("ge-0/0/1: virtio (bridge br-mgmt) becomes VF 0 of ens1f1")
