# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `site` beside the same job by hand, and beside as many pings as it makes calls. Takes the stage (tests/stage/stage)."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks import runs
from benchmarks.measure import Row

HERE = pathlib.Path(__file__).parent
TOP = HERE.parents[1]
STAGE = TOP / "tests" / "stage"
INVENTORY = TOP / ".work" / "stage" / "inventory"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SITE = "vsrx.sriov.site"
#: how long the firewalls may take to boot, and how busy their host may be after that
CALM_SECONDS, CALM_BUSY = 300, 0.3
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


def calm() -> None:
    """Wait until the firewalls on the KVM host have booted and leave its CPUs to the modules."""
    busy, deadline = 1.0, time.monotonic() + CALM_SECONDS
    while busy > CALM_BUSY:
        if time.monotonic() > deadline:
            sys.exit(f"site: kvm1 is still {busy:.0%} busy after {CALM_SECONDS} s; expected at most {CALM_BUSY:.0%}. See what runs there.")
        before = ticks()
        time.sleep(5)
        after = ticks()
        busy = 1 - (after[1] - before[1]) / (after[0] - before[0])


def ticks() -> tuple[int, int]:
    """All of the CPUs' time on the KVM host, and how much of it they were idle."""
    command = [str(TOP / "tests" / "lab" / "lab"), "ssh", "kvm1", "--", "cat /proc/stat"]
    words = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout.splitlines()[0].split()
    numbers = [int(word) for word in words[1:9]]
    return sum(numbers), numbers[3]


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
        calm()
        made = runs.calls(INVENTORY, SITE, folder)
        for playbook in (by_hand, SITE):  # each finds the other's end state, which is its own
            again[playbook].append(play(playbook))
        again["floor"].append(play(str(runs.floor(folder, made))))
        for what, arguments in WITHOUT.items():
            poorer[what].append(play(SITE, *arguments))
    waits = "Both wait for the same: the domains stop and start, and Junos restarts."
    yield Row("site", "site, first run", "by hand", first[SITE], first[by_hand], 0.8, costs=waits)
    costs = "Most of our time is the start of Python and the loading of our code, once a call; an emulated CPU makes it seconds."
    yield Row("site", "site, nothing to change", "by hand", again[SITE], again[by_hand], 0.4, costs=costs)
    yield Row("site", "site, nothing to change", f"{len(made)} pings, as many as it makes calls", again[SITE], again["floor"], 2.5)
    for what, took in poorer.items():
        yield Row("site", "site, nothing to change", what, again[SITE], took, 1.0)
