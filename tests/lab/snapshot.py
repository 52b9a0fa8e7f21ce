# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A booted host, kept: made once per image, QEMU and arguments, loaded in seconds.

A second one, made from the first, has the small guest up as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from lab import boot, domains, paths, qemu, tools
from lab.image import Image
from lab.machine import Machine
from lab.progress import Progress

TAG = "booted"
GUEST = "-guest"


@dataclass(frozen=True)
class Snapshot:
    """A disk that holds the state of a booted host."""

    directory: Path

    @property
    def disk(self) -> Path:
        return self.directory / "disk.qcow2"

    def copy(self, disk: Path) -> None:
        tools.run("cp", "--reflink=auto", "--sparse=always", str(self.disk), str(disk))

    def drop(self) -> None:
        with paths.locked("snapshot"):
            shutil.rmtree(self.directory, ignore_errors=True)


def key(image: Image, accel: str) -> str:
    parts = (image.key, qemu.recipe(accel), domains.recipe(), _cpu_model() if accel == "kvm" else "")
    return "boot-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def get(image: Image, accel: str, guest: bool) -> Snapshot:
    """The snapshot, made by a first boot if it is not there."""
    first = Snapshot(paths.cache() / key(image, accel))
    second = Snapshot(first.directory.with_name(first.directory.name + GUEST))
    if not first.directory.exists():
        with paths.locked("snapshot"), _new(first.directory) as machine:
            if machine:
                _boot(machine, image, accel)
    if guest and not second.directory.exists():
        with paths.locked("snapshot-guest"), _new(second.directory) as machine:
            if machine:
                _start_guest(machine, image, accel, first)
    return second if guest else first


def overlay(image: Image, disk: Path) -> None:
    tools.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", str(image.disk), "-F", "qcow2", str(disk))


@contextlib.contextmanager
def _new(target: Path) -> Iterator[Optional[Machine]]:
    """A machine whose state is saved once it is as it should be; none where another process did that meanwhile."""
    if target.exists():
        yield None
        return
    work = target.with_suffix(".new")
    machine = Machine("first", work)
    machine.stop()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield machine
        machine.ssh.check("sync")
        machine.ssh.disconnect()
        with machine.qmp() as qmp:
            qmp.monitor(f"savevm {TAG}")
    finally:
        machine.stop()
    for name in ("state.json", "known_hosts"):
        (work / name).unlink()
    work.rename(target)


def keep(machine: Machine, tag: str) -> None:
    """Save the host's present state in its own disk, beside the one it was started from; what was kept under that name is replaced."""
    with machine.qmp() as qmp:
        qmp.monitor(f"savevm {tag}")


def _boot(machine: Machine, image: Image, accel: str) -> None:
    progress = Progress(f"First boot of this image ({accel.upper()}), to be kept as a snapshot")
    overlay(image, machine.disk)
    machine.start(image, accel, None)
    boot.wait(machine, progress)
    boot.settle(machine)
    progress.show("defining the domains")
    domains.define(machine)
    machine.ssh.check("virsh domcapabilities --virttype qemu >/dev/null")  # libvirt's first look at QEMU takes seconds
    progress.done("booted")


def _start_guest(machine: Machine, image: Image, accel: str, first: Snapshot) -> None:
    progress = Progress("First start of the small guest, to be kept as a snapshot (emulation inside emulation: one to five minutes)")
    first.copy(machine.disk)
    machine.start(image, accel, TAG)
    boot.wait(machine, progress)
    boot.settle(machine)
    domains.start_guest(machine, progress)
    progress.done("the guest is up")


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags"))}))
