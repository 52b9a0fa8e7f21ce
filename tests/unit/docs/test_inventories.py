# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example inventories: Ansible reads them, the roles' specs take their variables, and a plan gives the Junos names that they state."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import typing as t

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Host
from support.domain_shapes import host, plan

TOP = pathlib.Path(__file__).parents[3]
FILES = sorted((TOP / "playbooks").glob("inventory.*.yml"))
#: virtio NICs of each domain before the first run
VIRTIO = {"example": 3, "two_hosts": 3, "in_service": 5, "stand_alone": 1}
#: what the node's role reads
ROLES = {"kvm_hosts": ["sriov_host"], "vsrx_nodes": ["vsrx_ports", "vsrx_cluster"]}
NIC = "<interface type='user'><mac address='52:54:00:00:00:{:02x}'/><model type='virtio'/></interface>"
DOMAIN = """<domain type='kvm'><name>{name}</name><uuid>7c5e0000-0000-4000-8000-00000000ffff</uuid><memory>4194304</memory><vcpu>2</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{nics}</devices></domain>"""


def _name(path: pathlib.Path) -> str:
    return path.name.split(".")[1]


def _read(path: pathlib.Path) -> tuple[InventoryManager, VariableManager]:
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=[str(path)])
    return inventory, VariableManager(loader=loader, inventory=inventory)


def _variables(path: pathlib.Path, group: str) -> dict[str, dict[str, t.Any]]:
    inventory, variables = _read(path)
    return {each.name: variables.get_vars(host=each) for each in inventory.groups[group].get_hosts()}


def _fitting_host() -> Host:
    """PFs of the names that the examples use."""
    pfs = {address: dataclasses.replace(pf, names=(f"eno{number}",)) for number, (address, pf) in enumerate(host().pfs.items(), 2)}
    return host(pfs=pfs)


@pytest.mark.parametrize("path", FILES, ids=_name)
@pytest.mark.parametrize("group", ROLES)
def test_the_specs_of_the_roles_take_the_variables(path: pathlib.Path, group: str) -> None:
    hosts = _variables(path, group)
    assert hosts
    for name, variables in hosts.items():
        for role in ROLES[group]:
            if role == "vsrx_cluster" and "vsrx_cluster" not in variables:
                continue
            options = yaml.safe_load((TOP / f"roles/{role}/meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
            given = {key: value for key, value in variables.items() if key in options}
            assert ArgumentSpecValidator(options).validate(given).error_messages == [], name
            unknown = {key for key in variables if key.startswith(f"{role}_")} - set(options)
            assert not unknown, name


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_nodes_name_hosts_of_the_inventory_and_share_nothing(path: pathlib.Path) -> None:
    hosts, nodes = _variables(path, "kvm_hosts"), _variables(path, "vsrx_nodes")
    assert {node["vsrx_host"] for node in nodes.values()} == set(hosts)
    vfs = [(node["vsrx_host"], port["pf"], port["index"]) for node in nodes.values() for port in node["vsrx_ports"]]
    macs = [port["mac"] for node in nodes.values() for port in node["vsrx_ports"] if "mac" in port]
    assert len(set(vfs)) == len(vfs)
    assert len(set(macs)) == len(macs)
    for on, pf, index in vfs:
        assert index < next(each["num_vfs"] for each in hosts[on]["sriov_host_pfs"] if each["pf"] == pf)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_nothing_interrupts_traffic_unless_it_is_changed(path: pathlib.Path) -> None:
    for node in _variables(path, "vsrx_nodes").values():
        assert node["vsrx_ports_power"] == "refuse"
        assert node.get("vsrx_cluster_restart", "never") == "never"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_the_plan_gives_the_junos_names_that_the_comments_state(path: pathlib.Path) -> None:
    virtio = VIRTIO[_name(path)]
    text = path.read_text()
    for name, node in _variables(path, "vsrx_nodes").items():
        xml = DOMAIN.format(name=node["vsrx_domain"], nics="".join(map(NIC.format, range(virtio))))
        planned = plan(xml, node["vsrx_ports"], on=_fitting_host(), name=node["vsrx_domain"], cluster_node=node.get("vsrx_cluster_node"))
        names = [row.junos_interface for row in planned.rows if row.sriov]
        assert len(names) == len(node["vsrx_ports"])
        stated = re.findall(r"ge-\d/0/\d", text[text.index(f"{name}:") : text.index("vsrx_ports:", text.index(f"{name}:"))])
        assert stated[-2:] == names or stated[:2] == names, f"{name}: {names}"
