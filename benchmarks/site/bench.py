# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `site` beside the same job by hand, and beside as many pings as it makes calls. Takes the stage (tests/stage/stage)."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Iterator

from benchmarks import runs
from benchmarks.measure import Row

HERE = pathlib.Path(__file__).parent
TOP = HERE.parents[1]
STAGE = TOP / "tests" / "stage"
INVENTORY = TOP / ".work" / "stage" / "inventory"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SITE = "vsrx.sriov.site"
#: what users can set, each taken away: the stage has them all
WITHOUT = {
    "without pipelining": ("-e", "ansible_pipelining=false"),
    "without ControlPersist": ("-e", '{"ansible_ssh_extra_args": "-o ControlMaster=no -o ControlPath=none"}'),
    "with one fork": ("--forks", "1"),
}


def play(playbook: str, *arguments: str) -> float:
    return runs.playbook(INVENTORY, playbook, *arguments).seconds


def stage(word: str) -> None:
    subprocess.run([str(STAGE / "stage"), word], stdin=subprocess.DEVNULL, capture_output=True, check=True)


def rows() -> Iterator[Row]:
    folder = TOP / ".work" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    by_hand = str(HERE / "by_hand.yml")
    first: dict[str, list[float]] = {SITE: [], by_hand: []}
    again: dict[str, list[float]] = {SITE: [], by_hand: [], "floor": []}
    poorer: dict[str, list[float]] = {what: [] for what in WITHOUT}
    stage("up")
    for _round in range(ROUNDS):
        for playbook in (by_hand, SITE):
            stage("bare")
            first[playbook].append(play(playbook))
            again[playbook].append(play(playbook))
        made = runs.calls(INVENTORY, SITE, folder)
        again["floor"].append(play(str(runs.floor(folder, made))))
        for what, arguments in WITHOUT.items():
            poorer[what].append(play(SITE, *arguments))
    yield Row("site", "site, first run", "by hand", first[SITE], first[by_hand], 0.8)
    costs = "Most of our time is the start of Python and the loading of our code, once a call; an emulated CPU makes it seconds."
    yield Row("site", "site, nothing to change", "by hand", again[SITE], again[by_hand], 0.4, costs=costs)
    yield Row("site", "site, nothing to change", f"{len(made)} pings, as many as it makes calls", again[SITE], again["floor"], 2.5)
    for what, took in poorer.items():
        yield Row("site", "site, nothing to change", what, again[SITE], took, 1.0)
