# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads the files in which distributions keep the names of PCI ids and the aliases of kernel modules."""

from __future__ import annotations

import os
import typing as t

from .._pci import ids
from .fs import Tree

# Where distributions keep pci.ids; the words are left out where none of them is there.
_PCI_IDS = ("/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids", "/var/lib/pciutils/pci.ids")


def of_ids(tree: Tree, wanted: t.Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]]:
    data = next((found for found in map(tree.data, _PCI_IDS) if found), None)
    return ids.names(data, wanted) if data else {}


def of_modules(tree: Tree, modaliases: t.Iterable[str]) -> dict[str, tuple[str, ...]]:
    data = tree.data(f"/lib/modules/{os.uname().release}/modules.alias")
    return ids.modules(data, modaliases) if data else {}
