# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# The one place that writes sriov_numvfs. A write may block for as long as somebody holds a VF, and then nothing ends it: so a child
# writes, the parent waits no longer than its deadline, and nobody ever reads the file.
import errno
import os
import select
import time
import typing as t

from . import child
from .fs import Tree
from .functions import DEVICES

_BUSY_PAUSE = 0.5


class WriteError(Exception):
    """The kernel refused the number."""

    def __init__(self, number: int) -> None:
        super().__init__(os.strerror(number))
        self.number = number


class WriteTimeoutError(Exception):
    """The write has not come back; the child that waits for it is left behind."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} still writes")
        self.pid = pid


def put(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def _put_when_not_busy(path: str, text: str, deadline: float) -> int:
    """Write, again where the driver says that it is busy; gives the errno, 0 for success."""
    while True:
        try:
            put(path, text)
        except OSError as failure:
            if failure.errno == errno.EAGAIN and time.monotonic() + _BUSY_PAUSE < deadline:
                time.sleep(_BUSY_PAUSE)
                continue
            return failure.errno or errno.EIO
        return 0


def _answer(pipe: int, number: int) -> None:
    os.write(pipe, str(number).encode())


def write(tree: Tree, address: str, count: int, seconds: float, started: t.Callable[[int], None] = lambda pid: None) -> None:
    """Set the number of VFs. Raises WriteError or, when the deadline is over, WriteTimeoutError; ``started`` hears the child's pid."""
    deadline = time.monotonic() + seconds
    path = tree.path(f"{DEVICES}/{address}/sriov_numvfs")
    pid, reading = child.start(lambda pipe: _answer(pipe, _put_when_not_busy(path, str(count), deadline)))
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
    put(tree.path(f"{DEVICES}/{address}/sriov_drivers_autoprobe"), "1" if probe else "0")
