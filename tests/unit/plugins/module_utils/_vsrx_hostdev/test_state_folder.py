# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another user or a killed run can have left in the state folder, and locks that another run has."""

from __future__ import annotations

import json
import os
import pathlib
import stat
import subprocess
import sys
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import ConflictError, UnreadableError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.journal import Journal, Unfinished

UUID = "7c5e0000-0000-4000-8000-000000000001"
XML = "<domain/>"
WRITTEN = {"version": 1, "domain": "vsrx", "backup": "x.xml", "start": True, "ran": True}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    with Journal(str(tmp_path), UUID).hold_lock():
        return tmp_path / "domains" / UUID


def test_a_lock_that_is_a_link_or_a_pipe_is_refused(tmp_path: pathlib.Path, folder: pathlib.Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("gold")
    (folder / "lock").unlink()
    (folder / "lock").symlink_to(treasure)
    with pytest.raises(VsrxError, match="lock can ?not be locked"), Journal(str(tmp_path), UUID).hold_lock():
        pass
    assert treasure.read_text() == "gold"
    (folder / "lock").unlink()
    os.mkfifo(folder / "lock")
    with pytest.raises(VsrxError, match="lock can ?not be locked: it is no regular file"), Journal(str(tmp_path), UUID).hold_lock():
        pass


def test_a_state_folder_below_folders_that_are_not_there_is_made_for_root_only(tmp_path: pathlib.Path) -> None:
    top = tmp_path / "srv" / "keep" / "state"
    with Journal(str(top), UUID).hold_lock():
        made = [top, top / "domains", top / "domains" / UUID]
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3


@pytest.mark.parametrize("record", ["unfinished.json", "replaced.json"])
def test_a_record_that_is_a_pipe_does_not_wait(tmp_path: pathlib.Path, folder: pathlib.Path, record: str) -> None:
    os.mkfifo(folder / record)
    journal = Journal(str(tmp_path), UUID)
    with pytest.raises(VsrxError, match="no regular file"):
        journal.read_unfinished() if record.startswith("un") else journal.read_replaced()


def test_a_lock_of_another_run_names_it_and_has_a_time_limit(tmp_path: pathlib.Path, folder: pathlib.Path) -> None:
    code = (
        "import fcntl, os, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); f.write(f'process {os.getpid()}'); f.flush(); "
        "print('x', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(folder / "lock")], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline()
        message = f"another run changes this domain: process {other.pid} has had .*lock locked for more than 0.3 s"
        with pytest.raises(ConflictError, match=message), Journal(str(tmp_path), UUID, lock_seconds=0.3).hold_lock():
            pass
        other.kill()
    with Journal(str(tmp_path), UUID, lock_seconds=5).hold_lock():
        assert (folder / "lock").read_text() == f"process {os.getpid()}\n"


@pytest.mark.parametrize("below", ["", "domains", f"domains/{UUID}"])
@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: pathlib.Path, folder: pathlib.Path, below: str, mode: int) -> None:
    (tmp_path / below).chmod(mode)
    journal = Journal(str(tmp_path), UUID)
    for use in (journal.check, lambda: journal.hold_lock().__enter__()):
        with pytest.raises(VsrxError, match=f"has mode {mode:04o}, so that another user could put a definition in it"):
            use()
    (tmp_path / below).chmod(0o700)


def test_a_folder_of_another_user_is_refused(tmp_path: pathlib.Path, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(VsrxError, match=f"belongs to user {os.getuid()}, so that another user"):
        Journal(str(tmp_path), UUID).check()


def test_a_folder_that_is_not_there_is_made_for_its_owner_alone(tmp_path: pathlib.Path) -> None:
    journal = Journal(str(tmp_path / "new"), UUID)
    journal.check()
    with journal.hold_lock():
        pass
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_what_killed_runs_have_left_is_swept(tmp_path: pathlib.Path, folder: pathlib.Path) -> None:
    for name in (".unfinished.json.abc", ".replaced.json.x1", ".0123456789abcdef.xml.q"):
        (folder / name).write_text("half")
    journal = Journal(str(tmp_path), UUID)
    journal.keep(XML)
    with journal.hold_lock():
        pass
    assert sorted(path.name for path in folder.iterdir()) == sorted(["lock", "original.xml", pathlib.Path(journal.keep(XML)).name])


@pytest.mark.parametrize(
    "record",
    [
        *("[" * 200000, "null", "[]", "{}", '"x"', b"\xff"),
        *(json.dumps({**WRITTEN, **change}) for change in ({"start": "yes"}, {"more": 1}, {"backup": None})),
    ],
    ids=range(9),
)
def test_a_damaged_record_is_one_clear_error(tmp_path: pathlib.Path, folder: pathlib.Path, record: t.Union[str, bytes]) -> None:
    (folder / "unfinished.json").write_bytes(record if isinstance(record, bytes) else record.encode())
    with pytest.raises(UnreadableError, match="unfinished.json is not what an earlier run wrote"):
        Journal(str(tmp_path), UUID).read_unfinished()


@pytest.mark.parametrize("version", [2, 99, "1", True])
def test_a_record_of_another_version_is_not_acted_on(tmp_path: pathlib.Path, folder: pathlib.Path, version: t.Any) -> None:
    for name in ("unfinished.json", "replaced.json"):
        (folder / name).write_text(json.dumps({**WRITTEN, "version": version}))
    for read in (Journal(str(tmp_path), UUID).read_unfinished, Journal(str(tmp_path), UUID).read_replaced):
        with pytest.raises(UnreadableError, match="was written by another version"):
            read()


def test_a_record_of_before_versions_is_read(tmp_path: pathlib.Path, folder: pathlib.Path) -> None:
    journal = Journal(str(tmp_path), UUID)
    backup = journal.begin("vsrx", XML, start=True, ran=False)
    record = json.loads((folder / "unfinished.json").read_text())
    assert record.pop("version") == 1
    (folder / "unfinished.json").write_text(json.dumps(record))
    assert journal.read_unfinished() == Unfinished(XML, start=True, ran=False)
    # A kept definition is what its name says, or none.
    pathlib.Path(backup).write_text("<domain><devices><filesystem/></devices></domain>")
    assert journal.read_unfinished() == Unfinished(None, start=True, ran=False)
