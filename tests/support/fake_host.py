# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host made of files: the kernel's files under a folder, with the kernel's own rules for sriov_numvfs, and its ip."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

from ansible_collections.vsrx.sriov.plugins.module_utils import _pci as pci
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs

DEFAULTS: dict[str, Any] = {
    "address": "00:00:00:00:00:00",
    "vlan": 0,
    "qos": 0,
    "protocol": "802.1Q",
    "spoofchk": True,
    "trust": False,
    "link_state": "auto",
    "min_tx": 0,
    "max_tx": 0,
}


class FakeHost:
    """Files under ``root``; everything is kept in them, since writes come from a child process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fs = RootFs(str(root))
        self.devices = root / "sys/bus/pci/devices"
        self.net = root / "sys/class/net"
        self.groups = root / "sys/kernel/iommu_groups"
        for folder in (self.devices, self.net, self.groups, root / "sys/class/iommu/dmar0", root / "proc/1/fd"):
            folder.mkdir(parents=True)
        (root / "proc/1/comm").write_text("init\n")
        (root / "proc/cmdline").write_text("quiet intel_iommu=on iommu=pt\n")

    def function(
        self,
        address: str,
        ids: str = "8086:1572",
        class_code: str = "20000",
        driver: Optional[str] = None,
        group: Optional[int] = None,
        **files: str,
    ) -> Path:
        here = self.devices / address
        here.mkdir()
        vendor, device = ids.upper().split(":")
        code = f"{int(class_code, 16):06X}"
        identity = {
            "vendor": f"0x{vendor.lower()}\n",
            "device": f"0x{device.lower()}\n",
            "class": f"0x{code.lower()}\n",
            "modalias": f"pci:v0000{vendor}d0000{device}sv00008086sd00000001bc{code[:2]}sc{code[2:4]}i{code[4:]}\n",
        }
        if driver:
            target = self.root / "sys/bus/pci/drivers" / driver
            target.mkdir(parents=True, exist_ok=True)
            (here / "driver").symlink_to(target)
        for name, text in {**identity, "numa_node": "-1\n", "revision": "0x01\n", "driver_override": "(null)\n", **files}.items():
            (here / name).write_text(text)
        if group is not None:
            members = self.groups / str(group) / "devices"
            members.mkdir(parents=True, exist_ok=True)
            (members / address).symlink_to(here)
            (here / "iommu_group").symlink_to(members.parent)
        return here

    def netdev(self, address: str, name: str, mac: str, **files: str) -> Path:
        here = self.devices / address / "net" / name
        here.mkdir(parents=True)
        given = {"address": mac, "mtu": "1500", "operstate": "down", "flags": "0x1002", "speed": "-1", "dev_port": "0", **files}
        for file, text in given.items():
            (here / file).write_text(f"{text}\n")
        (here / "device").symlink_to(self.devices / address)
        (self.net / name).symlink_to(here)
        return here

    def stacked(self, name: str, mac: str) -> None:
        """A netdev of no hardware, such as a bridge."""
        (self.net / name).mkdir()
        (self.net / name / "address").write_text(f"{mac.upper()}\n")

    def pf(
        self,
        address: str = "0000:83:00.0",
        name: str = "eno2",
        total: int = 8,
        ids: str = "8086:1572",
        driver: str = "i40e",
        offset: int = 16,
        stride: int = 1,
        mac: str = "52:54:00:00:83:00",
        rules: str = "plain",
        vfs: int = 0,
    ) -> str:
        self.function(address, ids, driver=driver, group=int(address.split(":")[1], 16))
        here = self.devices / address
        for file, value in {
            "sriov_totalvfs": total,
            "sriov_numvfs": 0,
            "sriov_offset": offset,
            "sriov_stride": stride,
            "sriov_vf_device": "154c",
            "sriov_drivers_autoprobe": 1,
            "rules": rules,
        }.items():
            (here / file).write_text(f"{value}\n")
        self.netdev(address, name, mac)
        if vfs:
            self._make(address, vfs)
        return address

    def _make(self, pf: str, count: int) -> None:
        here = self.devices / pf
        offset, stride = (int((here / file).read_text()) for file in ("sriov_offset", "sriov_stride"))
        probe = (here / "sriov_drivers_autoprobe").read_text().strip() == "1"
        for index in range(count):
            address = pci.compute_vf_address(pf, offset, stride, index)
            vf = self.function(address, "8086:154c", driver="iavf" if probe else None, group=1000 + pci.parse_address(address).routing_id)
            (vf / "physfn").symlink_to(here)
            (here / f"virtfn{index}").symlink_to(vf)
            (vf / "attributes").write_text(json.dumps(DEFAULTS))
            if probe and (here / "rules").read_text().strip() != "late":
                self.netdev(address, f"{self.name_of(pf)}v{index}", "0a:00:00:00:00:01")

    def register_late_netdevs(self, pf: str = "0000:83:00.0") -> None:
        """What iavf's work queue does seconds after its probe."""
        for name in self.vfs(pf):
            vf = (self.devices / pf / name).resolve()
            if (vf / "driver").exists() and not (vf / "net").exists():
                self.netdev(vf.name, f"{self.name_of(pf)}v{name[6:]}", "0a:00:00:00:00:01")

    def representor(self, pf: str, name: str, port: str, mac: str = "0e:00:00:00:00:01", **files: str) -> None:
        """The netdev of a VF's port in the NIC's switch; in switchdev mode the PF's own has the switch's id too."""
        self.netdev(pf, name, mac, phys_port_name=port, phys_switch_id="b8599f", **files)

    def _remove(self, pf: str) -> None:
        for link in sorted((self.devices / pf).glob("virtfn*")):
            vf = link.resolve()
            for name in (path.name for path in vf.glob("net/*")):
                (self.net / name).unlink()
            shutil.rmtree(self.groups / (vf / "iommu_group").resolve().name)
            shutil.rmtree(vf)
            link.unlink()

    def name_of(self, pf: str) -> str:
        return next(path.name for path in (self.devices / pf / "net").iterdir())

    def rename(self, netdev: str, name: str) -> None:
        here = (self.net / netdev).resolve()
        (self.net / netdev).unlink()
        (self.net / name).symlink_to(here.rename(here.with_name(name)))

    def vfs(self, pf: str) -> list[str]:
        return sorted((path.name for path in (self.devices / pf).glob("virtfn*")), key=lambda name: int(name[6:]))

    def put(self, path: str, text: str) -> None:
        """What the kernel does when one of its files is written, by the rules of the PF's driver."""
        file = Path(path)
        pf = file.parent.name
        if file.name != "sriov_numvfs":
            file.write_text(text)
            return
        rules, found, count = (file.parent / "rules").read_text().strip(), len(self.vfs(pf)), int(text)
        total = int((file.parent / "sriov_totalvfs").read_text())
        (self.root / "writes").open("a").write(f"{pf} {count}\n")
        if rules.startswith("errno "):
            raise OSError(getattr(errno, rules.split()[1]), "")
        if rules.startswith("busy "):
            # "busy EBUSY 2": so many times, then no more
            name, left = rules.split()[1:]
            (file.parent / "rules").write_text(f"busy {name} {int(left) - 1}" if int(left) > 1 else "plain")
            raise OSError(getattr(errno, name), "")
        if rules.startswith("silent "):
            # "silent 2": so many writes succeed and do nothing, then no more
            still = int(rules.split()[1]) - 1
            (file.parent / "rules").write_text(f"silent {still}" if still else "plain")
            return
        if count == found or (rules == "bnxt" and not self.is_up(pf)):
            return
        if count > total:
            raise OSError(errno.ERANGE, "")
        if count and found:
            raise OSError(errno.EBUSY, "")
        self._remove(pf)
        self._make(pf, min(count, 3) if rules == "partial" else count)

    def writes(self) -> list[str]:
        log = self.root / "writes"
        return log.read_text().splitlines() if log.exists() else []

    def is_up(self, pf: str) -> bool:
        return bool(int((self.devices / pf / "net" / self.name_of(pf) / "flags").read_text(), 16) & 1)

    def systemd(self, script: str = "") -> None:
        """A systemd runs the host; its systemctl writes down that it was called, and does what the script says."""
        program = self.root / "bin/systemctl"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "$@" >> "{self.root}/systemctl"\n{script}\n')
        program.chmod(0o755)
        (self.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)

    def process_has(self, pid: int, path: str) -> None:
        fd = self.root / f"proc/{pid}/fd"
        fd.mkdir(parents=True, exist_ok=True)
        (fd.parent / "comm").write_text("qemu-system-x86\n")
        (fd / "9").symlink_to(path)


