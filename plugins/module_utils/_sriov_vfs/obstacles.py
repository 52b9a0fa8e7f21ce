# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Why a PF does not get the VFs or the attributes that are requested, and what to do (S2, S18). Pure.

What keeps a PF from having VFs is concluded before a write, or from the kernel's answer to it. What the answer of a driver means that
refused an attribute of a VF goes by driver, where one errno means different things: the sources are the drivers' own functions for the
attributes of VFs (ndo_set_vf_*) in Linux 6.12.
"""

from __future__ import annotations

import errno
import typing as t
from os import strerror

from .. import _support_matrix
from .._host.attribute_table import ATTRIBUTE
from .._host.model import Pf

_MELLANOX = "15b3"
_NO_SYSFS = "mlx4_core"
_BIOS = "switch SR-IOV on in the BIOS (often under the PCI slot or the NIC) or in the NIC's firmware, and start the host again"
_IXGBE_MBPS = 10000
_IXGBE_LEAST = 11
_DEFAULT = "Leave the attribute out, or use a NIC whose driver supports it"


def name_nic(pf: Pf) -> str:
    """Return the NIC's name, or its PCI id."""
    nic = _support_matrix.find_nic(pf.vendor_id, pf.device_id)
    return nic.name if nic is not None else f"PCI id {pf.vendor_id}:{pf.device_id}"


def describe_firmware_command(pf: Pf, count: t.Optional[int]) -> str:
    """Return what switches SR-IOV on in the firmware of a Mellanox NIC."""
    return f"mlxconfig -d {pf.address} set SRIOV_EN=1 NUM_OF_VFS={count or 'N'}, then start the host again"


def describe_module_options(pf: Pf, count: t.Optional[int]) -> str:
    """Return what to do for ConnectX-3, whose driver takes the number as a module option only."""
    return (
        f"put 'options mlx4_core num_vfs={count or 'N'} probe_vf=0 port_type_array=2,2' into /etc/modprobe.d/mlx4_core.conf, have "
        f"SRIOV_EN=1 NUM_OF_VFS={count or 'N'} in the firmware (mlxconfig -d {pf.address}), rebuild the initramfs and load the driver anew"
    )


def find_no_vfs_reason(pf: Pf, count: t.Optional[int] = None) -> t.Optional[tuple[str, str]]:
    """Return why this PF can have no VFs at all, and the cure; None where it can."""
    if pf.total_vfs:
        return None
    shown = "the kernel shows no sriov_totalvfs" if pf.total_vfs is None else "sriov_totalvfs is 0"
    if pf.vendor_id == _MELLANOX and not pf.capability_total_vfs:
        # The firmware hides the capability, or allows none: NUM_OF_VFS.
        return f"{shown}: SR-IOV is off in the firmware of this {name_nic(pf)}", describe_firmware_command(pf, count)
    if pf.has_capability:
        return f"{shown} although the NIC has the SR-IOV capability: SR-IOV is off in the BIOS, or there is no space for VFs", _BIOS
    if _support_matrix.find_nic(pf.vendor_id, pf.device_id) is not None:
        return (
            f"{shown} and the SR-IOV capability is hidden, though an {name_nic(pf)} has it: SR-IOV is off in the BIOS or the firmware",
            _BIOS,
        )
    if pf.has_capability is False:
        return (
            f"{shown} and the NIC shows no SR-IOV capability ({name_nic(pf)}): it has none, or the BIOS or the NIC's firmware hides it",
            f"{_BIOS}; if the NIC has none, use one that has it",
        )
    return f"{shown} ({name_nic(pf)})", f"use a NIC with SR-IOV; if this is one, {_BIOS}"


def find_obstacles(pf: Pf, count: int) -> t.Iterator[str]:
    """Say why this PF cannot have that many VFs."""
    none = find_no_vfs_reason(pf, count)
    if pf.driver == _NO_SYSFS:
        yield f"{pf.label}: driver mlx4_core ({name_nic(pf)}) makes no VFs through sysfs; {describe_module_options(pf, count)}"
    elif none is not None:
        yield f"{pf.label} ({pf.address}): {none[0]}; {none[1]}"
    elif pf.total_vfs is not None and count > pf.total_vfs:
        more = f"; for more: {describe_firmware_command(pf, count)}" if pf.vendor_id == _MELLANOX else ""
        yield f"{pf.label} ({pf.address}): {count} VFs are asked for, its limit is {pf.total_vfs} (sriov_totalvfs){more}"
    elif pf.driver is None:
        yield f"{pf.label}: no driver is bound to it, so it can make no VFs; load the NIC's driver"


