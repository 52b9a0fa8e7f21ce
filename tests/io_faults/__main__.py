# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let each system call on the files that the collection keeps fail, with each error, and every file end early; show a table."""

from __future__ import annotations

import argparse
import concurrent.futures
import functools
import itertools
import os
import pathlib
import sys
import tempfile
import typing as t

from .faults import ERRORS, Outcome, end_files_at, fail_at, find_points, run
from .runs import SUBJECTS

#: the longest of the files that are kept is about this long
LONGEST, STEP = 20000, 250
#: what fails, how, and the three runs
Try = tuple[str, str, t.Callable[[], Outcome]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="io_faults", description=__doc__)
    parser.add_argument("--module", action="append", choices=sorted(SUBJECTS), help="only this one; may be repeated")
    parser.add_argument("--every", type=int, default=1, help="only each n-th point")
    requested = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for kind in requested.module or sorted(SUBJECTS):
            folders = (pathlib.Path(scratch) / f"{kind}{number}" / "host" for number in itertools.count())

            def fresh(folders: itertools.chain[pathlib.Path] = folders) -> pathlib.Path:  # type: ignore[assignment]
                folder = next(folders)
                folder.parent.mkdir()
                return folder

            first = fresh()
            undisturbed, lines = run(kind, first)
            points = find_points(lines, first)[:: requested.every]
            tries: list[Try] = [
                (f"{point.call} {point.path}", error, functools.partial(fail_at, kind, fresh(), point, error))
                for point in points
                for error in ERRORS
            ]
            tries += [
                ("a file ends", f"after {size} bytes", functools.partial(end_files_at, kind, fresh(), size))
                for size in range(0, LONGEST, STEP)
            ]
            print(f"{kind}: {len(points)} calls x {len(ERRORS)} errors, {LONGEST // STEP} lengths", flush=True)
            counts: dict[str, list[int]] = {}
            for (what, error, _call), outcome in zip(tries, pool.map(lambda each: each[2](), tries)):
                row = counts.setdefault(what.split()[0] if error in ERRORS else what, [0, 0, 0])
                problems = outcome.problems(undisturbed)
                row[0 if "changed" in outcome.first else 1] += 1
                row[2] += bool(problems)
                bad += bool(problems)
                for problem in problems:
                    print(f"  {what}: {error}: {problem}\n    {outcome.failed_call}", flush=True)
            print(f"{'call':16} {'went on':>8} {'refused':>8} {'wrong':>6}")
            for what, (went_on, refused, wrong) in sorted(counts.items()):
                print(f"{what:16} {went_on:8} {refused:8} {wrong:6}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
