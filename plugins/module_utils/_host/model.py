# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""PCI functions of a host, a PF with its VFs at one moment, and the host's IOMMU. Pure."""

from __future__ import annotations

import dataclasses
import enum
import re
import typing as t

from .. import _pci as pci
from .attribute_table import NO_ATTRIBUTES, VfAttributes


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
        return pci.name_class(self.class_id)


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
    ``vfio_obstacle`` says why libvirt cannot load vfio-pci, ``lacks_remapping`` that interrupts are not remapped. ``boot_tool`` is what
    changes the kernel command line here.
    """

    kind: t.Optional[str]
    groups: int
    cmdline: tuple[str, ...]
    why_off: t.Optional[str] = None
    cause: t.Optional[IommuCause] = None
    off_word: t.Optional[str] = None
    vfio_obstacle: t.Optional[str] = None
    lacks_remapping: bool = False
    boot_tool: str = "unknown"

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


#: the kernel takes 15 characters for a name and 127 for an alternative name (dev_valid_name)
_NETDEV_NAME = re.compile(r"[^\s/:\x00-\x1f\x7f]{1,127}")


def is_netdev_name(text: str) -> bool:
    """Tell whether a netdev can have this name or alternative name; one that ip would take for an option is none."""
    return _NETDEV_NAME.fullmatch(text) is not None and not text.startswith("-") and text not in (".", "..")


@dataclasses.dataclass(frozen=True)
class Vf:
    """A VF of a PF, as the host shows it."""

    index: int
    address: str
    driver: t.Optional[str] = None
    netdevs: tuple[str, ...] = ()
    iommu_group: t.Optional[int] = None
    attributes: VfAttributes = NO_ATTRIBUTES


@dataclasses.dataclass(frozen=True)
class Pf:
    """A physical function and its VFs at one moment."""

    address: str
    #: its netdev; None where its driver makes none
    name: t.Optional[str]
    #: its netdev and alternative names
    names: tuple[str, ...] = ()
    vendor_id: str = ""
    device_id: str = ""
    driver: t.Optional[str] = None
    numa_node: t.Optional[int] = None
    permanent_mac: t.Optional[str] = None
    mac: t.Optional[str] = None
    up: t.Optional[bool] = None
    mtu: t.Optional[int] = None
    mtu_range: tuple[t.Optional[int], t.Optional[int]] = (None, None)
    speed_mbps: t.Optional[int] = None
    #: None where the kernel offers no SR-IOV on this function
    total_vfs: t.Optional[int] = None
    #: the function has the SR-IOV capability in its configuration space; None where that cannot be read
    has_capability: t.Optional[bool] = None
    #: how many VFs the capability allows; None where it cannot be read
    capability_total_vfs: t.Optional[int] = None
    #: the VFs' memory has a place; None where that is not known
    has_vf_memory: t.Optional[bool] = None
    drivers_autoprobe: t.Optional[bool] = None
    vf_offset: t.Optional[int] = None
    vf_stride: t.Optional[int] = None
    vfs: tuple[Vf, ...] = ()
    #: what the host itself does with its netdev, in words: addresses, a bridge or bond, devices stacked on it, a default route
    host_use: tuple[str, ...] = ()
    #: in switchdev mode: the representors of its VFs that no bridge has; None in legacy mode
    loose_representors: t.Optional[tuple[str, ...]] = None
    #: the last bus that the bridge above it forwards; None where there is no bridge, or where that cannot be read
    last_bus: t.Optional[int] = None
    #: the PF's link is up; None where that is not known
    carrier: t.Optional[bool] = None

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.address

    @property
    def num_vfs(self) -> int:
        """How many VFs it has."""
        return len(self.vfs)

    def vf(self, index: int) -> t.Optional[Vf]:
        """Return one of its VFs; None where it has none of that index."""
        return next((vf for vf in self.vfs if vf.index == index), None)

    def predict_vf_addresses(self, count: t.Optional[int] = None) -> dict[int, str]:
        """Return where its first ``count`` VFs are or will be, or all that it can have: routing ids are known before the VFs exist.

        Nothing is predicted that the kernel would not do: without an offset the VFs would be at the PF's own address, and without a stride
        all of them at one; the kernel refuses both (EIO).
        """
        limit = self.total_vfs or 0 if count is None else count
        known = {vf.index: vf.address for vf in self.vfs if vf.index < limit}
        if self.vf_offset and (self.vf_stride or limit == 1):
            for index in range(limit):
                if index not in known:
                    known[index] = pci.compute_vf_address(self.address, self.vf_offset, self.vf_stride or 0, index)
        return dict(sorted(known.items()))
