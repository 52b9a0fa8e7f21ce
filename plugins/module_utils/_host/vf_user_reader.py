# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads what the host itself does with VFs: netdevs, routes, network namespaces, open VFIO, UIO and RDMA devices.

sysfs shows only the netdevs of its reader's namespace. Those elsewhere, as containers and `ip netns` make them, are found by what the
kernel (5.14) and ip tell: the parent device of a netdev.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import time
import typing as t

from . import process, sysfs
from .fs import DEVICES, NET, RootFs
from .iproute import Ip
from .model import Pf, Vf
from .vf_user import NetdevUse, UserKind, VfUser, expects_netdev, serves_user_space

#: how long a bound driver may take to register its netdev: iavf does it from a work queue, seconds after it is bound
NETDEV_SECONDS = 10.0
_PAUSE = 0.25
#: without an IOMMU the file of group 7 is noiommu-7
_VFIO_GROUP = re.compile(r"/dev/vfio/(?:noiommu-)?(\d{1,9})")
_DEVICE = re.compile(r"/dev/(?:vfio/devices/(vfio\d+)|(uio\d+)|infiniband/(uverbs\d+)|(vhost-vdpa-\d+))")
#: folders of a function in sysfs whose entries are names of such devices
_DEVICE_FOLDERS = ("vfio-dev", "uio", "infiniband_verbs")
#: columns of /proc/net/route and /proc/net/ipv6_route, and flags of the latter
_V4_DESTINATION, _V4_MASK = 1, 7
_V6_FLAGS, _V6_NAME = 8, 9
_RTF_REJECT, _RTF_ADDRCONF, _RTF_LOCAL = 0x200, 0x40000, 0x80000000
#: fe80::/10 and ff00::/8, which every netdev has that is up
_V6_OWN = ("fe8", "fe9", "fea", "feb", "ff")


def read_routes(fs: RootFs) -> dict[str, tuple[str, ...]]:
    """Return by netdev what routes lead over it, but for those that the kernel makes of an announcement or for each netdev that is up."""
    defaults: dict[str, str] = {}
    for words in map(str.split, (fs.read_text("/proc/net/route") or "").splitlines()[1:]):
        if len(words) > _V4_MASK:
            default = words[_V4_DESTINATION] == words[_V4_MASK] == "00000000"
            defaults[words[0]] = "default route" if default else defaults.get(words[0], "route")
    for words in map(str.split, (fs.read_text("/proc/net/ipv6_route") or "").splitlines()):
        if len(words) <= _V6_NAME or words[0].lower().startswith(_V6_OWN):
            continue
        try:
            flags = int(words[_V6_FLAGS], 16)
        except ValueError:
            continue
        if not flags & (_RTF_REJECT | _RTF_ADDRCONF | _RTF_LOCAL):
            default = words[1] == "00"
            defaults[words[_V6_NAME]] = "default route" if default else defaults.get(words[_V6_NAME], "route")
    return {name: (route,) for name, route in defaults.items()}


def read_netdev_use(fs: RootFs, name: str, given: t.Sequence[str] = (), routes: t.Sequence[str] = ()) -> NetdevUse:
    """Return what the host does with a netdev of which these addresses, programs and routes are known."""
    here = f"{NET}/{name}"
    master = fs.read_link(f"{here}/master")
    uppers = (entry[len("upper_") :] for entry in fs.list_names(here) if entry.startswith("upper_"))
    return NetdevUse(
        given=tuple(given),
        # A connected route says no more than its address.
        routes=tuple(route for route in routes if route == "default route" or not given),
        master=master,
        uppers=tuple(upper for upper in uppers if upper != master),
    )


@dataclasses.dataclass(frozen=True)
class OpenDevices:
    """Which process has VFIO groups and devices, UIO and RDMA devices open, in words, by the name of the file."""

    groups: t.Mapping[int, str]
    devices: t.Mapping[str, str]


def read_open_devices(fs: RootFs) -> OpenDevices:
    """Look through the open files of every process; one that ends meanwhile uses nothing."""
    groups: dict[int, str] = {}
    devices: dict[str, str] = {}
    for pid in fs.list_names("/proc"):
        if not pid.isdigit():
            continue
        for handle in fs.list_names(f"/proc/{pid}/fd"):
            try:
                path = os.readlink(fs.locate(f"/proc/{pid}/fd/{handle}"))  # noqa: PTH115
            except OSError:
                continue
            if not path.startswith("/dev/"):
                continue
            group, device = _VFIO_GROUP.fullmatch(path), _DEVICE.fullmatch(path)
            process = f"process {pid} ({fs.read_text(f'/proc/{pid}/comm') or 'unknown'})" if group or device else ""
            if group:
                groups.setdefault(int(group.group(1)), process)
            if device:
                devices.setdefault(next(name for name in device.groups() if name), process)
    return OpenDevices(groups, devices)


