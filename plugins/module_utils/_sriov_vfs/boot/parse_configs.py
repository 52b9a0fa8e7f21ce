# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads configurations of others that set VFs at boot: udev rules, INI-like files of NetworkManager and systemd, module options. Pure."""

from __future__ import annotations

import re
import typing as t

from .other_config import UNKNOWN, Key, OtherConfig, Test
from .parse_shell import ShellReader

_NUMBER = re.compile(r"[0-9]{1,6}")
_RULE_TOKEN = re.compile(r'([A-Z_]+(?:\{[^}]*\})?)\s*(==|!=|\+=|-=|:=|=)\s*(?:e|i)?"((?:[^"\\]|\\.)*)"')
#: keys of udev that hold for every PF that is a network device of PCI
_ALWAYS = re.compile(
    r"SUBSYSTEMS?|ACTION|ENV\{(?:DEVTYPE|ID_BUS|INTERFACE_TYPE)\}|TAGS?|TEST|ATTR\{(?:device/)?(?:sriov_numvfs|sriov_totalvfs|type)\}"
)
_UDEV_KEYS = {
    "KERNEL": Key.KERNEL_NAME,
    "NAME": Key.NAME,
    "INTERFACE": Key.NAME,
    "ENV{INTERFACE}": Key.NAME,
    "ENV{INTERFACE_OLD}": Key.KERNEL_NAME,
    "ENV{ID_NET_NAME}": Key.NAME,
    "ENV{ID_NET_DRIVER}": Key.DRIVER,
    "DRIVER": Key.DRIVER,
    "DRIVERS": Key.DRIVER,
    "ATTR{address}": Key.MAC,
    "ATTRS{address}": Key.MAC,
    "KERNELS": Key.ADDRESS,
    "ENV{PCI_SLOT_NAME}": Key.ADDRESS,
    "ENV{ID_PATH}": Key.ADDRESS,
}
_UDEV_ID = re.compile(r"(?:ATTRS?\{(?:device/)?|ENV\{ID_)(vendor|device|VENDOR_ID|MODEL_ID)\}")
_PCI_ADDRESS = re.compile(r"[0-9a-f*?\[\]]{4,8}:[0-9a-f*?\[\]]{2}:[0-9a-f*?\[\]]{2}\.[0-7*?]", re.IGNORECASE)


def _to_number(text: t.Optional[str]) -> t.Optional[int]:
    return int(text) if text is not None and _NUMBER.fullmatch(text.strip()) else None


def logical_lines(text: str) -> t.Iterator[tuple[int, str]]:
    """Return the lines that are no comments, each with its number; a backslash joins the next line."""
    number = 1
    for chunk in text.replace("\0", "").replace("\\\n", "\0").split("\n"):
        line = chunk.replace("\0", " ").strip()
        if line and line[0] not in "#;":
            yield number, line
        number += chunk.count("\0") + 1


def _address_of(value: str) -> str:
    """Return the PCI address of a path such as pci-0000:83:00.0."""
    return value.partition("pci-")[2] or value


def _parse_udev_match(key: str, operator: str, value: str) -> t.Optional[Test]:
    negated = operator == "!="
    patterns = tuple(value.split("|"))
    ids = _UDEV_ID.fullmatch(key)
    if ids:
        kind = Key.VENDOR if "vendor" in ids[1].lower() else Key.DEVICE
        return Test(kind, tuple(pattern.lower().replace("0x", "") for pattern in patterns), negated)
    if key in ("KERNEL", "KERNELS") and all(_PCI_ADDRESS.fullmatch(_address_of(pattern)) for pattern in patterns):
        return Test(Key.ADDRESS, patterns, negated)
    if key in _UDEV_KEYS and key != "KERNELS":
        kind = _UDEV_KEYS[key]
        return Test(kind, tuple(_address_of(pattern) if kind is Key.ADDRESS else pattern for pattern in patterns), negated)
    return None if _ALWAYS.fullmatch(key) and not negated else UNKNOWN


