# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The one place that writes sriov_numvfs.

A write may block for as long as a guest uses a VF, and then nothing ends it: so a child writes, the parent waits no longer than its
deadline, and the file is never read.
"""

from __future__ import annotations

import errno
import os
import select
import time
import typing as t

from . import process
from .fs import DEVICES, Tree

_BUSY_PAUSE = 0.5
#: EBUSY is "resetting" to ice, which passes, and "VFs exist already" to all, which does not
_EBUSY_SECONDS = 10.0


class WriteError(Exception):
    """The kernel refused the number."""

    def __init__(self, number: int) -> None:
        super().__init__(os.strerror(number))
        self.number = number


class WriteTimeoutError(Exception):
    """The write has not returned; the child that waits for it is left behind."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} still writes")
        self.pid = pid


def put(path: str, text: str) -> None:
    """Write one of the kernel's files."""
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def _put_when_not_busy(path: str, text: str, deadline: float) -> int:
    """Write, again where the driver says that it is busy; returns the errno, 0 for success."""
    until = {errno.EAGAIN: deadline, errno.EBUSY: min(deadline, time.monotonic() + _EBUSY_SECONDS)}
    while True:
        try:
            put(path, text)
        except OSError as failure:
            if time.monotonic() + _BUSY_PAUSE < until.get(failure.errno or 0, 0.0):
                time.sleep(_BUSY_PAUSE)
                continue
            return failure.errno or errno.EIO
        return 0


def _answer(pipe: int, number: int) -> None:
    os.write(pipe, str(number).encode())


def write(tree: Tree, address: str, count: int, seconds: float, started: t.Callable[[int], None] = lambda pid: None) -> None:
    """Set the number of VFs; ``started`` gets the child's pid. Raises WriteError or, after ``seconds``, WriteTimeoutError."""
    deadline = time.monotonic() + seconds
    path = tree.path(f"{DEVICES}/{address}/sriov_numvfs")
    pid, reading = process.fork(lambda pipe: _answer(pipe, _put_when_not_busy(path, str(count), deadline)))
    try:
        started(pid)
        ready, _w, _x = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise WriteTimeoutError(pid)
        answer = os.read(reading, 16)
    finally:
        os.close(reading)
    # It has answered, or its end of the pipe is closed: it is at its end.
    os.waitpid(pid, 0)
    number = int(answer) if answer else errno.EINTR
    if number:
        raise WriteError(number)


def set_autoprobe(tree: Tree, address: str, probe: bool) -> None:
    """Choose whether the host's drivers take new VFs of a PF."""
    put(tree.path(f"{DEVICES}/{address}/sriov_drivers_autoprobe"), "1" if probe else "0")
