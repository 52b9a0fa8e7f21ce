# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The libvirt domains of a lab host."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from lab.errors import LabError
from lab.machine import Machine
from lab.progress import Progress

GUEST = "guest1"
CONSOLE = f"/var/log/libvirt/qemu/{GUEST}-console.log"
GUEST_LIMIT = 1200.0
DIRECTORY = Path(__file__).parent / "domains"


def files() -> list[Path]:
    return sorted(DIRECTORY.glob("*.xml"))


def recipe() -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files())).hexdigest()


def define(machine: Machine) -> None:
    """Every domain as its file has it, also where it was changed since."""
    for path in files():
        machine.ssh.check("virsh", "define", "--validate", "/dev/stdin", input=path.read_text())


def console(machine: Machine) -> list[str]:
    """What the small guest has told so far: nic PCI-ADDRESS MAC DRIVER NAME, ready, power button, gone PCI-ADDRESS."""
    lines = machine.ssh.run("cat", CONSOLE).stdout.splitlines()
    return [line.partition("guest: ")[2] for line in lines if line.startswith("guest: ")]


def start_guest(machine: Machine, progress: Progress) -> None:
    machine.ssh.check("virsh", "start", GUEST)
    while "ready" not in (output := console(machine)):
        progress.show(f"{GUEST}: {output[-1] if output else 'booting'}")
        if machine.ssh.check("virsh", "domstate", GUEST).strip() != "running":
            raise LabError(f"{GUEST} stopped while it booted; its console: {machine.ssh.run('cat', CONSOLE).stdout}")
        if progress.seconds > GUEST_LIMIT:
            raise LabError(f"{GUEST} was not up within {GUEST_LIMIT:.0f} s")
        time.sleep(1)
