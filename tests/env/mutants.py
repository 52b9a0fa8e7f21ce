# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change random places of plugins/module_utils, one at a time, and show which changes no test notices.

Each mutant meets the tests of its own file first, then those of its folder, then all unit tests of plugins that import it, with those on
libvirt's test driver where its library is installed. It runs in a copy of the checkout. Survivors are listed at the end; they are either
gaps in the tests or changes without an effect. A mutant that makes the tests hang counts as noticed, and is shown as such: a run hangs
where it takes three times as long as all the tests took unchanged.
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import dataclasses
import importlib.util
import os
import pathlib
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t

from support.copies import TOP, copy_checkout, environment_of
from support.layers import Tree, read_tree
from support.mutation import Mutation, find_mutations

UTILS = pathlib.PurePosixPath("plugins/module_utils")
TESTS = pathlib.PurePosixPath("tests/unit/plugins/module_utils")
#: the tests of what changes domains: libvirt's test driver runs in the process of the test
DRIVER_TESTS = pathlib.PurePosixPath("tests/integration/libvirt_test_driver")


@dataclasses.dataclass(frozen=True)
class Mutant:
    file: pathlib.PurePosixPath
    mutation: Mutation
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.mutation.line}: {self.what}"


def find_mutants(under: t.Sequence[str]) -> list[Mutant]:
    found = []
    for path in sorted((TOP / UTILS).rglob("*.py")):
        file = pathlib.PurePosixPath(path.relative_to(TOP).as_posix())
        if any(file == pathlib.PurePosixPath(part) or pathlib.PurePosixPath(part) in file.parents for part in under):
            source = path.read_text(encoding="utf-8")
            found += [Mutant(file, mutation, mutation.describe(source)) for mutation in find_mutations(source)]
    return found


class NearestTests:
    """Which tests see a file of module_utils, the nearest first."""

    def __init__(self) -> None:
        self.tree: Tree = read_tree(TOP / UTILS)
        folders = [TESTS.parent, *([DRIVER_TESTS] if importlib.util.find_spec("libvirt") else [])]
        self.tests = {path: read_tests(path) for folder in folders for path in sorted((TOP / folder).rglob("test_*.py"))}

    def stages(self, file: pathlib.PurePosixPath) -> list[list[str]]:
        name = file.relative_to(UTILS).with_suffix("").as_posix()
        reached = [path for path, imports in self.tests.items() if self._sees(imports, name)]
        folder = TOP / TESTS / pathlib.PurePosixPath(name).parent
        near = [path for path in reached if path.parent == folder and name.rpartition("/")[2].strip("_") in path.stem]
        beside = [path for path in reached if path not in near and (path.parent == folder or name in self.tests[path])]
        rest = [path for path in reached if path not in near and path not in beside]
        rest.sort(key=lambda path: path.parent in (TOP / TESTS.parent, TOP / DRIVER_TESTS))  # those take longest
        return [[str(path.relative_to(TOP)) for path in stage] for stage in (near, beside, rest) if stage]

    def _sees(self, imports: set[str], name: str) -> bool:
        waiting, seen = list(imports), set(imports)
        while waiting:
            for other in self.tree.inside.get(waiting.pop(), set()) - seen:
                seen.add(other)
                waiting.append(other)
        return name in seen


def read_tests(path: pathlib.Path) -> set[str]:
    """The files of module_utils that a test imports, by itself or by the helpers and modules that it imports."""
    found, waiting, seen = set(), [path], {path}
    while waiting:
        for name in dotted_imports(waiting.pop()):
            _start, own, inner = name.partition("vsrx.sriov.plugins.module_utils.")
            if own:
                found.add(inner.replace(".", "/"))
                continue
            dotted = name.rpartition("vsrx.sriov.")[2].replace(".", "/")
            for folder in (path.parent, TOP / "tests", TOP):
                for helper in (folder / f"{dotted}.py", (folder / dotted).with_suffix(".py").parent.with_suffix(".py")):
                    if helper.is_file() and helper not in seen:
                        seen.add(helper)
                        waiting.append(helper)
    files = {file.relative_to(TOP / UTILS).with_suffix("").as_posix().removesuffix("/__init__") for file in (TOP / UTILS).rglob("*.py")}
    return {file for name in found for file in (name, name.rpartition("/")[0]) if file in files}


