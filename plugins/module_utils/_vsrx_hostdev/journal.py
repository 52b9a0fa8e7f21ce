# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What is kept on the host of each domain: former definitions, the change that is under way, and the NICs that ports replaced.

The folder belongs to the user that runs the module, and no other user may write to it: what is in it is defined and started as root.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import hashlib
import json
import os
import pathlib
import stat
import time
import typing as t
import uuid

from .._errors import ConflictError, UnreadableError, VsrxError
from .._host.files import close_lock, explain_os_errors, write_atomically
from .observed import ReplacedNic, VfRecord
from .vf_attributes import parse_record, write_record

VERSION = 1
LOCK_SECONDS = 900.0
_PAUSE = 0.2
_LARGEST = 16 * 1024 * 1024
_UNFINISHED_KEYS = {"domain": str, "backup": str, "start": bool, "ran": bool}
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclasses.dataclass(frozen=True)
class Unfinished:
    """A change that an earlier run began and did not end.

    ``former`` is the definition from before it, None where it is lost; ``start`` tells that the run meant to start the domain,
    ``ran`` that the domain ran when it began.
    """

    former: t.Optional[str]
    start: bool
    ran: bool


def _open(path: pathlib.Path, flags: int) -> int:
    """Open a regular file, without following a link and without waiting for the other end of a pipe."""
    handle = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
    except OSError:
        close_lock(handle)
        raise
    return handle


def _read(path: pathlib.Path) -> t.Optional[str]:
    with explain_os_errors(path, "read"):
        try:
            handle = _open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise UnreadableError(f"{path} is larger than {_LARGEST} bytes; look at the domain, then remove the file")
    return data.decode("utf-8", "strict") if _is_utf8(data) else ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_json(path: pathlib.Path) -> t.Optional[dict[str, t.Any]]:
    """Return what is in a record of ours, None where there is none; raises UnreadableError for anything else."""
    text = _read(path)
    if text is None:
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise UnreadableError(f"{path} is not what an earlier run wrote; look at the domain, then remove the file")
    if record.get("version") is not None and record["version"] != VERSION or isinstance(record.get("version"), bool):
        raise UnreadableError(
            f"{path} was written by another version of the collection (format {record['version']!r}, expected {VERSION}); "
            "run that version, or look at the domain and remove the file"
        )
    return record


