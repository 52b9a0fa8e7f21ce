# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH to a lab host: its host key is known, and one connection serves all commands."""

from __future__ import annotations

import shlex
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from lab import tools
from lab.errors import LabError
from lab.image import Image

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Ssh:
    """How one host is reached."""

    directory: Path
    image: Image
    port: int

    @property
    def options(self) -> list[str]:
        pairs = {
            "UserKnownHostsFile": self.directory / "known_hosts",
            "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes",
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
            "ControlMaster": "auto",
            "ControlPath": self.directory / "ssh.sock",
            "ControlPersist": "10m",
            # Emulation on a crowded machine can stand still for minutes.
            "ServerAliveInterval": "30",
            "ServerAliveCountMax": "10",
        }
        return ["-F", "none", *(f"-o{name}={value}" for name, value in pairs.items())]

    def command(self, words: Sequence[str]) -> list[str]:
        """One word is a line for the host's shell, several are an argument list."""
        line = list(words) if len(words) < 2 else [shlex.join(words)]
        return [tools.find("ssh"), *self.options, "-i", str(self.image.user_key), "-p", str(self.port), f"root@{ADDRESS}", *line]

    def trust(self) -> None:
        (self.directory / "known_hosts").write_text(f"[{ADDRESS}]:{self.port} {self.image.host_key}\n")

    def run(self, *words: str, input: Optional[str] = None, timeout: Optional[float] = None) -> subprocess.CompletedProcess[str]:
        """Run a command; what it writes comes back, whatever its status is."""
        return subprocess.run(
            self.command(words), input=input if input is not None else "", capture_output=True, text=True, timeout=timeout, check=False
        )

    def check(self, *words: str, input: Optional[str] = None, timeout: Optional[float] = None) -> str:
        done = self.run(*words, input=input, timeout=timeout)
        if done.returncode:
            output = (done.stderr or done.stdout).strip()
            raise LabError(f"{shlex.join(words)} on the lab host ended with status {done.returncode}: {output}")
        return done.stdout

    def disconnect(self) -> None:
        if (self.directory / "ssh.sock").exists():
            subprocess.run([*self.command([])[:-1], "-O", "exit", ADDRESS], stdin=subprocess.DEVNULL, capture_output=True, check=False)
            (self.directory / "ssh.sock").unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether the host's SSH server greets; QEMU's own forwarding accepts long before."""
        try:
            with socket.create_connection((ADDRESS, self.port), timeout=2) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False
