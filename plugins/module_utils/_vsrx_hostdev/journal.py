# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import pathlib
import typing as t
import uuid

from .._errors import VsrxError
from .._host.files import naming, replace


@dataclasses.dataclass(frozen=True)
class Unfinished:
    """A change that an earlier run began and did not end.

    ``former`` is the definition from before it, None where it is lost; ``start`` tells that the run meant to start the domain,
    ``ran`` that the domain ran when it began.
    """

    former: t.Optional[str]
    start: bool
    ran: bool


class Journal:
    """A domain's former definitions, and the change that is under way.

    ``original.xml`` is the definition before the collection first changed it.
    """

    def __init__(self, directory: str, domain_uuid: str) -> None:
        self._folder = pathlib.Path(directory) / "domains" / str(uuid.UUID(domain_uuid))
        self._under_way = self._folder / "unfinished.json"

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
            with naming(self._folder / "lock", "locked"):
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def keep(self, xml: str) -> str:
        """Keep a definition; the path says which."""
        path = self._folder / f"{hashlib.sha256(xml.encode()).hexdigest()[:16]}.xml"
        for each in (path, self._folder / "original.xml"):
            with naming(each, "written"):
                if not each.exists():
                    replace(each, xml)
        return str(path)

    def begin(self, name: str, former: str, *, start: bool, ran: bool) -> str:
        """Write down, before the domain is touched, what was and what is owed to it; the path says where ``former`` is kept."""
        backup = self.keep(former)
        record = {"domain": name, "backup": backup, "start": start, "ran": ran}
        replace(self._under_way, json.dumps(record) + "\n")
        return backup

    def end(self) -> None:
        with naming(self._under_way, "removed"), contextlib.suppress(FileNotFoundError):
            self._under_way.unlink()

    def unfinished(self) -> t.Optional[Unfinished]:
        try:
            with naming(self._under_way, "read"), contextlib.suppress(FileNotFoundError):
                record = json.loads(self._under_way.read_text(encoding="utf-8"))
                return Unfinished(self._former(record["backup"]), bool(record["start"]), bool(record["ran"]))
            return None
        except (ValueError, KeyError, TypeError):
            raise VsrxError(f"{self._under_way} is not what an earlier run wrote; look at the domain, then remove the file") from None

    def _former(self, backup: str) -> t.Optional[str]:
        try:
            return (self._folder / pathlib.Path(backup).name).read_text(encoding="utf-8")
        except OSError:
            return None
