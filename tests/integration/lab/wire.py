# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reth's MAC address on the wire: runs on the lab host and prints as JSON what was seen.

Three VFs of one PF, each in a network namespace of its own: node 0, node 1 and a neighbour. That something does not arrive is never judged
by a clock: a mark follows it on the same way, and what has not come when the mark comes was not let through.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import socket
import struct
import subprocess
from pathlib import Path
from typing import Any, Optional

PF = "eno2"
DRIVER = Path("/sys/bus/pci/drivers/igbvf")
NAMES = ("node0", "node1", "neighbour")
MACS = {"node0": "02:5a:00:00:00:01", "node1": "02:5a:00:00:01:01", "neighbour": "02:5a:00:00:00:99"}
VIRTUAL = "00:10:db:ff:10:01"  # as Junos makes them for a reth
EVERYONE = "ff:ff:ff:ff:ff:ff"
ADDRESS, NEIGHBOUR = "192.0.2.1", "192.0.2.9"
FRAMES = 3
TRIAL, ARP, IP = 0x88B5, 0x0806, 0x0800  # the first is for local experiments
SOL_PACKET, ADD_MEMBERSHIP, DROP_MEMBERSHIP, PROMISCUOUS, OUTGOING = 263, 1, 2, 1, 4  # linux/if_packet.h; Python names some of them
CLONE_NEWNET = 0x40000000  # linux/sched.h; Python has it, and setns, from 3.12 on
LOST = 60.0  # seconds without the mark: the wire itself is broken


def call(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(words)}: status {done.returncode}: {done.stdout}{done.stderr}")
    return done


