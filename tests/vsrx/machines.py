# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two virtual machines: configuration, command line of QEMU, and the wait for NETCONF and for the cluster."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pathlib
import socket
import subprocess
import time
import typing as t

import asyncssh
from junos_peer.framing import END, Reader
from junos_peer.record import HELLO

from .iso import write_iso

USER = "ansible"
HOST = "127.0.0.1"
#: the NICs beside fxp0, each with a link of its own to the other node: control, fabric, and the port of reth0
LINKS = ("em0", "ge0", "ge1")
STATUS = "<get-chassis-cluster-status/>"

_CONFIGURATION = """\
groups {
    node0 { system { host-name vsrx1-node0; } }
    node1 { system { host-name vsrx1-node1; } }
}
apply-groups "${node}";
system {
    root-authentication { ssh-rsa "KEY"; }
    login { user USER { class super-user; authentication { ssh-rsa "KEY"; } } }
    services { ssh; netconf { ssh; } }
    backup-router 10.0.2.2 destination 0.0.0.0/0;
}
chassis {
    cluster {
        reth-count 1;
        redundancy-group 0 { node 0 priority 200; node 1 priority 100; }
        redundancy-group 1 { node 0 priority 200; node 1 priority 100; }
    }
}
interfaces {
    fxp0 { unit 0 { family inet { address 10.0.2.15/24; } } }
    fab0 { fabric-options { member-interfaces { ge-0/0/0; } } }
    fab1 { fabric-options { member-interfaces { ge-7/0/0; } } }
    ge-0/0/1 { gigether-options { redundant-parent reth0; } }
    ge-7/0/1 { gigether-options { redundant-parent reth0; } }
    reth0 { redundant-ether-options { redundancy-group 1; } unit 0 { family inet { address 192.0.2.1/24; } } }
}
"""


def render_configuration(public_key: str) -> str:
    """The configuration that a node takes from its CD at its first boot; both take the same."""
    return _CONFIGURATION.replace("KEY", public_key.strip()).replace("USER", USER)


def find_free_ports(kind: int, count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket(socket.AF_INET, kind)) for _number in range(count)]
        for bound in sockets:
            bound.bind((HOST, 0))
        return [bound.getsockname()[1] for bound in sockets]


@dataclasses.dataclass
class Machine:
    """One node: its folder, the port of this machine that leads to its NETCONF, and its process."""

    number: int
    folder: pathlib.Path
    port: int
    #: for each link, the UDP ports of this node and of the other
    links: t.Sequence[tuple[int, int]]
    process: subprocess.Popen[bytes] | None = None

    def prepare(self, image: pathlib.Path, public_key: str) -> None:
        """A disk of its own over the image, which stays as it is, and the CD."""
        self.folder.mkdir(parents=True)
        backing = _read_format(image)
        command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", backing, "-b", str(image.absolute()), str(self.folder / "disk.qcow2")]
        subprocess.run(command, check=True)
        write_iso(self.folder / "config.iso", {"juniper.conf": render_configuration(public_key).encode()})

    def render_command(self, qemu: str, machine: str, memory: int) -> list[str]:
        kvm = os.access("/dev/kvm", os.R_OK | os.W_OK)
        command = [
            qemu, "-name", f"vsrx1-node{self.number}", "-nodefaults", "-display", "none",
            "-machine", f"{machine},accel={'kvm' if kvm else 'tcg'}", "-cpu", "host" if kvm else "max", "-smp", "2", "-m", str(memory),
            "-serial", f"file:{self.folder / 'console.log'}",
            "-drive", f"file={self.folder / 'disk.qcow2'},if=virtio,format=qcow2",
            "-drive", f"file={self.folder / 'config.iso'},if=ide,media=cdrom,readonly=on",
            "-netdev", f"user,id=fxp0,hostfwd=tcp:{HOST}:{self.port}-10.0.2.15:830",
            "-device", f"virtio-net-pci,netdev=fxp0,mac={self._name_mac(0)}",
        ]  # fmt: skip
        for place, (own, other) in enumerate(self.links, 1):
            command += ["-netdev", f"socket,id={LINKS[place - 1]},udp={HOST}:{other},localaddr={HOST}:{own}"]
            command += ["-device", f"virtio-net-pci,netdev={LINKS[place - 1]},mac={self._name_mac(place)}"]
        return command

    def _name_mac(self, place: int) -> str:
        return f"52:54:00:5a:{self.number:02x}:{place:02x}"

    def start(self, command: list[str]) -> None:
        with (self.folder / "qemu.log").open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.process.kill()
            self.process.wait()

    def check_running(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            said = (self.folder / "qemu.log").read_text(errors="replace").strip()
            raise SystemExit(f"QEMU of node {self.number} ended with {self.process.returncode}: {said or 'it said nothing'}")


def _read_format(image: pathlib.Path) -> str:
    with image.open("rb") as file:
        return "qcow2" if file.read(4) == b"QFI\xfb" else "raw"


async def ask(port: int, key: pathlib.Path, request: str) -> str:
    """One request over a session of its own. The machine was started here, on this address: there is no host key to compare."""
    async with asyncssh.connect(HOST, port, username=USER, client_keys=[str(key)], known_hosts=None, config=None) as connection:
        stdin, stdout, _stderr = await connection.open_session(subsystem="netconf", encoding=None)
        reader = Reader(stdout)
        await reader.message()
        stdin.write(HELLO + END + f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1">{request}</rpc>'.encode() + END)
        reply = await reader.message()
    return "" if reply is None else reply.decode("utf-8", "replace")


async def wait_for(machines: t.Sequence[Machine], key: pathlib.Path, seconds: float, what: str, is_done: t.Callable[[str], bool]) -> None:
    """Ask each node for the cluster's status until its answer is the one that is waited for."""
    end = time.monotonic() + seconds
    for machine in machines:
        said = "it did not answer"
        while True:
            machine.check_running()
            try:
                said = await asyncio.wait_for(ask(machine.port, key, STATUS), 60)
            except (OSError, asyncssh.Error, asyncio.TimeoutError) as failure:
                said = f"it did not answer ({failure or type(failure).__name__})"
            if is_done(said):
                break
            if time.monotonic() > end:
                console = machine.folder / "console.log"
                raise SystemExit(f"node {machine.number}: {what} took longer than {seconds:.0f} s; at last {said[:500]}\nSee {console}")
            await asyncio.sleep(min(5.0, seconds / 50))


def is_answer(reply: str) -> bool:
    return "rpc-reply" in reply


def is_cluster(reply: str) -> bool:
    return "chassis-cluster-status" in reply and "device-name" in reply


def is_whole(reply: str) -> bool:
    """Each group has a primary and a secondary."""
    return is_cluster(reply) and reply.count(">primary<") == reply.count(">secondary<") > 0


async def form_cluster(machines: t.Sequence[Machine], key: pathlib.Path, seconds: float) -> bool:
    """Make the nodes a cluster where they are none, which reboots both; True where that was needed."""
    if is_cluster(await ask(machines[0].port, key, STATUS)):
        needed = False
    else:
        needed = True
        for machine in reversed(machines):
            request = (
                f"<set-chassis-cluster-enable><cluster-id>1</cluster-id><node>{machine.number}</node><reboot/></set-chassis-cluster-enable>"
            )
            with contextlib.suppress(OSError, asyncssh.Error):  # the session may end before its reply
                await ask(machine.port, key, request)
    await wait_for(machines, key, seconds, "forming the cluster", is_whole)
    return needed
