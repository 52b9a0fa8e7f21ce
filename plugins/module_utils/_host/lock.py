# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import errno
import fcntl
import os
import time
import typing as t

from .._errors import VsrxError

PATH = "/run/vsrx-sriov.lock"
_PAUSE = 0.2


class HostLock:
    """One writer of VFs on a host at a time. A child that is left behind in a write keeps the lock until the kernel lets it go."""

    def __init__(self, path: str = PATH, seconds: float = 60.0) -> None:
        self.path = path
        self._seconds = seconds
        self._handle = -1

    def note(self, text: str) -> None:
        """Say in the file who holds the lock and why, for whoever waits for it."""
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{text}\n".encode(), 0)

    def _holder(self) -> str:
        return os.pread(self._handle, 256, 0).decode("utf-8", "replace").strip() or "a process that has not said who it is"

    def __enter__(self) -> HostLock:
        try:
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as failure:
            raise VsrxError(f"{self.path} can not be opened: {failure.strerror}; VFs are changed as root on the host itself") from None
        deadline = time.monotonic() + self._seconds
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as failure:
                if failure.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            if time.monotonic() > deadline:
                holder = self._holder()
                os.close(self._handle)
                raise VsrxError(
                    f"somebody else changes VFs on this host: {holder} has held {self.path} for more than {self._seconds:.0f} s; "
                    "wait until it is done and run again. Nothing was changed"
                )
            time.sleep(_PAUSE)
        self.note(f"process {os.getpid()}")
        return self

    def __exit__(self, *unused: t.Any) -> None:
        # Closing lets the lock go, but for a child that has it open too.
        os.close(self._handle)
