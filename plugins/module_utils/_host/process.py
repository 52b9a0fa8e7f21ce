# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Runs programs and children of our own, never longer than a deadline: what blocks in the kernel cannot be ended."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import typing as t

#: where the host's programs are looked for, whatever PATH the connection has
SEARCH_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@dataclasses.dataclass(frozen=True)
class Answer:
    """How a program ended, and what it printed."""

    status: int
    out: str
    err: str


class TimeIsOverError(Exception):
    """The program has not ended in time; it is left behind."""


def find_program(name: str) -> t.Optional[str]:
    """Return the path of one of the host's programs, None where it is not installed."""
    return shutil.which(name, path=SEARCH_PATH)


def run_until(arguments: t.Sequence[str], seconds: float) -> Answer:
    """Run a program by its path in the C locale; raises ``TimeIsOverError`` where it does not end in time."""
    # run_command has no deadline after which it does not wait.
    process = subprocess.Popen(  # pylint: disable=ansible-bad-function
        list(arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PATH": SEARCH_PATH, "LC_ALL": "C"},
    )
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        # Not waited for: in the kernel's hands a process cannot be ended.
        process.kill()
        raise TimeIsOverError from None
    return Answer(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def run(arguments: t.Sequence[str], seconds: float) -> t.Optional[Answer]:
    """Run one of the host's programs by its name; None where it is not installed or does not end in time."""
    program = find_program(arguments[0])
    if program is None:
        return None
    try:
        return run_until([program, *arguments[1:]], seconds)
    except TimeIsOverError:
        return None


def settle_udev(seconds: int) -> None:
    """Wait until udev has named what the kernel has made, no longer than that; a host without udev has nothing to wait for."""
    # Its status says only that the time is over; the caller looks at what is there.
    run(["udevadm", "settle", f"--timeout={seconds}"], seconds + 5.0)


def fork(work: t.Callable[[int], None]) -> tuple[int, int]:
    """Run ``work`` in a child with the end of a pipe to write to; returns the child's pid and the end to read from."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        # Away from the terminal and from the pipes that Ansible waits for.
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        work(writing)
        status = 0
    finally:
        os._exit(status)
