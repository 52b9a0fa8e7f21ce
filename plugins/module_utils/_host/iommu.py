# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import typing as t

from .fs import Tree
from .model import Iommu

#: how the kernel names an IOMMU in /sys/class/iommu, the ACPI table that announces it, and what the BIOS calls it
_KINDS = (("dmar", "intel", "DMAR", "VT-d"), ("ivhd", "amd", "IVRS", "AMD-Vi"), ("smmu", "arm", "IORT", "SMMU"))
_WORDS = ("intel_iommu", "amd_iommu", "iommu", "iommu.passthrough", "iommu.strict", "pci")


def _kind(units: t.Sequence[str]) -> t.Optional[str]:
    for prefix, kind, _table, _bios in _KINDS:
        if any(unit.startswith(prefix) for unit in units):
            return kind
    return units[0] if units else None


def _words(cmdline: str) -> tuple[str, ...]:
    return tuple(word for word in cmdline.split() if word.partition("=")[0] in _WORDS)


def _why_off(tables: t.Sequence[str], words: t.Sequence[str]) -> str:
    announced = [(table, bios) for _prefix, _kind, table, bios in _KINDS if table in tables]
    for word in ("intel_iommu=off", "amd_iommu=off", "iommu=off"):
        if word in words:
            return f"the kernel command line has {word}"
    if announced:
        table, bios = announced[0]
        if table == "DMAR" and not any(word.startswith("intel_iommu=") and "on" in word.partition("=")[2].split(",") for word in words):
            return "the firmware announces VT-d (ACPI table DMAR), but the kernel command line has no intel_iommu=on"
        return f"the firmware announces {bios} (ACPI table {table}), but the kernel has not taken it up; see its log"
    if tables:
        return "the firmware announces no IOMMU (no ACPI table DMAR or IVRS): VT-d or AMD-Vi is off in the BIOS, or the machine has none"
    return "the kernel shows no IOMMU"


def read(tree: Tree) -> Iommu:
    units = tree.names("/sys/class/iommu")
    groups = len(tree.names("/sys/kernel/iommu_groups"))
    words = _words(tree.text("/proc/cmdline") or "")
    tables = tree.names("/sys/firmware/acpi/tables")
    return Iommu(
        kind=_kind(units),
        groups=groups,
        cmdline=words,
        why_off=None if groups else _why_off(tables, words),
        in_firmware=any(table in tables for _prefix, _kind, table, _bios in _KINDS) if tables else None,
    )
