# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image's packages come from where the machine's own packages come from."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest
from lab import mirror

DEB822 = """\
Types: deb
# a remark
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sources.list.d/debian.sources", DEB822, "http://mirror.example/debian"),
        ("sources.list.d/debian.sources", DEB822.replace("Types: deb\n#", "Types: deb\nEnabled: no\n#"), None),
        ("sources.list.d/debian.sources", DEB822.replace("Types: deb\n#", "Types: deb-src\n#"), None),
        ("sources.list", "deb http://mirror.example/debian trixie main\n", "http://mirror.example/debian"),
        ("sources.list", "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/d stable main\n", "http://mirror.example/d"),
        ("sources.list", "# deb http://mirror.example/debian trixie main\n", None),
        ("sources.list.d/backports.list", "deb http://mirror.example/debian bookworm-backports main\n", "http://mirror.example/debian"),
        ("sources.list.d/ubuntu.sources", DEB822.replace("bookworm", "noble"), None),
    ],
)
def test_debian(tmp_path: Path, name: str, text: str, expected: Optional[str]) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert mirror.debian(tmp_path) == expected


def test_a_machine_without_apt_has_no_mirror(tmp_path: Path) -> None:
    assert mirror.debian(tmp_path / "nothing") is None