def list_user_space_devices(fs: RootFs, address: str) -> list[str]:
    """Return the names of the VFIO, UIO and RDMA devices that stand for a function."""
    return [name for folder in _DEVICE_FOLDERS for name in fs.list_names(f"{DEVICES}/{address}/{folder}")]


def _reread_netdevs(fs: RootFs, vf: Vf) -> Vf:
    here = f"{DEVICES}/{vf.address}"
    return dataclasses.replace(vf, driver=fs.read_link(f"{here}/driver"), netdevs=tuple(fs.list_names(f"{here}/net")))


def wait_for_netdevs(fs: RootFs, vfs: t.Sequence[Vf], seconds: t.Optional[float] = None) -> list[Vf]:
    """Return the VFs as they are when every bound driver has registered its netdev, or when the time is over.

    The same window opens after VFs are created and after a domain stops, when libvirt gives a VF back to its driver.
    """
    deadline = time.monotonic() + (NETDEV_SECONDS if seconds is None else seconds)
    found = [_reread_netdevs(fs, vf) if expects_netdev(vf) else vf for vf in vfs]
    while any(expects_netdev(vf) for vf in found) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        found = [_reread_netdevs(fs, vf) if expects_netdev(vf) else vf for vf in found]
    return found


def wait_for_late_netdevs(fs: RootFs, functions: t.Iterable[str]) -> bool:
    """Wait for the netdevs of functions by their addresses; tells whether one was late. What is not there is not waited for."""
    vfs = [_reread_netdevs(fs, Vf(index, address)) for index, address in enumerate(functions)]
    late = [vf for vf in vfs if expects_netdev(vf)]
    wait_for_netdevs(fs, late)
    return bool(late)


def _make_user(kind: UserKind, name: str, usage: str, vf: Vf) -> VfUser:
    return VfUser(kind, name, usage, active=True, address=vf.address)


def _describe_silent(vf: Vf) -> str:
    return (
        "bound, its netdev is not here: in another network namespace, or not created; if no namespace has it, free the VF: "
        f"echo {vf.address} > /sys/bus/pci/drivers/{vf.driver}/unbind"
    )


def _list_netdev_users(fs: RootFs, ip: Ip, vfs: t.Sequence[Vf], vdpa: t.Mapping[str, t.Sequence[sysfs.Vdpa]]) -> t.Iterator[VfUser]:
    names = {vf.address: (*vf.netdevs, *(name for device in vdpa.get(vf.address, ()) for name in device.netdevs)) for vf in vfs}
    uses = ip.read_uses() if any(names.values()) else {}
    routes = read_routes(fs)
    for vf in vfs:
        for name in names[vf.address]:
            use = read_netdev_use(fs, name, uses.get(name, ()), routes.get(name, ()))
            if use.describe():
                yield _make_user(UserKind.NETDEV, name, ", ".join(use.describe()), vf)


def _list_device_users(fs: RootFs, vfs: t.Sequence[Vf], vdpa: t.Mapping[str, t.Sequence[sysfs.Vdpa]]) -> t.Iterator[VfUser]:
    devices = {
        vf.address: [*list_user_space_devices(fs, vf.address), *(name for device in vdpa.get(vf.address, ()) for name in device.devices)]
        for vf in vfs
    }
    if not any(devices.values()) and not any(serves_user_space(vf.driver) for vf in vfs):
        return
    opened = read_open_devices(fs)
    for vf in vfs:
        if vf.iommu_group is not None and vf.iommu_group in opened.groups:
            yield _make_user(UserKind.VFIO_GROUP, str(vf.iommu_group), f"open in {opened.groups[vf.iommu_group]}", vf)
        for device in devices[vf.address]:
            if device in opened.devices:
                yield _make_user(UserKind.DEVICE, device, f"open in {opened.devices[device]}", vf)


