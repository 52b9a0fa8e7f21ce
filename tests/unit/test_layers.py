# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The layers of plugins/module_utils: pure files stay pure, no module's folder imports another's, no circles."""

from __future__ import annotations

import pathlib

import pytest
from support.layers import find_breaches, is_io, read_tree

PLUGINS = pathlib.Path(__file__).parents[2] / "plugins"
MODULES = [path.stem for path in (PLUGINS / "modules").glob("[a-z]*.py")]

#: Breaches that are still there: (file, import). The list only gets shorter; an entry that no longer holds fails, too.
KNOWN: set[tuple[str, str]] = set()


def test_the_layers_hold() -> None:
    breaches = find_breaches(read_tree(PLUGINS / "module_utils"), MODULES)
    new = [str(breach) for breach in breaches if (breach.file, breach.imported) not in KNOWN]
    assert not new, "\n".join(["these imports break the layers that CONTRIBUTING.md describes:", *new])


def test_the_known_breaches_are_still_there() -> None:
    found = {(breach.file, breach.imported) for breach in find_breaches(read_tree(PLUGINS / "module_utils"), MODULES)}
    assert KNOWN - found == set()


def test_most_files_are_pure() -> None:
    files = read_tree(PLUGINS / "module_utils").inside
    assert sum(not is_io(file) for file in files) > len(files) / 2


OWN = "ansible_collections.vsrx.sriov.plugins.module_utils"
GOOD = {
    "_pure.py": "import re\nfrom ._other import X\n",
    "_other.py": "import json\nX = 1\n",
    "_host/__init__.py": "",
    "_host/fs.py": "import os\nfrom .._pure import X\n",
    "_sriov_vfs/__init__.py": "",
    "_sriov_vfs/plan.py": "from .._pure import X\nfrom . import request\n",
    "_sriov_vfs/request.py": "",
    "_sriov_vfs/module.py": "import time\nfrom .._host import fs\nfrom .plan import X\n",
    "_pci_facts/__init__.py": "",
    "_pci_facts/module.py": "from .._host.fs import X\n",
}


def grow(root: pathlib.Path, files: dict[str, str]) -> list[str]:
    """The breaches of a tree of these files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [str(breach) for breach in find_breaches(read_tree(root), ["sriov_vfs", "pci_facts"])]


def test_a_good_tree_has_no_breach(tmp_path: pathlib.Path) -> None:
    assert grow(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("_sriov_vfs/plan.py", "import subprocess", "_sriov_vfs/plan.py: subprocess: a pure file imports what can reach"),
        ("_sriov_vfs/plan.py", "import os.path", "_sriov_vfs/plan.py: os.path: a pure file imports what can reach"),
        ("_sriov_vfs/plan.py", "from time import monotonic", "_sriov_vfs/plan.py: time.monotonic: a pure file imports what can reach"),
        ("_sriov_vfs/plan.py", "def f():\n    import socket", "_sriov_vfs/plan.py: socket: a pure file imports what can reach"),
        ("_sriov_vfs/plan.py", "from pathlib import Path", "_sriov_vfs/plan.py: pathlib.Path: a pure file imports what can reach"),
        ("_sriov_vfs/plan.py", "import requests", "_sriov_vfs/plan.py: requests: a pure file imports what can reach"),
        ("_sriov_vfs/plan.py", "UP = open('/proc/uptime').read()", "_sriov_vfs/plan.py: open(): a pure file reaches outside"),
        ("_sriov_vfs/plan.py", "from .._host.fs import X", "_sriov_vfs/plan.py: _host/fs: a pure file imports one that does I/O"),
        ("_sriov_vfs/plan.py", "from .._host import fs", "_sriov_vfs/plan.py: _host/fs: a pure file imports one that does I/O"),
        ("_sriov_vfs/plan.py", f"from {OWN}._host.fs import X", "_sriov_vfs/plan.py: _host/fs: a pure file imports one that does I/O"),
        ("_new.py", "import os", "_new.py: os: a pure file imports what can reach"),
        ("_pci_facts/module.py", "from .._sriov_vfs.plan import X", "_pci_facts/module.py: _sriov_vfs/plan: a module's folder"),
        ("_host/fs.py", "from .._sriov_vfs import plan", "_host/fs.py: _sriov_vfs/plan: the access layer imports a module's folder"),
        ("_pure.py", "from ._sriov_vfs.plan import X", "_pure.py: _sriov_vfs/plan: a shared file imports a module's folder"),
        ("_other.py", "from . import _pure", "_other.py: _pure: the import is part of a circle"),
        ("_sriov_vfs/request.py", "def f():\n    from .plan import X", "_sriov_vfs/request.py: _sriov_vfs/plan: the import is part of"),
    ],
)  # fmt: skip
def test_a_breach_is_named_with_its_file_and_import(tmp_path: pathlib.Path, file: str, line: str, complaint: str) -> None:
    found = grow(tmp_path, {**GOOD, file: f"{GOOD.get(file, '')}{line}\n"})
    assert any(breach.startswith(complaint) for breach in found), found
