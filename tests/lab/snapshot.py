# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A booted host, kept: made once per image, QEMU and arguments, loaded in seconds."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from lab import boot, domains, paths, qemu, tools
from lab.image import Image
from lab.machine import Machine
from lab.progress import Progress

TAG = "booted"


@dataclass(frozen=True)
class Snapshot:
    """A disk that holds the state of a booted host."""

    directory: Path

    @property
    def disk(self) -> Path:
        return self.directory / "disk.qcow2"

    def drop(self) -> None:
        with paths.locked("snapshot"):
            shutil.rmtree(self.directory, ignore_errors=True)


def key(image: Image, accel: str) -> str:
    parts = (image.key, qemu.recipe(accel), domains.recipe(), _cpu_model() if accel == "kvm" else "")
    return "boot-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def get(image: Image, accel: str) -> Snapshot:
    """The snapshot, made by a first boot if it is not there."""
    snapshot = Snapshot(paths.cache() / key(image, accel))
    with paths.locked("snapshot"):
        if not snapshot.directory.exists():
            _make(snapshot.directory, image, accel)
    return snapshot


def overlay(image: Image, disk: Path) -> None:
    tools.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", str(image.disk), "-F", "qcow2", str(disk))


def _make(target: Path, image: Image, accel: str) -> None:
    work = target.with_suffix(".new")
    machine = Machine("first", work)
    machine.stop()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    overlay(image, machine.disk)
    progress = Progress(f"First boot of this image ({accel.upper()}), to be kept as a snapshot")
    try:
        machine.start(image, accel, None)
        boot.wait(machine, progress)
        boot.settle(machine)
        progress.show("defining the domains")
        domains.define(machine)
        machine.ssh.check("virsh domcapabilities --virttype qemu >/dev/null && sync")  # libvirt's first look at QEMU takes seconds
        machine.ssh.disconnect()
        progress.show("saving the snapshot")
        with machine.qmp() as qmp:
            qmp.monitor(f"savevm {TAG}")
    finally:
        machine.stop()
    for name in ("state.json", "known_hosts"):
        (work / name).unlink()
    work.rename(target)
    progress.done(f"kept, {target.joinpath('disk.qcow2').stat().st_size >> 20} MiB in {target}")


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags"))}))
