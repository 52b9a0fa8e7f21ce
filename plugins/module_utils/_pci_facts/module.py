# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The work of pci_facts: read the functions and the IOMMU, select, return."""

from __future__ import annotations

import os
import typing as t

from .._errors import VsrxError
from .._host import blocking_files, iommu, sysfs
from .._host.fs import Tree
from .._host.model import Function
from .._pci import address, classes, ids
from . import result

# Where distributions keep pci.ids; the words are left out where none of them is there.
_PCI_IDS = ("/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids", "/var/lib/pciutils/pci.ids")


def _read_id_names(tree: Tree, wanted: t.Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]]:
    data = next((found for found in map(tree.data, _PCI_IDS) if found), None)
    return ids.names(data, wanted) if data else {}


def _read_module_names(tree: Tree, modaliases: t.Iterable[str]) -> dict[str, tuple[str, ...]]:
    data = tree.data(f"/lib/modules/{os.uname().release}/modules.alias")
    return ids.modules(data, modaliases) if data else {}


def _addresses(texts: t.Sequence[str]) -> list[str]:
    return [str(address.parse(text)) for text in texts]


def _wanted_class(function: Function, wanted: t.Collection[str]) -> bool:
    return function.class_name in wanted or function.class_id in wanted or function.class_id[:2] in wanted


def _select(found: list[dict[str, t.Any]], expression: str) -> t.Any:
    import jmespath

    try:
        return jmespath.search(expression, found)
    except jmespath.exceptions.JMESPathError as failure:
        raise VsrxError(f"select: '{expression}' is no JMESPath expression that the functions can be searched with: {failure}") from None


def gather(
    tree: Tree, addresses: t.Sequence[str] = (), wanted_classes: t.Sequence[str] = (), select: t.Optional[str] = None
) -> dict[str, t.Any]:
    """The facts of the host's PCI functions and of its IOMMU, narrowed as asked."""
    asked = _addresses(addresses)
    found = sysfs.read(tree, asked or None)
    missing = sorted(set(asked) - {function.address for function in found})
    if missing:
        raise VsrxError(f"this host has no PCI function {', '.join(missing)}; see /sys/bus/pci/devices for those that it has")
    wanted = {name.lower() for name in wanted_classes}
    shown = {function.address: function for function in found if not wanted or _wanted_class(function, wanted)}
    wanted_groups = {function.iommu_group for function in shown.values() if function.iommu_group is not None}
    groups = sysfs.group_members(tree, wanted_groups) if asked else sysfs.groups_of(found)
    listed: t.Any = result.facts(
        found,
        shown,
        groups,
        blocking_files.read_driver_overrides(tree, shown),
        _read_id_names(tree, {(function.vendor_id, function.device_id) for function in shown.values()}),
        _read_module_names(tree, {function.modalias for function in shown.values() if function.modalias}),
    )
    return {"functions": _select(listed, select) if select else listed, "iommu": iommu.read(tree).as_fact()}


def unknown_classes(wanted: t.Sequence[str]) -> list[str]:
    """What is asked for and is neither a class' name nor two or four hex digits."""
    digits = set("0123456789abcdef")
    return [name for name in wanted if name.lower() not in classes.NAMES and not (len(name) in (2, 4) and set(name.lower()) <= digits)]
