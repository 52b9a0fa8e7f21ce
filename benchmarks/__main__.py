# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks of the whole: one table of ratios, kept as JSON and as a plot (`make bench`); a part that runs again replaces its rows.

Exits with 0 also where a bound is missed.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import pathlib

from benchmarks import plot
from benchmarks.measure import HEAD, Row, line

PARTS = ("site", "host", "domain", "junos", "growth")
RESULTS = pathlib.Path(__file__).parents[1] / ".work" / "bench"


def kept() -> list[Row]:
    """What earlier runs measured."""
    path = RESULTS / "results.json"
    names = [field.name for field in dataclasses.fields(Row)]
    return [Row(**{name: row[name] for name in names if name in row}) for row in json.loads(path.read_text())] if path.exists() else []


def keep(rows: list[Row]) -> None:
    rows.sort(key=lambda row: PARTS.index(row.part))
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "results.json").write_text(json.dumps([row.data() for row in rows], indent=1) + "\n")
    (RESULTS / "results.svg").write_text(plot.svg(rows))


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", default=PARTS, help=f"{', '.join(PARTS)} (default: all)")
    parts = parser.parse_args().parts
    rows: list[Row] = []
    print(line(HEAD), line(["---"] * len(HEAD)), sep="\n", flush=True)
    for part in parts:
        for row in importlib.import_module(f"benchmarks.{part}.bench").rows():
            rows.append(row)
            print(line(row.cells()), flush=True)
    keep([*(row for row in kept() if row.part not in parts), *rows])
    missed = [row for row in rows if not row.met]
    print(f"\n{len(rows)} ratios, {len(missed)} beyond their bound. Kept in {RESULTS}")
    for row in missed:
        print(f"* {row.what}, beside {row.baseline}: {row.ratio:.2f} of at most {row.bound:g}. {row.costs or 'Not looked into yet.'}")


if __name__ == "__main__":
    main()
