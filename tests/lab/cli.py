# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the lab."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import domains, hosts, image, inventory, paths, prune
from lab.errors import LabError

DEFAULT = "host1"
ABOUT = """\
A virtual SR-IOV KVM host under QEMU: two igb PFs of 7 VFs (eno2, eno3), one NIC without SR-IOV (eno4),
an Intel IOMMU, libvirt and VFIO. KVM is used where a boot proves that it works, TCG elsewhere."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="lab", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, about: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=about, description=about)

    def with_name(name: str, about: str) -> argparse.ArgumentParser:
        sub = command(name, about)
        sub.add_argument("name", metavar="NAME", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
        return sub

    def with_names(name: str, about: str) -> argparse.ArgumentParser:
        sub = command(name, about)
        sub.add_argument("names", metavar="NAME", nargs="*")
        return sub

    command("requirements", "install QEMU and what the image build needs (apt)")
    command("build", "build the image, if its recipe changed")
    up = with_names("up", f"start hosts (default: {DEFAULT}); the first one ever builds the image and boots it once")
    with_names("down", f"stop hosts (default: {DEFAULT}) and forget their disks").add_argument("--all", action="store_true")
    command("status", "show the hosts")
    reset = with_name("reset", "put a host back into its freshly booted state")
    for sub in (up, reset):
        about = "with the small guest (domain guest1) up; its first start takes minutes, then it is kept"
        sub.add_argument("--guest", action="store_true", help=about)
    for sub in (with_name("keep", "keep a host's present state"), with_name("restore", "put a host back into a state that was kept")):
        sub.add_argument("tag", metavar="TAG", nargs="?", default="kept", help="name of the state (default: kept)")
    with_name("reboot", "reboot a host, keeping its disk, and wait for it")
    with_name("crash", "reset a host as its reset button would, and do not wait for it")
    with_name("domains", "define the domains of tests/lab/domains again, as their files have them")
    with_name("console", "print a host's serial log")
    with_names("inventory", "print an Ansible inventory (default: of all hosts that run)")
    command("prune", "remove cached images and snapshots of recipes that are no longer in use")
    ssh = command("ssh", "run a command on a host, or a shell without one")
    ssh.add_argument("name", metavar="NAME")
    ssh.add_argument("words", metavar="-- CMD", nargs=argparse.REMAINDER, help="one word: a line for the host's shell")
    return top


def status() -> None:
    print(f"{'NAME':<12} {'STATE':<9} {'ACCEL':<6} {'FROM':<9} {'PORT':<6} {'PID':<8} IMAGE")
    for name in paths.host_names():
        machine = hosts.get(name)
        state, pid = machine.state, machine.pid
        if state is not None:
            condition = "stopped" if pid is None else "ssh-ready" if machine.ssh.answers() else "booting"
            origin = "snapshot" if state.snapshot else "boot"
            print(f"{name:<12} {condition:<9} {state.accel:<6} {origin:<9} {state.port:<6} {pid or '-':<8} {state.image}")


def dispatch(options: argparse.Namespace) -> int:
    command: str = options.command
    if command == "requirements":
        script = Path(__file__).parents[1] / "env" / "lab-packages.sh"
        return subprocess.run([str(script)], check=False).returncode
    if command == "build":
        print(image.build().directory)
    elif command == "up":
        for name in options.names or [DEFAULT]:
            hosts.up(name, options.guest)
        status()
    elif command == "down":
        for name in paths.host_names() if options.all else options.names or [DEFAULT]:
            print(f"{name}: {'down' if hosts.down(name) else 'was not up'}")
    elif command == "status":
        status()
    elif command == "reset":
        hosts.reset(options.name, options.guest)
    elif command == "keep":
        hosts.keep(options.name, options.tag)
    elif command == "restore":
        hosts.restore(options.name, options.tag)
    elif command == "reboot":
        hosts.reboot(options.name)
    elif command == "crash":
        hosts.crash(options.name)
    elif command == "domains":
        domains.define(hosts.running(options.name))
    elif command == "console":
        sys.stdout.write(hosts.get(options.name).serial.read_text(errors="replace"))
    elif command == "inventory":
        names = options.names or [name for name in paths.host_names() if hosts.get(name).pid]
        print(inventory.text(hosts.running(name) for name in names))
    elif command == "prune":
        for path in prune.prune():
            print(f"removed {path}")
    elif command == "ssh":
        words = options.words[1:] if options.words[:1] == ["--"] else options.words
        argv = hosts.running(options.name).ssh.command(words)
        os.execv(argv[0], argv)  # noqa: S606 - an argument list, the terminal stays with ssh
    return 0


def main(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a machine that is being made is stopped
    try:
        return dispatch(parser().parse_args(arguments))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
