# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflow repeats no release that tests/env/releases.tsv names, and trusts no tag that can move."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).parents[3]
TABLE = TOP / "tests" / "env" / "releases.tsv"
WORKFLOWS = sorted((TOP / ".github" / "workflows").glob("*.yml"))
RELEASES = [line.split("\t")[0] for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def test_the_outputs_have_the_releases_of_the_table() -> None:
    done = subprocess.run([sys.executable, TABLE.with_name("releases.py")], check=True, capture_output=True, text=True)
    outputs = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert json.loads(outputs["all"]) == RELEASES
    assert outputs["newest"] == RELEASES[-1]
    assert set(json.loads(outputs["ends"])) <= set(RELEASES)
    assert json.loads(outputs["ends"])[-1] == RELEASES[-1]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_repeats_no_release(workflow: pathlib.Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    assert [release for release in RELEASES if re.search(rf"\b{re.escape(release)}\b(?!\.)", text)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_named_by_commit(workflow: pathlib.Path) -> None:
    used = re.findall(r"^\s*-?\s*uses:\s*(.*)$", workflow.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", action)] == []
