# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The work of pci_facts: read the functions and the IOMMU, select, return."""

from __future__ import annotations

import os
import typing as t

from .. import _pci as pci
from .._errors import VsrxError
from .._host import iommu, sysfs
from .._host.fs import RootFs, read_driver_overrides
from .._host.model import Function
from . import result

# Where distributions keep pci.ids; the words are left out where none of them is there.
_PCI_IDS = ("/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids", "/var/lib/pciutils/pci.ids")


def _read_id_names(fs: RootFs, wanted: t.Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[t.Optional[str], t.Optional[str]]]:
    data = next((found for found in map(fs.read_bytes, _PCI_IDS) if found), None)
    return pci.find_names(data, wanted) if data else {}


def _read_module_names(fs: RootFs, modaliases: t.Iterable[str]) -> dict[str, tuple[str, ...]]:
    data = fs.read_bytes(f"/lib/modules/{os.uname().release}/modules.alias")
    return pci.find_modules(data, modaliases) if data else {}


def _parse_addresses(texts: t.Sequence[str]) -> list[str]:
    return [str(pci.parse_address(text)) for text in texts]


def _is_wanted(function: Function, wanted: t.Collection[str]) -> bool:
    return function.class_name in wanted or function.class_id in wanted or function.class_id[:2] in wanted


def _select(found: list[dict[str, t.Any]], expression: str) -> t.Any:
    import jmespath

    try:
        return jmespath.search(expression, found)
    except jmespath.exceptions.JMESPathError as failure:
        raise VsrxError(f"select: '{expression}' is no JMESPath expression that the functions can be searched with: {failure}") from None


def gather(
    fs: RootFs, addresses: t.Sequence[str] = (), wanted_classes: t.Sequence[str] = (), select: t.Optional[str] = None
) -> dict[str, t.Any]:
    """The facts of the host's PCI functions and of its IOMMU, narrowed as requested."""
    requested = _parse_addresses(addresses)
    found = sysfs.read_functions(fs, requested or None)
    missing = sorted(set(requested) - {function.address for function in found})
    if missing:
        raise VsrxError(f"this host has no PCI function {', '.join(missing)}; see /sys/bus/pci/devices for those that it has")
    wanted = {name.lower() for name in wanted_classes}
    shown = {function.address: function for function in found if not wanted or _is_wanted(function, wanted)}
    wanted_groups = {function.iommu_group for function in shown.values() if function.iommu_group is not None}
    groups = sysfs.read_groups(fs, wanted_groups) if requested else sysfs.group_functions(found)
    listed: t.Any = result.make_facts(
        found,
        shown,
        groups,
        read_driver_overrides(fs, shown),
        _read_id_names(fs, {(function.vendor_id, function.device_id) for function in shown.values()}),
        _read_module_names(fs, {function.modalias for function in shown.values() if function.modalias}),
    )
    return {"functions": _select(listed, select) if select else listed, "iommu": iommu.read_iommu(fs).as_fact()}


def find_unknown_classes(wanted: t.Sequence[str]) -> list[str]:
    """What is asked for and is neither a class' name nor two or four hex digits."""
    digits = set("0123456789abcdef")
    return [name for name in wanted if name.lower() not in pci.CLASS_NAMES and not (len(name) in (2, 4) and set(name.lower()) <= digits)]
