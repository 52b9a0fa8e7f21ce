# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads shell commands that set the number of VFs: scripts, units, cron tables, hooks of ifupdown. Pure.

It follows constants, `for` loops over words, `cd`, `sh -c`, and the last write; a read of the file is no write. A write under a condition,
or to a path that a variable decides, may act: the match is unknown then.
"""

from __future__ import annotations

import dataclasses
import re
import shlex
import typing as t

from .other_config import UNKNOWN, Key, OtherConfig, Test, parse_attributes

_FILE = "sriov_numvfs"
_NET = re.compile(r"/net/([^/]+)/(?:device/)?" + _FILE + "$")
_PCI = re.compile(r"/([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])/(?:net/[^/]+/device/)?" + _FILE + "$", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SEPARATORS = (";", "&&", "||", "|", "&", ";;", "(", ")", "()", "\n", "{", "}")
_CONDITIONS = {"if": 1, "case": 1, "while": 1, "until": 1, "fi": -1, "esac": -1}
_LOOPS = ("while", "until")
_PREFIXES = ("sudo", "env", "nice", "ionice", "time", "exec", "command", "builtin", "/usr/bin/env", "then", "do", "else", "elif", "!")
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh", "busybox")
_READERS = (
    "cat",
    "grep",
    "egrep",
    "test",
    "[",
    "[[",
    "head",
    "tail",
    "ls",
    "stat",
    "read",
    "awk",
    "wc",
    "cut",
    "diff",
    "chmod",
    "chown",
    "printf",
)
_VF_WORDS = {
    **{word: word for word in ("mac", "vlan", "qos", "trust", "spoofchk", "min_tx_rate", "max_tx_rate")},
    "proto": "vlan_proto",
    "state": "link_state",
    "rate": "max_tx_rate",
}
_MOST_STATEMENTS = 5000


@dataclasses.dataclass
class _State:
    variables: dict[str, tuple[str, ...]]
    conditional: int = 0
    folder: str = ""
    in_function: int = 0
    left: int = _MOST_STATEMENTS


class ShellReader:
    """Reads the commands of one file into what they do to VFs."""

    def __init__(self, source: str, how: str, tests: tuple[Test, ...] = (), variables: t.Optional[t.Mapping[str, str]] = None) -> None:
        self._source = source
        self._how = how
        self._tests = tests
        self._state = _State({name: (value,) for name, value in (variables or {}).items()})
        self.found: list[OtherConfig] = []

    def read(self, text: str, first_line: int = 1, depth: int = 0) -> list[OtherConfig]:
        """Read commands; ``first_line`` is where the text begins in the file. Returns all that was found so far."""
        line, ended = first_line, False
        loops: list[t.Optional[str]] = []
        for chunk in text.replace("\r", "").split("\n") if "\\\n" not in text else _join_lines(text):
            if not ended:
                ended = self._read_line(chunk, line, depth, loops)
            line += chunk.count("\0") + 1
        return self.found

    def _read_line(self, text: str, line: int, depth: int, loops: list[t.Optional[str]]) -> bool:
        """Read one logical line; returns True where the script ends unconditionally."""
        try:
            lexer = shlex.shlex(text.replace("\0", " "), posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            parts = list(lexer)
        except ValueError:
            # Quotes that end in another line.
            if _FILE in text and not text.lstrip().startswith("#"):
                self._add(line, None, (UNKNOWN,))
            return False
        command: list[str] = []
        piped: list[str] = []
        follows_condition = False
        for part in [*parts, "\n"]:
            if part not in _SEPARATORS:
                command.append(part)
                continue
            self._state.left -= 1
            if self._state.left < 0:
                return True
            if command and self._run(command, piped, line, depth, loops, follows_condition):
                return True
            self._note_function(part, command)
            piped = command if part == "|" else []
            follows_condition = part in ("&&", "||")
            command = []
        return False

    def _note_function(self, operator: str, command: t.Sequence[str]) -> None:
        """What a function does is done only where it is called."""
        if operator == "()" and len(command) == 1:
            self._state.in_function += 1
            self._state.conditional += 1
        elif operator == "}" and self._state.in_function:
            self._state.in_function -= 1
            self._state.conditional = max(0, self._state.conditional - 1)

    def _run(
        self, command: list[str], piped: list[str], line: int, depth: int, loops: list[t.Optional[str]], follows_condition: bool
    ) -> bool:
        while command and command[0] in (*_PREFIXES, *_CONDITIONS):
            self._state.conditional = max(0, self._state.conditional + _CONDITIONS.get(command[0], 0))
            if command[0] in _LOOPS:
                loops.append(None)
            command = command[1:]
        if not command:
            return False
        name = command[0]
        if name == "for" and len(command) > 2 and command[2] == "in":
            words = tuple(value for word in command[3:] for value in self._expand(word))
            self._state.variables[command[1]] = words or ("$",)
            loops.append(command[1])
        elif name == "done":
            variable = loops.pop() if loops else None
            if variable:
                self._state.variables.pop(variable, None)
            else:
                self._state.conditional = max(0, self._state.conditional - 1)
        elif name in ("exit", "return") and not self._state.conditional and not follows_condition and not loops:
            return depth == 0
        elif name == "cd" and len(command) > 1:
            self._state.folder = command[1]
        elif _ASSIGNMENT.fullmatch(name) and len(command) == 1:
            variable, value = _ASSIGNMENT.fullmatch(name).groups()  # type: ignore[union-attr]
            certain = not self._state.conditional and not follows_condition
            self._state.variables[variable] = self._expand(value) if certain else ("$",)
        elif name.rpartition("/")[2] in _SHELLS and any(word.startswith("-") and "c" in word for word in command[1:3]):
            script = next((word for word in command[1:] if not word.startswith("-")), "")
            if depth < 5:
                self.read(script, line, depth + 1)
        else:
            self._look_for_writes(command, piped, line, follows_condition)
        return False

    def _look_for_writes(self, command: list[str], piped: list[str], line: int, follows_condition: bool) -> None:
        name = command[0].rpartition("/")[2]
        uncertain = (UNKNOWN,) if self._state.conditional or follows_condition else ()
        targets = [command[at + 1] for at, word in enumerate(command[:-1]) if word in (">", ">>", ">|")]
        if name == "tee":
            targets += [word for word in command[1:] if not word.startswith(("-", "<"))]
        written = piped if name == "tee" and piped else command
        if "<<<" in command[:-1]:
            written = ["echo", command[command.index("<<<") + 1]]
        hits = [target for target in targets if self._is_file(target)]
        for target in hits:
            number = self._number_of(written)
            for path in self._expand(target):
                self._add(line, number, (*self._tests_of(path), *uncertain))
        if not hits and name not in (*_READERS, "echo") and any(_FILE in word and "=" not in word for word in command):
            self._add(line, None, (*uncertain, UNKNOWN))
        if name == "ip" and "vf" in command and "set" in command:
            self._read_ip(command, line, uncertain)

    def _is_file(self, target: str) -> bool:
        return any(value.endswith(_FILE) for value in self._expand(target))

    def _number_of(self, command: t.Sequence[str]) -> t.Optional[int]:
        words = [word for word in command[1 : command.index(">") if ">" in command else len(command)] if not word.startswith(("-", "%"))]
        values = self._expand(words[-1]) if words else ()
        texts = {value.strip() for value in values}
        only = texts.pop() if len(texts) == 1 else ""
        return int(only) if _NUMBER.fullmatch(only) else None

    def _expand(self, word: str) -> tuple[str, ...]:
        """Return each text that a word can be; a variable that is not known stays as it is written."""
        found = [word]
        for match in list(_VARIABLE.finditer(word))[:4]:
            values = self._state.variables.get(match[1] or match[2], (match[0],))
            found = [text.replace(match[0], value) for text in found for value in values][:256]
        return tuple(found)

    def _tests_of(self, path: str) -> tuple[Test, ...]:
        if not path.startswith("/"):
            path = f"{(self._expand(self._state.folder) or ('',))[0]}/{path}"
        by_name, by_address = _NET.search(path), _PCI.search(path)
        if by_address:
            return (*self._tests, Test(Key.ADDRESS, (by_address[1],)))
        if by_name:
            return (*self._tests, Test(Key.NAME, (by_name[1],)))
        return (*self._tests, UNKNOWN)

    def _read_ip(self, command: list[str], line: int, uncertain: tuple[Test, ...]) -> None:
        at = command.index("vf")
        netdev = command[at - 1]
        index = self._expand(command[at + 1])[0] if at + 1 < len(command) else ""
        values = [(_VF_WORDS[word], value) for word, value in zip(command[at + 2 :], command[at + 3 :]) if word in _VF_WORDS]
        if _NUMBER.fullmatch(index) and values:
            attributes = {int(index): parse_attributes(values)}
            for name in self._expand(netdev):
                tests = (*self._tests, Test(Key.NAME, (name,)), *uncertain)
                self.found.append(OtherConfig(self._source, line, self._how, None, False, tests, attributes))

    def _add(self, line: int, number: t.Optional[int], tests: tuple[Test, ...]) -> None:
        self.found.append(OtherConfig(self._source, line, self._how, number, number is None, tests))


def _join_lines(text: str) -> list[str]:
    """Return logical lines; a NUL stands for each line end that a backslash took away."""
    return text.replace("\0", "").replace("\\\n", "\0").split("\n")


def split_logical_lines(text: str) -> t.Iterator[tuple[int, str]]:
    """Return the lines that are no comments, each with its number; a backslash joins the next line."""
    number = 1
    for chunk in text.replace("\0", "").replace("\\\n", "\0").split("\n"):
        line = chunk.replace("\0", " ").strip()
        if line and line[0] not in "#;":
            yield number, line
        number += chunk.count("\0") + 1
