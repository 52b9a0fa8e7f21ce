# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import time
import typing as t

from .._errors import VsrxError
from .pf_model import TOGETHER, VfAttributes

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
#: the kernel answers for each VF under its global lock
_SECONDS = 60.0
_BUSY = "Resource temporarily unavailable"
_BUSY_SECONDS = 10.0
_BUSY_PAUSE = 0.5


class RefusedError(VsrxError):
    """The kernel or the driver said no; ``answer`` is what it said."""

    def __init__(self, message: str, answer: str) -> None:
        super().__init__(message)
        self.answer = answer


class BusyError(RefusedError):
    """The driver was busy until the deadline, as i40e is while it resets; it has not said no."""


@dataclasses.dataclass(frozen=True)
class Link:
    """A netdev as the kernel tells it over netlink."""

    name: str
    altnames: tuple[str, ...]
    mac: t.Optional[str]
    permanent_mac: t.Optional[str]
    up: bool
    mtu: t.Optional[int]
    mtu_range: tuple[t.Optional[int], t.Optional[int]]
    vfs: t.Mapping[int, VfAttributes]


def _call(arguments: t.Sequence[str]) -> tuple[int, str, str]:
    program = shutil.which("ip", path=_PATH)
    if program is None:
        raise VsrxError("the program 'ip' is not on this host; install iproute2 (iproute on Red Hat's systems)")
    # run_command has no deadline after which it does not wait.
    process = subprocess.Popen(  # pylint: disable=ansible-bad-function
        [program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}
    )
    try:
        out, err = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        # Not waited for: in the kernel's hands a process can not be ended.
        process.kill()
        raise VsrxError(
            f"'ip {' '.join(arguments)}' has not answered for {_SECONDS:.0f} s; the kernel's network lock may be held"
        ) from None
    return process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def _vlan(info: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    listed = info.get("vlan_list")
    first: t.Mapping[str, t.Any] = listed[0] if listed else info
    return first


def _attributes(info: t.Mapping[str, t.Any]) -> VfAttributes:
    """One entry of vfinfo_list; a key that an older ip or the driver leaves out is not known."""
    vlan = _vlan(info)
    rate = info.get("rate") or {}
    protocol = str(vlan.get("protocol", "802.1Q"))
    return VfAttributes(
        mac=str(info.get("address") or info.get("mac") or "").lower() or None,
        vlan=int(vlan.get("vlan", 0)),
        qos=int(vlan.get("qos", 0)),
        vlan_proto="802.1ad" if protocol.lower() == "802.1ad" else "802.1Q",
        spoofchk=info.get("spoofchk"),
        trust=info.get("trust"),
        link_state=info.get("link_state"),
        min_tx_rate=rate.get("min_tx"),
        max_tx_rate=rate.get("max_tx", info.get("tx_rate")),
    )


def _link(entry: t.Mapping[str, t.Any]) -> Link:
    mac = entry.get("address")
    return Link(
        name=entry["ifname"],
        altnames=tuple(entry.get("altnames", ())),
        mac=mac,
        permanent_mac=entry.get("permaddr", mac),
        up="UP" in entry.get("flags", ()),
        mtu=entry.get("mtu"),
        mtu_range=(entry.get("min_mtu"), entry.get("max_mtu")),
        vfs={info["vf"]: _attributes(info) for info in entry.get("vfinfo_list", ()) if "vf" in info},
    )


def _announced(info: t.Mapping[str, t.Any]) -> bool:
    """An IPv6 address that the kernel took from a router's announcement by itself; one that a network manager took is somebody's."""
    own = bool(info.get("mngtmpaddr")) and not info.get("noprefixroute")
    return info.get("protocol") == "kernel_ra" or own or bool(info.get("temporary"))


def _flag(value: bool) -> str:
    return "on" if value else "off"


def _words(values: t.Mapping[str, t.Any]) -> list[str]:
    """The arguments after 'vf N' for attributes that are set together."""
    words: list[str] = []
    for name, value in values.items():
        if name == "link_state":
            words += ["state", value]
        elif name == "vlan_proto":
            # 802.1Q is what a command without the word means, and an older ip does not know the word.
            words += ["proto", value] if value != "802.1Q" else []
        else:
            words += [name, _flag(value) if isinstance(value, bool) else str(value)]
    return words


def vf_words(index: int, values: t.Mapping[str, t.Any]) -> list[str]:
    """The arguments after 'ip link set dev PF' that set attributes which belong together."""
    if "vlan" not in values and ("qos" in values or "vlan_proto" in values):
        # ip takes both with a VLAN only; 0 is none.
        values = {"vlan": 0, **values}
    return ["vf", str(index), *_words({key: values[key] for keys in TOGETHER for key in keys if key in values})]


class Ip:
    """The commands of ip that the collection uses."""

    def __init__(self, call: t.Callable[[t.Sequence[str]], tuple[int, str, str]] = _call) -> None:
        self._call = call

    def _json(self, arguments: t.Sequence[str]) -> t.Any:
        code, out, err = self._call(arguments)
        if code:
            raise RefusedError(f"'ip {' '.join(arguments)}' failed: {err.strip()}", err.strip())
        try:
            return json.loads(out or "[]")
        except ValueError:
            raise VsrxError(f"'ip {' '.join(arguments)}' did not answer in JSON; iproute2 of 2018 or later is needed") from None

    def link(self, name: str) -> t.Optional[Link]:
        """A netdev by its name or alternative name, with the attributes of its VFs; None where there is none of that name."""
        try:
            entries = self._json(["-d", "-j", "link", "show", "dev", name])
        except RefusedError as failure:
            if "does not exist" in failure.answer or "Cannot find device" in failure.answer:
                return None
            raise
        return next((_link(entry) for entry in entries if entry), None)

    def addresses(self) -> dict[str, list[str]]:
        """The IP addresses of every netdev that has any, but for those that the kernel gives by itself."""
        found: dict[str, list[str]] = {}
        for entry in self._json(["-j", "addr", "show"]):
            held = [
                f"{info['local']}/{info['prefixlen']}"
                for info in entry.get("addr_info", ())
                if info.get("local") and info.get("scope") != "link" and not _announced(info)
            ]
            if held and "ifname" in entry:
                found[entry["ifname"]] = held
        return found

    def _set(self, name: str, words: t.Sequence[str]) -> None:
        arguments = ["link", "set", "dev", name, *words]
        deadline = time.monotonic() + _BUSY_SECONDS
        code, _out, err = self._call(arguments)
        while code and _BUSY in err and time.monotonic() + _BUSY_PAUSE < deadline:
            time.sleep(_BUSY_PAUSE)
            code, _out, err = self._call(arguments)
        if code:
            answer = err.strip().replace("RTNETLINK answers: ", "") or f"exit status {code}"
            if _BUSY in err:
                raise BusyError(f"'ip {' '.join(arguments)}': busy for {_BUSY_SECONDS:.0f} s", answer)
            raise RefusedError(f"'ip {' '.join(arguments)}': {answer}", answer)

    def set_up(self, name: str, up: bool) -> None:
        self._set(name, ["up" if up else "down"])

    def set_mtu(self, name: str, mtu: int) -> None:
        self._set(name, ["mtu", str(mtu)])

    def set_vf(self, name: str, index: int, values: t.Mapping[str, t.Any]) -> None:
        """Set attributes that belong together (one tuple of TOGETHER) in one command."""
        self._set(name, vf_words(index, values))
