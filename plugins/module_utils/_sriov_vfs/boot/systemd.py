# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The systemd of the host: whether it has one, and telling it that its units changed."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import typing as t

from ..._errors import ApplyError

_SECONDS = 60.0


class Systemd:
    """The systemd of the host under a root."""

    def __init__(self, root: str = "/") -> None:
        top = pathlib.Path(root)
        self._path = os.pathsep.join(str(top / folder) for folder in ("usr/bin", "bin"))
        #: there only where systemd is what runs the host: its programs alone may be in a container too
        self._running = top / "run/systemd/system"

    @property
    def _program(self) -> t.Optional[str]:
        return shutil.which("systemctl", path=self._path) if self._running.is_dir() else None

    @property
    def is_here(self) -> bool:
        return self._program is not None

    def reload(self) -> None:
        """Run daemon-reload; nothing is done without systemd."""
        program = self._program
        if program is None:
            return
        try:
            # pylint: disable-next=ansible-bad-function  # no module is in reach here, and run_command knows no deadline
            done = subprocess.run([program, "daemon-reload"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            answer = f"no answer for {_SECONDS:.0f} s"
        else:
            if done.returncode == 0:
                return
            answer = done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}"
        raise ApplyError(
            f"'systemctl daemon-reload' failed: {answer}. The VFs and the files for the next boot are as asked, but systemd does not know "
            "these files yet; repair systemd, then run again"
        )
