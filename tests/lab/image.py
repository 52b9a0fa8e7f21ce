# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's disk image, built by mmdebstrap from recipe/ and kept by the hash of that recipe."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab import mirror, paths, tools
from lab.errors import LabError
from lab.progress import Progress

RECIPE = Path(__file__).parent / "recipe"
#: the Debian releases that a host can be, the default first; LAB_RELEASE chooses
RELEASES = ("trixie", "bookworm", "bullseye")
SIZE = "6G"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MMDEBSTRAP = (
    "--variant=apt",
    '--aptopt=Apt::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
)
#: more for one release: Debian 11 has busybox in /bin. Not a file of the recipe, since each of those is in the keys of all images.
MORE = {"bullseye": ('--customize-hook=ln -s /bin/busybox "$1/usr/bin/busybox"',)}
# With a journal, as real hosts have one: tests reset the host in the middle of its writes.
MKFS = ("-q", "-F", "-L", "lab", "-J", "size=16")


@dataclass(frozen=True)
class Image:
    """One built image and what belongs to it."""

    directory: Path

    @property
    def key(self) -> str:
        return self.directory.name

    @property
    def disk(self) -> Path:
        return self.directory / "disk.qcow2"

    @property
    def kernel(self) -> Path:
        return self.directory / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.directory / "initrd.img"

    @property
    def user_key(self) -> Path:
        return self.directory / "keys" / "user"

    @property
    def host_key(self) -> str:
        """Type and public key, as a line of known_hosts has them."""
        return " ".join((self.directory / "keys" / "host.pub").read_text().split()[:2])


def release() -> str:
    """The Debian release that hosts are to be."""
    wanted = os.environ.get("LAB_RELEASE") or RELEASES[0]
    if wanted not in RELEASES:
        raise LabError(f"LAB_RELEASE is {wanted!r}; the lab has {', '.join(RELEASES[:-1])} and {RELEASES[-1]}")
    return wanted


def key(suite: str) -> str:
    recipe = hashlib.sha256(repr((suite, SIZE, (*MMDEBSTRAP, *MORE.get(suite, ())), MKFS)).encode())
    for path in sorted(path for path in RECIPE.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        name = f"{path.relative_to(RECIPE)} {os.access(path, os.X_OK)} {path.stat().st_size}"
        recipe.update(name.encode() + b"\0" + path.read_bytes())
    return "image-" + recipe.hexdigest()[:16]


def build() -> Image:
    """The image of the present recipe and release, made if it is not there."""
    suite = release()
    image = Image(paths.cache() / key(suite))
    if not image.directory.exists():
        with paths.locked("build") as lock:
            if not image.directory.exists():
                _build(image.directory, suite, lock)
    return image


def packages() -> list[str]:
    text = re.sub(r"#.*", "", (RECIPE / "packages.txt").read_text())
    return text.split()


def _build(target: Path, suite: str, lock: int) -> None:
    work = target.with_suffix(".new")
    root = tools.as_root()
    _remove(work)
    (work / "keys").mkdir(parents=True, mode=0o700)
    progress = Progress(f"Building the lab's image ({suite}, about a minute, once)")
    for who in ("host", "user"):
        tools.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"vsrx-lab-{who}", "-f", str(work / "keys" / who))
    _mmdebstrap(work, suite, progress, lock)
    progress.show("making the file system")
    tools.run("truncate", "-s", SIZE, str(work / "disk.raw"))
    tools.run("mkfs.ext4", *MKFS, "-d", str(work / "root"), str(work / "disk.raw"), prefix=root)
    tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", str(work / "disk.raw"), str(work / "disk.qcow2"))
    tools.run("rm", "-rf", "--one-file-system", str(work / "root"), str(work / "disk.raw"), prefix=root)
    tools.run("chown", "-R", f"{os.getuid()}:{os.getgid()}", str(work), prefix=root)
    (work / "disk.qcow2").chmod(0o444)
    work.rename(target)
    progress.done(f"built, {(target / 'disk.qcow2').stat().st_size >> 20} MiB in {target}")


def _mmdebstrap(work: Path, suite: str, progress: Progress, lock: int) -> None:
    command = [
        *tools.as_root(), tools.find("env"), f"KEYS={work / 'keys'}", f"BOOT={work}",
        tools.find("mmdebstrap"), "--mode=root", "--format=directory", *MMDEBSTRAP,
        "--include=" + ",".join(packages()),
        f"--essential-hook={RECIPE / 'essential.sh'}",
        *MORE.get(suite, ()),
        f"--customize-hook={RECIPE / 'customize.sh'}",
        suite, str(work / "root"),
    ]  # fmt: skip
    uri = mirror.debian()
    if uri is not None:  # otherwise mmdebstrap's own default for the suite
        command.append(f"deb [signed-by={KEYRING}] {uri} {suite} main")
    log = work / "build.log"
    with log.open("wb") as output:
        # It keeps the lock should this process die, so that no second build works on the same folder.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, pass_fds=(lock,))
        while process.poll() is None:
            lines = log.read_text(errors="replace").splitlines()
            progress.show(lines[-1] if lines else "starting")
            try:
                process.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise LabError(f"mmdebstrap ended with status {process.returncode}; the end of {log}:\n{tail}")


def _remove(work: Path) -> None:
    if not work.exists():
        return
    mounts = Path("/proc/self/mounts").read_text()
    if f" {work}/" in mounts:
        raise LabError(f"an interrupted build left mounts below {work}; unmount them and run this again")
    if os.geteuid() == 0:
        shutil.rmtree(work)
    else:
        tools.run("rm", "-rf", "--one-file-system", str(work), prefix=tools.as_root())
