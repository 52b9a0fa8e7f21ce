# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The PCI function behind each device that a domain or network can name: netdevs and vhost-vdpa devices."""

from __future__ import annotations

import os
import re
import typing as t

from .._pci import address as pci
from .fs import NET, Tree

_VDPA = "/sys/bus/vdpa/devices"
_CHARACTER_DEVICE = re.compile(r"vhost-vdpa-\d+")


def _find_function(tree: Tree, link: str) -> t.Optional[str]:
    """The last PCI function in the path that a link of sysfs has: a device can be a child of a child of it."""
    try:
        parts = os.readlink(tree.path(link)).split("/")  # noqa: PTH115
    except OSError:
        return None
    return next((part for part in reversed(parts) if pci.is_address(part)), None)


def read_device_functions(tree: Tree) -> dict[str, str]:
    """Return PCI addresses by netdev name, and by path of the vhost-vdpa device."""
    found: dict[str, t.Optional[str]] = {name: tree.target(f"{NET}/{name}/device") for name in tree.names(NET)}
    for device in tree.names(_VDPA):
        function = _find_function(tree, f"{_VDPA}/{device}")
        for name in tree.names(f"{_VDPA}/{device}"):
            if _CHARACTER_DEVICE.fullmatch(name):
                found[f"/dev/{name}"] = function
    return {name: function for name, function in found.items() if function is not None and pci.is_address(function)}