def inside(name: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return call("ip", "netns", "exec", name, *words, check=check)


def enter(namespace: int) -> None:
    """Move this process into the network namespace of an open file."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def kernel_log() -> list[str]:
    return [re.sub(r"^\[[ .0-9]+\] ", "", line) for line in call("dmesg").stdout.splitlines()]


def raw(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


class Station:
    """A VF in a namespace of its own, with a socket that hears what arrives there."""

    marks = 0

    def __init__(self, name: str, number: int) -> None:
        self.name, self.mac = name, MACS[name]
        function = Path(f"/sys/class/net/{PF}/device/virtfn{number}").resolve().name
        (DRIVER / "bind").write_text(function)
        call("udevadm", "settle")
        (device,) = Path(f"/sys/bus/pci/devices/{function}/net").iterdir()
        call("ip", "netns", "add", name)
        call("ip", "link", "set", device.name, "netns", name, "name", "port")
        call("ip", "-n", name, "link", "set", "port", "up")
        self.socket = self._listen()

    def _listen(self) -> socket.socket:
        own = os.open("/proc/self/ns/net", os.O_RDONLY)
        other = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            enter(other)  # a socket stays in the namespace where it was made
            found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            found.bind(("port", 3))
            self.index = socket.if_nametoindex("port")
        finally:
            enter(own)
        found.settimeout(LOST)
        return found

    def promiscuous(self, wanted: bool) -> None:
        self.socket.setsockopt(
            SOL_PACKET, ADD_MEMBERSHIP if wanted else DROP_MEMBERSHIP, struct.pack("IHH8s", self.index, PROMISCUOUS, 0, b"")
        )

    def send(self, to: str, sender: str, text: bytes) -> None:
        self.socket.send(raw(to) + raw(sender) + struct.pack("!H", TRIAL) + text.ljust(46, b"\0"))

    def heard(self, sender: Station) -> list[bytes]:
        """All that arrived here since the last time, up to a mark that the sender sends now."""
        Station.marks += 1
        mark = b"mark %d" % Station.marks
        sender.send(EVERYONE, sender.mac, mark)
        frames: list[bytes] = []
        while True:
            try:
                frame, output = self.socket.recvfrom(4096)
            except TimeoutError:
                raise SystemExit(f"{sender.name}'s broadcast did not arrive at {self.name}") from None
            if output[2] == OUTGOING:
                continue
            if frame[14:].rstrip(b"\0") == mark:
                return frames
            frames.append(frame)


def kind(frame: bytes) -> int:
    return int.from_bytes(frame[12:14], "big")


def echo_requests(frames: list[bytes]) -> int:
    return sum(kind(frame) == IP and frame[23] == 1 and frame[34] == 8 for frame in frames)


class Story:
    def __init__(self) -> None:
        device = Path(f"/sys/class/net/{PF}/device")
        (device / "sriov_drivers_autoprobe").write_text("0")
        call("modprobe", "igbvf")
        call("ip", "link", "set", PF, "up")
        (device / "sriov_numvfs").write_text(str(len(NAMES)))
        for number, name in enumerate(NAMES):
            call("ip", "link", "set", PF, "vf", str(number), "mac", MACS[name], "trust", "off")
        (device / "sriov_drivers_autoprobe").write_text("1")  # a VF's driver reads the address when it is bound, as a domain's does
        self.node0, self.node1, self.neighbour = self.stations = [Station(name, number) for number, name in enumerate(NAMES)]
        call("ip", "-n", "neighbour", "address", "add", f"{NEIGHBOUR}/24", "dev", "port")
        # A router keeps an entry for minutes to hours; Linux would ask again after half a minute.
        inside("neighbour", "sysctl", "-qw", "net.ipv4.neigh.port.base_reachable_time_ms=3600000")

    def forget(self) -> None:
        for station in self.stations:
            station.heard(self.neighbour if station is not self.neighbour else self.node0)

    def vfs(self) -> list[dict[str, Any]]:
        (pf,) = json.loads(call("ip", "-d", "-j", "link", "show", "dev", PF).stdout)
        return [{"mac": vf["address"], "trust": vf["trust"], "spoof_check": vf["spoofchk"]} for vf in pf["vfinfo_list"]]

    def trusted(self) -> dict[str, Any]:
        """The counter-test: the same once the host trusts the VF."""
        call("ip", "link", "set", PF, "vf", "0", "trust", "on")
        return {"change": self.change(), "in": self.frames(self.neighbour, self.node0, VIRTUAL, self.neighbour.mac)}

    def change(self) -> dict[str, Any]:
        """The owner of node 0's VF gives it the reth's virtual address."""
        before = len(kernel_log())
        done = call("ip", "-n", "node0", "link", "set", "port", "address", VIRTUAL, check=False)
        (port,) = json.loads(call("ip", "-n", "node0", "-j", "link", "show", "dev", "port").stdout)
        return {"status": done.returncode, "said": done.stderr.strip(), "mac": port["address"], "kernel": kernel_log()[before:]}

    def frames(self, sender: Station, receiver: Station, to: str, source: str) -> dict[str, Any]:
        self.forget()
        for number in range(FRAMES):
            sender.send(to, source, b"trial %d" % number)
        wanted = raw(to) + raw(source) + struct.pack("!H", TRIAL)
        came = sum(frame.startswith(wanted) for frame in receiver.heard(sender))
        return {"from": sender.name, "at": receiver.name, "to": to, "source": source, "sent": FRAMES, "came": came}

    def ping(self, patience: int) -> dict[str, Any]:
        """Whether the neighbour reaches the reth's address, which node its requests came to, and what it has cached."""
        self.forget()
        done = inside("neighbour", "ping", "-n", "-c", str(FRAMES), "-i", "0.2", "-W", str(patience), ADDRESS, check=False)
        answered = re.search(r"(\d+) received", done.stdout)
        at = {node.name: echo_requests(node.heard(self.neighbour)) for node in (self.node0, self.node1)}
        return {"sent": FRAMES, "answered": int(answered[1]) if answered else done.stderr, "requests_at": at, "cached": self.cached()}

    def cached(self) -> Optional[str]:
        entries = json.loads(call("ip", "-n", "neighbour", "-j", "neighbour", "show", ADDRESS).stdout or "[]")
        return entries[0].get("lladdr") if entries else None

    def virtual(self) -> dict[str, Any]:
        """Node 0 holds the reth's address with its virtual MAC address, above a port that keeps its own."""
        call("ip", "-n", "node0", "link", "add", "link", "port", "name", "reth", "address", VIRTUAL, "type", "macvlan", "mode", "bridge")
        inside("node0", "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1")
        before = len(kernel_log())
        call("ip", "-n", "node0", "link", "set", "reth", "up")
        log = kernel_log()[before:]
        call("ip", "-n", "node0", "address", "add", f"{ADDRESS}/24", "dev", "reth")
        seen = self.ping(1)
        call("ip", "-n", "node0", "link", "delete", "reth")
        call("ip", "-n", "neighbour", "neighbour", "flush", "dev", "port")
        return {**seen, "kernel": log}

    def move(self) -> dict[str, Any]:
        """Node 1 takes the address over, with its own MAC address, and says nothing yet."""
        self.forget()
        call("ip", "-n", "node0", "address", "delete", f"{ADDRESS}/24", "dev", "port")
        call("ip", "-n", "node1", "address", "add", f"{ADDRESS}/24", "dev", "port")
        said = sum(kind(frame) == ARP for frame in self.neighbour.heard(self.node1))
        return {**self.ping(1), "arp_from_node1": said}

    def announce(self) -> dict[str, Any]:
        self.forget()
        inside("node1", "arping", "-U", "-c", "1", "-I", "port", ADDRESS)
        arps = [frame for frame in self.neighbour.heard(self.node1) if kind(frame) == ARP]
        gratuitous = [
            frame for frame in arps if frame[22:28] == raw(MACS["node1"]) and frame[28:32] == frame[38:42] == socket.inet_aton(ADDRESS)
        ]
        cached = self.cached()
        return {**self.ping(10), "arp_from_node1": len(arps), "gratuitous": len(gratuitous), "cached_at_once": cached}

    def tell(self) -> dict[str, Any]:
        node0, neighbour = self.node0, self.neighbour
        output: dict[str, Any] = {"macs": MACS, "virtual": VIRTUAL, "address": ADDRESS, "vfs": self.vfs(), "change": self.change()}
        output["own_in"] = self.frames(neighbour, node0, node0.mac, neighbour.mac)
        output["own_out"] = self.frames(node0, neighbour, neighbour.mac, node0.mac)
        output["virtual_in"] = self.frames(neighbour, node0, VIRTUAL, neighbour.mac)
        output["virtual_out"] = self.frames(node0, neighbour, neighbour.mac, VIRTUAL)
        node0.promiscuous(True)
        output["virtual_in_promiscuous"] = self.frames(neighbour, node0, VIRTUAL, neighbour.mac)
        node0.promiscuous(False)
        output["virtual_ping"] = self.virtual()
        call("ip", "-n", "node0", "address", "add", f"{ADDRESS}/24", "dev", "port")
        output["own_ping"] = self.ping(10)
        output["moved"] = self.move()
        output["announced"] = self.announce()
        output["trusted"] = self.trusted()
        return output


if __name__ == "__main__":
    print(json.dumps(Story().tell(), indent=1))
