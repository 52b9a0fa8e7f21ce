# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The libvirt domains of a lab host."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lab.machine import Machine

DIRECTORY = Path(__file__).parent / "domains"


def files() -> list[Path]:
    return sorted(DIRECTORY.glob("*.xml"))


def recipe() -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files())).hexdigest()


def define(machine: Machine) -> None:
    """Every domain as its file has it, also where it was changed since."""
    for path in files():
        machine.ssh.check("virsh", "define", "--validate", "/dev/stdin", input=path.read_text())
