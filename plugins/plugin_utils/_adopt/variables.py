# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What the playbook adopt left on hosts and nodes, read with care: a host or a node can say anything. Pure."""

from __future__ import annotations

import collections.abc
import re
import typing as t

from .._report.decode import clean_number, clean_text
from .model import Cluster, Domain, Found, Host, Nic, Node, Pf, Reth

Variables = t.Mapping[str, t.Any]

#: how hosts and nodes are reached, as far as it is no secret
CONNECTION = (
    "ansible_host", "ansible_port", "ansible_user", "ansible_connection", "ansible_network_os", "ansible_become", "ansible_become_method",
    "ansible_become_user", "ansible_ssh_private_key_file", "ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args",
    "ansible_host_key_checking", "ansible_pipelining", "ansible_netconf_ssh_config", "ansible_python_interpreter",
)  # fmt: skip
OF_HOST = (*CONNECTION, "vsrx_adopt_pci", "vsrx_adopt_pfs", "vsrx_adopt_domains", "vsrx_adopt_networks", "vsrx_ports_uri")
OF_NODE = (*CONNECTION, "vsrx_host", "vsrx_domain", "vsrx_cluster", "vsrx_cluster_node", "vsrx_adopt_cluster")
#: names that an inventory carries as they are; anything else could be an expression, or end a line
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+@-]{0,252}")
_ADDRESS = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PORT = re.compile(r"ge-[0-9]{1,2}/0/[0-9]{1,3}")
_LONGEST = 300
#: of a host, as the playbook asks for them
MOST_PFS = 256
_MOST_VFS = 65535


def read_found(hosts: t.Mapping[str, Variables], nodes: t.Mapping[str, Variables]) -> Found:
    return Found(
        tuple(_read_host(name, variables) for name, variables in hosts.items()),
        tuple(_read_node(name, variables) for name, variables in nodes.items()),
    )


def _read_host(name: str, variables: Variables) -> Host:
    looked = _get_mapping(variables.get("vsrx_adopt_domains"))
    looks = [_get_mapping(look) for look in _get_entries(_get_mapping(variables.get("vsrx_adopt_pfs")).get("results"))]
    problems = [] if "domains" in looked else [_get_reason(looked, "its domains could not be read")]
    functions = _get_mapping(variables.get("vsrx_adopt_pci"))
    if "pci" not in _get_mapping(functions.get("ansible_facts")):
        problems.append(_get_reason(functions, "its PFs could not be read"))
    listed = _get_entries(_get_mapping(_get_mapping(functions.get("ansible_facts")).get("pci")).get("functions"))
    pfs = [each for each in map(_get_mapping, listed) if each.get("sriov")]
    if len(pfs) > MOST_PFS:
        problems.append(f"it has {len(pfs)} PFs, of which only the first {MOST_PFS} were read")
    networks = _get_mapping(variables.get("vsrx_adopt_networks"))
    return Host(
        name=name,
        connection=_read_connection(variables),
        pfs=tuple(pf for look in looks for pf in _read_pfs(look)),
        domains=tuple(_read_domain(_get_mapping(each)) for each in _get_entries(looked.get("domains"))),
        problems=tuple(problems),
        uri=_clean_name(variables.get("vsrx_ports_uri")),
        networks={str(key): str(value) for key, value in networks.items() if isinstance(value, str)},
    )


def _read_pfs(look: Variables) -> t.Iterator[Pf]:
    refusal = "" if "actions" in look else _get_reason(look, "the module refused")
    for each in map(_get_mapping, _get_entries(look.get("pfs"))):
        address = _match(_ADDRESS, each.get("address"))
        if address:
            yield Pf(
                name=_match(_NAME, each.get("pf")) or address,
                address=address,
                num_vfs=clean_number(each.get("num_vfs"), 0, _MOST_VFS) or 0,
                total_vfs=clean_number(each.get("total_vfs"), 0, _MOST_VFS) or 0,
                up=each.get("up") is True,
                persist=each.get("persist") is True,
                host_use=tuple(_clean_line(use) for use in _get_entries(each.get("host_use"))),
                steps=tuple(_clean_line(step) for step in _get_entries(look.get("actions"))),
                refusal=refusal,
            )


