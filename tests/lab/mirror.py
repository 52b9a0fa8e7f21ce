# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where this machine gets its Debian packages from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

APT = Path("/etc/apt")


def debian(apt: Path = APT) -> Optional[str]:
    """The URI that holds Debian's main archive, as apt is configured; None where it reads no Debian."""
    for uri, suites in _entries(apt):
        names = [re.sub(r"-(updates|backports)$", "", suite) for suite in suites]
        if any(name in ("stable", "oldstable", "testing", "bookworm", "trixie", "forky", "sid") for name in names):
            return uri
    return None


def _entries(apt: Path) -> Iterator[tuple[str, list[str]]]:
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            fields = dict(re.findall(r"(?m)^([\w-]+):[ \t]*(.*)$", stanza))
            if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes") != "no":
                for uri in fields.get("URIs", "").split():
                    yield uri, fields.get("Suites", "").split()
    for path in [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]:
        if path.is_file():
            for uri, suite in re.findall(r"(?m)^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", path.read_text()):
                yield uri, [suite]
