# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What the rules say of a host and its PFs: S16, S18, S19. Pure; S3 is in `persistence`."""

from __future__ import annotations

import typing as t

from .. import _kernel_cmdline, _support_matrix
from .. import _pci as pci
from .._errors import Finding
from .._host.model import Iommu, IommuCause, Pf
from .._junos_release import Release, reaches
from .._rules import RULES
from . import obstacles
from .plan import count_wanted
from .request import PfTarget


def _check_nic(pf: Pf, release: t.Optional[Release]) -> t.Iterator[Finding]:
    nic = _support_matrix.find_nic(pf.vendor_id, pf.device_id)
    if nic is None or not nic.listed:
        yield RULES["S16"].warning(
            where=pf.label,
            found=f"{obstacles.name_nic(pf)} is not listed by the vendor page",
            cure=f"It may work; the vendor lists {_support_matrix.describe_listed()}",
        )
    elif release is not None and not reaches(release, nic.min_junos):
        yield RULES["S16"].error(
            where=pf.label,
            found=f"{nic.name} is supported from Junos {' and '.join(nic.min_junos)} on, and the release is {release}",
            cure="Upgrade Junos, or use another NIC",
        )


def _check_capability(pf: Pf, count: t.Optional[int]) -> t.Iterator[Finding]:
    if pf.driver == "mlx4_core":
        if not pf.num_vfs:
            yield RULES["S18"].error(
                where=pf.label, found="driver mlx4_core makes no VFs through sysfs", cure=obstacles.describe_module_options(pf, count)
            )
        return
    none = obstacles.find_no_vfs_reason(pf, count)
    if none is not None:
        yield RULES["S18"].error(where=pf.label, found=none[0], cure=none[1])
    elif pf.has_vf_memory is False:
        yield RULES["S18"].error(
            where=pf.label,
            found="the firmware has left no space for the VFs' memory (their regions in the file 'resource' have no address)",
            cure="Switch 'above 4G decoding' (64-bit MMIO) on in the BIOS, or add pci=realloc to the kernel command line",
        )
    elif count and pf.last_bus is not None:
        yield from _check_buses(pf, count, pf.last_bus)


def _check_buses(pf: Pf, count: int, last: int) -> t.Iterator[Finding]:
    """The kernel refuses VFs on buses that the bridge above the PF does not forward (ENOMEM).

    A warning: a NIC may change offset and stride with the number.
    """
    buses = {index: pci.parse_address(vf).bus for index, vf in pf.predict_vf_addresses(count).items()}
    beyond = [index for index, bus in buses.items() if bus > last]
    if beyond:
        yield RULES["S18"].warning(
            where=pf.label,
            found=f"VF {beyond[0]} would be on bus {buses[beyond[0]]:02x}, and the bridge above the PF has buses up to {last:02x} only: "
            "the firmware has left no bus numbers for the VFs",
            cure=f"Switch ARI on in the BIOS, add pci=assign-busses to the kernel command line, or ask for {beyond[0]} VFs",
        )


def _check_switchdev(pf: Pf, count: t.Optional[int]) -> t.Iterator[Finding]:
    loose = pf.loose_representors
    if loose is None or (not loose and count in (None, pf.num_vfs)):
        return
    which = f"representors without a bridge: {', '.join(loose)}" if loose else "new VFs get representors"
    yield RULES["S18"].warning(
        where=pf.label,
        found=(f"the NIC's switch is in switchdev mode, where a VF passes no traffic unless its representor is in a bridge ({which})"),
        cure=(
            f"Put the representors into a bridge (Linux or Open vSwitch), or set the mode back before VFs exist: devlink dev eswitch set "
            f"pci/{pf.address} mode legacy"
        ),
    )


def _check_link(pf: Pf, count: t.Optional[int]) -> t.Iterator[Finding]:
    if count is None or count == pf.num_vfs or not pf.host_use:
        return
    yield RULES["S18"].warning(
        where=pf.label,
        found=f"the host itself uses this PF ({', '.join(pf.host_use)}), and its link drops for seconds when the number of VFs changes",
        cure="Change it in a maintenance window, over another PF or the console",
    )