def parse_udev(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the rules that assign sriov_numvfs, or run a command that writes it."""
    jumps = re.search(r'\bGOTO\s*=\s*"', text) is not None
    for number, line in logical_lines(text):
        if "sriov_numvfs" not in line and " vf " not in line:
            continue
        tokens = _RULE_TOKEN.findall(line)
        matches = [(key, operator, value) for key, operator, value in tokens if operator in ("==", "!=")]
        if ("ACTION", "==", "remove") in matches:
            continue
        tests = [test for match in matches for test in [_parse_udev_match(*match)] if test is not None]
        tests += [UNKNOWN] if jumps else []
        for key, operator, value in tokens:
            if operator in ("=", ":=") and re.fullmatch(r"ATTR\{(?:.*/)?sriov_numvfs\}", key):
                count = _to_number(value)
                yield OtherConfig(path, number, "a udev rule", count, count is None, tuple(tests))
            elif key.startswith("RUN") and operator in ("=", "+=", ":="):
                names = next(
                    (test.patterns[0] for test in tests if test.key in (Key.NAME, Key.KERNEL_NAME) and len(test.patterns) == 1), ""
                )
                command = re.sub(r"%k|\$kernel|\$name|\$env\{INTERFACE\}|%E\{INTERFACE\}", names or "$name", value)
                yield from ShellReader(path, "a command of a udev rule", tuple(tests)).read(command, number)


def find_udev_programs(text: str) -> t.Iterator[tuple[str, tuple[Test, ...]]]:
    """Return the commands that rules run, each with what its rule matches: a script of theirs may set VFs."""
    jumps = (UNKNOWN,) if re.search(r'\bGOTO\s*=\s*"', text) else ()
    for _number, line in logical_lines(text):
        tokens = _RULE_TOKEN.findall(line)
        matches = [(key, operator, value) for key, operator, value in tokens if operator in ("==", "!=")]
        if ("ACTION", "==", "remove") in matches:
            continue
        tests = [test for match in matches for test in [_parse_udev_match(*match)] if test is not None]
        yield from ((value, (*tests, *jumps)) for key, operator, value in tokens if key.startswith("RUN") and operator in ("=", "+=", ":="))


def parse_modprobe(path: str, text: str) -> t.Iterator[tuple[str, OtherConfig, tuple[int, ...]]]:
    """Read module options: the driver, the configuration for all its PFs, and the numbers of its ports where these differ."""
    for number, line in logical_lines(text):
        words = line.split()
        if len(words) > 2 and words[0] == "options":
            for word in words[2:]:
                yield from parse_option(path, number, words[1], word)


def parse_option(path: str, line: t.Optional[int], driver: str, word: str) -> t.Iterator[tuple[str, OtherConfig, tuple[int, ...]]]:
    """Read one option of a driver, such as max_vfs=4, max_vfs=0,4, or mlx4's num_vfs=0000:04:00.0-5;0."""
    name, _equals, value = word.partition("=")
    if name not in ("max_vfs", "num_vfs"):
        return
    driver = driver.replace("-", "_")
    how = f"module option {name} of {driver}"
    tests = (Test(Key.DRIVER, (driver,)),)
    value = value.strip("'\"")
    parts = [_to_number(part) for part in value.split(",")]
    if re.match(r"[0-9a-f]{4}:", value, re.IGNORECASE):
        for each in value.split(","):
            address, _dash, counts = each.partition("-")
            by_port = [_to_number(part) for part in counts.split(";")]
            total = sum(part or 0 for part in by_port)
            yield driver, OtherConfig(path, line, how, total, None in by_port, (*tests, Test(Key.ADDRESS, (address,)))), ()
    elif None in parts:
        yield driver, OtherConfig(path, line, how, None, True, tests), ()
    else:
        numbers = tuple(part for part in parts if part is not None)
        yield driver, OtherConfig(path, line, how, numbers[0], False, tests), numbers if len(numbers) > 1 else ()


def parse_cmdline(path: str, text: str) -> t.Iterator[tuple[str, OtherConfig, tuple[int, ...]]]:
    """Read options of drivers on the kernel command line; the last word wins."""
    for word in text.split():
        driver, dot, rest = word.partition(".")
        if dot:
            yield from parse_option(path, None, driver, rest)


def parse_tmpfiles(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the lines of tmpfiles.d that write the file."""
    for number, line in logical_lines(text):
        words = line.split(None, 6)
        if len(words) > 1 and words[0].rstrip("!-+=") in ("w", "f", "F") and words[1].endswith("sriov_numvfs"):
            value = words[6].strip("\"'") if len(words) > 6 else ""
            yield from ShellReader(path, "tmpfiles.d").read(f"echo {value if _to_number(value) is not None else '$'} > {words[1]}", number)


def parse_sysfs_conf(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the lines of sysfsutils' configuration that write the file."""
    for number, line in logical_lines(text):
        name, equals, value = line.partition("=")
        if equals and name.strip().endswith("sriov_numvfs"):
            written = value.strip() if _to_number(value) is not None else "$"
            yield from ShellReader(path, "sysfsutils").read(f"echo {written} > /sys/{name.strip().removeprefix('/sys/')}", number)
