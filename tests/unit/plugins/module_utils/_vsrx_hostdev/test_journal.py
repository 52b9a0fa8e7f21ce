# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file system that does not do what the journal needs: the user reads which file, why, and what to do."""

from __future__ import annotations

import errno
import fcntl
import os
import pathlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import explain_os_errors
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.journal import Journal, Unfinished

UUID = "7c5e0000-0000-4000-8000-000000000001"
XML = "<domain/>"


def _failing(number: int) -> t.Callable[..., t.NoReturn]:
    def fail(*_unused: t.Any, **_named: t.Any) -> t.NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "domains" / UUID


@pytest.fixture
def journal(tmp_path: pathlib.Path) -> Journal:
    made = Journal(str(tmp_path), UUID)
    with made.hold_lock():
        return made


def test_what_is_begun_is_found_until_it_is_ended(journal: Journal) -> None:
    assert journal.read_unfinished() is None
    journal.begin("vsrx", XML, start=True, ran=False)
    assert journal.read_unfinished() == Unfinished(XML, start=True, ran=False)
    journal.end()
    journal.end()
    assert journal.read_unfinished() is None


@pytest.mark.parametrize(("call", "number", "cure"), [("fsync", errno.ENOSPC, "free space"), ("open", errno.EROFS, "mounted read-write")])
def test_a_definition_that_cannot_be_kept_is_reported(
    journal: Journal, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, cure: str
) -> None:
    monkeypatch.setattr(os, call, _failing(number))
    with pytest.raises(VsrxError, match=rf"{folder}/\w+\.xml cannot be written: {os.strerror(number)}; .*{cure}.*run again"):
        journal.keep(XML)
    monkeypatch.undo()
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_a_change_that_cannot_be_written_down_is_reported(journal: Journal, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.keep(XML)
    monkeypatch.setattr(os, "fsync", _failing(errno.ENOSPC))
    with pytest.raises(VsrxError, match=f"{folder}/unfinished.json cannot be written: No space left on device"):
        journal.begin("vsrx", XML, start=True, ran=True)


def test_a_record_that_cannot_be_removed_is_reported(journal: Journal, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.begin("vsrx", XML, start=True, ran=True)
    monkeypatch.setattr(pathlib.Path, "unlink", _failing(errno.EROFS))
    with pytest.raises(VsrxError, match=f"{folder}/unfinished.json cannot be removed: Read-only file system"):
        journal.end()


@pytest.mark.parametrize("below", ["", f"domains/{UUID}"])
def test_a_file_where_the_folder_should_be_is_reported(tmp_path: pathlib.Path, below: str) -> None:
    place = tmp_path / "state"
    (place / below).parent.mkdir(parents=True, exist_ok=True)
    (place / below).write_text("")
    made = Journal(str(place), UUID)
    with pytest.raises(VsrxError, match="unfinished.json cannot be read: Not a directory; move away the file"):
        made.read_unfinished()
    with pytest.raises(VsrxError, match="can ?not be used to keep what was before: .*set state_dir"), made.hold_lock():
        pass


def test_a_file_system_without_locks_is_reported(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", _failing(errno.ENOLCK))
    with pytest.raises(VsrxError, match="lock can ?not be locked: No locks available"), Journal(str(tmp_path), UUID).hold_lock():
        pass


def test_a_failure_of_the_work_under_the_lock_stays_what_it_is(tmp_path: pathlib.Path) -> None:
    with pytest.raises(OSError, match="its own"), Journal(str(tmp_path), UUID).hold_lock():
        raise OSError(errno.EIO, "its own")


def test_a_failure_without_a_number_is_reported_too() -> None:
    with pytest.raises(VsrxError, match="/x cannot be written: odd; .*dmesg"), explain_os_errors("/x", "written"):
        raise OSError("odd")