def judge_requests(targets: t.Sequence[PfTarget]) -> list[Finding]:
    """Return what the rules say of what is requested of PFs as they are."""
    found = []
    for request, pf in targets:
        if request.num_vfs and request.up is None and pf.up is False:
            found.append(
                RULES["S18"].warning(
                    where=pf.label,
                    found="the PF is down, so that its VFs have no link; those of some drivers (ixgbe) stay in reset, and libvirt "
                    "refuses them",
                    cure="Set up: true for this PF",
                )
            )
        vfs = {vf.index: vf for vf in pf.vfs} if count_wanted(request, pf) == pf.num_vfs else {}
        hidden = [vf.index for vf in request.vfs if vf.wanted.given() and vf.index in vfs and not vfs[vf.index].attributes.given()]
        if hidden:
            found.append(
                RULES["S18"].warning(
                    where=pf.label,
                    found=f"the attributes of VF {', '.join(map(str, hidden))} are not shown, so that each run sets them again and says so",
                    cure=f"Update the NIC's driver or iproute2: 'ip -d link show dev {pf.name}' has to list each VF",
                )
            )
    return found


def _cure_iommu(iommu: Iommu) -> tuple[str, str]:
    """Return what the finding is about, and the cure. Only `IOMMU` is what arguments of the kernel command line mend."""
    if iommu.cause is IommuCause.FIRMWARE:
        return "BIOS", "Switch VT-d or AMD-Vi (ARM: the SMMU) on in the BIOS; no kernel command line helps before that"
    if iommu.cause is IommuCause.COMMAND_LINE:
        remove = _kernel_cmdline.describe_change(iommu.boot_tool, "remove", iommu.off_word or "")
        return "kernel command line", f"{remove}; then reboot the host. Adding arguments does not help"
    if iommu.cause is IommuCause.KERNEL_DEFAULT:
        add = _kernel_cmdline.describe_change(iommu.boot_tool, "add", "intel_iommu=on iommu=pt")
        by_role = " The role does that with sriov_host_manage_cmdline: true" if iommu.boot_tool in _kernel_cmdline.WRITTEN else ""
        return "IOMMU", f"{add}; then reboot the host.{by_role}"
    if iommu.cause is IommuCause.KERNEL:
        return (
            "kernel",
            "See dmesg (grep -iE 'DMAR|IOMMU|AMD-Vi|SMMU') and update the BIOS; arguments of the kernel command line do not help",
        )
    return "kernel", "Switch VT-d or AMD-Vi (ARM: the SMMU) on in the BIOS, and use a kernel that supports it"


def _check_iommu(iommu: Iommu) -> t.Iterator[Finding]:
    if not iommu.enabled:
        where, cure = _cure_iommu(iommu)
        yield RULES["S18"].error(where=where, found=f"the IOMMU is off: {iommu.why_off}", cure=cure)
    elif iommu.lacks_remapping:
        yield RULES["S18"].error(
            where="kernel command line",
            found="interrupts are not remapped (intremap=off), and VFIO refuses to assign a VF then",
            cure=f"{_kernel_cmdline.describe_change(iommu.boot_tool, 'remove', 'intremap=off')}; then reboot the host",
        )
    if iommu.vfio_obstacle:
        yield RULES["S18"].error(
            where="vfio-pci",
            found=f"the module vfio-pci cannot be loaded: {iommu.vfio_obstacle}",
            cure="Take that away, or install the package with the kernel's extra modules; libvirt assigns VFs through vfio-pci",
        )


def judge_host(
    pfs: t.Sequence[tuple[Pf, t.Optional[int]]], iommu: Iommu, release: t.Optional[Release], wants_vfs: bool = True
) -> list[Finding]:
    """The findings of PFs, each with the number of VFs that is requested, in their order, and of the host."""
    found: list[Finding] = list(_check_iommu(iommu)) if wants_vfs else []
    for pf, count in pfs:
        found += _check_nic(pf, release)
        if count != 0:
            found += _check_capability(pf, count)
            found += _check_switchdev(pf, count)
        found += _check_link(pf, count)
    return found
