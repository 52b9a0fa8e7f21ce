# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory that adopt writes: what hosts and nodes have, what is unknown as a comment, and nothing that a host could smuggle in."""

from __future__ import annotations

import copy
import pathlib
import typing as t

import pytest
import yaml
from ansible_collections.vsrx.sriov.plugins.plugin_utils._adopt.inventory import Inventory, write_inventory
from ansible_collections.vsrx.sriov.plugins.plugin_utils._adopt.variables import MOST_PFS, read_found

STATEMENTS = ("use-active-child-mac-on-reth", "use-actual-mac-on-physical-interfaces")


def nic(position: int, **more: t.Any) -> dict[str, t.Any]:
    """A virtio NIC on a bridge."""
    return {
        "position": position, "sriov": False, "is_port": False, "is_plain": False, "mac": f"52:54:00:00:00:{position:02x}",
        "guest_address": f"0000:00:{position:02x}.0", "attached_to": "virtio (bridge br0)", "network": "br0", "vf": None, "pf": None,
        "pf_address": None, "index": None, "replaced_at": None, **more,
    }  # fmt: skip


def vf(position: int, index: int = 0, **more: t.Any) -> dict[str, t.Any]:
    about = {"attached_to": f"hostdev 0000:01:10.{2 * index}", "network": None, "vf": f"0000:01:10.{2 * index}", "pf": "eno2"}
    where = {"pf_address": "0000:01:00.0", "index": index, "mac": f"02:5a:00:00:00:{index:02x}", "sriov": True, "is_port": True}
    return nic(position, **{**about, **where, **more})


def domain(name: str, *more: dict[str, t.Any], **other: t.Any) -> dict[str, t.Any]:
    """A domain with fxp0, em0 and the fabric port, and the NICs behind them."""
    uuid = f"5f1c2a00-0000-4000-8000-{name.encode().hex()[-12:]:0>12}"
    nics = [nic(1), nic(2), nic(3), *more]
    return {"name": name, "uuid": uuid, "active": True, "persistent": True, "problem": None, "nics": nics, **other}


def pf(number: int = 2, num_vfs: int = 4, **more: t.Any) -> dict[str, t.Any]:
    """The answer for one PF."""
    about = {
        "pf": f"eno{number}", "address": f"0000:0{number - 1}:00.0", "num_vfs": num_vfs, "total_vfs": 7, "up": True, "persist": True,
        "host_use": [], **more,
    }  # fmt: skip
    return {"actions": [], "pfs": [about]}


def host(*domains: dict[str, t.Any], pfs: t.Optional[list[dict[str, t.Any]]] = None, **more: t.Any) -> dict[str, t.Any]:
    return {
        "ansible_host": "192.0.2.11", "ansible_user": "root", "ansible_password": "secret",
        "vsrx_adopt_pci": {"ansible_facts": {"pci": {}}}, "vsrx_adopt_pfs": {"results": [pf()] if pfs is None else pfs},
        "vsrx_adopt_domains": {"domains": list(domains)}, **more,
    }  # fmt: skip


def node(number: int, name: str = "vsrx1", having: t.Sequence[str] = ("node0", "node1"), **more: t.Any) -> dict[str, t.Any]:
    """A node of a cluster whose reth0 has the port behind the fabric link."""
    reth = {"name": "reth0", "ports": {"node0": ["ge-0/0/1"], "node1": ["ge-7/0/1"]}, "active_node": "node0", "active_port_mac": None}
    cluster = {
        "enabled": True, "connected_to": f"node{number}", "fabric_ports": ["ge-0/0/0", "ge-7/0/0"],
        "statements": [{"name": each, "nodes": list(having)} for each in STATEMENTS],
    }  # fmt: skip
    nodes = [{"name": f"node{each}", "host_name": f"{name}-node{each}"} for each in (0, 1)]
    return {"ansible_host": f"192.0.2.2{number}", "vsrx_adopt_cluster": {"cluster": cluster, "nodes": nodes, "reths": [reth]}, **more}


def write(hosts: dict[str, t.Any], nodes: dict[str, t.Any], move: bool = False) -> tuple[Inventory, dict[str, t.Any]]:
    written = write_inventory(read_found(hosts, nodes), move)
    return written, t.cast("dict[str, t.Any]", yaml.safe_load(written.text))


def pair(**more: t.Any) -> dict[str, t.Any]:
    return {f"vsrx1-node{number}": node(number, **more) for number in (0, 1)}


BOTH = (domain("vsrx1-node0", vf(4)), domain("vsrx1-node1", vf(4, 1)))


