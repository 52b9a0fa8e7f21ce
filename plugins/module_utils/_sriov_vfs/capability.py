# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What keeps a PF from having VFs, how that is concluded, and what to do (S2, S18). Pure."""

from __future__ import annotations

import typing as t

from .. import _support_matrix
from .._host.pf_model import Pf

_MELLANOX = "15b3"
_NO_SYSFS = "mlx4_core"
_BIOS = "switch SR-IOV on in the BIOS (often under the PCI slot or the NIC) or in the NIC's firmware, and start the host again"


def model(pf: Pf) -> str:
    """Return the NIC's name, or its PCI id."""
    nic = _support_matrix.nic_of(pf.vendor_id, pf.device_id)
    return nic.name if nic is not None else f"PCI id {pf.vendor_id}:{pf.device_id}"


def firmware_command(pf: Pf, count: t.Optional[int]) -> str:
    """Return what switches SR-IOV on in the firmware of a Mellanox NIC."""
    return f"mlxconfig -d {pf.address} set SRIOV_EN=1 NUM_OF_VFS={count or 'N'}, then start the host again"


def module_options(pf: Pf, count: t.Optional[int]) -> str:
    """Return what to do for ConnectX-3, whose driver takes the number as a module option only."""
    return (
        f"put 'options mlx4_core num_vfs={count or 'N'} probe_vf=0 port_type_array=2,2' into /etc/modprobe.d/mlx4_core.conf, have "
        f"SRIOV_EN=1 NUM_OF_VFS={count or 'N'} in the firmware (mlxconfig -d {pf.address}), rebuild the initramfs and load the driver anew"
    )


def why_none(pf: Pf, count: t.Optional[int] = None) -> t.Optional[tuple[str, str]]:
    """Return why this PF can have no VFs at all, and the cure; None where it can."""
    if pf.total_vfs:
        return None
    shown = "the kernel shows no sriov_totalvfs" if pf.total_vfs is None else "sriov_totalvfs is 0"
    if pf.vendor_id == _MELLANOX and not pf.capability_total_vfs:
        # The firmware hides the capability, or allows none: NUM_OF_VFS.
        return f"{shown}: SR-IOV is off in the firmware of this {model(pf)}", firmware_command(pf, count)
    if pf.has_capability:
        return f"{shown} although the NIC has the SR-IOV capability: SR-IOV is off in the BIOS, or there is no space for VFs", _BIOS
    if _support_matrix.nic_of(pf.vendor_id, pf.device_id) is not None:
        return (
            f"{shown} and the SR-IOV capability is hidden, though an {model(pf)} has it: SR-IOV is off in the BIOS or the firmware",
            _BIOS,
        )
    if pf.has_capability is False:
        return (
            f"{shown} and the NIC shows no SR-IOV capability ({model(pf)}): it has none, or the BIOS or the NIC's firmware hides it",
            f"{_BIOS}; if the NIC has none, use one that has it",
        )
    return f"{shown} ({model(pf)})", f"use a NIC with SR-IOV; if this is one, {_BIOS}"


def obstacles(pf: Pf, count: int) -> t.Iterator[str]:
    """Say why this PF cannot have that many VFs."""
    none = why_none(pf, count)
    if pf.driver == _NO_SYSFS:
        yield f"{pf.label}: driver mlx4_core ({model(pf)}) makes no VFs through sysfs; {module_options(pf, count)}"
    elif none is not None:
        yield f"{pf.label} ({pf.address}): {none[0]}; {none[1]}"
    elif pf.total_vfs is not None and count > pf.total_vfs:
        more = f"; for more: {firmware_command(pf, count)}" if pf.vendor_id == _MELLANOX else ""
        yield f"{pf.label} ({pf.address}): {count} VFs are asked for, its limit is {pf.total_vfs} (sriov_totalvfs){more}"
    elif pf.driver is None:
        yield f"{pf.label}: no driver is bound to it, so it can make no VFs; load the NIC's driver"
