# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The PFs as the user sees them, as they are or as they will be. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _pci as pci
from .._host.attribute_table import VfAttributes
from .._host.model import Pf, Vf
from .plan import count_wanted
from .request import PfRequest

if t.TYPE_CHECKING:
    from .._host.pf_record import PfRecord


def _make_vf(vf: Vf) -> dict[str, t.Any]:
    return {
        "vf": vf.index,
        "address": vf.address,
        "nodedev": pci.name_nodedev(vf.address),
        "driver": vf.driver,
        "netdev": vf.netdevs[0] if vf.netdevs else None,
        "iommu_group": vf.iommu_group,
        **vars(vf.attributes),
    }


def _make_before(record: PfRecord) -> dict[str, t.Any]:
    return {**vars(record.before), "vfs": [{"vf": index, **values} for index, values in record.before.vfs.items()]}


def make_result(pf: Pf, record: t.Optional[PfRecord] = None) -> dict[str, t.Any]:
    """``record`` is what the host keeps of the PF: how it was before it was first changed, and whether its VFs come back at boot."""
    return {
        "pf": pf.label,
        "address": pf.address,
        "driver": pf.driver,
        "mac": pf.permanent_mac,
        "numa_node": pf.numa_node,
        "speed_mbps": pf.speed_mbps,
        "up": pf.up,
        "mtu": pf.mtu,
        "host_use": list(pf.host_use),
        "total_vfs": pf.total_vfs,
        "num_vfs": pf.num_vfs,
        "drivers_autoprobe": pf.drivers_autoprobe,
        "persist": record is not None and record.persist,
        "before": _make_before(record) if record is not None else None,
        "vfs": [_make_vf(vf) for vf in pf.vfs],
    }


def predict_pf(request: PfRequest, pf: Pf) -> Pf:
    """The PF as it will be; what only the kernel decides is not known."""
    count = count_wanted(request, pf)
    wanted = {vf.index: vf.wanted for vf in request.vfs}
    made = tuple(Vf(index, address) for index, address in pf.predict_vf_addresses(count).items())
    vfs = pf.vfs if count == pf.num_vfs else made
    return dataclasses.replace(
        pf,
        up=pf.up if request.up is None else request.up,
        mtu=pf.mtu if request.mtu is None else request.mtu,
        drivers_autoprobe=pf.drivers_autoprobe if request.drivers_autoprobe is None else request.drivers_autoprobe,
        vfs=tuple(
            dataclasses.replace(vf, attributes=dataclasses.replace(vf.attributes, **wanted.get(vf.index, VfAttributes()).given()))
            for vf in vfs
        ),
    )
