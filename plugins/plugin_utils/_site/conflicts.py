# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Why a node cannot get its ports although its own domain could: VFs that are not made, and what another node is to have. Pure."""

from __future__ import annotations

import typing as t

from .._report.decode import clean_flag, clean_text
from .._report.variables import Variables, get_mapping, get_mappings

#: the variables that are read
OF_HOST = ("sriov_host_preview",)
OF_NODE = ("vsrx_host", "vsrx_domain", "vsrx_ports_map")


def find_conflicts(name: str, nodes: t.Mapping[str, Variables], host: t.Optional[Variables] = None) -> list[str]:
    """Return why a node cannot get its ports.

    ``host`` has the variables of its KVM host where the VFs that the run makes count as made. The plan of a domain takes every VF as made
    that a PF can have; one that is not made would be refused only after others were.
    """
    missing = [] if host is None else _say_missing(nodes[name], host)
    return [*missing, *_say_shared(name, nodes)]


def _say_missing(node: Variables, host: Variables) -> t.Iterator[str]:
    pfs = get_mappings(get_mapping(host, "sriov_host_preview"), "pfs")
    listed = {clean_text(pf.get("address")) for pf in pfs}
    made = {clean_text(vf.get("address")) for pf in pfs if clean_flag(pf.get("up")) for vf in get_mappings(pf, "vfs")}
    missing = [
        port
        for port in get_mappings(node, "vsrx_ports_map")
        if clean_flag(port.get("sriov"))
        and (clean_text(port.get("pf_address")) in listed or clean_flag(port.get("vf_exists")) is False)
        and clean_text(port.get("vf")) not in made
    ]
    if missing:
        on = clean_text(node.get("vsrx_host"))
        yield (
            f"{clean_text(node.get('vsrx_domain'))} would get {_join(missing, 'vf')} on {on}, but with sriov_host_pfs as it is, its PF "
            f"would be down or not have that VF: {_join(missing, 'pf')}. Expected VFs that site makes, of PFs that are up; list the PF, "
            f"raise num_vfs, set up to true, or include {on} in the run."
        )


def _say_shared(name: str, nodes: t.Mapping[str, Variables]) -> t.Iterator[str]:
    """Say what is requested for two nodes by mistake, as in an inventory that was copied: no domain has it yet."""
    own = _list_things(nodes[name])
    others = {other: set(_list_things(node)) for other, node in nodes.items() if other != name}
    shared = [thing for thing in own if any(thing in things for things in others.values())]
    if shared:
        owners = [other for other, things in others.items() if things.intersection(shared)]
        yield (
            f"{name} and {', '.join(owners)} are both to have {', '.join(shared)}. Expected a domain, VFs and MAC addresses of its own for "
            "each node (S22); correct the inventory, and give each port its index or vf. No domain was touched."
        )


def _list_things(node: Variables) -> list[str]:
    """The domain, VFs and MAC addresses that a node has, or would have, however the inventory names them."""
    on = f" on {clean_text(node.get('vsrx_host')) or 'no host'}"
    things = [f"domain {clean_text(node.get('vsrx_domain'))}{on}"]
    for port in get_mappings(node, "vsrx_ports_map"):
        vf, mac = clean_text(port.get("vf")), clean_text(port.get("mac"))
        things += [f"VF {vf}{on}", *([f"MAC address {mac}"] if mac else [])] if vf else []
    return things


def _join(ports: t.Iterable[Variables], name: str) -> str:
    return ", ".join(dict.fromkeys(clean_text(port.get(name)) for port in ports))
