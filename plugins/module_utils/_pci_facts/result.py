# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The dictionaries of pci_facts, from functions and what is known of their ids. Pure."""

from __future__ import annotations

import typing as t

from .. import _pci as pci
from .. import _support_matrix
from .._host.model import Function
from .._pci import name_nodedev

#: names by (vendor, device): the words for vendor and device
Names = t.Mapping[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]]
#: what is shown of a netdev
_NETDEV = ("name", "mac", "mtu", "operstate", "speed_mbps")
#: kernel modules by modalias
Modules = t.Mapping[str, tuple[str, ...]]


def describe_support(vendor_id: str, device_id: str) -> t.Optional[dict[str, t.Any]]:
    """The support row of a PF's ids; None where nothing is known of the NIC."""
    nic = _support_matrix.find_nic(vendor_id, device_id)
    if nic is None:
        return None
    return {"supported": nic.listed, "min_junos": list(nic.min_junos), "name": nic.name, "rule": nic.rule}


def _make_sriov(function: Function) -> t.Optional[dict[str, t.Any]]:
    sriov = function.sriov
    if sriov is None:
        return None
    return {
        "total_vfs": sriov.total_vfs,
        "num_vfs": len(sriov.vfs),
        "drivers_autoprobe": sriov.drivers_autoprobe,
        "vf_device_id": sriov.vf_device_id,
        "vf_offset": sriov.vf_offset,
        "vf_stride": sriov.vf_stride,
        "vfs": [address for _index, address in sorted(sriov.vfs.items())],
    }


def _make_fact(
    function: Function,
    pf: t.Optional[Function],
    members: t.Sequence[str],
    override: t.Optional[str],
    names: Names,
    modules: Modules,
) -> dict[str, t.Any]:
    vendor, device = names.get((function.vendor_id, function.device_id), (None, None))
    model = pf if pf is not None else function
    known = function.class_name == pci.NETWORK and (function.physfn is None or pf is not None)
    return {
        "address": function.address,
        "vendor_id": function.vendor_id,
        "device_id": function.device_id,
        "vendor": vendor,
        "device": device,
        "subsystem_vendor_id": function.subsystem_vendor_id,
        "subsystem_device_id": function.subsystem_device_id,
        "class_id": function.class_id,
        "class": function.class_name,
        "revision": function.revision,
        "driver": function.driver,
        "driver_override": override,
        "modules": list(modules.get(function.modalias or "", ())),
        "numa_node": function.numa_node,
        "iommu_group": function.iommu_group,
        "iommu_group_members": [address for address in members if address != function.address],
        "link": dict(vars(function.link)) if function.link is not None else None,
        "netdevs": [{name: getattr(netdev, name) for name in _NETDEV} for netdev in function.netdevs],
        "nodedev": name_nodedev(function.address),
        "sriov": _make_sriov(function),
        "physfn": function.physfn,
        "vf_index": function.vf_index,
        "support": describe_support(model.vendor_id, model.device_id) if known else None,
    }


def make_facts(
    functions: t.Sequence[Function],
    shown: t.Collection[str],
    groups: t.Mapping[int, t.Sequence[str]],
    overrides: t.Mapping[str, str],
    names: Names,
    modules: Modules,
) -> list[dict[str, t.Any]]:
    """One dictionary for each function that is shown; a VF's model comes from its PF, which need not be shown."""
    by_address = {function.address: function for function in functions}
    return [
        _make_fact(
            function,
            by_address.get(function.physfn) if function.physfn else None,
            groups.get(function.iommu_group, ()) if function.iommu_group is not None else (),
            overrides.get(function.address),
            names,
            modules,
        )
        for function in functions
        if function.address in shown
    ]