class Journal:
    """A domain's former definitions, the change that is under way, the replaced NICs, and what ports have set on their VFs.

    ``original.xml`` is the definition before the collection first changed it.
    """

    def __init__(self, directory: str, domain_uuid: str, lock_seconds: float = LOCK_SECONDS) -> None:
        self._folder = pathlib.Path(directory) / "domains" / str(uuid.UUID(domain_uuid))
        self._unfinished = self._folder / "unfinished.json"
        self._replaced = self._folder / "replaced.json"
        self._vfs = self._folder / "vfs.json"
        self._lock_seconds = lock_seconds

    def _check_folder(self, folder: pathlib.Path) -> None:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE:
            whose = f"belongs to user {found.st_uid}" if found.st_uid != os.geteuid() else f"has mode {stat.S_IMODE(found.st_mode):04o}"
            raise VsrxError(
                f"{folder} {whose}, so that another user could put a definition in it; expected a folder that only user {os.geteuid()} "
                f"writes to: set state_dir to one, or correct this one (chown {os.geteuid()}, chmod go-w) after a look at what is in it"
            )

    def check(self) -> None:
        """Raise where another user could have written what is in the folder; a folder that is not there is fine."""
        for folder in (self._folder.parents[1], self._folder.parent, self._folder):
            with explain_os_errors(folder, "used to keep what was before"):
                try:
                    self._check_folder(folder)
                except FileNotFoundError:
                    return

    def _make_folder(self) -> None:
        try:
            for folder in (self._folder.parents[1], self._folder.parent, self._folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._check_folder(folder)
        except OSError as failure:
            raise VsrxError(
                f"{self._folder} cannot be used to keep what was before: {failure.strerror}; set state_dir, or become root"
            ) from None

    @contextlib.contextmanager
    def hold_lock(self) -> t.Iterator[None]:
        """One run at a time for a domain; another waits until this one is done with it, or says which one it waited for."""
        self._make_folder()
        path = self._folder / "lock"
        with explain_os_errors(path, "locked"):
            handle = _open(path, os.O_RDWR | os.O_CREAT)
        try:
            self._wait_for_lock(path, handle)
            with explain_os_errors(path, "written"):
                os.ftruncate(handle, 0)
                os.pwrite(handle, f"process {os.getpid()}\n".encode(), 0)
            self._sweep()
            yield
        finally:
            close_lock(handle)

    def _wait_for_lock(self, path: pathlib.Path, handle: int) -> None:
        deadline = time.monotonic() + self._lock_seconds
        while True:
            with explain_os_errors(path, "locked"):
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                except OSError as failure:
                    if failure.errno not in (errno.EAGAIN, errno.EACCES):
                        raise
                owner = os.pread(handle, 256, 0).decode("utf-8", "replace").strip() or "a process that did not write its number"
            if time.monotonic() > deadline:
                raise ConflictError(
                    f"another run changes this domain: {owner} has had {path} locked for more than {self._lock_seconds:g} s; "
                    "wait until it is done and run again. Nothing was changed"
                )
            time.sleep(_PAUSE)

    def _sweep(self) -> None:
        """Remove what runs that were killed while they wrote a file have left beside it."""
        with explain_os_errors(self._folder, "read"):
            for left in self._folder.glob(".*.*"):
                with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
                    left.unlink()

    def keep(self, xml: str) -> str:
        """Keep a definition; the path says which."""
        path = self._folder / f"{hashlib.sha256(xml.encode()).hexdigest()[:16]}.xml"
        for each in (path, self._folder / "original.xml"):
            with explain_os_errors(each, "written"):
                if not each.exists():
                    write_atomically(each, xml)
        return str(path)

    def begin(self, name: str, former: str, *, start: bool, ran: bool) -> str:
        """Write down, before the domain is touched, what it was and what is still to be done; the path says where ``former`` is kept."""
        backup = self.keep(former)
        record = {"version": VERSION, "domain": name, "backup": backup, "start": start, "ran": ran}
        write_atomically(self._unfinished, json.dumps(record) + "\n")
        return backup

    def end(self) -> None:
        with explain_os_errors(self._unfinished, "removed"), contextlib.suppress(FileNotFoundError):
            self._unfinished.unlink()

    def read_unfinished(self) -> t.Optional[Unfinished]:
        """Return the change that an earlier run did not end; a record of 1.0 had no version."""
        record = _read_json(self._unfinished)
        if record is None:
            return None
        if {*record} - {"version"} != {*_UNFINISHED_KEYS} or not all(
            isinstance(record[key], kind) for key, kind in _UNFINISHED_KEYS.items()
        ):
            raise UnreadableError(f"{self._unfinished} is not what an earlier run wrote; look at the domain, then remove the file")
        return Unfinished(self._read_former(record["backup"]), record["start"], record["ran"])

    def _read_former(self, backup: str) -> t.Optional[str]:
        """The kept definition, if it is what its name says: a name is the digest of the text."""
        name = pathlib.Path(backup).name
        try:
            text = _read(self._folder / name)
        except (VsrxError, ValueError):
            return None
        return text if text and name == f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.xml" else None

    def read_replaced(self) -> tuple[ReplacedNic, ...]:
        """Return the NICs that ports have replaced in place."""
        record = _read_json(self._replaced)
        if record is None:
            return ()
        if {*record} != {"version", "nics"} or not isinstance(record["nics"], list):
            raise UnreadableError(f"{self._replaced} is not what an earlier run wrote; look at the domain, then remove the file")
        return tuple(ReplacedNic.from_json(each, str(self._replaced)) for each in record["nics"])

    def read_vf_records(self) -> tuple[VfRecord, ...]:
        """Return what ports have set on their VFs."""
        record = _read_json(self._vfs)
        if record is None:
            return ()
        if {*record} != {"version", "vfs"} or not isinstance(record["vfs"], list):
            raise UnreadableError(f"{self._vfs} is not what an earlier run wrote; look at the domain, then remove the file")
        return tuple(parse_record(each, str(self._vfs)) for each in record["vfs"])

    def write_vf_records(self, records: t.Sequence[VfRecord]) -> None:
        self._write(self._vfs, {"vfs": [write_record(each) for each in records]} if records else None)

    def _write(self, path: pathlib.Path, record: t.Optional[t.Mapping[str, t.Any]]) -> None:
        """Replace a record at once; without one the file goes."""
        if record is not None:
            write_atomically(path, json.dumps({"version": VERSION, **record}, indent=1) + "\n")
            return
        with explain_os_errors(path, "removed"), contextlib.suppress(FileNotFoundError):
            path.unlink()

    def write_replaced(self, nics: t.Sequence[ReplacedNic]) -> None:
        self._write(self._replaced, {"nics": [each.as_json() for each in nics]} if nics else None)
