# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import re
import typing as t

from .._pci import address as pci
from .fs import Tree
from .functions import DEVICES, NET
from .model import Function

_NETDEV = re.compile(r"[^\s/:]{1,127}")
_SRIOV_CAPABILITY = 0x0010
_EXTENDED = 0x100
#: lines of the file 'resource' that describe the VFs' memory: after six BARs and the ROM
_VF_MEMORY = slice(7, 13)


def is_netdev_name(text: str) -> bool:
    return _NETDEV.fullmatch(text) is not None and not text.startswith("-") and text not in (".", "..")


def is_netdev(tree: Tree, name: str) -> bool:
    return tree.exists(f"{NET}/{name}")


def address_of_netdev(tree: Tree, name: str) -> t.Optional[str]:
    """The PCI function behind a netdev; None for a netdev that is no PCI function's."""
    target = tree.target(f"{NET}/{name}/device")
    return target if target is not None and pci.is_address(target) else None


def netdevs(tree: Tree, function: Function) -> list[str]:
    """The netdevs of a function in the order of its ports: one function can have two."""
    names = [netdev.name for netdev in function.netdevs]
    return sorted(names, key=lambda name: (tree.number(f"{NET}/{name}/dev_port") or 0, name))


def has_capability(tree: Tree, address: str) -> t.Optional[bool]:
    """Does the function's configuration space have the SR-IOV capability? None where it can not be read that far."""
    data = tree.data(f"{DEVICES}/{address}/config")
    if data is None or len(data) <= _EXTENDED + 4:
        return None
    at, seen = _EXTENDED, set()
    while at >= _EXTENDED and at + 4 <= len(data) and at not in seen:
        seen.add(at)
        header = int.from_bytes(data[at : at + 4], "little")
        if header & 0xFFFF == _SRIOV_CAPABILITY:
            return True
        at = header >> 20
    return False


def has_vf_memory(tree: Tree, address: str) -> t.Optional[bool]:
    """Has the memory of the VFs been given addresses? The firmware may have left no room for it."""
    lines = (tree.text(f"{DEVICES}/{address}/resource") or "").splitlines()[_VF_MEMORY]
    try:
        regions = [tuple(int(word, 16) for word in line.split()) for line in lines]
    except ValueError:
        return None
    wanted = [region for region in regions if len(region) == 3 and region[2]]
    return all(start for start, _end, _flags in wanted) if wanted else None
