# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Brings VFs back at boot. It stands alone: it is copied to the host and imports nothing of the collection. Python 3.7 or later.

It reads what to do from the file that it is given, finds each PF by its permanent MAC address or else by its PCI address, and creates its
VFs before a network manager starts. It can be run by hand on a host in use too: so it takes the lock that the module takes, and leaves
alone what a guest would notice.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pathlib
import re
import select
import shutil
import stat
import subprocess
import sys
import time
import typing as t

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
#: how long the driver of the PF may take to load, and that of any other NIC
_WAIT = 60.0
_WAIT_OTHERS = 10.0
_PAUSE = 0.5
_LOCK = "/run/vsrx-sriov.lock"
_LOCK_SECONDS = 60.0
#: above udevadm's own deadline
_CALL_SECONDS = 90.0
_WRITE_SECONDS = 120.0
_BUSY_SECONDS = 10.0
#: how long something else that creates the same VFs may take, and a link to come up: drivers drop it when VFs come
_OTHER_SECONDS = 60.0
_LINK_SECONDS = 20.0
#: i40e answers EAGAIN while it resets, ice EBUSY
_BUSY_NUMBERS = (errno.EAGAIN, errno.EBUSY)
_BUSY = tuple(os.strerror(number) for number in _BUSY_NUMBERS)
_RATES = ("min_tx_rate", "max_tx_rate")
_REPRESENTOR = re.compile(r"(?:c\d+|p\d+(?:if\d+)?)?pf\d+(?:s\d+|vf\d+|sf\d+|hpf)?|\d+")
#: what a record must have, and of what type
_FIELDS: dict[str, tuple[type, ...]] = {
    "permanent_mac": (str, type(None)),
    "address": (str,),
    "name": (str, type(None)),
    "num_vfs": (int,),
    "drivers_autoprobe": (bool, type(None)),
    "link": (list,),
    "vfs": (list,),
    "down": (bool,),
}


def say(text: str) -> None:
    """Write one line to the journal."""
    sys.stderr.write(f"vsrx-sriov: {text}\n")


def call(*words: str) -> tuple[int, str]:
    """Run a program; returns its status, and what it printed or why it failed."""
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
        errors="replace",
        env={**os.environ, "LC_ALL": "C"},
    )
    try:
        out, err = process.communicate(timeout=_CALL_SECONDS)
    except subprocess.TimeoutExpired:
        # Not waited for: in the kernel's hands a process cannot be ended.
        process.kill()
        return 124, f"no answer for {_CALL_SECONDS:.0f} s"
    return process.returncode, out if process.returncode == 0 else err.strip()


def _put(path: str, text: str) -> None:
    pathlib.Path(path).write_text(text, encoding="ascii")