_CAUSES = {
    errno.EBUSY: (
        "VFs exist or the driver holds the PF busy",
        "see whether something else makes VFs on this host at the same time, and run again",
    ),
    errno.EINVAL: ("the driver does not take this number", "see the kernel's log (dmesg)"),
    errno.EPERM: ("the driver says that VFs are assigned to a guest, or the kernel is locked down", "stop the guest, or see dmesg"),
    errno.EACCES: ("sysfs may not be written", "run as root on the host itself, not in a container with a read-only /sys"),
    errno.EROFS: ("sysfs is mounted read-only", "run on the host itself, not in a container"),
    errno.ENOMEM: (
        "there is no space for the VFs' memory, or no bus numbers for them; dmesg says which",
        "switch 'above 4G decoding' (64-bit MMIO) on in the BIOS, or add pci=realloc to the kernel command line; for bus numbers switch "
        "ARI on, or add pci=assign-busses",
    ),
    errno.ENOSPC: ("there is no space for the VFs' memory or bus numbers", "switch ARI and 'above 4G decoding' on in the BIOS; see dmesg"),
    errno.EIO: (
        "the NIC gives the VFs no addresses of their own (offset or stride 0)",
        "update the NIC's firmware, or take pci=nobus away; see dmesg",
    ),
    errno.EAGAIN: ("the driver was busy until the deadline, as i40e is during a reset", "run again when the PF is quiet"),
    errno.EINTR: ("the writing process was killed", "run again"),
    errno.ENODEV: ("the PF has gone", "see dmesg"),
}
#: by driver: the sources are the drivers' own functions for sriov_configure in Linux 6.12
_BY_DRIVER: t.Mapping[str, t.Mapping[int, tuple[str, str]]] = {
    # ice_set_per_vf_res, ice_check_sriov_allowed, ice_pci_sriov_ena, ice_sriov_configure
    "ice": {
        errno.ENOSPC: (
            "the NIC has no MSI-X vectors left for so many VFs; on hosts with many CPUs irdma takes most of them",
            "ask for fewer, or blacklist irdma (modprobe.d) and start the host again",
        ),
        errno.EOPNOTSUPP: (
            "driver ice is in safe mode, or the PF is in a bond, or the driver supports fewer VFs",
            "install the DDP package (linux-firmware: intel/ice/ddp) and load ice again; take the PF out of the bond; or ask for fewer. "
            "dmesg says which",
        ),
        errno.EBUSY: ("the PF is in a reset, or VFs are assigned to a guest", "run again when the PF is quiet; see dmesg"),
    },
    # i40e_pci_sriov_enable, i40e_pci_sriov_configure
    "i40e": {
        errno.EPERM: (
            "the NIC limits the VFs by what its ports use (dmesg: Limited to N VFs due to device resource constraints), or a diagnostic "
            "test runs on the PF",
            "ask for as many as dmesg says, or run again after the test",
        ),
        errno.EINVAL: ("VFs are assigned to a guest", "stop the guest; see dmesg"),
    },
    # ixgbe_pci_sriov_enable, __ixgbe_enable_sriov
    "ixgbe": {
        errno.EPERM: (
            "traffic classes or macvlan offload are set up on the PF: with up to 4 classes it has 31 VFs, with more 15, and each "
            "offloaded macvlan takes one",
            "ask for fewer, or take them away (tc qdisc del dev PF root; ethtool -K PF l2-fwd-offload off)",
        ),
        errno.EINVAL: ("an XDP program is attached to the PF", "take it away: ip link set dev PF xdp off"),
    },
    # efx_ef10_pci_sriov_disable
    "sfc": {errno.EBUSY: ("VFs are assigned to a guest", "stop the guest; see dmesg")},
    # be_pci_sriov_configure
    "be2net": {errno.EBUSY: ("VFs are assigned to a guest", "stop the guest; see dmesg")},
    # ionic_sriov_configure
    "ionic": {errno.EBUSY: ("the firmware of the NIC is in a reset", "run again when the PF is quiet; see dmesg")},
    # mlx5_core_sriov_configure, mlx5_device_enable_sriov
    "mlx5_core": {errno.EOPNOTSUPP: ("SR-IOV is off in the firmware of the NIC, or it has fewer VFs there", "")},
    # nfp_pcie_sriov_enable
    "nfp": {
        errno.EINVAL: (
            "the firmware of the NIC limits the number (dmesg: Firmware limits number of VFs to N)",
            "ask for as many as dmesg says",
        )
    },
    # igb_enable_sriov
    "igb": {errno.EPERM: ("the driver runs without MSI-X, or more than 7 VFs are requested", "ask for 7 or fewer; see dmesg")},
}


