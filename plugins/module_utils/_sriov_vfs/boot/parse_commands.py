# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads what runs commands at boot: systemd units, ifupdown's interfaces, cron tables. Pure.

The scripts that these start are read by the caller.
"""

from __future__ import annotations

import re
import typing as t

from .other_config import UNKNOWN, OtherConfig
from .parse_configs import logical_lines
from .parse_ini import parse_ini
from .parse_shell import ShellReader

_EXEC = ("ExecStart", "ExecStartPre", "ExecStartPost", "ExecCondition")
_UP = ("up", "pre-up", "post-up")
_PATH = re.compile(r"(?<![\w/])/(?:[\w.@+-]+/)*[\w.@+-]+")


def unit_commands(text: str, instance: str = "") -> list[tuple[int, str]]:
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
    for line, command in unit_commands(text, instance):
        reader.read(command, line, 1)
    return reader.found


def parse_interfaces(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read ifupdown's interfaces: the commands of a stanza run for its interface, at boot where it is auto."""
    auto: set[str] = set()
    stanzas: list[tuple[str, list[tuple[int, str]]]] = []
    for number, line in logical_lines(text):
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
    for number, line in logical_lines(text):
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
