# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named hosts: up, down, reset, status."""

from __future__ import annotations

import re
import shutil
from typing import Optional

from lab import accel, boot, domains, image, paths, snapshot
from lab.errors import LabError, QemuError
from lab.machine import Machine, wait_until
from lab.progress import Progress, say

RESTORE_LIMIT = 120.0


def get(name: str) -> Machine:
    return Machine(name, paths.host_dir(name))


def running(name: str) -> Machine:
    machine = get(name)
    if machine.pid is None:
        raise LabError(f"the lab host {name} is not up; run: tests/lab/lab up {name}")
    return machine


def up(name: str, guest: bool = False) -> Machine:
    """The host runs and answers afterwards, with the small guest up if asked; one that does already is left as it is."""
    machine = get(name)
    with paths.locked(f"host-{name}"):
        if machine.pid is not None:
            boot.wait(machine, Progress(f"{name} runs already"), used=True)
            if guest and not (machine.state and machine.state.guest):
                raise LabError(f"{name} runs without the small guest; run: tests/lab/lab reset --guest {name}")
            return machine
        built = image.build()
        chosen = accel.choose(built)
        kept = snapshot.get(built, chosen, guest)
        try:
            _restore(machine, built, chosen, kept, guest)
        except LabError as error:
            say(f"The snapshot could not be used ({error}); {name} boots in full")
            machine.stop()
            if isinstance(error, QemuError):
                kept.drop()
            _boot(machine, built, chosen, guest)
        boot.settle(machine)
    return machine


def down(name: str) -> bool:
    """Whether there was something to take down."""
    machine = get(name)
    with paths.locked(f"host-{name}"):
        if not machine.directory.exists():
            return False
        machine.stop()
        shutil.rmtree(machine.directory)
    return True


def reset(name: str, guest: bool = False) -> Machine:
    """Back to the freshly booted state, on the same port, with the small guest up if asked."""
    machine = get(name)
    with paths.locked(f"host-{name}"):
        machine.stop()
    return up(name, guest)


def keep(name: str, tag: str) -> None:
    """Keep the host's present state, for `restore`."""
    machine = running(name)
    with paths.locked(f"host-{name}"):
        snapshot.keep(machine, _tag(tag))
    say(f"The state of {name} is kept as {tag}")


def restore(name: str, tag: str) -> Machine:
    """Back to the state that was kept, on the same port."""
    machine = get(name)
    state = machine.state
    if state is None:
        raise LabError(f"the lab host {name} was not started, so no state of it was kept; run: tests/lab/lab up {name}")
    with paths.locked(f"host-{name}"):
        progress = Progress(f"Restoring {name}")
        machine.stop()
        machine.start(image.Image(paths.cache() / state.image), state.accel, _tag(tag), state.guest)
        boot.wait(machine, progress, RESTORE_LIMIT, used=True)
        boot.settle(machine)
        progress.done(f"{name} is as it was kept")
    return machine


def _tag(name: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9-]{0,30}", name) or name == snapshot.TAG:
        raise LabError(
            f"{name!r} is no name for a state to keep: lower-case letters, digits and hyphens, a letter first, not '{snapshot.TAG}'"
        )
    return name


def reboot(name: str) -> Machine:
    """Reboot the host as an operator would, and wait until it is back."""
    machine = running(name)
    with paths.locked(f"host-{name}"):
        progress = Progress(f"Rebooting {name}")
        before = _boot_id(machine)
        machine.serial.write_text("")
        machine.ssh.run("systemctl", "reboot")
        machine.ssh.disconnect()
        # A QEMU that ends meanwhile is told by boot.wait.
        if not wait_until(lambda: machine.pid is None or _is_back(machine, before), boot.LIMIT, 0.5):
            raise LabError(f"{name} did not come back from its reboot; see: tests/lab/lab console {name}")
        boot.wait(machine, progress, used=True)
        boot.settle(machine)
        progress.done(f"{name} is back")
    return machine


def crash(name: str) -> None:
    """Reset the host as its reset button would: nothing on it is asked, nothing is written any more. It boots again by itself."""
    machine = running(name)
    with paths.locked(f"host-{name}"):
        machine.ssh.disconnect()
        with machine.qmp() as qmp:
            qmp.order("system_reset")


def _is_back(machine: Machine, before: Optional[str]) -> bool:
    return machine.ssh.answers() and _boot_id(machine) not in (None, before)


def _boot_id(machine: Machine) -> Optional[str]:
    done = machine.ssh.run("cat", "/proc/sys/kernel/random/boot_id", timeout=30)
    return done.stdout.strip() if done.returncode == 0 else None


def _restore(machine: Machine, built: image.Image, chosen: str, kept: snapshot.Snapshot, guest: bool) -> None:
    progress = Progress(f"Starting {machine.name} from the snapshot")
    machine.directory.mkdir(parents=True, exist_ok=True)
    kept.copy(machine.disk)
    machine.start(built, chosen, snapshot.TAG, guest)
    boot.wait(machine, progress, RESTORE_LIMIT)
    progress.done(f"{machine.name} is up, SSH on port {machine.ssh.port}")


def _boot(machine: Machine, built: image.Image, chosen: str, guest: bool) -> None:
    progress = Progress(f"Booting {machine.name}")
    machine.disk.unlink(missing_ok=True)
    snapshot.overlay(built, machine.disk)
    machine.start(built, chosen, None, guest)
    boot.wait(machine, progress)
    domains.define(machine)
    if guest:
        domains.start_guest(machine, progress)
    progress.done(f"{machine.name} is up, SSH on port {machine.ssh.port}")
