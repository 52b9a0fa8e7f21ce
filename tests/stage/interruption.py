# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interrupts the playbook `site`, or `teardown`, wherever it can be, and proves that the next run ends as one that nobody disturbed.

A point ends with a run that nobody disturbs, after which the hosts and the peer are read and compared. It begins with one that is
interrupted. Except while Junos commits and its nodes boot, the state of hosts and peer at that moment says all, so it is kept once, in a
run of its own, and brought back for each kind of interruption. Results are kept, so that several runs with --part fill one table; what
another revision of the project did is never in it. A point that fails keeps the hosts' serial logs beside its own; one that failed since
the virtual machine itself broke, which says nothing of the project, is tried once more.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import typing as t
from dataclasses import dataclass

from lab import boot
from lab import hosts as lab_hosts

HERE = pathlib.Path(__file__).parent
TOP = HERE.parents[1]
STAGE = TOP / ".work" / "stage"
LAB = TOP / "tests" / "lab" / "lab"
HOW: dict[str, tuple[str, list[str]]] = {
    "kill": ("ansible-playbook and its workers are killed (SIGKILL)", []),
    "ssh": (
        "the SSH connections to the KVM host are cut",
        [str(LAB), "ssh", "kvm1", "--", "pkill -f sshd-session; true"],
    ),
    "libvirtd": ("libvirt's daemon is restarted", [str(LAB), "ssh", "kvm1", "--", "systemctl restart libvirtd"]),
    "reboot": ("the KVM host is reset as by its reset button", [str(LAB), "crash", "kvm1"]),
}
#: what the stage is before each playbook, by the tag that it is kept with
BEFORE = {"site": "bare", "teardown": "set-up"}
HANG = 1800.0  # no run takes this long unless it hangs
RECORD = "/var/lib/vsrx-sriov"
NODES = ("vsrx1-node0", "vsrx1-node1")


@dataclass(frozen=True)
class Task:
    number: int
    name: str
    seconds: float
    changed: bool


@dataclass(frozen=True)
class Point:
    """Where a run is interrupted: before a task, or a fraction into it."""

    task: Task
    fraction: float
    how: str

    @property
    def tag(self) -> str:
        """Of the state of hosts and peer at that moment."""
        return f"at-{self.task.number}-{self.fraction * 100:.0f}"

    def __str__(self) -> str:
        return f"{self.how:9}{self.task.number:3}  {self.fraction:4.0%}  {self.task.name}"


def play(playbook: str, log: pathlib.Path, *interruptions: dict[str, t.Any]) -> int:
    """One run of the playbook; its exit status, negative if a signal ended it, which one that hangs is sent."""
    environment = {
        **os.environ,
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "interrupt",
        "INTERRUPT_LOG": str(log.with_suffix(".tasks")),
        "INTERRUPT_POINTS": json.dumps(interruptions),
    }
    command = ["ansible-playbook", "-i", str(STAGE / "inventory"), f"vsrx.sriov.{playbook}"]
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        ) as run,
    ):
        try:
            return run.wait(HANG)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            return run.wait()


def revision() -> str:
    return read_output("git", "-C", str(TOP), "describe", "--always", "--dirty").strip()


def read_output(*command: str) -> str:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout


def make_stage(playbook: str, log: pathlib.Path) -> None:
    """What the playbook begins with, kept for `again`."""
    read_output(str(HERE / "stage"), "bare")
    for host in hosts():  # a firewall comes back with its host
        read_output(str(LAB), "ssh", host, "--", " && ".join(f"virsh -q autostart {node}" for node in NODES))
    if playbook == "teardown" and play("site", log):
        sys.exit(f"interruption: the site that is to be taken back failed: {log}")
    read_output(str(HERE / "stage"), "keep", BEFORE[playbook])


def again(tag: str) -> None:
    """Hosts and peer as they were kept."""
    read_output(str(HERE / "stage"), "again", tag)


def hosts() -> list[str]:
    return sorted(set(re.findall(r"^    (kvm\d):", (STAGE / "inventory" / "20-lab.yml").read_text(), re.MULTILINE)))


