# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Finds netdevs of PCI functions in other network namespaces, as containers and `ip netns` make them.

sysfs shows only the netdevs of its reader's namespace. The kernel (5.14) and ip tell the parent device of a netdev.
"""

from __future__ import annotations

import json
import os
import typing as t

from . import process
from .fs import Tree

_NAMED = "/run/netns"
#: a host full of containers is not searched to its end: what is not found stays unknown, and that is in use
_MOST = 64
_SECONDS = 5.0


def _inode(tree: Tree, path: str) -> t.Optional[int]:
    try:
        return os.stat(tree.path(path)).st_ino  # noqa: PTH116
    except OSError:
        return None


def find_namespaces(tree: Tree) -> dict[str, str]:
    """Return the files of other network namespaces, each with words for it: those with a name first, then those of processes."""
    seen = {_inode(tree, "/proc/self/ns/net")}
    found: dict[str, str] = {}
    places = [(f"{_NAMED}/{name}", f"network namespace {name}") for name in tree.names(_NAMED)]
    places += [(f"/proc/{pid}/ns/net", f"the network namespace of process {pid}") for pid in tree.names("/proc") if pid.isdigit()]
    for path, words in places:
        inode = _inode(tree, path)
        if inode is not None and inode not in seen and len(found) < _MOST:
            seen.add(inode)
            found[path] = words
    return found


def _links(tree: Tree, path: str) -> list[t.Any]:
    answer = process.run(["nsenter", f"--net={tree.path(path)}", "ip", "-d", "-j", "link", "show"], _SECONDS)
    if answer is None or answer.status:
        return []
    try:
        links = json.loads(answer.out)
    except (ValueError, RecursionError):
        return []
    return [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []


def find_netdevs(tree: Tree, addresses: t.Collection[str]) -> dict[str, tuple[str, str]]:
    """Return for each of these functions whose netdev is elsewhere the namespace, in words, and the netdev's name."""
    found: dict[str, tuple[str, str]] = {}
    for path, words in find_namespaces(tree).items():
        for link in _links(tree, path):
            parent = link.get("parentdev")
            if link.get("parentbus") == "pci" and isinstance(parent, str) and parent in addresses:
                found.setdefault(parent, (words, str(link.get("ifname"))))
        if len(found) == len(addresses):
            break
    return found