def _put_when_not_busy(path: str, text: str) -> int:
    """Write, again while the driver is busy; returns the errno, 0 for success."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            _put(path, text)
        except OSError as failure:
            if failure.errno in _BUSY_NUMBERS and time.monotonic() < deadline:
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
    if number in _BUSY_NUMBERS:
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
    """The host that boots: its sysfs under a root, and its programs."""

    def __init__(self, root: str = "/", run: t.Callable[..., tuple[int, str]] = call, wait: float = _WAIT) -> None:
        self.sys = pathlib.Path(root) / "sys"
        self.run = run
        now = time.monotonic()
        self._deadline = now + wait
        self._others_deadline = now + min(wait, _WAIT_OTHERS)
        self._link_deadline = now + wait + _LINK_SECONDS

    def _device(self, address: str) -> pathlib.Path:
        return self.sys / "bus/pci/devices" / address

    def _is_pf_netdev(self, name: str) -> bool:
        here = self.sys / "class/net" / name
        try:
            port = (here / "phys_port_name").read_text().strip()
        except OSError:
            port = ""
        return (here / "device").exists() and not (here / "device/physfn").exists() and not _REPRESENTOR.fullmatch(port)

    def _netdevs(self) -> dict[str, str]:
        """Return the PCI address by netdev of every function that is no VF."""
        folder = self.sys / "class/net"
        names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
        return {name: (folder / name / "device").resolve().name for name in names if self._is_pf_netdev(name)}

    def link_of(self, name: str) -> dict[str, t.Any]:
        """Return a netdev as ip shows it; nothing where it does not."""
        code, out = self.run("ip", "-d", "-j", "link", "show", "dev", name)
        try:
            links = json.loads(out) if code == 0 else []
        except (ValueError, RecursionError):
            links = []
        found = links if isinstance(links, list) else []
        return next((link for link in found if isinstance(link, dict) and link.get("ifname") == name), {})

    def _find_by_mac(self, pf: dict[str, t.Any], netdevs: dict[str, str]) -> t.Optional[tuple[t.Optional[str], str]]:
        # Where it was and as it was called comes first: one function may carry two netdevs, and its MAC address may be that of a bond.
        names = sorted(netdevs, key=lambda name: (name != pf["name"], netdevs[name] != pf["address"]))
        for name in names:
            link = self.link_of(name)
            if str(link.get("permaddr", link.get("address"))).lower() == pf["permanent_mac"]:
                return name, netdevs[name]
        return None

    def _find_by_address(self, pf: dict[str, t.Any], netdevs: dict[str, str]) -> t.Optional[tuple[t.Optional[str], str]]:
        if not self._device(pf["address"]).exists() or (self._device(pf["address"]) / "physfn").exists():
            return None
        names = [name for name, address in netdevs.items() if address == pf["address"]]
        return (pf["name"] if pf["name"] in names else names[0] if names else None), pf["address"]

    def _is_loading(self, address: str) -> bool:
        """Tell whether the driver of a NIC may still make a netdev; one that vfio has never does."""
        device = self._device(address)
        try:
            is_nic = (device / "class").read_text().startswith("0x02")
        except OSError:
            return False
        driver = (device / "driver").resolve().name if (device / "driver").exists() else ""
        return is_nic and not (device / "physfn").exists() and not any(device.glob("net/*")) and "vfio" not in driver

    def _may_come(self, pf: dict[str, t.Any]) -> bool:
        """Tell whether the PF may still come: the kernel has found every function by now, and drivers load."""
        now = time.monotonic()
        if now <= self._deadline and self._is_loading(pf["address"]):
            return True
        folder = self.sys / "bus/pci/devices"
        names = [path.name for path in folder.iterdir()] if folder.exists() else []
        return now <= self._others_deadline and any(self._is_loading(name) for name in names)

    def find(self, pf: dict[str, t.Any], taken: t.Container[t.Optional[str]] = ()) -> t.Optional[tuple[t.Optional[str], str, bool]]:
        """Return netdev and PCI address of a PF, and whether only its address is that of the record. Its driver may still be loading.

        ``taken`` are permanent MAC addresses of other records: a NIC with one of these is not taken by its address.
        """
        waited = False
        while True:
            netdevs = self._netdevs()
            found = self._find_by_mac(pf, netdevs) if pf["permanent_mac"] else self._find_by_address(pf, netdevs)
            if found is not None or not self._may_come(pf):
                break
            waited = True
            time.sleep(_PAUSE)
        if waited:
            # It has just come: udev may be about to give it another name.
            self.run("udevadm", "settle", "--timeout=60")
            netdevs = self._netdevs()
            found = (self._find_by_mac(pf, netdevs) if pf["permanent_mac"] else self._find_by_address(pf, netdevs)) or found
        if found is not None:
            return (*found, False)
        found = self._find_by_address(pf, netdevs)
        if found is None or found[0] is None:
            return None
        link = self.link_of(found[0])
        other = str(link.get("permaddr", link.get("address"))).lower()
        return None if other in taken else (*found, True)

    def count_vfs(self, address: str) -> int:
        """Count the VFs by their links: reading sriov_numvfs may block."""
        return sum(1 for _path in self._device(address).glob("virtfn*"))

    def wait_for_count(self, address: str, count: int) -> int:
        """Wait until something else has created that many VFs, which takes up to a second for each; returns their number."""
        deadline = time.monotonic() + _OTHER_SECONDS
        found = self.count_vfs(address)
        while found != count and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            found = self.count_vfs(address)
        return found

    def put(self, address: str, file: str, text: str) -> None:
        """Write one of the kernel's files of a function."""
        write(str(self._device(address) / file), text, _WRITE_SECONDS)

    def has_carrier(self, name: str) -> bool:
        """Tell whether the link of a netdev is up."""
        try:
            return (self.sys / "class/net" / name / "carrier").read_text().strip() == "1"
        except OSError:
            return False

    def wait_for_carrier(self, name: str) -> bool:
        """Wait for the link, no longer than the time that all PFs have together."""
        deadline = min(self._link_deadline, time.monotonic() + _LINK_SECONDS)
        while not self.has_carrier(name) and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        return self.has_carrier(name)

    def link(self, words: t.Sequence[str]) -> str:
        """Run 'ip link set', again while the driver is busy; returns what went wrong."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            code, out = self.run("ip", "link", "set", *words)
            if not code:
                return ""
            if not any(busy in out for busy in _BUSY):
                return out or f"exit status {code}"
            if time.monotonic() > deadline:
                return f"the driver was busy for {_BUSY_SECONDS:.0f} s"
            time.sleep(_PAUSE)

    def is_with_guest(self, address: str, index: str) -> bool:
        """Tell whether vfio-pci has a VF, or the variant of it for one vendor's VFs."""
        driver = self._device(address) / f"virtfn{index}" / "driver"
        return driver.exists() and "vfio" in driver.resolve().name

    def list_vf_netdevs(self, address: str, index: str) -> list[str]:
        """Return the netdevs of a VF."""
        return [path.name for path in (self._device(address) / f"virtfn{index}").glob("net/*")]

    def has_guests(self, address: str) -> bool:
        """Tell whether a guest may have one of the VFs."""
        return any(self.is_with_guest(address, path.name[len("virtfn") :]) for path in self._device(address).glob("virtfn*"))


