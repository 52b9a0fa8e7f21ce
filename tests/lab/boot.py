# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for a host, show how far it is, and say why when it does not come."""

from __future__ import annotations

import re
import secrets
import time

from lab.errors import LabError
from lab.machine import Machine
from lab.progress import Progress

LIMIT = 900.0  # a host that shows no end of its boot by then has none
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_FATAL = re.compile(r"Kernel panic|You are in (?:emergency|rescue) mode|ALERT!.*does not exist|Give root password for maintenance")


def serial_lines(machine: Machine) -> list[str]:
    text = machine.serial.read_text(errors="replace") if machine.serial.exists() else ""
    return [line.rstrip() for line in _ESCAPES.sub("", text).split("\n") if line.strip()]


def wait(machine: Machine, progress: Progress, limit: float = LIMIT, used: bool = False) -> None:
    """Until the host answers SSH commands and systemd has started everything; only a host that was used may have failed units."""
    while not machine.ssh.answers():
        lines = serial_lines(machine)
        progress.show(re.sub(r"^\[\s*(OK|FAILED)\s*\]\s*", "", lines[-1]) if lines else "started QEMU")
        if any(_FATAL.search(line) for line in lines):
            raise LabError(_told(machine, "its boot failed"))
        if machine.pid is None:
            raise LabError(_told(machine, "its QEMU ended"))
        if progress.seconds > limit:
            raise LabError(_told(machine, f"it did not answer within {limit:.0f} s"))
        time.sleep(0.3)
    progress.show("waiting for systemd to finish")
    state = machine.ssh.run("systemctl", "is-system-running", "--wait").stdout.strip()
    if state != "running" and not (used and state == "degraded"):
        failed = machine.ssh.run("systemctl", "--failed", "--plain", "--no-legend").stdout.strip()
        raise LabError(_told(machine, f"systemd says {state or 'nothing'}: {failed or 'no failed unit'}"))


def settle(machine: Machine) -> None:
    """Clock, name and randomness of a host that may come from a snapshot; the clock is read back."""
    machine.ssh.check("lab-settle", machine.name, f"{time.time():.3f}", secrets.token_hex(32))
    before = time.time()
    clock = float(machine.ssh.check("date", "+%s.%N"))
    if not before - 2 < clock < time.time() + 2:
        raise LabError(f"the clock of {machine.name} is {clock - before:+.1f} s off and can not be set")


def _told(machine: Machine, what: str) -> str:
    tail = "\n".join(serial_lines(machine)[-25:])
    return f"{machine.name} is not up: {what}. The end of its serial log ({machine.serial}):\n{tail}"