def outcome() -> dict[str, t.Any]:
    """What the hosts and the peer themselves say, without what differs between any two undisturbed runs."""
    state: dict[str, t.Any] = {}
    for host in hosts():
        for node in NODES:
            state[f"{host} {node} xml"] = read_output(
                str(LAB), "ssh", host, "--", "virsh", "dumpxml", "--inactive", "--security-info", node
            )
            state[f"{host} {node} runs"] = read_output(str(LAB), "ssh", host, "--", "virsh", "domstate", node).strip()
        for pf in ("eno2", "eno3"):
            (link,) = json.loads(read_output(str(LAB), "ssh", host, "--", "ip", "-d", "-j", "link", "show", "dev", pf))
            vfs = link.get("vfinfo_list", [])
            given = [vf["address"] if vf["address"].startswith("02:5a:") else "random" for vf in vfs]
            state[f"{host} {pf}"] = {"up": "UP" in link["flags"], "macs": given, "trust": [vf["trust"] for vf in vfs]}
        # Beside it lie former definitions; how many depends on where a run was interrupted.
        record = read_output(str(LAB), "ssh", host, "--", f"cd {RECORD}; cat *.json domains/*/original.xml; find . -name unfinished.json")
        state[f"{host} record"] = re.sub(r"([0-9a-f]{2}:){5}[0-9a-f]{2}|\d{10}", "*", record)
    peer = ("python", "-m", "junos_peer")
    status = json.loads(read_output(*peer, "status", "--state-dir", str(STAGE / "peer")))
    state["junos configuration"] = re.sub(r'junos:[a-z-]+="[^"]*"', "", read_output(*peer, "committed", "--state-dir", str(STAGE / "peer")))
    state["junos nodes"] = [{name: node[name] for name in ("state", "mac_mode", "synchronised")} for node in status["nodes"]]
    state["junos database"] = {name: status[name] for name in ("pending", "candidate_modified", "lock")}
    return state


def tasks(log: pathlib.Path) -> list[Task]:
    events = [json.loads(line) for line in log.with_suffix(".tasks").read_text().splitlines()]
    starts = [event for event in events if "name" in event]
    ends = [event["time"] for event in starts[1:]] + [events[-1]["time"]]
    changing = {event["task"] for event in events if event.get("changed")}
    return [Task(start["task"], start["name"], end - start["time"], start["task"] in changing) for start, end in zip(starts, ends)]


def points(found: list[Task], how: str, every: bool) -> list[Point]:
    """Before each task, where nothing was written since the point before only if asked; and inside each task that writes."""
    made = []
    for before, task in zip([None, *found], found):
        if every or task.changed or (before is not None and before.changed):
            made.append(Point(task, 0.0, how))
        if task.changed:
            made += [Point(task, fraction, how) for fraction in (0.25, 0.5, 0.75)]
    return made


def wait_for_hosts() -> None:
    read_output(str(LAB), "up", *hosts())


def keep_states(playbook: str, chosen: list[Point], found: list[Task], log: pathlib.Path) -> set[str]:
    """The tags of the states at points where nothing is under way in Junos, kept in one run. A cut of SSH needs a run that feels it."""
    junos = [task for task in found if "vsrx_cluster" in task.name]
    commit = next(task.number for task in junos if task.changed)
    settled = junos[-1].number + 1
    quiet = {
        point.tag: point
        for point in chosen
        if point.how != "ssh" and not (commit, 0.0) < (point.task.number, point.fraction) < (settled, 0.0)
    }
    if not quiet:
        return set()
    again(BEFORE[playbook])
    stops = [
        {"at": point.task.number, "after": point.fraction * point.task.seconds, "command": [str(HERE / "stage"), "keep", tag]}
        for tag, point in quiet.items()
    ]
    if play(playbook, log, *stops):
        sys.exit(f"interruption: the run in which states were to be kept failed: {log}")
    events = [json.loads(line) for line in log.with_suffix(".tasks").read_text().splitlines()]
    # One that came when its task was over already says nothing of the task.
    return {
        event["interrupted"][-1]
        for event in events
        if "interrupted" in event and quiet[event["interrupted"][-1]].task.number == event["task"]
    }


def interrupt(playbook: str, point: Point, kept: set[str], log: pathlib.Path) -> t.Optional[str]:
    """Leave the stage as the interruption leaves it; why it could not be interrupted, if so."""
    command = HOW[point.how][1]
    if point.tag in kept and point.how != "ssh":
        again(point.tag)
        if command:
            read_output(*command)
        return None
    status = 0
    # A task can be over sooner than it was in the undisturbed run; then the point lies earlier in it.
    for share in (1.0, 0.5, 0.0):
        again(BEFORE[playbook])
        status = play(playbook, log, {"at": point.task.number, "after": share * point.fraction * point.task.seconds, "command": command})
        if '"interrupted"' in log.with_suffix(".tasks").read_text():
            return None
    return f"the run was not interrupted: status {status}"


