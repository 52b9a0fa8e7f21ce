# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Files that the collection keeps on a host: written whole or not at all, in folders that only their owner can change; and its lock."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pathlib
import stat
import tempfile
import time
import typing as t

from .._errors import ApplyError, ConflictError, RefusedError

#: how many characters tempfile adds
_RANDOM = 8
_CURES = {
    errno.ENOSPC: "free space on its file system",
    errno.EDQUOT: "free space within the quota of its file system",
    errno.EROFS: "have its file system mounted read-write",
    errno.EACCES: "become root",
    errno.EPERM: "become root, or take its immutable flag away (chattr -i)",
    errno.ENOTDIR: "move away the file that is where a folder should be",
    errno.EEXIST: "move away the file that is where a folder should be",
    errno.EISDIR: "move away the folder that is where a file should be",
}
LOCK_PATH = "/run/vsrx-sriov.lock"
_PAUSE = 0.2
_LONGEST_NOTE = 256


@contextlib.contextmanager
def explain_os_errors(path: t.Union[str, os.PathLike[str]], done: str) -> t.Iterator[None]:
    """Turn an OSError into an ApplyError with the path, the reason and the cure; ``done`` is a participle, such as "written"."""
    try:
        yield
    except OSError as failure:
        reason = failure.strerror or failure
        cure = _CURES.get(failure.errno or 0, "dmesg may say more; repair it")
        raise ApplyError(f"{path} cannot be {done}: {reason}; {cure}, then run again") from None


def look_at(path: pathlib.Path, *, follow: bool = True) -> t.Optional[os.stat_result]:
    """Return what is at a path, or at the end of a link; None where nothing is. A disk that does not answer is no empty folder."""
    with explain_os_errors(path, "read"):
        try:
            return path.stat() if follow else path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None


def close_lock(handle: int) -> None:
    """Close a file of a lock, which releases the lock. Linux closes it whatever it answers, and what the lock was for is done."""
    with contextlib.suppress(OSError):
        os.close(handle)


def write_atomically(path: pathlib.Path, text: str, mode: int = 0o600) -> None:
    """Write beside, sync, rename: a reader sees the old file or the new one, also after a crash of the host."""
    with explain_os_errors(path, "written"):
        remove_leftovers(path)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            pathlib.Path(beside).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                pathlib.Path(beside).unlink()
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def remove_leftovers(path: pathlib.Path) -> None:
    """Remove what killed runs left beside a file: one writer at a time writes it, so that no process needs them."""
    for left in path.parent.glob(f".{path.name}.*"):
        if len(left.name) == len(path.name) + 2 + _RANDOM:
            with contextlib.suppress(OSError):
                left.unlink()


def check_folder(folder: pathlib.Path) -> None:
    """Refuse a folder that another user owns or can write to: what lies in it is acted on as root."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    except OSError:
        # The reader or writer of a file in it says why not.
        return
    if not stat.S_ISDIR(found.st_mode):
        return
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise RefusedError(
            f"{folder} belongs to user id {found.st_uid} with mode {stat.S_IMODE(found.st_mode):04o}, so that others can change "
            f"what is acted on as root; expected owner {os.geteuid()} and no write permission for others. "
            "See what is in it, then chown and chmod it"
        )


def read_small(path: pathlib.Path, longest: int = 16 * 1024 * 1024) -> bytes:
    """Return what is in a regular file; raises OSError for anything else, which could block, and for a file that is too long."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        if found.st_size > longest:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return file.read(longest + 1)


class HostLock:
    """The lock file of a host. A child that is left behind in a write keeps the lock until the kernel lets it go."""

    def __init__(self, path: str = LOCK_PATH, seconds: float = 60.0) -> None:
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
