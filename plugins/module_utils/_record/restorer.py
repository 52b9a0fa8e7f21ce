# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Runs at boot, by itself: it is copied to the host and imports nothing of the collection. It reads what to do from the file that it is
# given, finds each PF by its permanent MAC address or else by its PCI address, and makes its VFs before anybody uses the network.
import json
import pathlib
import shutil
import subprocess
import sys
import time
import typing as t

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_WAIT = 60.0
_PAUSE = 0.5


def say(text: str) -> None:
    sys.stderr.write(f"vsrx-sriov: {text}\n")


def call(*words: str) -> tuple[int, str]:
    program = shutil.which(words[0], path=_PATH)
    if program is None:
        return 127, f"{words[0]}: not found"
    # At boot there is no module whose run_command could be called.
    # pylint: disable-next=ansible-bad-function
    done = subprocess.run([program, *words[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout if done.returncode == 0 else done.stderr.strip()


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
        while True:
            found = self._find_once(pf)
            if found is not None or time.monotonic() > self._deadline:
                return found
            time.sleep(_PAUSE)

    def vfs(self, address: str) -> list[str]:
        device = self.sys / "bus/pci/devices" / address
        return sorted(path.name for path in device.glob("virtfn*"))

    def put(self, address: str, file: str, text: str) -> None:
        (self.sys / "bus/pci/devices" / address / file).write_text(text)

    def is_with_guest(self, address: str, index: str) -> bool:
        driver = self.sys / "bus/pci/devices" / address / f"virtfn{index}" / "driver"
        return driver.exists() and driver.resolve().name == "vfio-pci"


def restore(host: Host, pf: dict[str, t.Any]) -> list[str]:
    """Bring one PF back; gives what went wrong."""
    label = pf["name"] or pf["address"]
    found = host.find(pf)
    if found is None:
        return [f"{label}: no PF with MAC address {pf['permanent_mac']} (was at {pf['address']})"]
    name, address = found
    wrong = []

    def link(words: list[str]) -> None:
        code, out = host.run("ip", "link", "set", "dev", name or "", *words)
        if code:
            wrong.append(f"{label}: ip link set dev {name} {' '.join(words)}: {out}")

    for words in pf["link"]:
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
    if pf["down"]:
        link(["down"])
    say(f"{label}: {there} VFs on {name or address} ({address})")
    return wrong


def main(arguments: list[str]) -> int:
    told = json.loads(pathlib.Path(arguments[0]).read_text(encoding="utf-8"))
    call("udevadm", "settle", "--timeout=60")
    host = Host()
    wrong = [line for pf in told for line in restore(host, pf)]
    for line in wrong:
        say(line)
    call("udevadm", "settle", "--timeout=60")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
