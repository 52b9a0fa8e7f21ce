# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The commands of iproute2's ip that the collection uses, and what they answer, checked field by field; sets attributes of VFs."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import re
import time
import typing as t

from .._errors import ApplyError, UnreadableError, VsrxError
from . import process
from .attribute_table import ATTRIBUTE, ATTRIBUTE_GROUPS, VfAttributes, format_vf_words, parse_attributes
from .fs import NET, RootFs

#: the kernel answers for each VF under its global lock
_SECONDS = 60.0
#: i40e answers EAGAIN while it resets, ice EBUSY; neither has said no
BUSY = (errno.EAGAIN, errno.EBUSY)
_BUSY_SECONDS = 10.0
_BUSY_PAUSE = 0.5
#: how long a link may take to come up again
_LINK_SECONDS = 20.0
_LINK_PAUSE = 0.25
_NUMBERS = {os.strerror(number): number for number in errno.errorcode}
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5,19}")


class IpError(ApplyError):
    """The kernel or the driver said no; ``answer`` is what it said, ``number`` the errno where it is one."""

    def __init__(self, message: str, answer: str) -> None:
        super().__init__(message)
        self.answer = answer
        self.number = next((_NUMBERS[line] for line in answer.splitlines() if line in _NUMBERS), None)


class BusyError(IpError):
    """The driver was busy until the deadline; it has not said no."""


@dataclasses.dataclass(frozen=True)
class Link:
    """A netdev as the kernel shows it over netlink."""

    name: str
    altnames: tuple[str, ...]
    mac: t.Optional[str]
    permanent_mac: t.Optional[str]
    up: bool
    carrier: t.Optional[bool]
    mtu: t.Optional[int]
    mtu_range: tuple[t.Optional[int], t.Optional[int]]
    vfs: t.Mapping[int, VfAttributes]


def _call(arguments: t.Sequence[str]) -> tuple[int, str, str]:
    program = process.find_program("ip")
    if program is None:
        raise VsrxError("the program 'ip' is not on this host; install iproute2 (iproute on Red Hat's systems)")
    try:
        answer = process.run_until([program, *arguments], _SECONDS)
    except process.TimeIsOverError:
        raise VsrxError(
            f"'ip {' '.join(arguments)}' has not answered for {_SECONDS:.0f} s; another process may have the kernel's network lock"
        ) from None
    except ValueError:
        raise VsrxError(f"'ip {' '.join(arguments)!r}' cannot be run: a name has a NUL character") from None
    return answer.status, answer.out, answer.err


# What is not of the type that it should be is not known.


def _as_dict(value: t.Any) -> t.Mapping[str, t.Any]:
    return value if isinstance(value, dict) else {}


def _as_list(value: t.Any) -> t.Sequence[t.Any]:
    return value if isinstance(value, list) else ()


def _as_number(value: t.Any) -> t.Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 32 else None


def _as_flag(value: t.Any) -> t.Optional[bool]:
    return value if isinstance(value, bool) else None


def _as_text(value: t.Any) -> t.Optional[str]:
    return value if isinstance(value, str) and value else None


def _as_mac(value: t.Any) -> t.Optional[str]:
    lowered = (_as_text(value) or "").lower()
    return lowered if _MAC.fullmatch(lowered) else None


def _parse_link(entry: t.Mapping[str, t.Any]) -> t.Optional[Link]:
    name = _as_text(entry.get("ifname"))
    if name is None:
        return None
    mac = _as_mac(entry.get("address"))
    flags = _as_list(entry.get("flags"))
    infos = [_as_dict(info) for info in _as_list(entry.get("vfinfo_list"))]
    up = "UP" in flags
    return Link(
        name=name,
        altnames=tuple(name for name in _as_list(entry.get("altnames")) if _as_text(name)),
        mac=mac,
        permanent_mac=_as_mac(entry.get("permaddr")) or mac,
        up=up,
        # A netdev that is down has none, whatever its cable does.
        carrier="LOWER_UP" in flags if up else None,
        mtu=_as_number(entry.get("mtu")),
        mtu_range=(_as_number(entry.get("min_mtu")), _as_number(entry.get("max_mtu"))),
        vfs={index: parse_attributes(info) for info in infos for index in [_as_number(info.get("vf"))] if index is not None},
    )


def _is_announced(info: t.Mapping[str, t.Any]) -> bool:
    """Tell whether the kernel took the IPv6 address from a router's announcement; one that a network manager took is in use."""
    own = bool(info.get("mngtmpaddr")) and not info.get("noprefixroute")
    return info.get("protocol") == "kernel_ra" or own or bool(info.get("temporary"))


def _shorten(err: str) -> str:
    return err.strip().replace("RTNETLINK answers: ", "")