class FakeIp:
    """The ip of a FakeHost: answers and obeys in the words of iproute2. ``refuses`` are attributes that the driver does not take."""

    def __init__(self, host: FakeHost, refuses: Sequence[str] = (), hides: Sequence[str] = ()) -> None:
        self.host = host
        self.refuses = refuses
        self.hides = hides
        self.altnames: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        #: netdevs that have an XDP program
        self.programs: list[str] = []
        self.permanent: dict[str, str] = {}
        self.commands: list[str] = []

    def __call__(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        if arguments[0] == "-d":
            return self._show(arguments[-1])
        if arguments[:2] == ["-j", "addr"]:
            held: list[dict[str, Any]] = [
                {"ifname": name, "addr_info": [{"local": ip, "prefixlen": 24}]} for name, ip in self.addresses.items()
            ]
            held += [{"ifname": name, "xdp": {"mode": 1, "prog": {"id": 7}}, "addr_info": []} for name in self.programs]
            return 0, json.dumps(held), ""
        self.commands.append(" ".join(arguments[3:]))
        return self._set(arguments[3], list(arguments[4:]))

    def _show(self, name: str) -> tuple[int, str, str]:
        here = self.host.net / self.altnames.get(name, name)
        if not here.exists():
            return 1, "", f'Device "{name}" does not exist.'
        link: dict[str, Any] = {
            "ifname": here.name,
            "altnames": [alt for alt, real in self.altnames.items() if real == here.name],
            "flags": ["UP"] if int((here / "flags").read_text(), 16) & 1 else [],
            "mtu": int((here / "mtu").read_text()),
            "min_mtu": 68,
            "max_mtu": 9702,
            "address": (here / "address").read_text().strip(),
        }
        if name in self.permanent:
            link["permaddr"] = self.permanent[name]
        vfs = sorted((here / "device").glob("virtfn*"), key=lambda path: int(path.name[6:]))
        link["vfinfo_list"] = [self._info(int(path.name[6:]), json.loads((path / "attributes").read_text())) for path in vfs]
        return 0, json.dumps([{}, link]), ""

    def _info(self, index: int, values: dict[str, Any]) -> dict[str, Any]:
        vlan = {key: values[key] for key in ("vlan", "qos") if values[key]}
        if values["protocol"] != "802.1Q":
            vlan["protocol"] = values["protocol"]
        info = {key: values[key] for key in ("address", "spoofchk", "trust", "link_state") if key not in self.hides}
        return {"vf": index, "vlan_list": [vlan], "rate": {"max_tx": values["max_tx"], "min_tx": values["min_tx"]}, **info}

    def _set(self, name: str, words: list[str]) -> tuple[int, str, str]:
        here = self.host.net / name
        if words[0] in ("up", "down"):
            (here / "flags").write_text("0x1003\n" if words[0] == "up" else "0x1002\n")
        elif words[0] == "mtu":
            (here / "mtu").write_text(f"{words[1]}\n")
        elif words[0] == "address":
            (here / "address").write_text(f"{words[1]}\n")
        else:
            return self._set_vf(here / f"device/virtfn{words[1]}/attributes", words[2:])
        return 0, "", ""

    def _set_vf(self, file: Path, words: list[str]) -> tuple[int, str, str]:
        if not words or ({"qos", "proto"} & set(words) and "vlan" not in words):
            return 255, "", 'Command line is not complete. Try option "help"'
        values = json.loads(file.read_text())
        names = {"mac": "address", "state": "link_state", "proto": "protocol", "min_tx_rate": "min_tx", "max_tx_rate": "max_tx"}
        given = dict(zip(words[::2], words[1::2]))
        if "vlan" in given:
            values.update({"qos": 0, "protocol": "802.1Q"})
        for word, text in given.items():
            if word in self.refuses and text != "0":
                return 2, "", "RTNETLINK answers: Operation not supported"
            value: Any = {"on": True, "off": False}.get(text, text)
            values[names.get(word, word)] = int(value) if isinstance(value, str) and value.isdigit() else value
        file.write_text(json.dumps(values))
        return 0, "", ""