def dotted_imports(path: pathlib.Path) -> set[str]:
    """What a file imports, each name by itself: ``from a.b import c`` is a.b.c."""
    nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return (
        plain
        | {f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) and node.module for alias in node.names}
        | _relative_to_utils(path, nodes)
    )


def _relative_to_utils(path: pathlib.Path, nodes: list[ast.AST]) -> set[str]:
    """Modules import their implementation by a relative path."""
    if path.parent != TOP / "plugins" / "modules":
        return set()
    package = "ansible_collections.vsrx.sriov.plugins"
    return {
        f"{package}.{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.level == 2
        for alias in node.names
    }


class Worker:
    """One copy of the checkout."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.copy = copy_checkout(folder)
        self.environment = environment_of(self.copy)
        self.timeout: t.Optional[float] = None

    def run(self, tests: t.Sequence[str]) -> str:
        """green, red or hangs."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", "--hypothesis-seed=0", *tests]
        try:
            done = subprocess.run(
                command, cwd=self.copy, env=self.environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=self.timeout,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return "hangs"
        return "green" if done.returncode == 0 else "red"

    def try_mutant(self, mutant: Mutant, stages: t.Iterable[t.Sequence[str]]) -> str:
        """green if no stage notices the mutant, else how the first one does."""
        path = self.copy / mutant.file
        source = path.read_text(encoding="utf-8")
        path.write_text(mutant.mutation.apply(source), encoding="utf-8")
        try:
            return next((outcome for outcome in map(self.run, stages) if outcome != "green"), "green")
        finally:
            path.write_text(source, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="how many mutants (default: 100)")
    parser.add_argument("--seed", type=int, default=None, help="choose the same ones again (default: others each time)")
    parser.add_argument("--under", action="append", help="only below this file or folder (default: plugins/module_utils; may be repeated)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (default: one for each core)")
    parser.add_argument("--timeout", type=float, default=300, help="a run of tests that is shorter, in seconds, never hangs (default: 300)")
    parser.add_argument("--most", type=int, default=None, help="fail where more than this many survive")
    arguments = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    every = find_mutants([part.rstrip("/") for part in arguments.under or [str(UTILS)]])
    if not every:
        parser.error(f"nothing to change below {arguments.under}")
    chosen = random.Random(seed).sample(every, min(arguments.count, len(every)))  # noqa: S311 - a choice that can be repeated
    say(f"{len(chosen)} of {len(every)} mutants, seed {seed}")
    survivors = try_all(chosen, arguments.jobs, arguments.timeout)
    print(f"\n{len(chosen)} mutants, {len(chosen) - len(survivors)} noticed, {len(survivors)} survived (seed {seed})")
    for mutant in sorted(survivors, key=str):
        print(f"  {mutant}")
    return int(arguments.most is not None and len(survivors) > arguments.most)


def try_all(chosen: t.Sequence[Mutant], jobs: int, timeout: float) -> list[Mutant]:
    finder = NearestTests()
    stages = {file: finder.stages(file) for file in {mutant.file for mutant in chosen}}
    survivors = []
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="vsrx-mutants-"))
    try:
        workers: queue.Queue[Worker] = queue.Queue()
        for number in range(jobs):
            workers.put(Worker(scratch / str(number)))
        worker = workers.get()
        say("the tests without a change")
        began = time.monotonic()
        broken = [test for stage in {tuple(each) for found in stages.values() for each in found} for test in stage]
        if broken and worker.run(sorted(set(broken))) != "green":
            raise SystemExit("mutants: the unit tests are not green without a change; mend them first")
        worker.timeout = max(timeout, 3 * jobs * (time.monotonic() - began))
        workers.put(worker)
        for each in workers.queue:
            each.timeout = worker.timeout

        def attempt(mutant: Mutant) -> tuple[str, float]:
            mine, began = workers.get(), time.monotonic()
            try:
                return mine.try_mutant(mutant, stages[mutant.file]), time.monotonic() - began
            finally:
                workers.put(mine)

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            running = {pool.submit(attempt, mutant): mutant for mutant in chosen}
            for number, done in enumerate(concurrent.futures.as_completed(running), 1):
                outcome, seconds = done.result()
                word = {"green": "SURVIVED", "red": "noticed ", "hangs": "hangs   "}[outcome]
                say(f"[{number}/{len(chosen)}] {word} {running[done]} ({seconds:.0f} s)")
                survivors += [running[done]] if outcome == "green" else []
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return survivors


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
