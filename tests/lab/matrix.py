# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's tests on each release of the lab's host, one part after the other, as a table: `make lab-matrix`, then `make docs`.

python -m lab.matrix [RELEASE...] [PART...] [-- PYTEST OPTION...]

A part is a file of tests. What became of each goes to docs/docsite/lab_matrix.json, with revision and date, as soon as the part has
ended; what the file says of other parts stays. Where options choose among a part's tests, nothing is written.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
import typing as t
import xml.etree.ElementTree as ET
from pathlib import Path

from lab import hosts, image, paths

TOP = Path(__file__).parents[2]
TESTS = TOP / "tests" / "integration" / "lab"
FILE = TOP / "docs" / "docsite" / "lab_matrix.json"
#: what became of the tests of a part, by release and part
Matrix = dict[str, dict[str, dict[str, t.Any]]]


def list_parts() -> list[str]:
    """Return the parts by name: files of tests."""
    return sorted(path.stem.removeprefix("test_") for path in TESTS.glob("test_*.py"))


def split_arguments(arguments: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the releases and parts that are asked for, all where none is named, and pytest's options."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    named, parts = arguments[:at], list_parts()
    strange = [word for word in named if word not in (*image.RELEASES, *parts)]
    if strange:
        raise SystemExit(f"lab.matrix: {strange[0]!r} is none of {', '.join((*image.RELEASES, *parts))}")
    return (
        [word for word in named if word in image.RELEASES] or list(image.RELEASES),
        [word for word in named if word in parts] or parts,
        arguments[at + 1 :],
    )


def run(release: str, part: str, options: list[str]) -> dict[str, t.Any]:
    """Run a part on a host of that release; returns what became of its tests, and how long it took with the host's starts."""
    report = TOP / ".work" / f"lab-matrix-{release}-{part}.xml"
    report.unlink(missing_ok=True)
    environment = {**os.environ, "LAB_RELEASE": release, "VSRX_LAB_HOST": release}
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-raR", "--reruns", "1", "--only-rerun", "BrokenLabHostError", f"--junitxml={report}"]
    subprocess.run([*command, str(TESTS / f"test_{part}.py"), *options], env=environment, check=False)
    counts: dict[str, t.Any] = read_report(report) if report.exists() else {"failed": 1}
    return {**counts, "seconds": round(time.monotonic() - begun), "revision": read_revision(), "date": _today()}


def read_report(report: Path) -> dict[str, t.Any]:
    """Return how many tests passed, failed and were skipped."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest has just written it
        kinds = {child.tag for child in case}
        counts["failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"] += 1
    return counts


def read_revision() -> str:
    """Return the revision of the checkout, with a plus sign where anything but the file that is written here was changed since."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=TOP, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S607

    changed = git("status", "--porcelain", "--", ".", f":!{FILE.relative_to(TOP)}")
    return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


def _today() -> str:
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def read_matrix() -> Matrix:
    """Return what the file says."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def keep(release: str, part: str, result: dict[str, t.Any]) -> None:
    """Put a part's result into the file."""
    matrix = read_matrix()
    matrix.setdefault(release, {})[part] = result
    FILE.write_text(json.dumps(matrix, indent=1, sort_keys=True) + "\n")


def describe(result: t.Optional[dict[str, t.Any]]) -> str:
    """Say what became of the tests of a part, in how many seconds."""
    if not result:
        return "-"
    words = [f"{result[kind]} {kind}" for kind in ("passed", "failed", "skipped") if result.get(kind)]
    return ", ".join([*words, *([f"{result['seconds']} s"] if "seconds" in result else [])])


def make_table(matrix: Matrix) -> list[str]:
    """Return the table's lines: a part a line, a release a column."""
    parts = sorted({part for release in matrix.values() for part in release})
    lines = [f"{'part':<22}" + "".join(f"{release:<36}" for release in matrix)]
    return lines + [f"{part:<22}" + "".join(f"{describe(each.get(part)):<36}" for each in matrix.values()) for part in parts]


def main(arguments: list[str]) -> int:
    releases, parts, options = split_arguments(arguments)
    (TOP / ".work").mkdir(exist_ok=True)
    found: Matrix = {}
    for release in releases:
        for part in parts:
            result = run(release, part, options)
            found.setdefault(release, {})[part] = result
            print(f"==> {release}, {part}: {describe(result)}", flush=True)
            if not options:
                keep(release, part, result)
        if release in paths.host_names():
            hosts.down(release)
    print("\n".join(make_table(found)))
    for release, results in found.items():
        print(f"{release}: {sum(result['seconds'] for result in results.values()) / 60:.1f} minutes")
    print(
        f"Nothing was written, since {' '.join(options)!r} chooses." if options else f"Written: {FILE.relative_to(TOP)}. Now run make docs."
    )
    return int(any(result.get("failed") for results in found.values() for result in results.values()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
