# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import tempfile
import typing as t

from .._errors import VsrxError

_CURES = {
    errno.ENOSPC: "make room on its file system",
    errno.EDQUOT: "make room within the quota of its file system",
    errno.EROFS: "have its file system mounted read-write",
    errno.EACCES: "become root",
    errno.EPERM: "become root, or take its immutable flag away (chattr -i)",
    errno.ENOTDIR: "move away the file that is where a folder should be",
    errno.EEXIST: "move away the file that is where a folder should be",
    errno.EISDIR: "move away the folder that is where a file should be",
}


@contextlib.contextmanager
def naming(path: t.Union[str, os.PathLike[str]], done: str) -> t.Iterator[None]:
    """An OSError leaves as a VsrxError with the path, the reason and the cure; ``done`` is a participle, such as "written"."""
    try:
        yield
    except OSError as failure:
        reason = failure.strerror or failure
        cure = _CURES.get(failure.errno or 0, "dmesg may say more; repair it")
        raise VsrxError(f"{path} can not be {done}: {reason}; {cure}, then run again") from None


def replace(path: pathlib.Path, text: str, mode: int = 0o600) -> None:
    """Write beside, sync, rename: whoever reads sees the old file or the new one, also after a crash of the host."""
    with naming(path, "written"):
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            pathlib.Path(beside).replace(path)
        except BaseException:
            pathlib.Path(beside).unlink()
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
