# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads driver_override, in a child.

The kernel shows it under the lock of the device, which a write of sriov_numvfs holds, for ever where a guest uses a VF. What does not
answer in time is not known.
"""

from __future__ import annotations

import os
import select
import signal
import time
import typing as t

from . import process
from .fs import DEVICES, Tree

#: how long one function may be silent, and all of them together
_SILENCE = 1.0
_SECONDS = 3.0
_CHUNK = 65536


def _tell(tree: Tree, addresses: t.Sequence[str], pipe: int) -> None:
    for address in addresses:
        os.write(pipe, f"{address} {tree.text(f'{DEVICES}/{address}/driver_override') or ''}\n".encode())


def _ask(tree: Tree, addresses: t.Sequence[str], deadline: float) -> dict[str, str]:
    """What one child tells before it falls silent."""
    pid, pipe = process.fork(lambda writing: _tell(tree, addresses, writing))
    told = b""
    try:
        while select.select([pipe], [], [], max(0.0, min(_SILENCE, deadline - time.monotonic())))[0]:
            part = os.read(pipe, _CHUNK)
            if not part:
                os.waitpid(pid, 0)
                break
            told += part
        else:
            # Not waited for: it ends when the kernel lets it go.
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(pipe)
    return dict(line.partition(" ")[::2] for line in told.decode("utf-8", "replace").split("\n")[:-1])


def read(tree: Tree, addresses: t.Iterable[str]) -> dict[str, str]:
    """The driver that a function is reserved for, by address; without those that have none or do not answer."""
    deadline = time.monotonic() + _SECONDS
    left = list(addresses)
    found: dict[str, str] = {}
    while left and time.monotonic() < deadline:
        told = _ask(tree, left, deadline)
        found.update(told)
        # The first that has not answered is stuck; those after it were not asked.
        left = left[len(told) + 1 :]
    return {address: driver for address, driver in found.items() if driver and driver != "(null)"}
