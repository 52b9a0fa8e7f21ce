# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's tests on each release of the lab's host, one after the other, as a table, which goes to .work/lab-matrix.json too.

python -m lab.matrix [RELEASE...] [-- PYTEST OPTION...]
"""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from lab import hosts, image, paths

TOP = Path(__file__).parents[2]
TESTS = TOP / "tests" / "integration" / "lab"


def run(release: str, options: list[str]) -> tuple[dict[str, dict[str, float]], float, int]:
    """Run the tests on a host of that release; returns by part what became of its tests, the seconds of it all, and pytest's status."""
    report = TOP / ".work" / f"lab-matrix-{release}.xml"
    environment = {**os.environ, "LAB_RELEASE": release, "VSRX_LAB_HOST": release}
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-raR", "--reruns", "1", "--only-rerun", "BrokenLabHostError", f"--junitxml={report}"]
    done = subprocess.run([*command, str(TESTS), *options], env=environment, check=False)
    return (read_report(report) if report.exists() else {}), time.monotonic() - begun, done.returncode


def read_report(report: Path) -> dict[str, dict[str, float]]:
    """Return by part, which is a file of tests, how many passed, failed and were skipped, and the seconds that they took."""
    parts: dict[str, dict[str, float]] = collections.defaultdict(lambda: {"passed": 0, "failed": 0, "skipped": 0, "seconds": 0.0})
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest has just written it
        part = parts[case.get("classname", "").rpartition(".")[2].removeprefix("test_")]
        kinds = {child.tag for child in case}
        part["failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"] += 1
        part["seconds"] = round(part["seconds"] + float(case.get("time", 0)), 1)
    return dict(parts)


def make_table(found: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """Return the table's lines: a part a line, a release a column."""
    parts = sorted({part for release in found.values() for part in release})
    lines = [f"{'part':<22}" + "".join(f"{release:<28}" for release in found)]
    for part in parts:
        cells = []
        for release in found.values():
            counts = release.get(part, {})
            words = [f"{counts[kind]:.0f} {kind}" for kind in ("passed", "failed", "skipped") if counts.get(kind)]
            cells.append(", ".join([*words, f"{counts['seconds']:.0f} s"]) if words else "-")
        lines.append(f"{part:<22}" + "".join(f"{cell:<28}" for cell in cells))
    return lines


def main(arguments: list[str]) -> int:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    releases, options = arguments[:at] or list(image.RELEASES), arguments[at + 1 :]
    (TOP / ".work").mkdir(exist_ok=True)
    found, seconds, worst = {}, {}, 0
    for release in releases:
        found[release], seconds[release], status = run(release, options)
        worst = max(worst, status)
        if release in paths.host_names():
            hosts.down(release)
    (TOP / ".work" / "lab-matrix.json").write_text(json.dumps({"parts": found, "seconds": seconds}, indent=2) + "\n")
    print("\n".join([*make_table(found), "", *(f"{release}: {spent / 60:.1f} minutes" for release, spent in seconds.items())]))
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
