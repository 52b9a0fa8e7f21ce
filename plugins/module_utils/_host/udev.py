# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

import shutil
import subprocess

_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"


def settle(seconds: int) -> None:
    """Wait until udev has named what the kernel has made, no longer than that; nothing to wait for where there is no udev."""
    program = shutil.which("udevadm", path=_PATH)
    if program is not None:
        # Its status says only that the time is over; whoever called looks at what is there.
        # pylint: disable-next=ansible-bad-function  # no module is in reach here
        subprocess.run([program, "settle", f"--timeout={seconds}"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
