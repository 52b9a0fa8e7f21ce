# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The expected output that the docs show, from a run of each playbook on the stage: `make outputs`, then `make docs`.

Writes docs/docsite/outputs.json: of each command the texts that its "Show" tasks print, and the recap; with revision and date.
"""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import subprocess
import sys
import typing as t

TOP = pathlib.Path(__file__).parents[2]
FILE = TOP / "docs/docsite/outputs.json"
#: name, playbook with its arguments, and the exit status that is expected
RUNS = (
    ("preflight", ["preflight"], 0),
    ("preview", ["site", "--check", "--diff"], 0),
    ("site", ["site"], 0),
    ("again", ["site"], 0),
    ("report", ["report", "-e", "vsrx_report_dir=.work/stage/report"], 0),
    ("failover", ["failover_test", "--limit", "vsrx1", "-e", "vsrx_cluster_failover_consent=true"], 0),
    ("teardown", ["teardown"], 0),
)
_COUNTS = (("ok", "ok"), ("changed", "changed"), ("unreachable", "unreachable"), ("failed", "failures"))


def find_texts(said: dict[str, t.Any]) -> list[str]:
    """What the tasks that show something print, in the order of the run, and the recap."""
    lines: list[str] = []
    for play in said["plays"]:
        for task in play["tasks"]:
            if not task["task"]["name"].split(" : ")[-1].startswith("Show"):
                continue
            for result in task["hosts"].values():
                message = result.get("msg", "")
                if result.get("skipped") or not message:
                    continue
                lines += [*(message if isinstance(message, list) else str(message).splitlines()), ""]
    for host, counts in sorted(said["stats"].items()):
        lines.append(f"{host:<12} : " + "  ".join(f"{name}={counts[each]}" for name, each in _COUNTS))
    return [line.rstrip() for line in lines]


def run(inventory: str, arguments: list[str], expected: int) -> list[str]:
    command = ["ansible-playbook", "-i", inventory, f"vsrx.sriov.{arguments[0]}", *arguments[1:]]
    settings = {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(command, cwd=TOP, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    if done.returncode != expected or "{" not in done.stdout:
        sys.exit(f"outputs: {' '.join(command)}: exit {done.returncode}, expected {expected}\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    return find_texts(json.loads(done.stdout[done.stdout.index("{") :]))


def main() -> None:
    stage = TOP / "tests/stage/stage"
    subprocess.run([stage, "up"], check=True)
    inventory = subprocess.run([stage, "inventory"], check=True, capture_output=True, text=True).stdout.strip()
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=TOP, check=True, capture_output=True, text=True).stdout.strip()
    found = {"revision": revision, "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(), "outputs": {}}
    for name, arguments, expected in RUNS:
        print(f"outputs: {name}", file=sys.stderr)
        found["outputs"][name] = run(inventory, arguments, expected)
        FILE.write_text(json.dumps(found, indent=1) + "\n")
    print(f"Written: {FILE.relative_to(TOP)}. Now run make docs.")


if __name__ == "__main__":
    main()
