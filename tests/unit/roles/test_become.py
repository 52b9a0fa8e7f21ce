# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""With -b, or ansible_become for a whole inventory, a task over NETCONF would fail: each says that it does not become another user."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

TOP = pathlib.Path(__file__).parents[3]
FILES = [*TOP.glob("playbooks/**/*.yml"), *TOP.glob("roles/*/tasks/*.yml")]


def _find_junos_tasks(value: t.Any, become: t.Any = None) -> t.Iterator[tuple[str, t.Any]]:
    """The tasks that speak to Junos, each with the become that is in force for it."""
    for entry in value if isinstance(value, list) else []:
        if isinstance(entry, dict):
            own = entry.get("become", become)
            if any(str(key).startswith("vsrx.sriov.junos_") for key in entry):
                yield entry.get("name", ""), own
            for part in ("tasks", "block", "rescue", "always"):
                yield from _find_junos_tasks(entry.get(part), own)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TOP)))
def test_no_task_over_netconf_becomes_another_user(path: pathlib.Path) -> None:
    found = list(_find_junos_tasks(yaml.safe_load(path.read_text())))
    assert [name for name, become in found if become is not False] == []


def test_the_tasks_are_found() -> None:
    assert sum(len(list(_find_junos_tasks(yaml.safe_load(path.read_text())))) for path in FILES) >= 12