def read_host_users(fs: RootFs, ip: Ip, pfs: t.Iterable[Pf]) -> list[VfUser]:
    """Return the users of the VFs of these PFs that are the host's own; domains and networks are libvirt's to tell."""
    vfs = [vf for pf in {pf.address: pf for pf in pfs}.values() for vf in pf.vfs]
    if not vfs:
        return []
    vdpa: dict[str, list[sysfs.Vdpa]] = {}
    for device in sysfs.read_vdpa_devices(fs):
        vdpa.setdefault(device.function or "", []).append(device)
    elsewhere: dict[str, VfUser] = {}
    if any(expects_netdev(vf) for vf in vfs if vf.address not in vdpa):
        sought = [vf.address for vf in vfs if expects_netdev(vf) and vf.address not in vdpa]
        for address, (namespace, name) in find_netdevs(fs, sought).items():
            elsewhere[address] = VfUser(UserKind.NETDEV, name, f"in {namespace}", active=True, address=address)
        # mlx5_core can have a vDPA device and no netdev (enable_eth false), which would be waited for in vain.
        known = {*elsewhere, *vdpa}
        vfs = [*wait_for_netdevs(fs, [vf for vf in vfs if vf.address not in known]), *(vf for vf in vfs if vf.address in known)]
    silent = [vf for vf in vfs if expects_netdev(vf) and vf.address not in elsewhere and vf.address not in vdpa]
    users = [*_list_netdev_users(fs, ip, vfs, vdpa), *elsewhere.values()]
    users += [_make_user(UserKind.DRIVER, str(vf.driver), _describe_silent(vf), vf) for vf in silent]
    users += _list_device_users(fs, vfs, vdpa)
    return sorted(users, key=lambda user: (len(user.address or ""), user.address or ""))


_NAMED_NAMESPACES = "/run/netns"
#: columns of /proc/self/mountinfo
_MOUNT_ROOT, _MOUNT_POINT = 3, 4
_OCTAL = re.compile(r"\\([0-7]{3})")
#: a host full of containers is not searched to its end: what is not found stays unknown, and that is in use
_MOST_NAMESPACES = 64
_NSENTER_SECONDS = 5.0


def _read_inode(fs: RootFs, path: str) -> t.Optional[int]:
    try:
        return os.stat(fs.locate(path)).st_ino  # noqa: PTH116
    except OSError:
        return None


def _list_mounted_namespaces(fs: RootFs) -> list[str]:
    """Return where network namespaces are mounted, which keeps them: Docker has them in a folder of its own."""
    found = []
    for words in map(str.split, (fs.read_text("/proc/self/mountinfo") or "").splitlines()):
        if len(words) > _MOUNT_POINT and words[_MOUNT_ROOT].startswith("net:["):
            # A space, tab, line feed or backslash is three octal digits there.
            found.append(_OCTAL.sub(lambda match: chr(int(match.group(1), 8)), words[_MOUNT_POINT]))
    return found


def find_namespaces(fs: RootFs) -> dict[str, str]:
    """Return the files of other network namespaces, each with words for it: those with a name first, then those of processes."""
    seen = {_read_inode(fs, "/proc/self/ns/net")}
    found: dict[str, str] = {}
    places = [(f"{_NAMED_NAMESPACES}/{name}", f"network namespace {name}") for name in fs.list_names(_NAMED_NAMESPACES)]
    places += [(path, f"network namespace {path}") for path in _list_mounted_namespaces(fs)]
    places += [(f"/proc/{pid}/ns/net", f"the network namespace of process {pid}") for pid in fs.list_names("/proc") if pid.isdigit()]
    for path, words in places:
        inode = _read_inode(fs, path)
        if inode is not None and inode not in seen and len(found) < _MOST_NAMESPACES:
            seen.add(inode)
            found[path] = words
    return found


def _list_links(fs: RootFs, path: str) -> list[t.Any]:
    answer = process.run(["nsenter", f"--net={fs.locate(path)}", "ip", "-d", "-j", "link", "show"], _NSENTER_SECONDS)
    if answer is None or answer.status:
        return []
    try:
        links = json.loads(answer.out)
    except (ValueError, RecursionError):
        return []
    return [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []


def find_netdevs(fs: RootFs, addresses: t.Collection[str]) -> dict[str, tuple[str, str]]:
    """Return for each of these functions whose netdev is elsewhere the namespace, in words, and the netdev's name."""
    found: dict[str, tuple[str, str]] = {}
    for path, words in find_namespaces(fs).items():
        for link in _list_links(fs, path):
            parent = link.get("parentdev")
            if link.get("parentbus") == "pci" and isinstance(parent, str) and parent in addresses:
                found.setdefault(parent, (words, str(link.get("ifname"))))
        if len(found) == len(addresses):
            break
    return found
