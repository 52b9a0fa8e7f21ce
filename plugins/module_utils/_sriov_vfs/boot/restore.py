# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Runs at boot, by itself: it is copied to the host and imports nothing of the collection. It reads what to do from the file that it is
# given, finds each PF by its permanent MAC address or else by its PCI address, and makes its VFs before anybody uses the network.
# It can be run by hand on a host in use too: so it takes the lock that the module takes, and leaves alone what a guest would feel.
import errno
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import time
import typing as t

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_WAIT = 60.0
_PAUSE = 0.5
_LOCK = "/run/vsrx-sriov.lock"
_LOCK_SECONDS = 60.0
#: above udevadm's own deadline
_CALL_SECONDS = 90.0
_WRITE_SECONDS = 120.0
_BUSY_SECONDS = 10.0
_BUSY = "Resource temporarily unavailable"


def say(text: str) -> None:
    sys.stderr.write(f"vsrx-sriov: {text}\n")


def call(*words: str) -> tuple[int, str]:
    program = shutil.which(words[0], path=_PATH)
    if program is None:
        return 127, f"{words[0]}: not found"
    # At boot there is no module whose run_command could be called.
    # pylint: disable-next=ansible-bad-function
    process = subprocess.Popen(
        [program, *words[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    try:
        out, err = process.communicate(timeout=_CALL_SECONDS)
    except subprocess.TimeoutExpired:
        # Not waited for: in the kernel's hands a process can not be ended.
        process.kill()
        return 124, f"no answer for {_CALL_SECONDS:.0f} s"
    return process.returncode, out if process.returncode == 0 else err.strip()


def _put(path: str, text: str) -> None:
    pathlib.Path(path).write_text(text, encoding="ascii")


def _put_when_not_busy(path: str, text: str) -> int:
    """Gives the errno, 0 for success."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            _put(path, text)
        except OSError as failure:
            if failure.errno == errno.EAGAIN and time.monotonic() < deadline:
                time.sleep(_PAUSE)
                continue
            return failure.errno or errno.EIO
        return 0


def write(path: str, text: str, seconds: float) -> None:
    """Write one of the kernel's files in a child, since the write may block for ever; the child keeps the lock."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writing, str(_put_when_not_busy(path, text)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        if not select.select([reading], [], [], seconds)[0]:
            raise TimeoutError(errno.ETIMEDOUT, f"not done after {seconds:.0f} s; process {pid} waits in the kernel")
        answer = os.read(reading, 16)
    finally:
        os.close(reading)
    os.waitpid(pid, 0)
    number = int(answer) if answer else errno.EINTR
    if number == errno.EAGAIN:
        raise OSError(number, f"the driver was busy for {_BUSY_SECONDS:.0f} s")
    if number:
        raise OSError(number, os.strerror(number))


def _is_locked(handle: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


class Host:
    def __init__(self, root: str = "/", run: t.Callable[..., tuple[int, str]] = call, wait: float = _WAIT) -> None:
        self.sys = pathlib.Path(root) / "sys"
        self.run = run
        self._deadline = time.monotonic() + wait

    def _links(self) -> list[dict[str, t.Any]]:
        code, out = self.run("ip", "-d", "-j", "link", "show")
        return [link for link in json.loads(out) if link] if code == 0 and out else []

    def _address(self, name: str) -> t.Optional[str]:
        device = self.sys / "class/net" / name / "device"
        return device.resolve().name if device.exists() and not (device / "physfn").exists() else None

    def _find_once(self, pf: dict[str, t.Any]) -> t.Optional[tuple[t.Optional[str], str]]:
        links = [(link, self._address(link["ifname"])) for link in self._links()]
        physical = [(link, address) for link, address in links if address]
        if pf["permanent_mac"]:
            same = [
                (link["ifname"], address) for link, address in physical if link.get("permaddr", link.get("address")) == pf["permanent_mac"]
            ]
            # One function may carry two netdevs, and its MAC address may be that of a team: the name decides then.
            return next((found for found in same if found[0] == pf["name"]), same[0] if same else None)
        if (self.sys / "bus/pci/devices" / pf["address"]).exists():
            names = [link["ifname"] for link, address in physical if address == pf["address"]]
            return (names[0] if names else None), pf["address"]
        return None

    def find(self, pf: dict[str, t.Any]) -> t.Optional[tuple[t.Optional[str], str]]:
        """Netdev and PCI address of a PF; its driver may still be loading."""
        found = self._find_once(pf)
        if found is not None:
            return found
        while found is None and time.monotonic() <= self._deadline:
            time.sleep(_PAUSE)
            found = self._find_once(pf)
        if found is not None:
            # It has just come: udev may be about to give it another name.
            self.run("udevadm", "settle", "--timeout=60")
            found = self._find_once(pf) or found
        return found

    def vfs(self, address: str) -> list[str]:
        device = self.sys / "bus/pci/devices" / address
        return sorted(path.name for path in device.glob("virtfn*"))

    def put(self, address: str, file: str, text: str) -> None:
        write(str(self.sys / "bus/pci/devices" / address / file), text, _WRITE_SECONDS)

    def link(self, words: t.Sequence[str]) -> str:
        """Run 'ip link set', again while the driver is busy; gives what went wrong."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            code, out = self.run("ip", "link", "set", *words)
            if not code:
                return ""
            if _BUSY not in out:
                return out
            if time.monotonic() > deadline:
                return f"the driver was busy for {_BUSY_SECONDS:.0f} s"
            time.sleep(_PAUSE)

    def is_with_guest(self, address: str, index: str) -> bool:
        driver = self.sys / "bus/pci/devices" / address / f"virtfn{index}" / "driver"
        # vfio-pci, or the variant of it that is made for one vendor's VFs.
        return driver.exists() and "vfio" in driver.resolve().name

    def has_guests(self, address: str) -> bool:
        return any(self.is_with_guest(address, name[len("virtfn") :]) for name in self.vfs(address))


def restore(host: Host, pf: dict[str, t.Any]) -> list[str]:
    """Bring one PF back; gives what went wrong."""
    label = pf["name"] or pf["address"]
    found = host.find(pf)
    if found is None:
        return [f"{label}: no PF with MAC address {pf['permanent_mac']} (was at {pf['address']})"]
    name, address = found
    wrong = []

    def link(words: list[str]) -> None:
        failure = host.link(["dev", name or "", *words])
        if failure:
            wrong.append(f"{label}: ip link set dev {name} {' '.join(words)}: {failure}")

    in_use = host.has_guests(address)
    if in_use:
        say(f"{label}: a guest has a VF of it, so its MTU is left as it is, and it is not set down")
    for words in pf["link"]:
        if words[0] != "mtu" or not in_use:
            link(words)
    there = len(host.vfs(address))
    if there not in (0, pf["num_vfs"]):
        return [*wrong, f"{label}: {there} VFs exist already, {pf['num_vfs']} were recorded; something else makes VFs at boot"]
    try:
        if pf["drivers_autoprobe"] is not None:
            host.put(address, "sriov_drivers_autoprobe", "1" if pf["drivers_autoprobe"] else "0")
        if not there:
            host.put(address, "sriov_numvfs", str(pf["num_vfs"]))
    except OSError as failure:
        return [*wrong, f"{label}: {pf['num_vfs']} VFs could not be made: {failure}"]
    there = len(host.vfs(address))
    if there != pf["num_vfs"]:
        wrong.append(f"{label}: {pf['num_vfs']} VFs were recorded, the driver made {there}")
    for words in pf["vfs"]:
        # words: vf N attribute value ...
        if not host.is_with_guest(address, words[1]):
            link(words)
    if pf["down"] and not in_use:
        link(["down"])
    say(f"{label}: {there} VFs on {name or address} ({address})")
    return wrong


def main(arguments: list[str], lock: str = _LOCK, seconds: float = _LOCK_SECONDS) -> int:
    told = json.loads(pathlib.Path(arguments[0]).read_text(encoding="utf-8"))
    # Held until this process ends, and by a child that it leaves behind.
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if not _is_locked(handle, seconds):
        holder = os.pread(handle, 256, 0).decode("utf-8", "replace").strip() or "a process that has not said who it is"
        say(f"{holder} changes VFs on this host, so nothing was done")
        return 1
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"process {os.getpid()} (vsrx-sriov.service)\n".encode(), 0)
    call("udevadm", "settle", "--timeout=60")
    host = Host()
    wrong = [line for pf in told for line in restore(host, pf)]
    for line in wrong:
        say(line)
    call("udevadm", "settle", "--timeout=60")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
