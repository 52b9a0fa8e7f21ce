# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One QEMU process: started, watched, stopped by its own process id."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable, Optional

from lab import paths, qemu
from lab.errors import LabError, QemuError
from lab.image import Image
from lab.qmp import Qmp
from lab.ssh import ADDRESS, Ssh


@dataclass(frozen=True)
class State:
    """What is recorded of a host that was started."""

    name: str
    port: int
    accel: str
    image: str
    snapshot: bool
    guest: bool = False


class Machine:
    """A host in its directory: overlay disk, sockets, serial log, recorded state."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name, self.directory = name, directory

    @property
    def disk(self) -> Path:
        return self.directory / "disk.qcow2"

    @property
    def serial(self) -> Path:
        return self.directory / "serial.log"

    @property
    def log(self) -> Path:
        """QEMU's own complaints, from its start to its last words."""
        return self.directory / "qemu.log"

    @property
    def state(self) -> Optional[State]:
        try:
            return State(**json.loads((self.directory / "state.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    @property
    def pid(self) -> Optional[int]:
        """The process id of this host's QEMU while it runs; a stale file may name someone else's process."""
        pidfile = self.directory / "qemu.pid"
        try:
            pid = int(pidfile.read_text())
            argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(str(pidfile)) in argv else None

    @property
    def ssh(self) -> Ssh:
        state = self.state
        if state is None:
            raise LabError(f"the lab host {self.name} is not up; run: tests/lab/lab up {self.name}")
        return Ssh(self.directory, Image(paths.cache() / state.image), state.port)

    def start(self, image: Image, accel: str, snapshot: Optional[str], guest: bool = False) -> None:
        (self.directory / "qmp.sock").unlink(missing_ok=True)
        self.serial.write_text("")
        for wanted in (self.state.port if self.state else 0, 0, 0):
            port = _free_port(wanted)
            reply = self._launch(qemu.command(self.name, self.directory, image, accel, port, snapshot))
            if not reply:
                break
            if "host forwarding rule" not in reply:
                raise QemuError(f"QEMU did not start {self.name}: {reply}")
        else:
            raise LabError(f"QEMU did not start {self.name}: {reply}")
        state = State(self.name, port, accel, image.key, snapshot is not None, guest)
        (self.directory / "state.json").write_text(json.dumps(asdict(state)) + "\n")
        self.ssh.trust()

    def _launch(self, argv: list[str]) -> str:
        """Start QEMU in the background; what it says when it refuses."""
        with self.log.open("wb") as output:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False)
        return (self.log.read_text(errors="replace").strip() or f"status {done.returncode}") if done.returncode else ""

    def qmp(self) -> Qmp:
        return Qmp(self.directory / "qmp.sock")

    def stop(self) -> None:
        """End QEMU at once: the disk is an overlay that nobody needs afterwards. Safe to repeat."""
        if self.state is not None:
            self.ssh.disconnect()
        for end in (self._quit, lambda: self._signal(signal.SIGTERM), lambda: self._signal(signal.SIGKILL)):
            if self.pid is None:
                break
            end()
            wait_until(lambda: self.pid is None, 20)
        else:
            if self.pid is not None:
                raise LabError(f"QEMU of {self.name} (process {self.pid}) does not end")
        (self.directory / "qemu.pid").unlink(missing_ok=True)

    def _quit(self) -> None:
        try:
            with Qmp(self.directory / "qmp.sock", timeout=10) as qmp:
                qmp.order("quit")
        except (OSError, LabError):
            return

    def _signal(self, number: int) -> None:
        pid = self.pid
        if pid is not None:
            os.kill(pid, number)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def _free_port(wanted: int) -> int:
    """The port the host had before, so that inventories stay right, or a free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise LabError("no free TCP port on the loopback")
