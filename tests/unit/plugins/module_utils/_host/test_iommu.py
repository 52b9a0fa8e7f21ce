# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a host has no IOMMU, by its cause: a role may reboot a host only where arguments help."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host import iommu
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.model import IommuCause

CONFIG = f"boot/config-{os.uname().release}"
DEBIAN = "CONFIG_INTEL_IOMMU=y\nCONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y\n"
RHEL = "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n"


def read(root: Path, cmdline: str = "", tables: t.Sequence[str] = (), **files: str) -> iommu.Iommu:
    for path, text in {"proc/cmdline": cmdline, **{path.replace("__", "/"): text for path, text in files.items()}}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for table in tables:
        (root / "sys/firmware/acpi/tables" / table).mkdir(parents=True)
    return iommu.read_iommu(RootFs(str(root)))


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("cmdline", "tables", "config", "cause", "off_word"),
    [
        # the table of reports
        ("amd_iommu=off", ["IVRS"], "", IommuCause.COMMAND_LINE, "amd_iommu=off"),
        ("quiet intel_iommu=off", ["DMAR"], RHEL, IommuCause.COMMAND_LINE, "intel_iommu=off"),
        ("iommu=off", ["DMAR"], RHEL, IommuCause.COMMAND_LINE, "iommu=off"),
        ("intel_iommu=on", ["DMAR"], RHEL, IommuCause.KERNEL, None),
        ("iommu=pt", ["IVRS"], "", IommuCause.KERNEL, None),
        ("quiet", ["DMAR"], RHEL, IommuCause.KERNEL_DEFAULT, None),
        # Debian 12 and 13 use VT-d by default: no argument is missing
        ("quiet", ["DMAR"], DEBIAN, IommuCause.KERNEL, None),
        ("quiet", ["DMAR"], "CONFIG_INTEL_IOMMU_DEFAULT_ON=y\n", IommuCause.KERNEL, None),
        ("quiet", ["FACP"], RHEL, IommuCause.FIRMWARE, None),
        ("quiet", [], RHEL, IommuCause.UNKNOWN, None),
        # further: the last word of an option wins, in both directions (Documentation/admin-guide/kernel-parameters.txt)
        ("intel_iommu=on iommu=pt quiet intel_iommu=off", ["DMAR"], RHEL, IommuCause.COMMAND_LINE, "intel_iommu=off"),
        ("intel_iommu=off quiet intel_iommu=on", ["DMAR"], RHEL, IommuCause.KERNEL, None),
        ("intel_iommu=on,sm_on", ["DMAR"], RHEL, IommuCause.KERNEL, None),
        # an option of the other vendor decides nothing
        ("amd_iommu=off", ["DMAR"], RHEL, IommuCause.KERNEL_DEFAULT, None),
        ("intel_iommu=off", ["IVRS"], "", IommuCause.KERNEL, None),
        # iommu=pt does not take an off back (arch/x86/kernel/pci-dma.c, iommu_setup: each word is a flag)
        ("iommu=off iommu=pt", ["IVRS"], "", IommuCause.COMMAND_LINE, "iommu=off"),
        ("iommu=pt,off", ["DMAR"], RHEL, IommuCause.COMMAND_LINE, "iommu=pt,off"),
        # ARM
        ("quiet", ["IORT"], "", IommuCause.KERNEL, None),
    ],
)
def test_the_cause(tmp_path: Path, cmdline: str, tables: list[str], config: str, cause: IommuCause, off_word: t.Optional[str]) -> None:
    files = {CONFIG.replace("/", "__"): config} if config else {}
    found = read(tmp_path, cmdline, tables, **files)
    assert (found.enabled, found.cause, found.off_word) == (False, cause, off_word) and found.why_off


def test_a_group_without_an_iommu_is_none(tmp_path: Path) -> None:
    """VFIO's no-IOMMU mode makes a group named vfio-noiommu (drivers/vfio/group.c)."""
    found = read(tmp_path, "", ["DMAR"], sys__kernel__iommu_groups__0__name="vfio-noiommu\n")
    assert (found.enabled, found.groups) == (False, 0)
    found = read(tmp_path, "", [], sys__kernel__iommu_groups__1__type="DMA\n")
    assert (found.enabled, found.groups, found.cause) == (True, 1, None)


@pytest.mark.parametrize(
    ("cmdline", "lacks"),
    [
        ("intremap=off", True),
        ("intremap=on intremap=off", True),
        ("intremap=off intremap=on", False),
        ("intremap=nosid", False),
        ("", False),
    ],
)
def test_interrupt_remapping(tmp_path: Path, cmdline: str, lacks: bool) -> None:
    assert read(tmp_path, cmdline).lacks_remapping is lacks
    assert not read(tmp_path, cmdline, sys__module__vfio_iommu_type1__parameters__allow_unsafe_interrupts="Y\n").lacks_remapping


RELEASE = os.uname().release


@pytest.mark.parametrize(
    ("files", "cmdline", "obstacle"),
    [
        ({}, "", None),
        ({"etc__modprobe.d__a.conf": "blacklist vfio-pci\n"}, "", "/etc/modprobe.d/a.conf has 'blacklist vfio-pci'"),
        ({"etc__modprobe.d__a.conf": "install vfio_pci /bin/false\n"}, "", "install vfio_pci"),
        ({"etc__modprobe.d__a.conf": "# blacklist vfio_pci\nsoftdep vfio-pci pre: x\n"}, "", None),
        ({}, "module_blacklist=nouveau,vfio_pci", "module_blacklist=nouveau,vfio_pci"),
        ({}, "modprobe.blacklist=vfio-pci", "modprobe.blacklist=vfio-pci"),
        # a kernel for clouds (linux-image-cloud-amd64, kernel-core alone)
        ({f"lib__modules__{RELEASE}__modules.dep": "kernel/net/a.ko:\n"}, "", f"kernel {RELEASE} has no module vfio-pci"),
        ({f"lib__modules__{RELEASE}__modules.dep": "kernel/drivers/vfio/pci/vfio-pci.ko.xz: x\n"}, "", None),
        ({f"lib__modules__{RELEASE}__modules.builtin": "kernel/drivers/vfio/pci/vfio-pci.ko\n"}, "", None),
        ({"etc__modprobe.d__a.conf": "blacklist vfio-pci\n", "sys__module__vfio_pci__refcnt": "0"}, "", None),
    ],
)
def test_vfio_pci_that_cannot_be_loaded(tmp_path: Path, files: dict[str, str], cmdline: str, obstacle: t.Optional[str]) -> None:
    found = read(tmp_path, cmdline, **files).vfio_obstacle
    assert (found is None and obstacle is None) or (found is not None and obstacle is not None and obstacle in found)
