# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The files of sysfs that can block: sriov_numvfs, which is written here only and never read, and driver_override, which is read.

A write of sriov_numvfs may block for as long as a guest uses a VF, and then nothing ends it. The kernel shows driver_override under the
lock of the device, which that write holds. So a child does either, and the parent waits no longer than its deadline.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import time
import typing as t

from . import process
from .fs import DEVICES, RootFs

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


def write_file(path: str, text: str) -> None:
    """Write one of the kernel's files."""
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def _write_when_not_busy(path: str, text: str, deadline: float) -> int:
    """Write, again where the driver says that it is busy; returns the errno, 0 for success."""
    until = {errno.EAGAIN: deadline, errno.EBUSY: min(deadline, time.monotonic() + _EBUSY_SECONDS)}
    while True:
        try:
            write_file(path, text)
        except OSError as failure:
            if time.monotonic() + _BUSY_PAUSE < until.get(failure.errno or 0, 0.0):
                time.sleep(_BUSY_PAUSE)
                continue
            return failure.errno or errno.EIO
        return 0


def _send_number(pipe: int, number: int) -> None:
    os.write(pipe, str(number).encode())


def write_num_vfs(fs: RootFs, address: str, count: int, seconds: float, started: t.Callable[[int], None] = lambda pid: None) -> None:
    """Set the number of VFs; ``started`` gets the child's pid. Raises WriteError or, after ``seconds``, WriteTimeoutError."""
    deadline = time.monotonic() + seconds
    path = fs.locate(f"{DEVICES}/{address}/sriov_numvfs")
    pid, reading = process.fork(lambda pipe: _send_number(pipe, _write_when_not_busy(path, str(count), deadline)))
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


def set_autoprobe(fs: RootFs, address: str, probe: bool) -> None:
    """Choose whether the host's drivers take new VFs of a PF."""
    write_file(fs.locate(f"{DEVICES}/{address}/sriov_drivers_autoprobe"), "1" if probe else "0")


#: how long one function may be silent, and all of them together
_SILENT_SECONDS = 1.0
_OVERRIDE_SECONDS = 3.0
_CHUNK = 65536


def _send_overrides(fs: RootFs, addresses: t.Sequence[str], pipe: int) -> None:
    for address in addresses:
        os.write(pipe, f"{address} {fs.read_text(f'{DEVICES}/{address}/driver_override') or ''}\n".encode())


def _receive_overrides(fs: RootFs, addresses: t.Sequence[str], deadline: float) -> dict[str, str]:
    """Return what one child sends before it falls silent."""
    pid, pipe = process.fork(lambda writing: _send_overrides(fs, addresses, writing))
    received = b""
    try:
        while select.select([pipe], [], [], max(0.0, min(_SILENT_SECONDS, deadline - time.monotonic())))[0]:
            part = os.read(pipe, _CHUNK)
            if not part:
                os.waitpid(pid, 0)
                break
            received += part
        else:
            # Not waited for: it ends when the kernel lets it go.
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(pipe)
    return dict(line.partition(" ")[::2] for line in received.decode("utf-8", "replace").split("\n")[:-1])


def read_driver_overrides(fs: RootFs, addresses: t.Iterable[str]) -> dict[str, str]:
    """The driver that a function is reserved for, by address; without those that have none or do not answer."""
    deadline = time.monotonic() + _OVERRIDE_SECONDS
    left = list(addresses)
    found: dict[str, str] = {}
    while left and time.monotonic() < deadline:
        received = _receive_overrides(fs, left, deadline)
        found.update(received)
        # The first that has not answered is stuck; those after it were not read.
        left = left[len(received) + 1 :]
    return {address: driver for address, driver in found.items() if driver and driver != "(null)"}
