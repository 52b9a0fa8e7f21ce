# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text for people in other words, and the same decisions: nothing reads what is said to people."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import typing as t

import pytest
from support.copies import copy_checkout, environment_of
from support.rewording import reword, say_differently

PARTS = ("module_utils", "plugin_utils", "filter")


def decide(checkout: pathlib.Path) -> dict[str, t.Any]:
    command = [sys.executable, "-m", "support.decisions"]
    done = subprocess.run(command, cwd=checkout, env=environment_of(checkout), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return t.cast("dict[str, t.Any]", json.loads(done.stdout))


def test_rewording_any_message_changes_no_decision(tmp_path: pathlib.Path) -> None:
    copies = {name: copy_checkout(tmp_path / name) for name in ("plain", "reworded")}
    texts = 0
    for part in PARTS:
        for path in (copies["reworded"] / "plugins" / part).rglob("*.py"):
            source, changed = reword(path.read_text(encoding="utf-8"))
            path.write_text(source, encoding="utf-8")
            texts += changed
    assert texts > 800
    plain, reworded = decide(copies["plain"]), decide(copies["reworded"])
    assert len(plain["decisions"]) > 500
    different = [name for name, what in plain["decisions"].items() if reworded["decisions"].get(name) != what]
    assert different == [], {name: (plain["decisions"][name], reworded["decisions"].get(name)) for name in different[:2]}
    # The words themselves did change.
    assert len(set(plain["texts"]) & set(reworded["texts"])) < len(plain["texts"]) / 4


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise VsrxError(f'{pf} is in use by {user}; give another')", "raise VsrxError(f'{pf} is in osux by {user}; ovigx rohtonax')"),
        ("if message == 'it is in use': stop()", "if message == 'it is in use':\n    stop()"),
        (
            "found = 'the cluster'\nsearch = re.search('the cluster', text)",
            "found = 'ohtx rotsulcx'\nsearch = re.search('the cluster', text)",
        ),
        ("_ANSWER = 'the answer of Junos'", "_ANSWER = 'the answer of Junos'"),
        ("ask('<get-configuration/> and more')", "ask('<get-configuration/> and more')"),
    ],
)
def test_texts_for_people_are_reworded_and_what_they_are_compared_with_is_not(source: str, said: str) -> None:
    assert reword(source)[0] == said


def test_a_decision_that_reads_a_text_shows_itself() -> None:
    source = "def why():\n    return 'the domain is in use'\n\nrefused = 'in use' in why()\n"
    decided: list[bool] = []
    for each in (source, reword(source)[0]):
        names: dict[str, t.Any] = {}
        exec(each, names)  # noqa: S102 - the text above
        decided.append(names["refused"])
    assert decided == [True, False]


def test_names_stay() -> None:
    assert say_differently("set vlan_proto to 802.1Q on ge-0/0/0, {index}") == "tosx vlan_proto to 802.1Q on ge-0/0/0, {index}"