def _explain(pf: Pf, count: int, number: int) -> tuple[str, str]:
    if number == errno.ERANGE:
        return f"its limit is {pf.total_vfs}", "ask for fewer"
    cause, cure = _BY_DRIVER.get(pf.driver or "", {}).get(number, ("", ""))
    if cause:
        return cause, cure or describe_firmware_command(pf, count)
    if number in (errno.ENOENT, errno.ENOSYS, errno.EOPNOTSUPP):
        options = describe_module_options(pf, count) if pf.driver == "mlx4_core" else "see the driver's own way (module options, devlink)"
        return f"driver {pf.driver} makes no VFs through sysfs", options
    return _CAUSES.get(number, (strerror(number), "see the kernel's log (dmesg)"))


def describe_refused(pf: Pf, count: int, number: int, found: int) -> str:
    """Say what was written, what the kernel answered, what it means, what to do, and what is there now."""
    name = errno.errorcode.get(number, str(number))
    cause, cure = _explain(pf, count, number)
    return f"{pf.label} ({pf.address}): the kernel refused {count} VFs with {name}: {cause}; {cure}. It has {found} VFs now"


def describe_too_few(pf: Pf, count: int, found: int) -> str:
    """Say that the write succeeded and the number is another one: some drivers enable fewer, or none while the PF is down."""
    why = " The PF is down, and some drivers make VFs only while it is up: set up: true." if pf.up is False else ""
    return f"{pf.label} ({pf.address}): {count} VFs were asked for, driver {pf.driver} made {found} without an error; see dmesg.{why}"


def describe_timeout(pf: Pf, count: int, seconds: float, pid: int, lock: str, found: int) -> str:
    """Say that the write has not returned, and which process waits for it."""
    return (
        f"{pf.label} ({pf.address}): writing {count} to sriov_numvfs has not come back after {seconds:.0f} s; it has {found} VFs now. "
        f"A VF is in use, or the driver is stuck: see dmesg. Process {pid} waits in the kernel and holds {lock} until then, so that "
        "nothing else is written meanwhile; do not read sriov_numvfs, it would hang too"
    )


def _explain_rate(pf: Pf, values: t.Mapping[str, t.Any], number: t.Optional[int]) -> t.Optional[tuple[str, ...]]:
    highest = values.get("max_tx_rate")
    if pf.driver == "igb" and number == errno.EOPNOTSUPP:
        return "Driver igb limits rates of the 82576 only.", _DEFAULT
    if pf.driver == "ixgbe" and values.get("min_tx_rate"):
        return "Driver ixgbe has no lower limit of a rate.", "Leave min_tx_rate out"
    if pf.driver == "ixgbe" and pf.speed_mbps is not None and pf.speed_mbps != _IXGBE_MBPS:
        return f"Driver ixgbe limits rates on links of {_IXGBE_MBPS} Mbit/s only, and this one has {pf.speed_mbps}.", _DEFAULT
    if highest and pf.speed_mbps is not None and highest > pf.speed_mbps:
        return f"The rate is above the {pf.speed_mbps} Mbit/s of the link.", f"Ask for at most {pf.speed_mbps}"
    if pf.driver == "ixgbe" and highest and highest < _IXGBE_LEAST:
        return f"Driver ixgbe takes rates above {_IXGBE_LEAST - 1} Mbit/s.", f"Ask for {_IXGBE_LEAST} or more, or 0 for no limit"
    return None


def explain_refused(pf: Pf, values: t.Mapping[str, t.Any], number: t.Optional[int], has_carrier: bool) -> tuple[str, ...]:
    """Return sentences: what the errno of a refused command means, where that is known, and what to do."""
    if any(ATTRIBUTE[name].needs_link for name in values):
        if not has_carrier and number != errno.EOPNOTSUPP:
            return (
                f"The link of {pf.label} is down, and some drivers take rates only while it is up.",
                "Connect the port and set up: true, or leave the attribute out",
            )
        rate = _explain_rate(pf, values, number)
        if rate is not None:
            return rate
    if number == errno.EOPNOTSUPP and pf.loose_representors is not None:
        return (
            "The NIC is in switchdev mode, where VLAN, spoof check and state of a VF are those of its representor.",
            "Set it on the bridge of its representor, or set the mode back before VFs exist: devlink dev eswitch set "
            f"pci/{pf.address} mode legacy",
        )
    if number == errno.EPERM and pf.driver == "mlx5_core":
        return (
            "This PF does not manage the NIC's switch, as on the host of a DPU (BlueField).",
            "Set it on the DPU, or leave the attribute out",
        )
    if number == errno.EPROTONOSUPPORT and "vlan_proto" in values:
        return f"Driver {pf.driver} takes 802.1Q only.", "Leave vlan_proto out"
    return (_DEFAULT,)
