# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the distribution, found by name and run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from lab.errors import LabError

REQUIREMENTS = "run: tests/lab/lab requirements"


def find(name: str) -> str:
    """Path of a program; sbin counts too, since users have it rarely in PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
    if path is None:
        raise LabError(f"{name} is not installed; {REQUIREMENTS}")
    return path


def as_root() -> list[str]:
    """What to put before a command that only root can run."""
    return [] if os.geteuid() == 0 else [find("sudo")]


def run(*command: str, prefix: Sequence[str] = ()) -> str:
    """Run a program to its end and return its output."""
    argv = [*prefix, find(command[0]), *command[1:]]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{command[0]} ended with status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
