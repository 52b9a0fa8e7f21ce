# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import contextlib
import pathlib
import re
import typing as t

from ._hostdev_plan.host import Function, Host, Pf

if t.TYPE_CHECKING:
    from ._domain import Domain
    from ._hostdev_plan.request import Request

_VIRTFN = re.compile(r"virtfn(\d+)")
_IFF_UP = 1
_BRIDGE = "0x06"
_NO_SPEED = (-1, 65535, 4294967295)


def _text(path: pathlib.Path) -> t.Optional[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _number(path: pathlib.Path) -> t.Optional[int]:
    text = _text(path)
    try:
        return int(text, 0) if text else None
    except ValueError:
        return None


def _target(path: pathlib.Path) -> t.Optional[str]:
    try:
        return path.readlink().name
    except OSError:
        return None


class SysfsHost:
    """The host as sysfs shows it."""

    def __init__(self, root: str = "/") -> None:
        self._devices = pathlib.Path(root) / "sys/bus/pci/devices"
        self._net = pathlib.Path(root) / "sys/class/net"

    def read(self, request: Request, domain: Domain) -> Host:
        present = self._entries(self._devices)
        pfs = {name: self._pf(name) for name in present if (self._devices / name / "sriov_totalvfs").exists()}
        functions = {name: self._function(name) for name in pfs}
        for pf in pfs.values():
            functions.update({vf: self._function(vf, pf.address, index) for index, vf in pf.vfs.items()})
        asked = {port.vf for port in request.ports if port.vf}
        functions.update({name: self._function(name) for name in asked if name in present and name not in functions})
        return Host(functions=functions, pfs=pfs, others=self._others(pfs))

    def driver_of(self, function: str) -> t.Optional[str]:
        return _target(self._devices / function / "driver")

    def _entries(self, folder: pathlib.Path) -> list[str]:
        with contextlib.suppress(OSError):
            return sorted(entry.name for entry in folder.iterdir())
        return []

    def _pf(self, name: str) -> Pf:
        device = self._devices / name
        names = tuple(self._entries(device / "net"))
        vfs = {}
        for entry in self._entries(device):
            match = _VIRTFN.fullmatch(entry)
            target = _target(device / entry) if match else None
            if match and target:
                vfs[int(match[1])] = target
        flags = [_number(self._net / each / "flags") for each in names]
        speeds = [speed for speed in (_number(self._net / each / "speed") for each in names) if speed and speed not in _NO_SPEED]
        return Pf(
            address=name,
            names=names,
            up=any(flag & _IFF_UP for flag in flags if flag is not None) if flags else None,
            speed_mbps=max(speeds, default=None),
            numa_node=_number(device / "numa_node"),
            vfs=vfs,
        )

    def _function(self, name: str, pf: t.Optional[str] = None, index: t.Optional[int] = None) -> Function:
        device = self._devices / name
        group = _target(device / "iommu_group")
        return Function(
            address=name,
            pf=pf,
            index=index,
            driver=self.driver_of(name),
            iommu_group=int(group) if group and group.isdigit() else None,
            neighbours=tuple(self._neighbours(device, name)) if group else (),
        )

    def _neighbours(self, device: pathlib.Path, name: str) -> t.Iterator[tuple[str, t.Optional[str]]]:
        for other in self._entries(device / "iommu_group/devices"):
            kind = _text(self._devices / other / "class") if other != name else None
            if kind is not None and not kind.startswith(_BRIDGE):
                yield other, self.driver_of(other)

    def _others(self, pfs: t.Collection[str]) -> dict[str, str]:
        links = {name: _target(self._net / name / "device") for name in self._entries(self._net)}
        return {name: f"a NIC ({device or 'virtual'})" for name, device in links.items() if device not in pfs}
