# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which system calls a run makes on the files that the collection keeps, and a run in which one of them fails: by strace."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

from .runs import BEGIN, END, OUTSIDE

CALLS = (
    *("openat", "read", "write", "fsync", "fchmod", "mkdir", "rename"),
    *("unlink", "flock", "ftruncate", "getdents64", "newfstatat", "close"),
)
ERRORS = ("ENOSPC", "EIO", "EROFS", "EINTR")
TESTS = pathlib.Path(__file__).parents[1]
_LINE = re.compile(r"^(?P<call>\w+)\((?P<rest>.*)")
#: what tempfile adds to a name, and the time in the name of a backup
_CHANCE = re.compile(r"(?<=\.)\w{8}(?=$|\")|\d{8}T\d+\S*(?=\.xml)")


@dataclasses.dataclass(frozen=True)
class Point:
    """The ``nth`` call of a name in the process, and what it is on."""

    call: str
    nth: int
    path: str


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What three runs on one host said: the first with the fault, two without; and where the host ended."""

    first: dict[str, t.Any]
    second: dict[str, t.Any]
    third: dict[str, t.Any]
    state: t.Any
    #: the call that strace let fail, as it shows it
    failed_call: str = ""

    def problems(self, undisturbed: Outcome) -> list[str]:
        """What is not as it should be."""
        said = [run["traceback"].strip().splitlines()[-1] for run in (self.first, self.second, self.third) if "traceback" in run]
        found = [f"traceback: {line}" for line in said]
        if "error" in self.first and not re.search(r"/\S+", self.first["error"]):
            found.append(f"the error names no file: {self.first['error']}")
        if "error" in self.second or "error" in self.third:
            found.append(f"the next run fails, too: {self.second.get('error') or self.third.get('error')}")
        if "changed" in self.first and self.second.get("changed") is not False:
            found.append("the first run reported success, and the next one had something left to do")
        if self.third.get("changed") is not False and not said:
            found.append("the third run changes something")
        if self.state != undisturbed.state:
            found.append(f"the host is not as after an undisturbed run: {self.state} instead of {undisturbed.state}")
        return found


def run(kind: str, folder: pathlib.Path, *options: str, limit: str = "") -> tuple[Outcome, list[str]]:
    """Three runs in a process below strace, and the lines of its log."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = folder.with_suffix(".strace")
    # Without -f: the child that stands in for the kernel is left alone.
    command = ["strace", "-y", "-e", f"trace={','.join(CALLS)}", *options, "-o", str(log)]
    settings = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": f"{os.environ['PYTHONPATH']}:{TESTS}"}
    done = subprocess.run(
        [*command, sys.executable, "-m", "io_faults.runs", kind, str(folder), *([limit] if limit else [])],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    lines = log.read_text(errors="replace").splitlines()
    if done.returncode or not done.stdout:
        raise RuntimeError(f"the process ended with {done.returncode}: {done.stderr[-2000:]}")
    return Outcome(**json.loads(done.stdout)), lines


def find_points(lines: t.Sequence[str], folder: pathlib.Path) -> list[Point]:
    """The calls of the first run on the files of the collection.

    Not the closing of a lock: strace answers in the place of the call, and the file would stay open with its lock, where Linux closes
    it whatever it answers.
    """
    counts: dict[str, int] = {}
    points: list[Point] = []
    begun = False
    for line in lines:
        found = _LINE.match(line)
        if not found:
            continue
        counts[found["call"]] = counts.get(found["call"], 0) + 1
        if BEGIN in line or END in line:
            begun = BEGIN in line
        elif begun and (path := _path_of(found["rest"], folder)) and not (found["call"] == "close" and path.endswith("lock")):
            points.append(Point(found["call"], counts[found["call"]], path))
    return points


def _path_of(rest: str, folder: pathlib.Path) -> str:
    """The file of the collection that a call is on, without what differs in each run; empty for others."""
    found = re.search(re.escape(str(folder)) + r'/?([^">]*)', rest)
    if not found or found[1].split("/")[0] in OUTSIDE:
        return ""
    return _CHANCE.sub("*", found[1]) or "."


def end_files_at(kind: str, folder: pathlib.Path, size: int) -> Outcome:
    """A short write, and then no more: what a full disk does in the middle of a file."""
    return run(kind, folder, limit=str(size))[0]


def fail_at(kind: str, folder: pathlib.Path, point: Point, error: str) -> Outcome:
    """The call fails once, in the first run."""
    outcome, lines = run(kind, folder, "-e", f"inject={point.call}:error={error}:when={point.nth}")
    hit = [line for line in lines if "(INJECTED)" in line]
    if len(hit) != 1 or _path_of(hit[0], folder) != point.path:
        raise RuntimeError(f"{point} was not hit, but {hit}")
    return dataclasses.replace(outcome, failed_call=hit[0])
