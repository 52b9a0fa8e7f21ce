# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the kernel's answers to a write of sriov_numvfs mean, by driver where drivers mean different things by one errno. Pure."""

from __future__ import annotations

import errno
import os
import typing as t

from .._host.pf_model import Pf
from . import capability

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
        "there is no space for the VFs' memory",
        "switch 'above 4G decoding' (64-bit MMIO) on in the BIOS, or add pci=realloc to the kernel command line; see dmesg",
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
        return cause, cure or capability.firmware_command(pf, count)
    if number in (errno.ENOENT, errno.ENOSYS, errno.EOPNOTSUPP):
        options = capability.module_options(pf, count) if pf.driver == "mlx4_core" else "see the driver's own way (module options, devlink)"
        return f"driver {pf.driver} makes no VFs through sysfs", options
    return _CAUSES.get(number, (os.strerror(number), "see the kernel's log (dmesg)"))


def message(pf: Pf, count: int, number: int, found: int) -> str:
    """Say what was written, what the kernel answered, what it means, what to do, and what is there now."""
    name = errno.errorcode.get(number, str(number))
    cause, cure = _explain(pf, count, number)
    return f"{pf.label} ({pf.address}): the kernel refused {count} VFs with {name}: {cause}; {cure}. It has {found} VFs now"


def short(pf: Pf, count: int, found: int) -> str:
    """Say that the write succeeded and the number is another one: some drivers enable fewer, or none while the PF is down."""
    why = " The PF is down, and some drivers make VFs only while it is up: set up: true." if pf.up is False else ""
    return f"{pf.label} ({pf.address}): {count} VFs were asked for, driver {pf.driver} made {found} without an error; see dmesg.{why}"


def hangs(pf: Pf, count: int, seconds: float, pid: int, lock: str, found: int) -> str:
    """Say that the write has not returned, and which process waits for it."""
    return (
        f"{pf.label} ({pf.address}): writing {count} to sriov_numvfs has not come back after {seconds:.0f} s; it has {found} VFs now. "
        f"A VF is in use, or the driver is stuck: see dmesg. Process {pid} waits in the kernel and holds {lock} until then, so that "
        "nothing else is written meanwhile; do not read sriov_numvfs, it would hang too"
    )
