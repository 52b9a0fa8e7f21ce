# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What the kernel's answers to a write of sriov_numvfs mean.
import errno
import os

from .._host.pf_model import Pf
from . import capability

_CAUSES = {
    errno.EBUSY: (
        "VFs exist or the driver holds the PF busy",
        "see whether something else makes VFs on this host at the same time, and run again",
    ),
    errno.EINVAL: (
        "the driver does not take this number; i40e answers so while VFs are assigned, ixgbe while traffic classes are set up",
        "see the kernel's log (dmesg)",
    ),
    errno.EPERM: ("the driver says that VFs are assigned to a guest, or the kernel is locked down", "stop the guest, or see dmesg"),
    errno.EACCES: ("sysfs may not be written", "run as root on the host itself, not in a container with a read-only /sys"),
    errno.EROFS: ("sysfs is mounted read-only", "run on the host itself, not in a container"),
    errno.ENOMEM: (
        "there is no room for the VFs' memory",
        "switch 'above 4G decoding' (64-bit MMIO) on in the BIOS, or add pci=realloc to the kernel command line; see dmesg",
    ),
    errno.ENOSPC: ("there is no room for the VFs' memory or bus numbers", "switch ARI and 'above 4G decoding' on in the BIOS; see dmesg"),
    errno.EIO: (
        "the NIC gives the VFs no addresses of their own (offset or stride 0)",
        "update the NIC's firmware, or take pci=nobus away; see dmesg",
    ),
    errno.EAGAIN: ("the driver was busy until the deadline, as i40e is during a reset", "run again when the PF is quiet"),
    errno.EINTR: ("the writing process was killed", "run again"),
    errno.ENODEV: ("the PF has gone", "see dmesg"),
}


def message(pf: Pf, count: int, number: int, found: int) -> str:
    """The failure in words: what was written, what the kernel answered, what it means, what to do, what is there now."""
    name = errno.errorcode.get(number, str(number))
    if number == errno.ERANGE:
        cause, cure = f"its limit is {pf.total_vfs}", "ask for fewer"
    elif number in (errno.ENOENT, errno.ENOSYS, errno.EOPNOTSUPP):
        cause = f"driver {pf.driver} makes no VFs through sysfs"
        cure = capability.module_options(pf, count) if pf.driver == "mlx4_core" else "see the driver's own way (module options, devlink)"
    else:
        cause, cure = _CAUSES.get(number, (os.strerror(number), "see the kernel's log (dmesg)"))
    return f"{pf.label} ({pf.address}): the kernel refused {count} VFs with {name}: {cause}; {cure}. It has {found} VFs now"


def short(pf: Pf, count: int, found: int) -> str:
    """The write succeeded and the number is another one: some drivers enable fewer, or none while the PF is down."""
    why = " The PF is down, and some drivers make VFs only while it is up: set up: true." if pf.up is False else ""
    return f"{pf.label} ({pf.address}): {count} VFs were asked for, driver {pf.driver} made {found} without an error; see dmesg.{why}"


def hangs(pf: Pf, count: int, seconds: float, pid: int, lock: str, found: int) -> str:
    return (
        f"{pf.label} ({pf.address}): writing {count} to sriov_numvfs has not come back after {seconds:.0f} s; it has {found} VFs now. "
        f"Somebody holds a VF, or the driver is stuck: see dmesg. Process {pid} waits in the kernel and holds {lock} until then, so that "
        "nothing else is written meanwhile; do not read sriov_numvfs, it would hang too"
    )