def check(pf: t.Any) -> t.Optional[str]:
    """Say what is wrong with a record; None where it can be acted on."""
    if not isinstance(pf, dict):
        return "it is no record"
    for name, types in _FIELDS.items():
        if name not in pf or not isinstance(pf[name], types) or (types == (int,) and isinstance(pf[name], bool)):
            return f"its {name} is missing or wrong"
    if not re.fullmatch(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", pf["address"]) or not 0 <= pf["num_vfs"] < 1 << 16:
        return "its address or num_vfs is wrong"
    commands = [*pf["link"], *pf["vfs"]]
    if not all(isinstance(words, list) and words and all(isinstance(word, str) for word in words) for words in commands):
        return "its commands are wrong"
    if not all(len(words) > 3 and words[0] == "vf" and words[1].isdigit() for words in pf["vfs"]):
        return "its VFs are wrong"
    return None


def _create(host: Host, pf: dict[str, t.Any], address: str, label: str) -> t.Optional[str]:
    """Create the VFs, or wait for another tool that creates them; returns why that failed."""
    count = pf["num_vfs"]
    found = host.count_vfs(address)
    if found == count:
        return None
    deadline = time.monotonic() + _BUSY_SECONDS
    while not found:
        try:
            host.put(address, "sriov_numvfs", str(count))
        except OSError as failure:
            if failure.errno != errno.EBUSY or not host.count_vfs(address):
                return f"{label}: {count} VFs could not be made: {failure}"
            break
        found = host.count_vfs(address)
        if found == count:
            return None
        if found or time.monotonic() > deadline:
            return f"{label}: {count} VFs were recorded, the driver made {found}"
        # bnxt_en answers 0 and does nothing while its firmware resets.
        time.sleep(_PAUSE)
    found = host.wait_for_count(address, count)
    if found != count:
        return f"{label}: {found} VFs exist already, {count} were recorded; something else makes VFs at boot"
    return None


def _align_netdevs(host: Host, pf: dict[str, t.Any], address: str) -> None:
    """Give the netdevs of trusted VFs the VFs' MAC addresses.

    A VF's driver sends the address that it read when it was bound, whenever it is reset, and the PF takes it from a VF that it trusts.
    """
    given = {(words[1], name): value for words in pf["vfs"] for name, value in zip(words[2::2], words[3::2])}
    macs = {index: mac for (index, name), mac in given.items() if name == "mac" and given.get((index, "trust")) == "on"}
    if macs:
        # What comes later reads the right address.
        host.run("udevadm", "settle", "--timeout=60")
    for index, mac in macs.items():
        for netdev in host.list_vf_netdevs(address, index):
            failure = host.link(["dev", netdev, "address", mac])
            if failure:
                say(f"{netdev}: MAC address {mac} was not set: {failure}")


def restore(host: Host, pf: dict[str, t.Any], taken: t.Container[t.Optional[str]] = ()) -> list[str]:
    """Bring one PF back; returns what went wrong."""
    label = pf["name"] or pf["address"]
    located = host.find(pf, taken)
    if located is None:
        return [f"{label}: no PF with MAC address {pf['permanent_mac']} (was at {pf['address']})"]
    name, address, by_address = located
    if by_address:
        say(f"{label}: no PF has MAC address {pf['permanent_mac']}; {name} is at its PCI address {address} and is taken for it")
    wrong = []

    def link(words: list[str]) -> None:
        failure = host.link(["dev", name or "", *words])
        if failure and any(word in _RATES for word in words) and not host.has_carrier(name or ""):
            failure += "; its link is down, and some drivers take rates only while it is up"
        if failure:
            wrong.append(f"{label}: ip link set dev {name} {' '.join(words)}: {failure}")

    in_use = host.has_guests(address)
    if in_use:
        say(f"{label}: a guest has a VF of it, so its MTU is left as it is, and it is not set down")
    for words in pf["link"]:
        if words[0] != "mtu" or not in_use:
            link(words)
    if pf["drivers_autoprobe"] is not None:
        try:
            host.put(address, "sriov_drivers_autoprobe", "1" if pf["drivers_autoprobe"] else "0")
        except OSError as failure:
            wrong.append(f"{label}: drivers_autoprobe could not be set: {failure}")
    failed = _create(host, pf, address, label)
    if failed:
        wrong.append(failed)
    if host.count_vfs(address) != pf["num_vfs"] and failed and "exist already" in failed:
        return wrong
    free = [words for words in pf["vfs"] if not host.is_with_guest(address, words[1]) and int(words[1]) < host.count_vfs(address)]
    rates = [words for words in free if any(word in _RATES for word in words)]
    for words in free:
        if words not in rates:
            link(words)
    if rates and name and not host.wait_for_carrier(name):
        say(f"{label}: its link is still down; rates are set all the same")
    for words in rates:
        link(words)
    _align_netdevs(host, pf, address)
    if pf["down"] and not in_use:
        link(["down"])
    say(f"{label}: {host.count_vfs(address)} VFs on {name or address} ({address})")
    return wrong


def read_records(path: str) -> tuple[list[dict[str, t.Any]], list[str]]:
    """Return the records that can be acted on, and what is wrong with the others or with the file."""
    try:
        records = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as failure:
        return [], [f"{path} cannot be read ({type(failure).__name__}), so nothing was done; run the module again"]
    if not isinstance(records, list):
        return [], [f"{path} is no list of records, so nothing was done; run the module again"]
    checked = [(number, record, check(record)) for number, record in enumerate(records)]
    wrong = [f"{path}: record {number} is left out: {reason}" for number, _record, reason in checked if reason]
    return [record for _number, record, reason in checked if not reason], wrong


def _open_lock(path: str) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file")
    return handle


def main(arguments: list[str], lock: str = _LOCK, seconds: float = _LOCK_SECONDS, host: t.Optional[Host] = None) -> int:
    """Bring back every PF of the file that the first argument names; returns 1 where something went wrong."""
    records, wrong = read_records(arguments[0])
    try:
        # Kept until this process ends, and by a child that it leaves behind.
        handle = _open_lock(lock)
    except OSError as failure:
        say(f"{lock} cannot be opened ({failure.strerror}), so nothing was done")
        return 1
    if not _is_locked(handle, seconds):
        holder = os.pread(handle, 256, 0).decode("utf-8", "replace").strip() or "a process that has not said who it is"
        say(f"{holder} changes VFs on this host, so nothing was done")
        return 1
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} (vsrx-sriov.service)\n".encode(), 0)
    except OSError as failure:
        say(f"{lock} cannot be written ({failure.strerror})")
    call("udevadm", "settle", "--timeout=60")
    host = host or Host()
    macs = [pf["permanent_mac"] for pf in records]
    for pf in records:
        try:
            wrong += restore(host, pf, [mac for mac in macs if mac != pf["permanent_mac"]])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as failure:
            # One PF does not keep the others from their VFs.
            wrong.append(f"{pf['name'] or pf['address']}: {type(failure).__name__}: {failure}")
    for line in wrong:
        say(line)
    call("udevadm", "settle", "--timeout=60")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
