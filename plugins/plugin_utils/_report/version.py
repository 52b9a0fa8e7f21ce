# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version of the collection, as it was installed or as it is in a clone."""

from __future__ import annotations

import json
import pathlib
import re

_TOP = pathlib.Path(__file__).parents[3]


def read_version(top: pathlib.Path = _TOP) -> str:
    """Of MANIFEST.json, which an installed collection has, or of galaxy.yml; empty where neither says it."""
    try:
        return str(json.loads((top / "MANIFEST.json").read_text("utf-8"))["collection_info"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        found = re.search(r"(?m)^version: *(\S+)$", (top / "galaxy.yml").read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return found.group(1) if found else ""
