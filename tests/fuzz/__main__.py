# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Feed damaged inputs to every parser and border, and show tracebacks, hangs and growth."""

from __future__ import annotations

import argparse
import pathlib
import random
import sys
import time

from .runner import Count, Target, minimize, run
from .targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, help="for how long, shared by the targets")
    parser.add_argument("--count", type=int, help="how many inputs for each target (default: 500 without --minutes)")
    parser.add_argument("--seed", type=int, help="the same inputs again (default: others each time)")
    parser.add_argument("--target", action="append", choices=[target.name for target in TARGETS], help="only this one; may be repeated")
    arguments = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    chosen = [target for target in TARGETS if arguments.target is None or target.name in arguments.target]
    count = arguments.count or (None if arguments.minutes else 500)
    failed = False
    for target in chosen:
        until = time.monotonic() + arguments.minutes * 60 / len(chosen) if arguments.minutes else None
        began = time.monotonic()
        done = run(target, seed, count, until)
        found = f"{len(done.failures)} failed in {len(done.kinds)} places" if done.failures else "none failed"
        counts = f"{done.inputs} inputs, {done.taken} taken, {done.refused} refused, {found}"
        print(f"{target.name:27} seed {seed}: {counts} ({time.monotonic() - began:.0f} s)", flush=True)
        failed |= bool(done.failures)
        show(target, done)
    return int(failed)


def show(target: Target, done: Count) -> None:
    for failure in done.kinds:
        small = minimize(target, failure)
        kept = pathlib.Path(".work/fuzz") / f"{failure.target}-{failure.seed}-{failure.number}.txt"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes((small if isinstance(small, str) else repr(small)).encode("utf-8", "surrogatepass"))
        print(f"  {failure}\n    {repr(small)[:300]}\n    kept in {kept}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
