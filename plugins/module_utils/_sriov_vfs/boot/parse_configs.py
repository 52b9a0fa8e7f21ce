# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads configurations of others that set VFs at boot: udev rules, module options, tmpfiles, systemd units, ifupdown and cron tables. Pure.

The scripts that units, rules and hooks start are read by the caller.
"""

from __future__ import annotations

import re
import typing as t

from .other_config import UNKNOWN, Key, OtherConfig, Test
from .parse_ini import parse_ini
from .parse_shell import ShellReader, split_logical_lines

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
_EXEC = ("ExecStart", "ExecStartPre", "ExecStartPost", "ExecCondition")
_UP = ("up", "pre-up", "post-up")
_PATH = re.compile(r"(?<![\w/])/(?:[\w.@+-]+/)*[\w.@+-]+")


def _to_number(text: t.Optional[str]) -> t.Optional[int]:
    return int(text) if text is not None and _NUMBER.fullmatch(text.strip()) else None


def _find_address(value: str) -> str:
    """Return the PCI address of a path such as pci-0000:83:00.0."""
    return value.partition("pci-")[2] or value


def _parse_udev_match(key: str, operator: str, value: str) -> t.Optional[Test]:
    negated = operator == "!="
    patterns = tuple(value.split("|"))
    ids = _UDEV_ID.fullmatch(key)
    if ids:
        kind = Key.VENDOR if "vendor" in ids[1].lower() else Key.DEVICE
        return Test(kind, tuple(pattern.lower().replace("0x", "") for pattern in patterns), negated)
    if key in ("KERNEL", "KERNELS") and all(_PCI_ADDRESS.fullmatch(_find_address(pattern)) for pattern in patterns):
        return Test(Key.ADDRESS, patterns, negated)
    if key in _UDEV_KEYS and key != "KERNELS":
        kind = _UDEV_KEYS[key]
        return Test(kind, tuple(_find_address(pattern) if kind is Key.ADDRESS else pattern for pattern in patterns), negated)
    return None if _ALWAYS.fullmatch(key) and not negated else UNKNOWN


def parse_udev(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the rules that assign sriov_numvfs, or run a command that writes it."""
    jumps = re.search(r'\bGOTO\s*=\s*"', text) is not None
    for number, line in split_logical_lines(text):
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
    for _number, line in split_logical_lines(text):
        tokens = _RULE_TOKEN.findall(line)
        matches = [(key, operator, value) for key, operator, value in tokens if operator in ("==", "!=")]
        if ("ACTION", "==", "remove") in matches:
            continue
        tests = [test for match in matches for test in [_parse_udev_match(*match)] if test is not None]
        yield from ((value, (*tests, *jumps)) for key, operator, value in tokens if key.startswith("RUN") and operator in ("=", "+=", ":="))


def parse_modprobe(path: str, text: str) -> t.Iterator[tuple[str, OtherConfig, tuple[int, ...]]]:
    """Read module options: the driver, the configuration for all its PFs, and the numbers of its ports where these differ."""
    for number, line in split_logical_lines(text):
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
    for number, line in split_logical_lines(text):
        words = line.split(None, 6)
        if len(words) > 1 and words[0].rstrip("!-+=") in ("w", "f", "F") and words[1].endswith("sriov_numvfs"):
            value = words[6].strip("\"'") if len(words) > 6 else ""
            yield from ShellReader(path, "tmpfiles.d").read(f"echo {value if _to_number(value) is not None else '$'} > {words[1]}", number)


def parse_sysfs_conf(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the lines of sysfsutils' configuration that write the file."""
    for number, line in split_logical_lines(text):
        name, equals, value = line.partition("=")
        if equals and name.strip().endswith("sriov_numvfs"):
            written = value.strip() if _to_number(value) is not None else "$"
            yield from ShellReader(path, "sysfsutils").read(f"echo {written} > /sys/{name.strip().removeprefix('/sys/')}", number)


def list_unit_commands(text: str, instance: str = "") -> list[tuple[int, str]]:
    """Return the commands that a unit with its drop-ins runs when it starts, each with its line; an empty assignment drops those before."""
    commands: dict[str, list[tuple[int, str]]] = {}
    for section, entries in parse_ini(text):
        for name, value, line in entries if section == "Service" else ():
            if name in _EXEC:
                if not value:
                    commands[name] = []
                else:
                    words = value.lstrip("-@:+!").replace("$$", "$")
                    for letter in ("%i", "%I", "%j", "%J"):
                        words = words.replace(letter, instance or "$instance")
                    commands.setdefault(name, []).append((line, words.replace("%%", "%")))
    return [command for name in ("ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost") for command in commands.get(name, ())]


def find_scripts(command: str) -> list[str]:
    """Return the files that a command names by an absolute path; one of them may be a script."""
    return list(dict.fromkeys(_PATH.findall(command)))


def parse_unit(path: str, text: str, how: str, instance: str = "", enabled: bool = True) -> list[OtherConfig]:
    """Read a unit's own commands; one that nothing starts at boot may still be started."""
    reader = ShellReader(path, how, () if enabled else (UNKNOWN,))
    for line, command in list_unit_commands(text, instance):
        reader.read(command, line, 1)
    return reader.found


def parse_interfaces(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read ifupdown's interfaces: the commands of a stanza run for its interface, at boot where it is auto."""
    auto: set[str] = set()
    stanzas: list[tuple[str, list[tuple[int, str]]]] = []
    for number, line in split_logical_lines(text):
        words = line.split(None, 1)
        if words[0] in ("auto", "allow-auto", "allow-hotplug") and len(words) > 1:
            auto.update(words[1].split())
        elif words[0] == "iface" and len(words) > 1:
            stanzas.append((words[1].split()[0], []))
        elif words[0] in _UP and len(words) > 1 and stanzas:
            stanzas[-1][1].append((number, words[1]))
    for name, commands in stanzas:
        reader = ShellReader(path, "ifupdown", () if name in auto else (UNKNOWN,), {"IFACE": name})
        for number, command in commands:
            reader.read(command, number, 1)
        yield from reader.found


def parse_cron(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the lines of a cron table that run at boot."""
    for number, line in split_logical_lines(text):
        if line.startswith("@reboot"):
            command = line[len("@reboot") :].strip()
            # A table of the system names the user before the command.
            user, _space, rest = command.partition(" ")
            yield from ShellReader(path, "cron").read(
                rest if re.fullmatch(r"[a-z_][\w-]*", user) and "spool" not in path else command, number, 1
            )


def parse_script(
    path: str, text: str, how: str, enabled: bool = True, variables: t.Optional[t.Mapping[str, str]] = None
) -> list[OtherConfig]:
    """Read a shell script; of another language's nothing is known but that it names the file."""
    shebang = text[:200].partition("\n")[0]
    if shebang.startswith("#!") and not re.search(r"\b(?:ba|da|a|z|k)?sh\b", shebang):
        lines = [number for number, line in enumerate(text.splitlines(), 1) if "sriov_numvfs" in line and not line.lstrip().startswith("#")]
        return [OtherConfig(path, lines[0], how, None, True, (UNKNOWN,))] if lines else []
    return ShellReader(path, how, () if enabled else (UNKNOWN,), variables).read(text)
