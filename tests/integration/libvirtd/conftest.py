# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A libvirtd with the QEMU driver, started for these tests alone: no privileges, its own folders, QEMU without acceleration."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import typing as t

import libvirt
import pytest

TOP = pathlib.Path(__file__).parents[3]
SECONDS = 30.0
#: an unprivileged user, where the tests run as root: its libvirtd runs without privileges then
NOBODY = 65534


def _start(program: str, drivers: str, folder: pathlib.Path) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LIBVIRT_DRIVER_DIR": drivers}
    for name in ("RUNTIME_DIR", "CONFIG_HOME", "CACHE_HOME", "DATA_HOME"):
        (folder / name).mkdir()
        environment[f"XDG_{name}"] = str(folder / name)
    settings = folder / "libvirtd.conf"
    settings.write_text(f'unix_sock_dir = "{folder}"\nauth_unix_ro = "none"\nauth_unix_rw = "none"\n')
    (folder / "CONFIG_HOME/libvirt").mkdir()
    (folder / "CONFIG_HOME/libvirt/qemu.conf").write_text('stdio_handler = "file"\n')
    command = [program, "-f", str(settings)]
    identity: dict[str, t.Any] = {}
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        # What is in the cache of root, another user may not read.
        shutil.copytree(pathlib.Path(drivers), folder / "drivers")
        shutil.copy(program, folder / "libvirtd")
        command[0], environment["LIBVIRT_DRIVER_DIR"] = str(folder / "libvirtd"), str(folder / "drivers")
    log = (folder / "log").open("wb")
    return subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log, **identity)


@pytest.fixture(scope="session")
def libvirtd_uri() -> t.Iterator[str]:
    """The URI of a libvirtd; the tests are skipped by name where there is none to start."""
    found = subprocess.run([str(TOP / "tests/env/libvirtd")], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(f"no libvirtd to start: {found.stderr.strip()}")
    program, _tab, drivers = found.stdout.strip().partition("\t")
    # The path of a socket has 107 characters at most.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vsrx-libvirtd-", dir="/tmp"))  # noqa: S108
    daemon = _start(program, drivers, folder)
    try:
        deadline = time.monotonic() + SECONDS
        while not (folder / "libvirt-sock").exists():
            assert daemon.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"qemu+unix:///session?socket={folder}/libvirt-sock"
    finally:
        daemon.terminate()
        try:
            daemon.wait(SECONDS)
        except subprocess.TimeoutExpired:
            daemon.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def libvirtd(libvirtd_uri: str) -> t.Iterator[t.Any]:
    libvirt.registerErrorHandler(lambda *unused: None, None)
    libvirt.virEventRegisterDefaultImpl()
    connection = libvirt.open(libvirtd_uri)
    yield connection
    for domain in connection.listAllDomains():
        persistent = domain.isPersistent()
        if domain.isActive():
            domain.destroy()
        if persistent:
            domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)
    connection.close()