class Ip:
    """ip on this host; ``call`` stands in for it in tests."""

    def __init__(self, call: t.Callable[[t.Sequence[str]], tuple[int, str, str]] = _call) -> None:
        self._call = call

    def _json(self, arguments: t.Sequence[str]) -> list[t.Mapping[str, t.Any]]:
        code, out, err = self._call(arguments)
        if code:
            raise IpError(f"'ip {' '.join(arguments)}' failed: {err.strip()}", _shorten(err))
        try:
            entries = json.loads(out or "[]")
        except (ValueError, RecursionError):
            entries = None
        if not isinstance(entries, list):
            raise UnreadableError(f"'ip {' '.join(arguments)}' did not answer in JSON; iproute2 of 2018 or later is needed")
        return [entry for entry in entries if isinstance(entry, dict)]

    def read_link(self, name: str) -> t.Optional[Link]:
        """Return a netdev by its name or alternative name, with the attributes of its VFs; None where no netdev has the name."""
        try:
            entries = self._json(["-d", "-j", "link", "show", "dev", name])
        except IpError as failure:
            # ip's own words, in the C locale: the kernel was not asked.
            if "does not exist" in failure.answer or "Cannot find device" in failure.answer or failure.number == errno.ENODEV:
                return None
            raise
        return next((link for link in map(_parse_link, entries) if link is not None), None)

    def read_uses(self) -> dict[str, list[str]]:
        """Return the IP addresses of every netdev that has any, but for those that the kernel gives by itself, and XDP programs."""
        found: dict[str, list[str]] = {}
        # ip asks for the VFs of all PFs, too. In the lab (igb, emulated) each adds 5 us and 200 bytes to the 20 ms of the program.
        for entry in self._json(["-j", "addr", "show"]):
            addresses = [
                f"{info['local']}/{info.get('prefixlen')}"
                for info in map(_as_dict, _as_list(entry.get("addr_info")))
                if _as_text(info.get("local")) and info.get("scope") != "link" and not _is_announced(info)
            ]
            # Shown only where one is attached (xdp_dump_json).
            programs = ["an XDP program"] if _as_dict(entry.get("xdp")) else []
            name = _as_text(entry.get("ifname"))
            if name and (addresses or programs):
                found[name] = addresses + programs
        return found

    def _set(self, name: str, words: t.Sequence[str]) -> None:
        arguments = ["link", "set", "dev", name, *words]
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            code, _out, err = self._call(arguments)
            if not code:
                return
            answer = _shorten(err) or f"exit status {code}"
            failure = IpError(f"'ip {' '.join(arguments)}': {answer}", answer)
            if failure.number not in BUSY:
                raise failure
            if time.monotonic() + _BUSY_PAUSE >= deadline:
                raise BusyError(f"'ip {' '.join(arguments)}': busy for {_BUSY_SECONDS:.0f} s", answer)
            time.sleep(_BUSY_PAUSE)

    def set_up(self, name: str, up: bool) -> None:
        """Set a netdev up or down."""
        self._set(name, ["up" if up else "down"])

    def set_mtu(self, name: str, mtu: int) -> None:
        """Set the MTU of a netdev."""
        self._set(name, ["mtu", str(mtu)])

    def set_address(self, name: str, mac: str) -> None:
        """Set the MAC address of a netdev."""
        self._set(name, ["address", mac])

    def set_vf(self, name: str, index: int, values: t.Mapping[str, t.Any]) -> None:
        """Set attributes of one group in one command."""
        self._set(name, format_vf_words(index, values))


def has_carrier(fs: RootFs, name: str) -> bool:
    """Tell whether a netdev's link is up."""
    return fs.read_number(f"{NET}/{name}/carrier") == 1


def set_group(ip: Ip, fs: RootFs, name: str, index: int, values: t.Mapping[str, t.Any]) -> None:
    """Set attributes of one group; a rate is tried again when the link is up: creating VFs drops it, and ixgbe says EINVAL until then."""
    try:
        ip.set_vf(name, index, values)
    except IpError:
        if not any(ATTRIBUTE[key].needs_link for key in values) or has_carrier(fs, name):
            raise
        deadline = time.monotonic() + _LINK_SECONDS
        while not has_carrier(fs, name) and time.monotonic() < deadline:
            time.sleep(_LINK_PAUSE)
        ip.set_vf(name, index, values)


def set_attributes(ip: Ip, fs: RootFs, name: str, index: int, values: t.Mapping[str, t.Any]) -> None:
    """Set attributes of one VF, group by group; those of a group that are not given keep what the VF has."""
    link = ip.read_link(name)
    current = link.vfs[index].given() if link is not None and index in link.vfs else {}
    for keys in ATTRIBUTE_GROUPS:
        if any(key in values for key in keys):
            set_group(ip, fs, name, index, {key: {**current, **values}[key] for key in keys if key in values or key in current})
