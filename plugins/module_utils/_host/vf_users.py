# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# What the host itself does with its VFs, as far as /sys and /proc show it.
import dataclasses
import os
import re
import typing as t

from .fs import Tree
from .functions import DEVICES, NET

_VFIO_GROUP = re.compile(r"/dev/vfio/(\d+)")
_VFIO_DEVICE = re.compile(r"/dev/vfio/devices/(vfio\d+)")
#: columns of /proc/net/route and /proc/net/ipv6_route, and the flag RTF_ADDRCONF
_V4_MASK = 7
_V6_NAME = 9
_BY_ITSELF = 0x40000
_UIO = re.compile(r"/dev/(uio\d+)")


@dataclasses.dataclass(frozen=True)
class NetdevUse:
    """How a netdev is in use: up, enslaved to a master, under other netdevs."""

    up: bool
    master: t.Optional[str]
    uppers: tuple[str, ...]


def netdev_use(tree: Tree, name: str) -> NetdevUse:
    here = f"{NET}/{name}"
    names = tree.names(here)
    master = tree.target(f"{here}/master")
    uppers = tuple(entry[len("upper_") :] for entry in names if entry.startswith("upper_"))
    return NetdevUse(
        up=bool((tree.number(f"{here}/flags") or 0) & 1), master=master, uppers=tuple(upper for upper in uppers if upper != master)
    )


def default_routes(tree: Tree) -> set[str]:
    """The netdevs that a default route leads over, but for one that the kernel took from an announcement by itself."""
    found = set()
    for words in map(str.split, (tree.text("/proc/net/route") or "").splitlines()[1:]):
        if len(words) > _V4_MASK and words[1] == words[_V4_MASK] == "00000000":
            found.add(words[0])
    for words in map(str.split, (tree.text("/proc/net/ipv6_route") or "").splitlines()):
        if len(words) > _V6_NAME and words[1] == "00" and not int(words[_V6_NAME - 1], 16) & _BY_ITSELF:
            found.add(words[_V6_NAME])
    return found


@dataclasses.dataclass(frozen=True)
class OpenDevices:
    """Who has VFIO groups, VFIO devices and UIO devices open: a process in words by the file's name."""

    groups: t.Mapping[int, str]
    devices: t.Mapping[str, str]


def open_devices(tree: Tree) -> OpenDevices:
    """Look through every process' open files; a process that ends meanwhile holds nothing."""
    groups: dict[int, str] = {}
    devices: dict[str, str] = {}
    for pid in tree.names("/proc"):
        if not pid.isdigit():
            continue
        for handle in tree.names(f"/proc/{pid}/fd"):
            try:
                path = os.readlink(tree.path(f"/proc/{pid}/fd/{handle}"))  # noqa: PTH115
            except OSError:
                continue
            if not path.startswith("/dev/"):
                continue
            group, device = _VFIO_GROUP.fullmatch(path), _VFIO_DEVICE.fullmatch(path) or _UIO.fullmatch(path)
            if group or device:
                holder = f"process {pid} ({tree.text(f'/proc/{pid}/comm') or 'unknown'})"
                if group:
                    groups.setdefault(int(group.group(1)), holder)
                if device:
                    devices.setdefault(device.group(1), holder)
    return OpenDevices(groups, devices)


def user_space_devices(tree: Tree, address: str) -> list[str]:
    """The names of the VFIO or UIO devices that stand for a function."""
    return tree.names(f"{DEVICES}/{address}/vfio-dev") + tree.names(f"{DEVICES}/{address}/uio")
