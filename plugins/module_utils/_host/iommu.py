# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads the host's IOMMU, why it is off, and what else of VFIO would keep a domain from starting."""

from __future__ import annotations

import os
import re
import typing as t

from .. import _kernel_cmdline
from .fs import RootFs
from .model import Iommu, IommuCause

#: how the kernel names an IOMMU in /sys/class/iommu, the ACPI table that announces it, and what the BIOS calls it
_KINDS = (("dmar", "intel", "DMAR", "VT-d"), ("ivhd", "amd", "IVRS", "AMD-Vi"), ("smmu", "arm", "IORT", "SMMU"))
_WORDS = ("intel_iommu", "amd_iommu", "iommu", "iommu.passthrough", "iommu.strict", "intremap", "pci")
#: with this in its configuration the kernel uses VT-d without intel_iommu=on, but for the integrated GPU in the second case
_DEFAULT_ON = re.compile(r"^CONFIG_INTEL_IOMMU_DEFAULT_ON(?:_INTGPU_OFF)?=y$", re.MULTILINE)
_GROUPS = "/sys/kernel/iommu_groups"


def _name_kind(units: t.Sequence[str]) -> t.Optional[str]:
    for prefix, kind, _table, _bios in _KINDS:
        if any(unit.startswith(prefix) for unit in units):
            return kind
    return units[0] if units else None


def _select_words(cmdline: str) -> tuple[str, ...]:
    return tuple(word for word in cmdline.split() if word.partition("=")[0] in _WORDS)


def _read_default(fs: RootFs) -> t.Optional[bool]:
    """Tell whether the kernel uses VT-d by itself; None where its configuration cannot be read."""
    release = os.uname().release
    for path in (f"/boot/config-{release}", f"/lib/modules/{release}/config", f"/usr/lib/modules/{release}/config"):
        text = fs.read_text(path)
        if text:
            return _DEFAULT_ON.search(text) is not None
    return None


def _explain(fs: RootFs, tables: t.Sequence[str], words: t.Sequence[str]) -> tuple[IommuCause, str, t.Optional[str]]:
    """Return the cause, words for it, and the word of the command line that is to go."""
    announced = [(kind, table, bios) for _prefix, kind, table, bios in _KINDS if table in tables]
    kind, table, bios = announced[0] if announced else (None, "", "")
    off = _kernel_cmdline.find_off_word(words, kind)
    if off and (announced or not tables):
        return IommuCause.COMMAND_LINE, f"the kernel command line has {off}", off
    if tables and not announced:
        return (
            IommuCause.FIRMWARE,
            "the firmware announces no IOMMU (no ACPI table DMAR, IVRS or IORT): VT-d or AMD-Vi (ARM: SMMU) is off in the BIOS, or the "
            "machine has none",
            None,
        )
    if not announced:
        return IommuCause.UNKNOWN, "the kernel shows no IOMMU", None
    if kind == "intel" and not _kernel_cmdline.has_intel_on(words) and not _read_default(fs):
        return (
            IommuCause.KERNEL_DEFAULT,
            "the firmware announces VT-d (ACPI table DMAR), but the kernel command line has no intel_iommu=on",
            None,
        )
    return IommuCause.KERNEL, f"the firmware announces {bios} (ACPI table {table}), but the kernel has not taken it up; see its log", None


def _read_vfio_obstacle(fs: RootFs, cmdline: str) -> t.Optional[str]:
    """Say why libvirt cannot load vfio-pci; None where it is there or can be loaded."""
    if fs.exists("/sys/bus/pci/drivers/vfio-pci") or fs.exists("/sys/module/vfio_pci"):
        return None
    for word in cmdline.split():
        name, _equals, value = word.partition("=")
        if name in ("module_blacklist", "modprobe.blacklist") and "vfio_pci" in value.replace("-", "_").split(","):
            return f"the kernel command line has {word}"
    for folder in ("/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d"):
        for name in fs.list_names(folder):
            for line in (fs.read_text(f"{folder}/{name}") or "").splitlines():
                words = line.replace("vfio-pci", "vfio_pci").split()
                blacklisted = words[:2] == ["blacklist", "vfio_pci"]
                if name.endswith(".conf") and (blacklisted or (words[:2] == ["install", "vfio_pci"] and words[2:3] != ["/sbin/modprobe"])):
                    return f"{folder}/{name} has '{line.strip()}'"
    release = os.uname().release
    listed = [fs.read_text(f"/lib/modules/{release}/{name}") for name in ("modules.dep", "modules.builtin")]
    if any(listed) and not any(text and re.search(r"/vfio[-_]pci\.ko", text) for text in listed):
        return f"kernel {release} has no module vfio-pci"
    return None


def _has_no_remapping(fs: RootFs, words: t.Sequence[str]) -> bool:
    values = [word.partition("=")[2] for word in words if word.startswith("intremap=")]
    unsafe = (fs.read_text("/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts") or "").upper() in ("Y", "1")
    return bool(values) and values[-1].split(",")[-1] == "off" and not unsafe


def read_iommu(fs: RootFs) -> Iommu:
    """Return the host's IOMMU. A group of VFIO's mode without an IOMMU, vfio-noiommu, is none."""
    units = fs.list_names("/sys/class/iommu")
    groups = sum(1 for name in fs.list_names(_GROUPS) if fs.read_text(f"{_GROUPS}/{name}/name") != "vfio-noiommu")
    cmdline = fs.read_text("/proc/cmdline") or ""
    words = _select_words(cmdline)
    tables = fs.list_names("/sys/firmware/acpi/tables")
    cause, why_off, off_word = (None, None, None) if groups else _explain(fs, tables, words)
    return Iommu(
        kind=_name_kind(units),
        groups=groups,
        cmdline=words,
        why_off=why_off,
        cause=cause,
        off_word=off_word,
        vfio_obstacle=_read_vfio_obstacle(fs, cmdline),
        lacks_remapping=_has_no_remapping(fs, words),
        boot_tool=_kernel_cmdline.choose_tool([path for path, _tool in _kernel_cmdline.TOOLS if fs.exists(path)]),
    )
