# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The QEMU command line: an SR-IOV host with two igb PFs, a NIC without SR-IOV and an IOMMU."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Optional

from lab import tools
from lab.errors import LabError
from lab.image import Image

LOWEST = (8, 0)
MEMORY = "1536"
CPUS = "2"
APPEND = (
    "root=/dev/vda rw rootfstype=ext4 console=ttyS0 intel_iommu=on iommu=pt "
    "mitigations=off audit=0 nokaslr no_timer_check loglevel=4 systemd.show_status=1"
)
# Not device-iotlb=on: with it the VF driver's mailbox to the PF fails.
MACHINE = (
    "-machine", "q35,kernel-irqchip=split",
    "-smp", CPUS, "-m", MEMORY,
    "-device", "intel-iommu,intremap=on,caching-mode=on",
    "-netdev", "hubport,id=data1,hubid=1",
    "-netdev", "hubport,id=data2,hubid=2",
    "-netdev", "hubport,id=data3,hubid=3",
    "-device", "pcie-root-port,id=rp1,chassis=1,slot=1,addr=2.0",
    "-device", "pcie-root-port,id=rp2,chassis=2,slot=2,addr=3.0",
    "-device", "pcie-root-port,id=rp3,chassis=3,slot=3,addr=4.0",
    "-device", "igb,id=pf1,bus=rp1,netdev=data1,mac=52:54:00:00:01:00,romfile=",
    "-device", "igb,id=pf2,bus=rp2,netdev=data2,mac=52:54:00:00:02:00,romfile=",
    "-device", "e1000e,id=plain,bus=rp3,netdev=data3,mac=52:54:00:00:03:00,romfile=",
    "-device", "virtio-net-pci,netdev=management,addr=1d.0,mac=52:54:00:00:00:01,romfile=",
    "-device", "virtio-blk-pci,drive=disk,addr=1e.0",
    "-rtc", "base=utc",
)  # fmt: skip
ACCELERATION = {
    "tcg": ("-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max,la57=off"),
    "kvm": ("-accel", "kvm", "-cpu", "host"),
}
# Emulation now and then loses a timer interrupt, and with a one-shot timer a CPU never gets another one: so let the timer tick.
TICKS = {"tcg": " nohz=off highres=off", "kvm": ""}


def version() -> str:
    """QEMU's version as the distribution names it; refuses one that has no SR-IOV NIC."""
    first = tools.run("qemu-system-x86_64", "--version").splitlines()[0]
    number = re.search(r"version (\d+)\.(\d+)", first)
    if number is None or (int(number[1]), int(number[2])) < LOWEST:
        raise LabError(f"{first}: the lab needs {LOWEST[0]}.{LOWEST[1]} or later, the first with an SR-IOV NIC; {tools.REQUIREMENTS}")
    return first


def recipe(accel: str) -> str:
    """All that a snapshot depends on."""
    return repr((version(), APPEND + TICKS[accel], MACHINE, ACCELERATION[accel]))


def command(name: str, directory: Path, image: Image, accel: str, port: int, snapshot: Optional[str]) -> list[str]:
    argv = [tools.find("qemu-system-x86_64"), "-name", f"vsrx-lab-{name}", "-nodefaults", "-no-user-config", "-display", "none"]
    argv += [*ACCELERATION[accel], *MACHINE]
    argv += ["-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", APPEND + TICKS[accel]]
    argv += ["-drive", f"file={directory / 'disk.qcow2'},if=none,id=disk,cache=unsafe,discard=unmap"]
    argv += ["-netdev", f"user,id=management,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22"]
    argv += ["-chardev", f"file,id=serial,path={directory / 'serial.log'},append=on", "-serial", "chardev:serial"]
    argv += ["-qmp", f"unix:{directory / 'qmp.sock'},server=on,wait=off"]
    argv += ["-pidfile", str(directory / "qemu.pid"), "-daemonize", "-D", str(directory / "qemu.log")]
    return argv + (["-loadvm", snapshot] if snapshot else [])
