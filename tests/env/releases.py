# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ansible-core releases of releases.tsv, as outputs of a workflow's step.

`all` has every release; `ends` has the newest that Debian 12's Python runs, and the newest; `newest` is the newest alone.
"""

from __future__ import annotations

import json
import pathlib

TABLE = pathlib.Path(__file__).with_name("releases.tsv")
DEBIAN_12 = (3, 11)


def read_releases(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """Each release with the lowest Python that it needs, oldest first."""
    rows = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(core, as_version(python)) for core, _bundle, python in rows]


def as_version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def workflow_outputs(releases: list[tuple[str, tuple[int, ...]]]) -> dict[str, str]:
    every = [core for core, _python in releases]
    debian = [core for core, python in releases if python <= DEBIAN_12]
    ends = list(dict.fromkeys([debian[-1], every[-1]]))
    return {"all": json.dumps(every), "ends": json.dumps(ends), "newest": every[-1]}


if __name__ == "__main__":
    for name, value in workflow_outputs(read_releases(TABLE.read_text(encoding="utf-8"))).items():
        print(f"{name}={value}")
