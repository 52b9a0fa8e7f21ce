# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import tempfile
import typing as t
import uuid

from ._errors import VsrxError

DIRECTORY = "/var/lib/vsrx-sriov"


def _write(path: pathlib.Path, text: str) -> None:
    """Put a file in place whole or not at all, readable by its owner only."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        pathlib.Path(temporary).replace(path)
    except BaseException:
        pathlib.Path(temporary).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Journal:
    """A domain's former definitions, and whether a run owes it a start.

    ``original.xml`` is the definition before the collection first changed it.
    """

    def __init__(self, directory: str, domain_uuid: str) -> None:
        self._folder = pathlib.Path(directory) / "domains" / str(uuid.UUID(domain_uuid))
        self._owed = self._folder / "start-owed.json"

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """One run at a time for a domain; another waits until this one is done with it."""
        try:
            for folder in (self._folder.parents[1], self._folder.parent, self._folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = (self._folder / "lock").open("w", encoding="utf-8")
        except OSError as failure:
            raise VsrxError(
                f"{self._folder} can not be used to keep what was before: {failure.strerror}; set state_dir, or become root"
            ) from None
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def keep(self, xml: str) -> str:
        """Keep a definition; the path says which."""
        path = self._folder / f"{hashlib.sha256(xml.encode()).hexdigest()[:16]}.xml"
        for each in (path, self._folder / "original.xml"):
            if not each.exists():
                _write(each, xml)
        return str(path)

    def owe_start(self, name: str, backup: t.Optional[str]) -> None:
        """Write down, before the domain is shut down, that it must be started again."""
        _write(self._owed, json.dumps({"domain": name, "backup": backup}) + "\n")

    def start_paid(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._owed.unlink()

    @property
    def start_is_owed(self) -> bool:
        try:
            return self._owed.exists()
        except OSError as failure:
            raise VsrxError(f"{self._owed} can not be looked at: {failure.strerror}; become root") from None

    def former(self) -> t.Optional[str]:
        """The definition from before the change that an earlier run did not finish."""
        try:
            backup = json.loads(self._owed.read_text(encoding="utf-8"))["backup"]
            path = self._folder / pathlib.Path(backup).name if backup else None
            return path.read_text(encoding="utf-8") if path else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
