# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""A PCI function of a host as the kernel shows it, and the host's IOMMU. Pure."""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from .._pci import classes


@dataclasses.dataclass(frozen=True)
class Link:
    """The PCIe link of a function."""

    speed_gts: t.Optional[float]
    width: t.Optional[int]
    max_speed_gts: t.Optional[float]
    max_width: t.Optional[int]


@dataclasses.dataclass(frozen=True)
class Netdev:
    """A netdev of a function. ``port`` (phys_port_name) and ``dev_port`` are read where a function has several only."""

    name: str
    mac: t.Optional[str]
    mtu: t.Optional[int]
    operstate: t.Optional[str]
    speed_mbps: t.Optional[int]
    port: t.Optional[str] = None
    dev_port: int = 0


@dataclasses.dataclass(frozen=True)
class Sriov:
    """The SR-IOV side of a PF; ``vfs`` are the addresses of its VFs by index."""

    total_vfs: int
    drivers_autoprobe: t.Optional[bool]
    vf_device_id: t.Optional[str]
    vf_offset: t.Optional[int]
    vf_stride: t.Optional[int]
    vfs: t.Mapping[int, str]


@dataclasses.dataclass(frozen=True)
class Function:
    """A PCI function as the kernel shows it; what the kernel does not tell is None."""

    address: str
    vendor_id: str
    device_id: str
    subsystem_vendor_id: t.Optional[str]
    subsystem_device_id: t.Optional[str]
    class_id: str
    modalias: t.Optional[str]
    revision: t.Optional[str]
    driver: t.Optional[str]
    numa_node: t.Optional[int]
    iommu_group: t.Optional[int]
    link: t.Optional[Link]
    netdevs: tuple[Netdev, ...]
    sriov: t.Optional[Sriov]
    physfn: t.Optional[str]
    vf_index: t.Optional[int]

    @property
    def class_name(self) -> str:
        """The class in a word, such as network."""
        return classes.name(self.class_id)


class IommuCause(enum.Enum):
    """Why the host has no IOMMU. Only KERNEL_DEFAULT is mended by arguments of the kernel command line."""

    FIRMWARE = "firmware"
    COMMAND_LINE = "command line"
    KERNEL_DEFAULT = "kernel default"
    KERNEL = "kernel"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Iommu:
    """The host's IOMMU, as far as the kernel shows it.

    ``why_off`` says for people why there is none, ``cause`` for decisions; ``off_word`` is the word of the command line that is to go.
    ``vfio_obstacle`` says why libvirt cannot load vfio-pci, ``lacks_remapping`` that interrupts are not remapped.
    """

    kind: t.Optional[str]
    groups: int
    cmdline: tuple[str, ...]
    why_off: t.Optional[str] = None
    cause: t.Optional[IommuCause] = None
    off_word: t.Optional[str] = None
    vfio_obstacle: t.Optional[str] = None
    lacks_remapping: bool = False

    @property
    def enabled(self) -> bool:
        """Tell whether the kernel uses one."""
        return self.groups > 0

    def as_fact(self) -> dict[str, t.Any]:
        """Return it as pci_facts shows it."""
        return {
            "enabled": self.enabled,
            "kind": self.kind,
            "groups": self.groups,
            "cmdline": list(self.cmdline),
            "why_off": self.why_off,
        }
