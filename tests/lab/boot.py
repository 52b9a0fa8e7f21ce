# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for a host, show how far it is, and say why when it does not come."""

from __future__ import annotations

import re
import secrets
import subprocess
import time
from pathlib import Path
from typing import Optional

from lab.errors import LabError
from lab.machine import Machine
from lab.progress import Progress

LIMIT = 900.0  # a host that shows no end of its boot by then has none
SETTLE = Path(__file__).with_name("settle.py")
CLOCK_TOLERANCE = 2.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_FATAL = re.compile(r"Kernel panic|You are in (?:emergency|rescue) mode|ALERT!.*does not exist|Give root password for maintenance")
_LOST_TIMER = "Possible timer handling issue"


def serial_lines(machine: Machine) -> list[str]:
    text = machine.serial.read_text(errors="replace") if machine.serial.exists() else ""
    return [line.rstrip() for line in _ESCAPES.sub("", text).split("\n") if line.strip()]


def wait(machine: Machine, progress: Progress, limit: float = LIMIT, used: bool = False) -> None:
    """Until the host answers SSH commands and systemd has started everything; only a host that was used may have failed units."""
    while not machine.ssh.answers():
        lines = serial_lines(machine)
        progress.show(re.sub(r"^\[\s*(OK|FAILED)\s*\]\s*", "", lines[-1]) if lines else "started QEMU")
        if any(_FATAL.search(line) for line in lines):
            raise LabError(_output(machine, "its boot failed"))
        if machine.pid is None:
            raise LabError(_output(machine, "its QEMU ended"))
        if progress.seconds > limit:
            raise LabError(_output(machine, f"it did not answer within {limit:.0f} s"))
        time.sleep(0.3)
    progress.show("waiting for systemd to finish")
    state = ""
    for _attempt in range(3):  # on a crowded machine a connection can be lost
        state = machine.ssh.run("systemctl", "is-system-running", "--wait").stdout.strip()
        if state:
            break
        machine.ssh.disconnect()
    if state != "running" and not (used and state == "degraded"):
        failed = machine.ssh.run("systemctl", "--failed", "--plain", "--no-legend").stdout.strip()
        raise LabError(_output(machine, f"systemd says {state or 'nothing'}: {failed or 'no failed unit'}"))


def broken(machine: Machine) -> Optional[str]:
    """What happened to the virtual machine itself that no host of metal would do; None if nothing did."""
    if machine.pid is None:
        return _output(machine, f"its QEMU ended: {machine.log.read_text(errors='replace').strip() or 'without a word'}")
    if any(_LOST_TIMER in line for line in serial_lines(machine)):
        return _output(machine, "the emulation lost the timer of one of its CPUs")
    return None


def settle(machine: Machine) -> None:
    """Clock, name and randomness of a host that may come from a snapshot; the clock is read back."""
    late = 0.0
    for _attempt in range(5):  # on a crowded machine the time may be long under way
        clock, heard = _set(machine)
        late = heard - clock
        if -0.1 < late < CLOCK_TOLERANCE:
            return
    raise LabError(f"the clock of {machine.name} may be {late:.1f} s late after it was set; is this machine overloaded?")


def _set(machine: Machine) -> tuple[float, float]:
    """What the host's clock said after it was set, and when that was heard here."""
    argv = machine.ssh.command(["python3", "-c", SETTLE.read_text(), machine.name, secrets.token_hex(32)])
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.readline()
        output, error = process.communicate(f"{time.time():.3f}\n")
        heard = time.time()
    if process.returncode:
        raise LabError(f"{machine.name} could not be made its own: {error.strip()}")
    return float(output), heard


def _output(machine: Machine, what: str) -> str:
    tail = "\n".join(serial_lines(machine)[-25:])
    return f"{machine.name} is not up: {what}. The end of its serial log ({machine.serial}):\n{tail}"
