# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vsrx_hostdev beside what people use instead, as Ansible tasks of one play on one lab host (VSRX_LAB_HOST, default bench)."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from lab import hosts, inventory

from benchmarks.measure import Row

HERE = pathlib.Path(__file__).parent
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
DOMAINS = 200


def play(folder: pathlib.Path, name: str, variables: dict[str, object]) -> dict[str, list]:
    """Run a playbook on a fresh host; what it leaves: for each name, one value a round."""
    host = inventory.variables(hosts.reset(os.environ.get("VSRX_LAB_HOST", "bench")))
    (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": {"kvm": host}}}), encoding="utf-8")
    result = folder / f"{name}.json"
    command = ["ansible-playbook", "-i", str(folder / "inventory.json"), str(HERE / f"{name}.yml")]
    command += ["-e", json.dumps({**variables, "result": str(result)})]
    done = subprocess.run(command, check=False, text=True, capture_output=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    times: dict[str, list] = json.loads(result.read_text(encoding="utf-8"))
    return times


def outage(events: str) -> float:
    """Seconds between a domain's Stopped and the next Started in the output of virsh event --timestamp."""
    stamps = re.findall(r"(\d\d):(\d\d):(\d\d\.\d+)\S* event 'lifecycle' for domain \S+ (Stopped|Started)", events)
    (stopped, started) = (int(hours) * 3600 + int(minutes) * 60 + float(seconds) for hours, minutes, seconds, _what in stamps[-2:])
    return started - stopped


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        times = play(folder, "ports", {"rounds": ROUNDS})
        eight = "8 ports into a domain"
        yield Row("domain", eight, "8 times virt-xml --add-device", times["module"], times["virt_xml"], 0.2)
        yield Row("domain", eight, "8 times virsh attach-device --config", times["module"], times["attach"], 0.35)
        times = play(folder, "outage", {"rounds": ROUNDS})
        seen = {name: [outage(events) for events in texts] for name, texts in times.items()}
        yield Row("domain", "outage of the guest under power: cycle", "bare shutdown, define, start", seen["module"], seen["bare"], 1.1)
        times = play(folder, "many", {"rounds": ROUNDS, "domains": DOMAINS})
        many = f"ports, nothing to change, {DOMAINS} domains defined"
        costs = "A third of our time is the loading of the module's code; the domains' XML is read once each, to find who claims a VF."
        yield Row("domain", many, "ping", times["module"], times["ping"], 2.0, costs=costs)
