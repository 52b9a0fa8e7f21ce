# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps its things, all below one cache directory."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path

from lab.errors import LabError
from lab.progress import say

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_LONGEST_SOCKET = 107 - 18  # sun_path, less the suffix that ssh adds while it creates its socket


def cache() -> Path:
    base = os.environ.get("VSRX_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vsrx-sriov"
    path = Path(base).absolute() / "lab"
    path.mkdir(parents=True, exist_ok=True)
    return path


def host_dir(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise LabError(f"{name!r} is no name for a lab host: lower-case letters, digits and hyphens, a letter first, at most 31")
    path = cache() / "hosts" / name
    if len(str(path / "qmp.sock")) > _LONGEST_SOCKET:
        raise LabError(f"{path} is too long for a UNIX socket; set VSRX_CACHE to a shorter directory")
    return path


def host_names() -> list[str]:
    """Hosts that were started at some time and not taken down since."""
    return sorted(path.parent.name for path in (cache() / "hosts").glob("*/state.json"))


@contextlib.contextmanager
def locked(name: str) -> Iterator[int]:
    """One process at a time; the lock goes with the last process that holds its file descriptor."""
    path = cache() / "locks" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another lab command ({name})")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()
