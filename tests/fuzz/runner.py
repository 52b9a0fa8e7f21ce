# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run targets over inputs and judge what happens: a traceback, more than 5 seconds of work or a minute of waiting, more than 256 MiB."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import random
import resource
import signal
import time
import traceback
import types
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError

SECONDS = 5.0
WAITING = 60.0
MEBIBYTES = 256
CORPUS = pathlib.Path(__file__).parent / "corpus"


class HangError(BaseException):
    """The input took too long."""


@dataclasses.dataclass(frozen=True)
class Target:
    """What makes an input out of chance, and what takes it."""

    name: str
    make: t.Callable[[random.Random], t.Any]
    take: t.Callable[[t.Any], object]


@dataclasses.dataclass
class Failure:
    target: str
    #: seed and number of the input make it again
    seed: int
    number: int
    what: str
    where: str
    input: t.Any

    def __str__(self) -> str:
        return f"{self.target}: {self.what} at {self.where} (seed {self.seed}, input {self.number})"


@dataclasses.dataclass
class Count:
    inputs: int = 0
    taken: int = 0
    refused: int = 0
    failures: list[Failure] = dataclasses.field(default_factory=list)

    @property
    def kinds(self) -> list[Failure]:
        """One failure for each place and kind."""
        return list({(failure.what.split(":")[0], failure.where): failure for failure in reversed(self.failures)}.values())


@contextlib.contextmanager
def limited(times: int = 1) -> t.Iterator[None]:
    """Work is counted in time of the processor, since a busy machine makes everything slow; waiting by the clock.

    ``times`` raises both limits, for a test that compares times and must only not hang.
    """

    def ring(number: int, frame: t.Optional[types.FrameType]) -> None:
        raise HangError

    timers = {signal.SIGPROF: (signal.ITIMER_PROF, SECONDS), signal.SIGALRM: (signal.ITIMER_REAL, WAITING)}
    before = {number: signal.signal(number, ring) for number in timers}
    for timer, seconds in timers.values():
        signal.setitimer(timer, seconds * times)
    try:
        yield
    finally:
        for timer, _clock in timers.values():
            signal.setitimer(timer, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def try_input(target: Target, given: t.Any) -> tuple[str, str]:
    """taken, refused, or what went wrong; and where in the collection."""
    before = peak_mebibytes()
    try:
        with limited():
            target.take(given)
        outcome, where = "taken", ""
    except VsrxError:
        outcome, where = "refused", ""
    except HangError as failure:
        outcome, where = f"over {SECONDS:.0f} s", _place(failure)
    except Exception as failure:
        outcome, where = f"{type(failure).__name__}: {str(failure)[:100]}", _place(failure)
    grown = peak_mebibytes() - before
    return (f"grew by {grown:.0f} MiB", where or target.name) if grown > MEBIBYTES else (outcome, where)


def _place(failure: BaseException) -> str:
    """The innermost line of the collection."""
    ours = [frame for frame in traceback.extract_tb(failure.__traceback__) if "/plugins/" in frame.filename]
    frame = (ours or traceback.extract_tb(failure.__traceback__))[-1]
    return f"{frame.filename.rpartition('/plugins/')[2]}:{frame.lineno}"


def run(target: Target, seed: int, count: t.Optional[int] = None, until: t.Optional[float] = None) -> Count:
    """So many inputs, or as many as fit until that time; each depends on the seed and its number alone."""
    done = Count()
    while (count is None or done.inputs < count) and (until is None or time.monotonic() < until):
        given = target.make(random.Random(f"{target.name} {seed} {done.inputs}"))  # noqa: S311 - inputs that can be repeated
        outcome, where = try_input(target, given)
        if outcome == "taken":
            done.taken += 1
        elif outcome == "refused":
            done.refused += 1
        else:
            done.failures.append(Failure(target.name, seed, done.inputs, outcome, where, given))
        done.inputs += 1
    return done


def minimize(target: Target, failure: Failure, budget: float = 20) -> t.Any:
    """A shorter text that fails at the same place; other inputs stay as they are."""
    small = failure.input
    if not isinstance(small, str):
        return small
    kind, deadline, size = failure.what.split(":")[0], time.monotonic() + budget, max(1, len(small) // 2)
    while size and time.monotonic() < deadline:
        at = 0
        while at < len(small) and time.monotonic() < deadline:
            shorter = small[:at] + small[at + size :]
            what, where = try_input(target, shorter)
            if (what.split(":")[0], where) == (kind, failure.where):
                small = shorter
            else:
                at += size
        size //= 2
    return small