def test_a_cluster_is_written_as_it_is() -> None:
    written, read = write({"kvm1": host(*BOTH)}, pair())
    assert written.unknown == ()
    (kvm1,) = read["all"]["children"]["kvm_hosts"]["hosts"].values()
    assert kvm1 == {"ansible_host": "192.0.2.11", "sriov_host_pfs": [{"pf": "eno2", "num_vfs": 4, "up": True}]}
    nodes = read["all"]["children"]["vsrx_nodes"]
    cluster = nodes["children"]["vsrx1"]
    assert cluster["vars"] == {"vsrx_cluster": "vsrx1"}
    assert cluster["hosts"]["vsrx1-node1"] == {
        "ansible_host": "192.0.2.21", "vsrx_host": "kvm1", "vsrx_domain": "vsrx1-node1", "vsrx_cluster_node": 1,
        "vsrx_ports": [{"pf": "eno2", "index": 1, "mac": "02:5a:00:00:00:01"}],
    }  # fmt: skip
    assert (nodes["vars"]["vsrx_ports_power"], nodes["vars"]["vsrx_cluster_restart"]) == ("refuse", "never")
    assert "ge-7/0/1, member of reth0" in written.text and "secret" not in written.text
    assert written.summary[0] == "kvm1: 1 PFs with VFs, 4 VFs"


def test_the_nodes_may_have_any_names_and_addresses_in_any_order() -> None:
    """Junos says which node answered and what its host name is; the group gets a name that no host has."""
    nodes = {"fw-b": node(1), "fw-a": node(0), "other-a": node(0, "vsrx2"), "other-b": node(1, "vsrx2")}
    more = (domain("vsrx2-node0"), domain("vsrx2-node1"))
    written, read = write({"fw": host(*BOTH, *more)}, nodes)
    clusters = read["all"]["children"]["vsrx_nodes"]["children"]
    assert {name: list(about["hosts"]) for name, about in clusters.items()} == {"fw_2": ["fw-a", "fw-b"], "other": ["other-a", "other-b"]}
    assert clusters["fw_2"]["hosts"]["fw-b"]["vsrx_domain"] == "vsrx1-node1" and written.unknown == ()


def test_a_domain_of_another_name_is_found_by_the_mac_address_of_its_active_port() -> None:
    nodes = pair()
    for each in nodes.values():
        each["vsrx_adopt_cluster"]["reths"][0]["active_port_mac"] = "02:5a:00:00:00:00"
    written, read = write({"kvm1": host(domain("a", vf(4)), domain("b", vf(4, 1)))}, nodes)
    hosts = read["all"]["children"]["vsrx_nodes"]["children"]["vsrx1"]["hosts"]
    assert hosts["vsrx1-node0"]["vsrx_domain"] == "a" and "vsrx_domain" not in hosts["vsrx1-node1"]
    assert written.unknown == ("vsrx1-node1: vsrx_host and vsrx_domain: no domain has the name of this node: a on kvm1, b on kvm1",)
    assert "# UNKNOWN: vsrx_host and vsrx_domain" in written.text


STATES: dict[str, tuple[dict[str, t.Any], t.Optional[str], str]] = {
    "set": ({}, None, ""),
    "not set": ({"having": ()}, "absent", "neither statement of the MAC mode is set"),
    "on one node": ({"having": ("node0",)}, None, "site would complete the MAC mode"),
}


@pytest.mark.parametrize("state", STATES)
def test_the_mac_mode_stays_as_it_is(state: str) -> None:
    more, expected, words = STATES[state]
    written, read = write({"kvm1": host(*BOTH)}, pair(**more))
    assert read["all"]["children"]["vsrx_nodes"]["children"]["vsrx1"]["vars"].get("vsrx_cluster_state") == expected
    assert words in written.text


