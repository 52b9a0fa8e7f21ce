# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A copied checkout tests itself, or says that it cannot."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).parents[3]


@pytest.fixture
def copy(tmp_path: pathlib.Path) -> pathlib.Path:
    """A checkout with one test, which imports the collection."""
    (tmp_path / "tests").mkdir()
    for name in ("pyproject.toml", "galaxy.yml", "tests/conftest.py"):
        shutil.copy(TOP / name, tmp_path / name)
    util = tmp_path / "plugins" / "module_utils"
    util.mkdir(parents=True)
    (util / "_only_in_the_copy.py").write_text("FOUND = True\n")
    (tmp_path / "tests" / "test_it.py").write_text(
        "from ansible_collections.vsrx.sriov.plugins.module_utils import _only_in_the_copy\n\n\n"
        "def test_it():\n    assert _only_in_the_copy.FOUND\n"
    )
    return tmp_path


def run_pytest(folder: pathlib.Path, collections: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Run the copy's test with the collections of that folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "ANSIBLE"))}
    environment = {**kept, "PYTHONPATH": str(collections), "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=60)


def link(collections: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    """A folder of collections that holds the one at the target."""
    (collections / "ansible_collections" / "vsrx").mkdir(parents=True)
    (collections / "ansible_collections" / "vsrx" / "sriov").symlink_to(target)
    return collections


def test_a_copy_tests_itself(copy: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = run_pytest(copy, link(tmp_path_factory.mktemp("collections"), copy))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_copy_refuses_to_test_the_original(copy: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = run_pytest(copy, link(tmp_path_factory.mktemp("collections"), TOP))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"is imported from {TOP / 'plugins'}; expected {copy / 'plugins'}: run tests/env/setup" in done.stderr


def test_a_copy_without_an_environment_says_so(copy: pathlib.Path) -> None:
    done = run_pytest(copy, copy / "none")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "is imported from nowhere" in done.stderr


def test_stale_links_in_the_checkout_are_not_used(copy: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A plugin of pytest made such links once, and a copy took them along."""
    link(copy / "collections", TOP)
    done = run_pytest(copy, link(tmp_path_factory.mktemp("collections"), copy))
    assert done.returncode == 0, done.stdout + done.stderr
