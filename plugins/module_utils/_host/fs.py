# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The kernel's files of a host below one root: read where reading cannot block, and in a child where it can.

Two files of sysfs can block. A write of sriov_numvfs may block for as long as a guest uses a VF, and then nothing ends it. The kernel shows
driver_override under the lock of the device, which that write holds. So a child writes the one and reads the other, and the parent waits no
longer than its deadline. sriov_numvfs is written here only and never read.
"""

from __future__ import annotations

import errno
import os
import re
import select
import signal
import stat
import time
import typing as t

from . import process

DEVICES = "/sys/bus/pci/devices"
NET = "/sys/class/net"
_CHUNK = 65536
#: an attribute in sysfs comes in pages, so that less than one is its end; a table in /proc comes in whole lines, so that less says nothing
_PAGE = 4096
#: the longest file that is read: pci.ids and modules.alias are about 1.5 MB; a table of routes may be longer
LONGEST = 32 * 1024 * 1024
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19})")
_BUSY_PAUSE = 0.5
#: EBUSY is "resetting" to ice, which passes, and "VFs exist already" to all, which does not
_EBUSY_SECONDS = 10.0
_SILENT_SECONDS = 1.0
_OVERRIDE_SECONDS = 3.0


class RootFs:
    """The files under a root; "/" but in tests."""

    def __init__(self, root: str = "/") -> None:
        self.root = root.rstrip("/")

    def locate(self, path: str) -> str:
        """Return where one of the host's files is."""
        return self.root + path

    def read_bytes(self, path: str, longest: int = LONGEST) -> t.Optional[bytes]:
        """Return what is in a regular file; None for one that is longer, and for a FIFO or a device, which could block."""
        try:
            handle = os.open(self.root + path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except (OSError, ValueError):
            return None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            parts = [os.read(handle, _CHUNK)]
            length = len(parts[0])
            while len(parts[-1]) >= (_PAGE if path.startswith("/sys/") else 1):
                if length > longest:
                    return None
                parts.append(os.read(handle, _CHUNK))
                length += len(parts[-1])
            return b"".join(parts)
        except OSError:
            return None
        finally:
            os.close(handle)

    def read_text(self, path: str, longest: int = LONGEST) -> t.Optional[str]:
        """Return the text of a file without white space around it."""
        data = self.read_bytes(path, longest)
        return data.decode("utf-8", "replace").strip() if data is not None else None

    def read_number(self, path: str) -> t.Optional[int]:
        """Return a number in decimal, or in hex with 0x."""
        text = self.read_text(path) or ""
        if not _NUMBER.fullmatch(text):
            return None
        return int(text, 16 if "x" in text.lower() else 10)

    def read_flag(self, path: str) -> t.Optional[bool]:
        """Return whether a file holds a number other than 0."""
        number = self.read_number(path)
        return bool(number) if number is not None else None

    def read_link(self, path: str) -> t.Optional[str]:
        """Return the last part of what a link points to."""
        try:
            return os.readlink(self.root + path).rpartition("/")[2]  # noqa: PTH115 (pathlib costs three times as much here)
        except (OSError, ValueError):
            return None

    def list_names(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""
        try:
            return sorted(os.listdir(self.root + path))  # noqa: PTH208
        except (OSError, ValueError):
            return []

    def exists(self, path: str) -> bool:
        """Tell whether something of that name is there, be it a link that leads nowhere."""
        try:
            return os.path.lexists(self.root + path)
        except ValueError:
            return False


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