#: what is found, and what is said of it
UNKNOWN: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], str]] = {
    "a silent node": (
        {"kvm1": host(*BOTH)},
        {"vsrx1-node0": {"vsrx_adopt_cluster": {"failed": True, "msg": "no route"}}},
        "vsrx1-node0: Junos: no route. Whether this is a node of a cluster is not known",
    ),
    "half a cluster": (
        {"kvm1": host(*BOTH)},
        {"vsrx1-node0": node(0)},
        "cluster: only one node of this cluster was read; add the other one",
    ),
    "one address twice": (
        {"kvm1": host(*BOTH)},
        {"vsrx1-node0": node(0), "vsrx1-node1": node(0)},
        "vsrx1: these are not node 0 and node 1 of one cluster (vsrx1-node0 0, vsrx1-node1 0); correct the addresses, or set vsrx_cluster "
        "and vsrx_cluster_node",
    ),
    "a plain hostdev": (
        {"kvm1": host(domain("vsrx1-node0", vf(4, is_port=False, mac=None, attached_to="hostdev pci 0000:01:10.0")), BOTH[1])},
        pair(),
        "vsrx1-node0: ge-0/0/1, member of reth0: hostdev pci 0000:01:10.0; listing it would change the domain",
    ),
    "a host without libvirt": (
        {"kvm1": host(*BOTH), "kvm2": host(vsrx_adopt_domains={"failed": True, "msg": "no libvirt"})},
        pair(),
        "kvm2: no libvirt",
    ),
    "a host whose PCI functions cannot be read": (
        {"kvm1": host(*BOTH, vsrx_adopt_pci={"failed": True, "msg": "no Python", "ansible_facts": {"discovered_interpreter_python": "x"}})},
        pair(),
        "kvm1: no Python",
    ),
    "a domain that cannot be read": (
        {"kvm1": host(domain("vsrx1-node0", problem="it has no devices"), BOTH[1])},
        pair(),
        "vsrx1-node0: vsrx_ports: it has no devices",
    ),
    "two hosts with a domain of the name": (
        {"kvm1": host(*BOTH), "kvm2": host(BOTH[0])},
        pair(),
        "vsrx1-node0: vsrx_host and vsrx_domain: several domains have the name of this node: vsrx1-node0 on kvm1, vsrx1-node0 on kvm2",
    ),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_cannot_be_known_is_said(what: str) -> None:
    hosts, nodes, words = UNKNOWN[what]
    written, _read = write(hosts, nodes)
    assert words in written.unknown
    assert "# UNKNOWN: " in written.text


def test_a_host_that_says_it_has_thousands_of_pfs_is_said_to_be_read_in_part() -> None:
    functions = [{"sriov": {"num_vfs": 0}}] * 257 + [{"sriov": None}] * 10
    found = read_found({"kvm1": host(vsrx_adopt_pci={"ansible_facts": {"pci": {"functions": functions}}})}, {})
    assert write_inventory(found).unknown == ("kvm1: it has 257 PFs, of which only the first 256 were read",)
    playbook = (pathlib.Path(__file__).parents[5] / "playbooks/adopt.yml").read_text(encoding="utf-8")
    assert f"| list)[:{MOST_PFS}]" in playbook, "each PF is a call"


def test_what_site_would_do_with_the_vfs_is_said() -> None:
    looks = [{**pf(), "actions": ["eno2: keep VF 0's VLAN at boot"]}, pf(3, persist=False), pf(4, 0)]
    written, read = write({"kvm1": host(*BOTH, pfs=looks)}, pair())
    (kvm1,) = read["all"]["children"]["kvm_hosts"]["hosts"].values()
    assert [each["pf"] for each in kvm1["sriov_host_pfs"]] == ["eno2", "eno3"] and "sriov_host_persist" not in kvm1
    assert (
        "site would do this: eno2: keep VF 0's VLAN at boot" in written.text and "site would make the VFs of eno3 come back" in written.text
    )
    _written, read = write({"kvm1": host(*BOTH, pfs=[pf(persist=False)])}, pair())
    assert read["all"]["children"]["kvm_hosts"]["hosts"]["kvm1"]["sriov_host_persist"] is False


VIRTIO = (domain("vsrx1-node0", nic(4, network="br1")), domain("vsrx1-node1", nic(4, network="br1")))
OTHERS = vf(4, pf="eno3", pf_address="0000:02:00.0")
MOVED = {"pf": "eno3", "junos_interface": "ge-7/0/1"}


@pytest.mark.parametrize(
    ("more", "indices", "vfs"),
    [
        ({"pfs": [pf(3, 4, host_use=["enslaved to br1"])]}, (0, 1), 4),
        ({"pfs": [pf(3, 0)], "vsrx_adopt_networks": {"br1": "eno3"}}, (0, 1), 2),
        (
            {"pfs": [pf(3, 4)], "vsrx_adopt_networks": {"br1": "0000:02:00.0"}, "also": vf(4, pf="eno3", pf_address="0000:02:00.0")},
            (1, 2),
            4,
        ),
    ],
)
def test_virtual_ports_of_reths_move_to_free_vfs(more: dict[str, t.Any], indices: tuple[int, int], vfs: int) -> None:
    also = more.pop("also", None)
    written, read = write({"kvm1": host(*VIRTIO, *([domain("web", also)] if also else []), **more)}, pair(having=()), move=True)
    assert written.unknown == ()
    cluster = read["all"]["children"]["vsrx_nodes"]["children"]["vsrx1"]
    ports = [each["vsrx_ports"] for each in cluster["hosts"].values()]
    assert ports == [[{**MOVED, "junos_interface": "ge-0/0/1", "index": indices[0]}], [{**MOVED, "index": indices[1]}]]
    assert "vsrx_cluster_state" not in cluster["vars"]
    assert read["all"]["children"]["kvm_hosts"]["hosts"]["kvm1"]["sriov_host_pfs"] == [{"pf": "eno3", "num_vfs": vfs, "up": True}]
    still, _read = write({"kvm1": host(*VIRTIO, **more)}, pair())
    assert "junos_interface" not in still.text


@pytest.mark.parametrize(
    ("pfs", "words"),
    [
        ([pf(3)], "the PF of kvm1 on the wire of virtio (bridge br0) is not known; name it in vsrx_adopt_networks, as in br1: PF"),
        ([pf(3, 1, host_use=["enslaved to br1"])], "eno3 of kvm1 has no free VF; give it more VFs first"),
    ],
)
def test_a_reth_moves_on_both_nodes_or_not_at_all(pfs: list[dict[str, t.Any]], words: str) -> None:
    written, read = write({"kvm1": host(*VIRTIO, pfs=pfs)}, pair(having=()), move=True)
    cluster = read["all"]["children"]["vsrx_nodes"]["children"]["vsrx1"]
    assert [each["vsrx_ports"] for each in cluster["hosts"].values()] == [[], []]
    assert any(words in each for each in written.unknown) and len(written.unknown) == 2
    assert cluster["vars"]["vsrx_cluster_state"] == "absent"


EVIL = "x\n    ansible_connection: local  # {{ lookup('pipe', 'touch PROOF') }} \x1b[2J"
#: where a host or a node can say anything
PLACES: tuple[tuple[str, ...], ...] = (
    *(("domains", "0", each) for each in ("name", "uuid", "problem")),
    *(
        ("domains", "0", "nics", "3", each)
        for each in ("mac", "guest_address", "attached_to", "network", "vf", "pf", "pf_address", "index")
    ),
    *(("pfs", "0", "pfs", "0", each) for each in ("pf", "address", "num_vfs", "host_use", "up")),
    ("pfs", "0", "actions"),
    *(("node", "cluster", each) for each in ("connected_to", "fabric_ports", "statements")),
    *(("node", "reths", "0", each) for each in ("name", "ports", "active_port_mac")),
    *(("node", "nodes", "0", each) for each in ("host_name", "name")),
)


@pytest.mark.parametrize("place", PLACES, ids="-".join)
@pytest.mark.parametrize("evil", [EVIL, [EVIL], {EVIL: EVIL}, -5, 10**30, None], ids=["text", "list", "dict", "less", "more", "none"])
def test_what_a_host_says_is_neither_an_expression_nor_a_line_of_its_own(place: tuple[str, ...], evil: t.Any) -> None:
    hosts, nodes = copy.deepcopy(({"kvm1": host(*BOTH)}, pair()))
    roots: dict[str, t.Any] = {
        "domains": hosts["kvm1"]["vsrx_adopt_domains"]["domains"],
        "pfs": hosts["kvm1"]["vsrx_adopt_pfs"]["results"],
        "node": nodes["vsrx1-node0"]["vsrx_adopt_cluster"],
    }
    target: t.Any = roots[place[0]]
    for key in place[1:-1]:
        target = target[int(key) if isinstance(target, list) else key]
    target[place[-1]] = evil
    written, read = write(hosts, nodes, move=True)
    assert "PROOF" not in str(read) and "\x1b" not in written.text
    assert not any(
        "{{" in line.partition("#")[0] or line.lstrip().startswith("ansible_connection: local") for line in written.text.splitlines()
    )


@pytest.mark.parametrize("value", ["yes", "0123", "1e3", "a: b", "#x", "*x", "'", "a\nb", "~", "12:30:45", "ä", "::1", ""])
def test_a_value_of_the_operators_inventory_stays_what_it_is(value: str) -> None:
    written, read = write({"kvm1": host(*BOTH, ansible_user=value)}, pair())
    assert read["all"]["children"]["kvm_hosts"]["vars"]["ansible_user"] == value, written.text


def test_a_libvirt_of_its_own_is_named_for_each_node() -> None:
    written, read = write({"kvm1": host(*BOTH, vsrx_ports_uri="qemu+unix:///system?socket=/run/x")}, pair())
    nodes = read["all"]["children"]["vsrx_nodes"]["children"]["vsrx1"]["hosts"]
    assert {each["vsrx_ports_uri"] for each in nodes.values()} == {"qemu+unix:///system?socket=/run/x"}, written.text


def test_an_expression_of_the_operators_inventory_is_not_repeated() -> None:
    written, read = write({"kvm1": host(*BOTH, ansible_user="{{ x }}")}, pair())
    assert "ansible_user" not in str(read)
    assert written.unknown == ("kvm_hosts: ansible_user has an expression in its value, which is not repeated here",)
