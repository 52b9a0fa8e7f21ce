# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KVM or TCG: decided by a boot, since /dev/kvm may open and still start no guest."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from lab import paths, qemu, tools
from lab.image import Image
from lab.progress import say

_SECONDS = 15.0


def choose(image: Image) -> str:
    """The answer is kept until the machine reboots or QEMU changes; VSRX_LAB_ACCEL=kvm or tcg overrules it."""
    wanted = os.environ.get("VSRX_LAB_ACCEL", "")
    if wanted in qemu.ACCELERATION:
        return wanted
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    record = paths.cache() / "accel"
    this = f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {qemu.version()}"
    with paths.locked("accel"):
        known = record.read_text().splitlines() if record.exists() else []
        if len(known) == 2 and known[0] == this:
            return known[1]
        say("Trying whether KVM boots a guest")
        accel = "kvm" if _boots(image) else "tcg"
        say(f"It does{'' if accel == 'kvm' else ' not'}: using {accel.upper()}")
        record.write_text(f"{this}\n{accel}\n")
    return accel


def _boots(image: Image) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        serial = Path(directory) / "serial.log"
        command = [
            tools.find("qemu-system-x86_64"), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", "q35,kernel-irqchip=split", *qemu.ACCELERATION["kvm"], "-m", "512", "-serial", f"file:{serial}",
            "-kernel", str(image.kernel), "-append", "console=ttyS0 earlyprintk=ttyS0 panic=-1",
        ]  # fmt: skip
        guest = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + _SECONDS
            while time.monotonic() < end:
                if serial.exists() and b"Linux version" in serial.read_bytes():
                    return True
                if guest.poll() is not None:
                    return False
                time.sleep(0.2)
            return False
        finally:
            guest.kill()
            guest.wait()
