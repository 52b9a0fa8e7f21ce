# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads configurations in YAML that set VFs: netplan, nmstate, cloud-init, os-net-config and the SR-IOV network operator. Pure.

The host's own YAML library reads them, since netplan and nmstate come with it; where it is missing the file may act and is not understood.
"""

from __future__ import annotations

import re
import shlex
import typing as t

from .other_config import UNKNOWN, Key, OtherConfig, Test
from .parse_shell import ShellReader

_MENTIONS = re.compile(r"virtual-function-count|link:|sr-iov|total-vfs|numvfs|numVfs")


class _UnreadableError(Exception):
    """The file is no YAML, or no YAML library is there."""


def _load(text: str) -> t.Any:
    try:
        import yaml
    except ImportError:
        raise _UnreadableError from None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        raise _UnreadableError from None


def _as_dict(value: t.Any) -> t.Mapping[t.Any, t.Any]:
    return value if isinstance(value, dict) else {}


def _as_list(value: t.Any) -> t.Sequence[t.Any]:
    return value if isinstance(value, list) else ()


def _as_number(value: t.Any) -> t.Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 16 else None


def _find_line(text: str, *words: str) -> t.Optional[int]:
    """Return the line of the last of these words, each searched from where the one before stands; None where one is missing."""
    at = 0
    for word in words:
        at = text.find(word, at)
        if at < 0:
            return None
    return text.count("\n", 0, at) + 1


def _split_words(value: t.Any) -> tuple[str, ...]:
    return tuple(str(each) for each in (value if isinstance(value, list) else [value]) if isinstance(each, (str, int)))


def _make_netplan_tests(name: str, device: t.Mapping[t.Any, t.Any]) -> tuple[Test, ...]:
    match = _as_dict(device.get("match"))
    keys = {"name": Key.NAME, "macaddress": Key.MAC, "driver": Key.DRIVER}
    tests = [Test(keys[key], _split_words(value)) if key in keys else UNKNOWN for key, value in match.items()]
    if not match:
        tests = [Test(Key.NAME, (name,))]
    new = device.get("set-name")
    if isinstance(new, str):
        # The name that is matched may be the one from before.
        tests = [Test(Key.NAME, (new,)) if test.key is Key.NAME else test for test in tests]
    return tuple(tests)


def parse_netplan(files: t.Mapping[str, str]) -> list[OtherConfig]:
    """Read all files together, in the order of their names: netplan merges them, and a VF is one more when its ``link`` names a PF."""
    ethernets: dict[str, dict[t.Any, t.Any]] = {}
    where: dict[str, tuple[str, t.Optional[int]]] = {}
    found: list[OtherConfig] = []
    for path, text in files.items():
        # A PF can be defined in one file, and its VFs in another.
        if "ethernets" not in text and not _MENTIONS.search(text):
            continue
        try:
            loaded = _load(text)
        except _UnreadableError:
            if "virtual-function-count" in text:
                line = _find_line(text, "virtual-function-count")
                found.append(OtherConfig(path, line, "netplan's virtual-function-count", None, True, (UNKNOWN,)))
            continue
        for name, device in _as_dict(_as_dict(_as_dict(loaded).get("network")).get("ethernets")).items():
            known = ethernets.setdefault(str(name), {})
            known.update(_as_dict(device))
            if "virtual-function-count" in _as_dict(device) or "link" in _as_dict(device):
                key = "virtual-function-count" if "virtual-function-count" in _as_dict(device) else "link"
                where[str(_as_dict(device).get("link", name))] = (path, _find_line(text, str(name), key))
    linked = [str(device["link"]) for device in ethernets.values() if isinstance(device.get("link"), str)]
    for name, device in ethernets.items():
        count = device.get("virtual-function-count")
        if count is None and name not in linked:
            continue
        number = None if count is not None and _as_number(count) is None else max(_as_number(count) or 0, linked.count(name))
        how = "netplan's virtual-function-count" if count is not None else "VFs of netplan by their link"
        path, line = where.get(name, ("", None))
        found.append(OtherConfig(path, line, how, number, number is None, _make_netplan_tests(name, device)))
    return found


def parse_nmstate(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read a desired state that nmstate.service applies at boot."""
    if not _MENTIONS.search(text):
        return
    how = "nmstate's sr-iov"
    try:
        loaded = _load(text)
    except _UnreadableError:
        yield OtherConfig(path, None, how, None, True, (UNKNOWN,))
        return
    for interface in map(_as_dict, _as_list(_as_dict(loaded).get("interfaces"))):
        sriov = _as_dict(_as_dict(interface.get("ethernet")).get("sr-iov"))
        if "total-vfs" in sriov:
            number = _as_number(sriov["total-vfs"])
            key = Key.MAC if interface.get("identifier") == "mac-address" else Key.NAME
            value = interface.get("mac-address") if key is Key.MAC else interface.get("name")
            line = _find_line(text, str(value), "total-vfs")
            yield OtherConfig(path, line, how, number, number is None, (Test(key, _split_words(value)),))


def parse_cloud_init(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the commands that cloud-init runs at every boot; those of runcmd run once."""
    if "bootcmd" not in text or not ("sriov_numvfs" in text or " vf " in text):
        return
    try:
        loaded = _load(text)
    except _UnreadableError:
        yield OtherConfig(path, _find_line(text, "bootcmd"), "cloud-init's bootcmd", None, True, (UNKNOWN,))
        return
    for command in _as_list(_as_dict(loaded).get("bootcmd")):
        words = [str(word) for word in command] if isinstance(command, list) else []
        line = _find_line(text, "bootcmd", (words[-1] if words else str(command)).partition("\n")[0])
        yield from ShellReader(path, "cloud-init's bootcmd").read(shlex.join(words) if words else str(command), line or 1)


def parse_agent(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read what os-net-config (sriov_config.yaml) and the SR-IOV network operator's systemd mode keep for the next boot."""
    if not _MENTIONS.search(text):
        return
    how = "os-net-config" if "os-net-config" in path else "the SR-IOV network operator"
    try:
        todo = [_load(text)]
    except _UnreadableError:
        yield OtherConfig(path, None, how, None, True, (UNKNOWN,))
        return
    steps = 10000
    while todo and steps:
        steps -= 1
        node = todo.pop()
        todo += [*(node.values() if isinstance(node, dict) else _as_list(node))]
        entry = _as_dict(node)
        count = entry.get("numvfs", entry.get("numVfs"))
        if count is None:
            continue
        address, name = entry.get("pciAddress"), entry.get("name")
        test = Test(Key.ADDRESS, _split_words(address)) if address else Test(Key.NAME, _split_words(name)) if name else UNKNOWN
        line = _find_line(text, str(address or name or "numvfs"))
        yield OtherConfig(path, line, how, _as_number(count), _as_number(count) is None, (test,))
