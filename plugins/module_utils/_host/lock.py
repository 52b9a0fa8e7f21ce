# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""One writer of VFs on a host at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
import typing as t

from .._errors import ConflictError, RefusedError
from .files import close_lock

PATH = "/run/vsrx-sriov.lock"
_PAUSE = 0.2
_LONGEST_NOTE = 256


class HostLock:
    """The lock file of a host. A child that is left behind in a write keeps the lock until the kernel lets it go."""

    def __init__(self, path: str = PATH, seconds: float = 60.0) -> None:
        self.path = path
        self._seconds = seconds
        self._handle = -1

    def note(self, text: str) -> None:
        """Say in the file who has the lock and why. A full or broken file system keeps the words out, and not the lock."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"{text}\n".encode()[:_LONGEST_NOTE], 0)

    @contextlib.contextmanager
    def note_work(self, what: str) -> t.Iterator[None]:
        """Say what is done under the lock while it lasts: those who wait can read it."""
        self.note(f"process {os.getpid()}, {what},")
        yield
        self.note(f"process {os.getpid()}")

    def _read_note(self) -> str:
        try:
            text = os.pread(self._handle, _LONGEST_NOTE, 0).decode("utf-8", "replace").strip()
        except OSError:
            text = ""
        return "".join(letter for letter in text if letter.isprintable()) or "a process that has not said who it is"

    def _open(self) -> int:
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        except OSError as failure:
            raise RefusedError(f"{self.path} cannot be opened: {failure.strerror}; VFs are changed as root on the host itself") from None
        try:
            regular = stat.S_ISREG(os.fstat(handle).st_mode)
        except OSError as failure:
            close_lock(handle)
            raise RefusedError(f"{self.path} cannot be opened: {failure.strerror}; see dmesg, then run again") from None
        if regular:
            return handle
        close_lock(handle)
        raise RefusedError(f"{self.path} cannot be opened: it is not a regular file; VFs are changed as root on the host itself")

    def __enter__(self) -> HostLock:
        self._handle = self._open()
        deadline = time.monotonic() + self._seconds
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as failure:
                if failure.errno not in (errno.EAGAIN, errno.EACCES, errno.EINTR):
                    close_lock(self._handle)
                    raise RefusedError(f"{self.path} cannot be locked: {failure.strerror}; see dmesg, then run again") from None
            if time.monotonic() > deadline:
                other = self._read_note()
                close_lock(self._handle)
                raise ConflictError(
                    f"another process changes VFs on this host: {other} has had {self.path} for more than {self._seconds:.0f} s; "
                    "wait until it is done and run again. Nothing was changed"
                )
            time.sleep(_PAUSE)
        self.note(f"process {os.getpid()}")
        return self

    def __exit__(self, *unused: t.Any) -> None:
        # Closing lets the lock go, but for a child that has it open too.
        close_lock(self._handle)
