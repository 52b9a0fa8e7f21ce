# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""500 damaged inputs for each parser and border: one clear error each, no traceback, no hang, no growth. `make fuzz` tries more."""

from __future__ import annotations

import random
import time

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from fuzz.runner import Target, minimize, run, try_input
from fuzz.targets import TARGETS

SEED = 1


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_damaged_inputs(target: Target) -> None:
    done = run(target, SEED, count=500)
    assert [str(failure) for failure in done.kinds] == []
    assert done.taken, "no input is good enough to be taken: the target tries the border only"


def target_of(take: object) -> Target:
    return Target("test", lambda chance: "x" * chance.randrange(100) + "!", take)


def test_a_refusal_is_no_failure() -> None:
    def refuse(text: str) -> None:
        raise VsrxError("no")

    assert run(target_of(refuse), SEED, count=3).refused == 3


def test_a_traceback_is_found_made_again_and_made_smaller() -> None:
    def fail(text: str) -> None:
        if "!" in text:
            raise KeyError(text)

    target = target_of(fail)
    (failure,) = run(target, SEED, count=3).kinds
    assert failure.what.startswith("KeyError")
    assert failure.input == target.make(random.Random(f"test {SEED} {failure.number}"))  # noqa: S311
    assert minimize(target, failure) == "!"


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.runner.WAITING", 0.05)
    assert try_input(target_of(lambda text: time.sleep(5)), "")[0].startswith("over")


def test_work_without_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def spin(text: str) -> None:
        while True:
            pass

    monkeypatch.setattr("fuzz.runner.SECONDS", 0.05)
    assert try_input(target_of(spin), "")[0].startswith("over")


def test_growth_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.runner.MEBIBYTES", -1)
    assert try_input(target_of(len), "")[0].startswith("grew by")
