# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pci_facts and sriov_vfs beside lspci, ping and the bare kernel write, here and on a lab host (VSRX_LAB_HOST, default bench)."""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from lab import hosts, inventory

from benchmarks.measure import Row

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from support.fake_host import FakeHost  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
PFS, VFS, OTHERS = 8, 256, 52
READ = """
import re, sys, time
from ansible_collections.vsrx.sriov.plugins.module_utils._pci_facts.module import gather
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs
class Shown(RootFs):
    def locate(self, path): return self._real(path)
    def _real(self, path): return (self.root if path.startswith("/sys") else "") + path
    def read_bytes(self, path, *longest):
        if path.startswith("/sys"): return super().read_bytes(path, *longest)
        return RootFs("/").read_bytes(path)
began = time.perf_counter()
found = gather(Shown(sys.argv[1]))
took = time.perf_counter() - began
# Of this program alone: what getrusage tells begins with the peak of whoever started it.
peak = int(re.search(r"VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1])
print(len(found["functions"]), took, peak / 1024)
"""


def make_tree(root: pathlib.Path) -> None:
    """8 PFs with 256 VFs each and other functions, with all files that lspci reads too."""
    host = FakeHost(root)
    for pf in range(PFS):
        host.pf(f"0000:{0x80 + 4 * pf:02x}:00.0", f"eno{pf}", total=VFS, offset=256, mac=f"52:54:00:00:00:{pf:02x}", vfs=VFS)
    for number in range(OTHERS):
        host.function(f"0000:00:{number // 8:02x}.{number % 8}", "8086:a30d", class_code="60400", driver="pcieport", group=number)
    for device in host.devices.iterdir():
        vendor, product, code = (int((device / name).read_text(), 16) for name in ("vendor", "device", "class"))
        config = bytearray(256)
        config[0:4] = vendor.to_bytes(2, "little") + product.to_bytes(2, "little")
        config[8:12] = b"\x01" + code.to_bytes(3, "little")
        config[0x2C:0x30] = b"\x86\x80\x01\x00"
        (device / "config").write_bytes(config)
        files = {"irq": "0", "enable": "1", "resource": "\n".join(["0x0 0x0 0x0"] * 13)}
        files |= {"subsystem_vendor": "0x8086", "subsystem_device": "0x0001"}
        for name, text in files.items():
            (device / name).write_text(f"{text}\n")


def seconds_of(command: list[str]) -> float:
    began = os.times().elapsed
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.times().elapsed - began


def reading(folder: pathlib.Path) -> Iterator[Row]:
    root = folder / "tree"
    root.mkdir()
    make_tree(root)
    lspci, gather, memory, count = [], [], [], 0
    for _round in range(ROUNDS):
        lspci.append(seconds_of(["lspci", "-O", f"sysfs.path={root}/sys/bus/pci", "-Dvmmnnk"]))
        words = subprocess.run([sys.executable, "-c", READ, str(root)], check=True, capture_output=True, text=True).stdout.split()
        count = int(words[0])
        gather.append(float(words[1]))
        memory.append(float(words[2]))
    yield Row("host", f"reading {count} functions", "lspci -Dvmmnnk", gather, lspci, 1.0)
    yield Row("host", "peak memory of that reading", "the most it may take", memory, [100.0] * ROUNDS, 1.0, "MiB")


def play(folder: pathlib.Path, name: str, host: dict[str, object]) -> dict[str, list[float]]:
    result = folder / f"{name}.json"
    inventory = folder / f"{name}-inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"kvm": host}}}), encoding="utf-8")
    command = [
        "ansible-playbook",
        "-i",
        str(inventory),
        str(HERE / f"{name}.yml"),
        "-e",
        json.dumps({"result": str(result), "rounds": ROUNDS}),
    ]
    done = subprocess.run(command, check=False, text=True, capture_output=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return dict(json.loads(result.read_text(encoding="utf-8")))


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        yield from reading(folder)
        times = play(folder, "facts", {"ansible_connection": "local", "ansible_python_interpreter": sys.executable})
        yield Row("host", "pci_facts of this machine", "ping", times["module"], times["ping"], 1.5)
        lab = inventory.variables(hosts.reset(os.environ.get("VSRX_LAB_HOST", "bench")))
        times = play(folder, "facts", lab)
        yield Row("host", "pci_facts of a lab host", "ping", times["module"], times["ping"], 1.5)
        times = play(folder, "vfs", lab)
        costs = "About half of what it takes beyond the ping is the loading of its code, on an emulated CPU."
        yield Row("host", "sriov_vfs, nothing to change on 2 PFs", "ping", times["same"], times["ping"], 1.5, costs=costs)
        call = statistics.median(times["same"])
        made = [took - call for took in times["made"]]
        yield Row("host", "sriov_vfs makes 4 VFs, less a call that changes nothing", "the bare write", made, times["bare"], 1.1)
