# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# A child for what may block in the kernel for ever: the parent waits no longer than it likes, and may leave it behind.
import os
import typing as t


def start(work: t.Callable[[int], None]) -> tuple[int, int]:
    """Run ``work`` with the end of a pipe to write to; gives the child's pid and the end to read from."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        # Away from the terminal and from the pipes that Ansible waits for.
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        work(writing)
        status = 0
    finally:
        os._exit(status)