def attempt(playbook: str, point: Point, kept: set[str], expected: dict[str, t.Any], folder: pathlib.Path) -> t.Optional[str]:
    """What went wrong, if anything did."""
    name = f"{playbook}-{point.how}-{point.task.number:02}-{point.fraction:.2f}"
    wrong = interrupt(playbook, point, kept, folder / f"{name}.1.log")
    if wrong:
        return wrong
    wait_for_hosts()
    status = play(playbook, folder / f"{name}.2.log")
    if status:
        return f"the next run failed with status {status}: {folder / f'{name}.2.log'}"
    found = outcome()
    other = [key for key in expected if found[key] != expected[key]]
    if other:
        (folder / f"{name}.difference").write_text(json.dumps({key: [expected[key], found[key]] for key in other}, indent=1))
    return f"it ends otherwise: {', '.join(other)}" if other else None


def attempt_on_whole_hosts(
    playbook: str, point: Point, kept: set[str], expected: dict[str, t.Any], folder: pathlib.Path
) -> t.Optional[str]:
    """As `attempt`, once more where a host broke as a virtual machine; what went wrong, if anything did."""
    wrong = None
    for turn in ("first", "again"):
        try:
            wrong = attempt(playbook, point, kept, expected, folder)
        except subprocess.CalledProcessError as error:  # a host that no longer answers
            wrong = f"{' '.join(error.cmd[:4])} ended with status {error.returncode}: {error.stderr[-2000:]}"
        if wrong is None:
            break
        machines = [lab_hosts.get(host) for host in hosts()]
        broken = [read_output for read_output in map(boot.broken, machines) if read_output]
        for machine in machines:
            shutil.copy(machine.serial, folder / f"{playbook}-{point.how}-{point.tag}-{machine.name}-{turn}.serial")
        print(f"{turn:5}   {point}  {wrong}", *broken, sep="\n", flush=True)
        if not broken:
            break
    return wrong


def keep(kept: pathlib.Path, how: str, point: str, wrong: t.Optional[str]) -> None:
    """Beside what other runs found; a point that is tried again replaces what it had."""
    results = json.loads(kept.read_text()) if kept.exists() else {}
    results.setdefault(how, {})[point] = wrong
    kept.write_text(json.dumps(results, indent=1))


def table(kept: pathlib.Path) -> str:
    """All that was kept: a line for each kind of interruption, and one for each point that failed."""
    lines = [f"{'kind':9} {'tried':>5} {'passed':>6}"]
    for how, tried in json.loads(kept.read_text()).items():
        wrong = {point: why for point, why in tried.items() if why is not None}
        lines += [f"{how:9} {len(tried):5} {len(tried) - len(wrong):6}", *(f"    {point}: {why}" for point, why in wrong.items())]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--how", choices=list(HOW), action="append", help="; ".join(f"{name}: {about}" for name, (about, _c) in HOW.items())
    )
    parser.add_argument(
        "--every", action="store_true", help="before every task, also where nothing was written since the one before (hours)"
    )
    parser.add_argument("--playbook", choices=list(BEFORE), default="site")
    parser.add_argument("--from", dest="first", metavar="TASK", type=int, default=1, help="only the points from the task of this number on")
    parser.add_argument("--part", default="1/1", help="K/N: only the K-th of N parts of the points")
    options = parser.parse_args()
    folder = STAGE / "interruption"
    folder.mkdir(parents=True, exist_ok=True)
    playbook = options.playbook
    undisturbed = folder / f"{playbook}-undisturbed.log"
    make_stage(playbook, folder / "set-up.log")
    if play(playbook, undisturbed):
        sys.exit(f"interruption: the undisturbed run failed: {undisturbed}")
    expected = outcome()
    found = tasks(undisturbed)
    part, parts = map(int, options.part.split("/"))
    of_all = [point for how in options.how or ["kill"] for point in points(found, how, options.every)]
    chosen = [point for point in of_all if point.task.number >= options.first][part - 1 :: parts]
    print(f"{len(found)} tasks, of which {sum(task.changed for task in found)} write; {len(chosen)} points", flush=True)
    states = keep_states(playbook, chosen, found, folder / f"{playbook}-kept.log")
    kept = folder / f"{playbook}-results-{revision()}.json"
    failed = 0
    for point in chosen:
        began = time.monotonic()
        wrong = attempt_on_whole_hosts(playbook, point, states, expected, folder)
        failed += wrong is not None
        keep(kept, point.how, f"{point.task.number} {point.task.name} at {point.fraction:.0%}", wrong)
        print(f"{'FAILED' if wrong else 'passed'}  {point}  ({time.monotonic() - began:.0f} s){'  ' + wrong if wrong else ''}", flush=True)
    print(f"{len(chosen)} points tried, {len(chosen) - failed} passed; with all that is kept in {kept}:\n{table(kept)}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
