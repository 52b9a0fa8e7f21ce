# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Netdevs of PCI functions, and the functions behind netdevs and vhost-vdpa devices; tells a PF's own netdev from representors.

In switchdev mode each VF and subfunction has a representor, a netdev that hangs under the device of the PF. Only its port's name
(phys_port_name) tells it apart: systemd before v254 leaves representors as ethN, which sort before the PF.
"""

from __future__ import annotations

import dataclasses
import os
import re
import typing as t

from .. import _pci as pci
from .fs import DEVICES, NET, RootFs
from .model import Netdev

#: pf0vf1, pf0sf8, c1pf0vf0 of a SmartNIC's other controller, pf0hpf and c1pf0 of its host, pf0 and pf0s1 (nfp), p0pf0vf1 and p0if1pf0
#: (sfc); a VF's number alone in kernels before 5.0
_REPRESENTOR = re.compile(r"(?:c\d+|p\d+(?:if\d+)?)?pf\d+(?:s\d+|vf(?P<vf>\d+)|sf(?P<sf>\d+)|hpf)?|(?P<old>\d+)")
#: drivers whose PFs show phys_switch_id in legacy mode, too
_ALWAYS_WITH_SWITCH_ID = ("ice", "nfp")
#: what the kernel shows for a speed that it does not know, as a signed and as unsigned numbers
_NO_SPEED = (65535, 4294967295)


def is_representor_port(port: t.Optional[str]) -> bool:
    """Tell whether a phys_port_name is that of a representor; p0 and p0s1 are ports of the NIC itself."""
    return port is not None and _REPRESENTOR.fullmatch(port) is not None


def read_speed(fs: RootFs, netdev: str) -> t.Optional[int]:
    """Return the speed in Mbit/s of the netdev in this folder."""
    speed = fs.read_number(f"{netdev}/speed")
    return speed if speed is not None and speed > 0 and speed not in _NO_SPEED else None


def _read_netdev(fs: RootFs, here: str, name: str, with_speed: bool, alone: bool) -> Netdev:
    netdev = f"{here}/net/{name}"
    operstate = fs.read_text(f"{netdev}/operstate")
    return Netdev(
        name=name,
        mac=fs.read_text(f"{netdev}/address") or None,
        mtu=fs.read_number(f"{netdev}/mtu"),
        operstate=operstate,
        # A port that is down has no speed, and some drivers ask their firmware for it.
        speed_mbps=read_speed(fs, netdev) if with_speed and operstate == "up" else None,
        # Reading it waits for the kernel's network lock: only where there is something to tell apart.
        port=None if alone else fs.read_text(f"{netdev}/phys_port_name") or None,
        dev_port=0 if alone else fs.read_number(f"{netdev}/dev_port") or 0,
    )


def read_netdevs(fs: RootFs, here: str, with_speed: bool) -> tuple[Netdev, ...]:
    """Return the netdevs of the function in this folder: its own in the order of its ports, then the representors."""
    names = fs.list_names(f"{here}/net")
    found = [_read_netdev(fs, here, name, with_speed, len(names) == 1) for name in names]
    return tuple(sorted(found, key=lambda each: (is_representor_port(each.port), each.dev_port, each.name)))


def list_own_names(fs: RootFs, address: str) -> list[str]:
    """Return the names of a function's own netdevs, in the order of its ports: without representors."""
    found = read_netdevs(fs, f"{DEVICES}/{address}", with_speed=False)
    return [netdev.name for netdev in found if not is_representor_port(netdev.port)]


def describe_representor(fs: RootFs, name: str) -> t.Optional[str]:
    """Say what a netdev represents; None where it is no representor."""
    port = fs.read_text(f"{NET}/{name}/phys_port_name")
    match = _REPRESENTOR.fullmatch(port or "")
    if match is None:
        return None
    vf = match["vf"] or match["old"]
    what = f"VF {vf}" if vf else f"subfunction {match['sf']}" if match["sf"] else "another function of the NIC"
    return f"the representor of {what} (phys_port_name {port})"


def find_loose_representors(fs: RootFs, address: str) -> t.Optional[tuple[str, ...]]:
    """Return the representors of a PF in switchdev mode that no bridge has; None in legacy mode."""
    netdevs = read_netdevs(fs, f"{DEVICES}/{address}", with_speed=False)
    representors = [netdev.name for netdev in netdevs if is_representor_port(netdev.port)]
    uplinks = [netdev.name for netdev in netdevs if not is_representor_port(netdev.port)]
    if not representors:
        # With VFs there would be some.
        has_vfs = fs.exists(f"{DEVICES}/{address}/virtfn0")
        tells = not has_vfs and fs.read_link(f"{DEVICES}/{address}/driver") not in _ALWAYS_WITH_SWITCH_ID
        if not tells or not any(fs.read_text(f"{NET}/{name}/phys_switch_id") for name in uplinks):
            return None
    return tuple(name for name in representors if fs.read_link(f"{NET}/{name}/master") is None)


def find_address(fs: RootFs, name: str) -> t.Optional[str]:
    """Return the PCI function behind a netdev; None for a netdev of anything else."""
    target = fs.read_link(f"{NET}/{name}/device")
    return target if target is not None and pci.is_address(target) else None


_VDPA = "/sys/bus/vdpa/devices"
_CHARACTER_DEVICE = re.compile(r"vhost-vdpa-\d+")


def _find_function(fs: RootFs, link: str) -> t.Optional[str]:
    """The last PCI function in the path that a link of sysfs has: a device can be a child of a child of it."""
    try:
        parts = os.readlink(fs.locate(link)).split("/")  # noqa: PTH115
    except OSError:
        return None
    return next((part for part in reversed(parts) if pci.is_address(part)), None)


@dataclasses.dataclass(frozen=True)
class Vdpa:
    """A vDPA device: the PCI function that it is made of, its character devices below /dev, and netdevs of virtio on it."""

    function: t.Optional[str]
    devices: tuple[str, ...]
    netdevs: tuple[str, ...]


def read_vdpa_devices(fs: RootFs) -> list[Vdpa]:
    """Return the host's vDPA devices; vhost_vdpa gives one to a process, virtio_vdpa makes a netdev of it."""
    found = []
    for device in fs.list_names(_VDPA):
        below = fs.list_names(f"{_VDPA}/{device}")
        found.append(
            Vdpa(
                function=_find_function(fs, f"{_VDPA}/{device}"),
                devices=tuple(name for name in below if _CHARACTER_DEVICE.fullmatch(name)),
                netdevs=tuple(name for child in below for name in fs.list_names(f"{_VDPA}/{device}/{child}/net")),
            )
        )
    return found


def read_device_functions(fs: RootFs) -> dict[str, str]:
    """Return PCI addresses by netdev name, and by path of the vhost-vdpa device."""
    found: dict[str, t.Optional[str]] = {name: fs.read_link(f"{NET}/{name}/device") for name in fs.list_names(NET)}
    for vdpa in read_vdpa_devices(fs):
        found.update({f"/dev/{name}": vdpa.function for name in vdpa.devices})
    return {name: function for name, function in found.items() if function is not None and pci.is_address(function)}