def _read_domain(entry: Variables) -> Domain:
    return Domain(
        name=_match(_NAME, entry.get("name")),
        uuid=_match(_UUID, entry.get("uuid")),
        nics=tuple(_read_nic(_get_mapping(nic)) for nic in _get_entries(entry.get("nics"))),
        problem=_clean_line(entry.get("problem")),
    )


def _read_nic(entry: Variables) -> Nic:
    return Nic(
        position=clean_number(entry.get("position"), 1, _MOST_VFS) or 1,
        sriov=entry.get("sriov") is True,
        is_port=entry.get("is_port") is True,
        mac=_match(_MAC, entry.get("mac")),
        guest_address=_match(_ADDRESS, entry.get("guest_address")),
        attached_to=_clean_line(entry.get("attached_to")),
        network=_clean_line(entry.get("network")),
        vf=_match(_ADDRESS, entry.get("vf")),
        pf=_match(_NAME, entry.get("pf")),
        pf_address=_match(_ADDRESS, entry.get("pf_address")),
        index=clean_number(entry.get("index"), 0, _MOST_VFS),
        replaced_at=_match(_PORT, entry.get("replaced_at")),
    )


def _read_node(name: str, variables: Variables) -> Node:
    answer = _get_mapping(variables.get("vsrx_adopt_cluster"))
    about = _get_mapping(answer.get("cluster"))
    seen = _read_cluster(answer) if about.get("enabled") is True else None
    return Node(
        name=name,
        connection=_read_connection(variables),
        host=_clean_name(variables.get("vsrx_host")),
        domain=_clean_name(variables.get("vsrx_domain")),
        cluster=_clean_name(variables.get("vsrx_cluster")),
        number={"0": 0, "1": 1}.get(_clean_name(variables.get("vsrx_cluster_node"))),
        seen=seen,
        answered=bool(about),
        problem="" if about else _get_reason(answer, "Junos was not asked"),
    )


def _read_cluster(answer: Variables) -> Cluster:
    about = _get_mapping(answer.get("cluster"))
    nodes = {_match(_NAME, each.get("name")): each for each in map(_get_mapping, _get_entries(answer.get("nodes")))}
    return Cluster(
        number=_get_node_number(about.get("connected_to")),
        host_names=tuple(_match(_NAME, _get_mapping(nodes.get(name)).get("host_name")) for name in ("node0", "node1")),
        reths=tuple(_read_reth(_get_mapping(each)) for each in _get_entries(answer.get("reths"))),
        fabric_ports=tuple(_match(_PORT, each) for each in _get_entries(about.get("fabric_ports"))),
        statements=tuple(
            (_clean_line(each.get("name")), tuple(str(node) for node in _get_entries(each.get("nodes"))))
            for each in map(_get_mapping, _get_entries(about.get("statements")))
        ),
    )


def _read_reth(entry: Variables) -> Reth:
    ports = _get_mapping(entry.get("ports"))
    return Reth(
        name=_match(_NAME, entry.get("name")),
        ports={number: tuple(_match(_PORT, port) for port in _get_entries(ports.get(f"node{number}"))) for number in (0, 1)},
        active_node=_get_node_number(entry.get("active_node")),
        active_mac=_match(_MAC, entry.get("active_port_mac")),
    )


def _read_connection(variables: Variables) -> dict[str, t.Any]:
    return {name: variables[name] for name in CONNECTION if isinstance(variables.get(name), (str, int, bool))}


def _get_node_number(value: t.Any) -> t.Optional[int]:
    return {"node0": 0, "node1": 1}.get(value) if isinstance(value, str) else None


def _get_reason(answer: Variables, default: str) -> str:
    return _clean_line(answer.get("msg")) or default


def _match(pattern: re.Pattern[str], value: t.Any) -> str:
    """The text where it is of the form, as plain text; empty otherwise."""
    return str(value) if isinstance(value, str) and pattern.fullmatch(value) else ""


def _clean_line(value: t.Any) -> str:
    """A text that a comment can have: one line, and no control characters."""
    return clean_text(" ".join(clean_text(value).split()), _LONGEST)


def _clean_name(value: t.Any) -> str:
    """What the operator's inventory says; numbers can be names there."""
    return clean_text(value, _LONGEST)


def _get_mapping(value: t.Any) -> Variables:
    return value if isinstance(value, collections.abc.Mapping) else {}


def _get_entries(value: t.Any) -> t.Sequence[t.Any]:
    return value if isinstance(value, (list, tuple)) else ()
