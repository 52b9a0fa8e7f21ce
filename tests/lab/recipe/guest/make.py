# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the small guest from the image's own kernel and busybox: make INIT-FILES TARGET (runs inside the image).

The kernel is taken out of its self-extracting file: QEMU starts the bare one (PVH), and nothing is unpacked under emulation.
"""

import lzma
import shutil
import struct
import subprocess
import sys
from pathlib import Path

APPLETS = ["acpid", "cat", "insmod", "ip", "mount", "poweroff", "readlink", "sh", "sleep", "uevent"]
MODULES = ["failover", "net_failover", "virtio_net", "igbvf", "button", "evdev"]
XZ = b"\xfd7zXZ\0"  # how such a file begins

source, target = Path(sys.argv[1]), Path(sys.argv[2])
(kernel,) = Path("/boot").glob("vmlinuz-*")
release = kernel.name.partition("-")[2]


def bare_kernel(packed: bytes) -> bytes:
    offset, length = struct.unpack_from("<II", packed, 0x248)
    start = (packed[0x1F1] + 1) * 512 + offset
    payload = packed[start : start + length - 4]  # the size follows the compressed data
    if payload.startswith(XZ):
        return lzma.decompress(payload)
    return subprocess.run(["zstd", "-dcq"], input=payload, stdout=subprocess.PIPE, check=True).stdout


def put(root: Path, name: str, content: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)


def fill(root: Path) -> None:
    put(root, "init", (source / "init").read_bytes())
    put(root, "bin/report", (source / "report").read_bytes())
    put(root, "etc/acpi/PWRF/00000080", (source / "power-button").read_bytes())
    put(root, "bin/busybox", Path("/usr/bin/busybox").read_bytes())
    for applet in APPLETS:
        (root / "bin" / applet).symlink_to("busybox")
    for module in MODULES:
        # Debian 12 does not compress its modules.
        (path,) = Path("/lib/modules", release).rglob(f"{module}.ko*")
        content = path.read_bytes()
        put(root, f"modules/{module}.ko", lzma.decompress(content) if content.startswith(XZ) else content)
    for mountpoint in ("dev", "proc", "sys"):
        (root / mountpoint).mkdir()


target.mkdir(parents=True)
(target / "vmlinux").write_bytes(bare_kernel(kernel.read_bytes()))
tree = target / "tree"
fill(tree)
names = "\n".join(sorted(str(path.relative_to(tree)) for path in tree.rglob("*")))
with (target / "initrd.img").open("wb") as output:
    archive = ["busybox", "cpio", "-o", "-H", "newc"]
    subprocess.run(archive, cwd=tree, input=names.encode(), stdout=output, stderr=subprocess.DEVNULL, check=True)
shutil.rmtree(tree)
