# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual SR-IOV host as a fixture: VSRX_LAB_HOST names it (default host1), VSRX_LAB=0 skips what needs it.

A test that failed on a host which broke as a virtual machine has proved nothing: it fails as BrokenLabHostError, and `make lab-test`
runs it once more.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator, Iterator, Sequence
from typing import Any, Optional

import pytest
from lab import boot, domains, hosts, inventory
from lab.machine import Machine

HANG = 900.0  # no command of a test takes this long unless it hangs
HOST = os.environ.get("VSRX_LAB_HOST", "host1")


class BrokenLabHostError(Exception):
    """The virtual machine failed, not what was tested."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    return (yield from _blame_the_machine())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    return (yield from _blame_the_machine())


def _blame_the_machine() -> Generator[None, None, None]:
    try:
        return (yield)
    except (Exception, pytest.fail.Exception) as error:
        machine = hosts.get(HOST)
        output = boot.broken(machine) if machine.log.exists() else None
        if output is None:
            raise
        raise BrokenLabHostError(output) from error


class LabHost:
    """One lab host that runs."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @property
    def name(self) -> str:
        return self.machine.name

    @property
    def variables(self) -> dict[str, Any]:
        """What an Ansible inventory says about this host."""
        return inventory.variables(self.machine)

    def run(
        self, command: Sequence[str], check: bool = True, input: Optional[str] = None, timeout: float = HANG
    ) -> subprocess.CompletedProcess[str]:
        """Run an argument list on the host (a list of one word: a line for its shell)."""
        done = self.machine.ssh.run(*command, input=input, timeout=timeout)
        if check and done.returncode:
            pytest.fail(f"{command} on {self.name} ended with status {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def read(self, path: str) -> str:
        return self.run(["cat", path]).stdout.strip()

    def write(self, path: str, text: str) -> None:
        self.run(["tee", path], input=text)

    def until(self, condition: str) -> None:
        """Wait on the host until a line for its shell succeeds."""
        self.run([f"until {condition}; do sleep 0.2; done"])

    def guest_output(self) -> list[str]:
        """What guest1 wrote to its console: nic PCI-ADDRESS MAC DRIVER NAME, ready, power button, gone PCI-ADDRESS."""
        return domains.console(self.machine)

    def reset(self, guest: bool = False) -> None:
        """Back to the freshly booted state, with the small guest running if asked; takes a few seconds."""
        hosts.reset(self.name, guest)


@pytest.fixture(scope="session")
def lab_host() -> LabHost:
    """The lab's host, brought up if it is not; tests leave it as they like, so take fresh_host to start from a known state."""
    if os.environ.get("VSRX_LAB") == "0":
        pytest.skip("VSRX_LAB=0: the virtual SR-IOV host is switched off")
    return LabHost(hosts.up(HOST))


@pytest.fixture
def fresh_host(lab_host: LabHost) -> Iterator[LabHost]:
    """The lab's host as it was right after its first boot."""
    lab_host.reset()
    yield lab_host


@pytest.fixture
def guest_host(lab_host: LabHost) -> Iterator[LabHost]:
    """The lab's host with the small guest up; the guest's first start takes minutes under emulation, the next ones seconds."""
    lab_host.reset(guest=True)
    yield lab_host
