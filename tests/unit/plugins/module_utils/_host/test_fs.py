# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes of sriov_numvfs to a kernel that is busy, refuses or never answers, in a child with a deadline."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host import fs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs

PF = "0000:83:00.0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / f"sys/bus/pci/devices/{PF}/sriov_numvfs"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_the_number_is_written_by_a_child(file: Path, tmp_path: Path) -> None:
    heard: list[int] = []
    fs.write_num_vfs(RootFs(str(tmp_path)), PF, 4, 30, started=heard.append)
    assert file.read_text() == "4"
    assert heard and heard[0] != os.getpid()
    with pytest.raises(ChildProcessError):
        os.waitpid(heard[0], os.WNOHANG)


@pytest.mark.parametrize("number", [errno.EBUSY, errno.ERANGE, errno.EINVAL, errno.ENOMEM, errno.ENOSYS, errno.EIO])
def test_the_kernels_answer_comes_back(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def put(path: str, text: str) -> None:
        raise OSError(number, "")

    monkeypatch.setattr(fs, "write_file", put)
    monkeypatch.setattr(fs, "_EBUSY_SECONDS", 0.6)
    with pytest.raises(fs.WriteError) as failure:
        fs.write_num_vfs(RootFs(str(tmp_path)), PF, 4, 30)
    assert failure.value.number == number


def test_a_busy_driver_gets_another_try(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fs, "_BUSY_PAUSE", 0.01)
    tries = tmp_path / "tries"

    def put(path: str, text: str) -> None:
        with tries.open("a") as log:
            log.write("x")
        if len(tries.read_text()) < 3:
            raise OSError(errno.EAGAIN, "")
        Path(path).write_text(text)

    monkeypatch.setattr(fs, "write_file", put)
    fs.write_num_vfs(RootFs(str(tmp_path)), PF, 4, 30)
    assert file.read_text() == "4" and tries.read_text() == "xxx"


def test_a_driver_that_stays_busy_is_given_up(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fs, "_BUSY_PAUSE", 10.0)

    def put(path: str, text: str) -> None:
        raise OSError(errno.EAGAIN, "")

    monkeypatch.setattr(fs, "write_file", put)
    with pytest.raises(fs.WriteError) as failure:
        fs.write_num_vfs(RootFs(str(tmp_path)), PF, 4, 5)
    assert failure.value.number == errno.EAGAIN


def test_a_child_that_is_killed_is_no_success(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fs, "write_file", lambda path, text: signal.pause())
    with pytest.raises(fs.WriteError) as failure:
        fs.write_num_vfs(RootFs(str(tmp_path)), PF, 4, 60, started=lambda pid: os.kill(pid, signal.SIGKILL))
    assert failure.value.number == errno.EINTR


def test_a_write_that_never_returns_is_left_behind_with_the_lock(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fs, "write_file", lambda path, text: signal.pause())
    path = str(tmp_path / "lock")
    with HostLock(path, 5) as lock, pytest.raises(fs.WriteTimeoutError) as failure:
        fs.write_num_vfs(RootFs(str(tmp_path)), PF, 0, 0.2, started=lambda pid: lock.note(f"process {pid}, writing 0,"))
    pid = failure.value.pid
    try:
        # Nothing of the caller's is held open by it: Ansible waits for the end of its module's output.
        assert {Path(f"/proc/{pid}/fd/{number}").readlink() for number in (0, 1, 2)} == {Path(os.devnull)}
        assert os.getsid(pid) == pid
        with pytest.raises(VsrxError, match=f"process {pid}, writing 0, has had {path}"), HostLock(path, 0):
            pass
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    with HostLock(path, 0):
        pass


def test_the_lock_waits_for_its_holder(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with HostLock(path, 0):
            os.write(writing, b"x")
            time.sleep(0.5)
        os._exit(0)
    os.read(reading, 1)
    try:
        with HostLock(path, 60):
            assert Path(path).read_text() == f"process {os.getpid()}\n"
    finally:
        os.waitpid(pid, 0)


def test_the_lock_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("precious")
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(VsrxError, match="cannot be opened"), HostLock(str(tmp_path / "lock"), 0):
        pass
    assert (tmp_path / "elsewhere").read_text() == "precious"
