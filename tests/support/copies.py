# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A copy of the checkout that tests itself, for tools that change the code."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

TOP = pathlib.Path(__file__).parents[2]


def copy_checkout(target: pathlib.Path) -> pathlib.Path:
    """Copy what git knows, or would know after an add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (TOP / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, target / name)
    collections = target / ".work" / "collections" / "ansible_collections"
    (collections / "vsrx").mkdir(parents=True)
    (collections / "vsrx" / "sriov").symlink_to(target)
    original = pathlib.Path(os.environ["ANSIBLE_COLLECTIONS_PATH"]) / "ansible_collections"
    for namespace in original.iterdir():
        if namespace.name != "vsrx":
            (collections / namespace.name).symlink_to(namespace.resolve())
    return target


def environment_of(copy: pathlib.Path) -> dict[str, str]:
    """The environment in which that copy tests itself. Python writes no cache, which could outlive a change within one second."""
    collections = str(copy / ".work" / "collections")
    return {
        **os.environ,
        "PYTHONPATH": f"{collections}:{copy / 'tests'}",
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_CONFIG": str(copy / "tests" / "env" / "ansible.cfg"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
