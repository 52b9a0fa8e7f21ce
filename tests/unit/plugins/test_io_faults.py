# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system call on a file that the collection keeps fails: one clear error, and the next run ends as an undisturbed one.

Each kind of call on each file once, with one error. `make io-faults` tries every call with each error.
"""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import shutil

import pytest
from io_faults.faults import ERRORS, end_files_at, fail_at, find_points, run
from io_faults.runs import SUBJECTS

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace, which lets system calls fail, is not installed")
LENGTHS = range(0, 8000, 1000)


@pytest.mark.parametrize("kind", sorted(SUBJECTS))
def test_one_clear_error_and_the_next_run_converges(tmp_path: pathlib.Path, kind: str) -> None:
    if kind == "vsrx_hostdev":
        pytest.importorskip("libvirt")
    undisturbed, lines = run(kind, tmp_path / "undisturbed/host")
    assert undisturbed.problems(undisturbed) == []
    points = list({(point.call, point.path): point for point in find_points(lines, tmp_path / "undisturbed/host")}.values())
    assert len(points) > 20
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = {
            f"{point.call} {point.path}: {error}": pool.submit(fail_at, kind, tmp_path / str(number) / "host", point, error)
            for number, point in enumerate(points)
            for error in (ERRORS[number % len(ERRORS)],)
        }
        failed |= {f"files end at {size}": pool.submit(end_files_at, kind, tmp_path / f"size{size}/host", size) for size in LENGTHS}
        found = {what: outcome.result().problems(undisturbed) for what, outcome in failed.items()}
    assert {what: problems for what, problems in found.items() if problems} == {}
