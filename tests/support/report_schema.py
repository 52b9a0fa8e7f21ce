# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/report.schema.json from the classes of the report: `python tests/support/report_schema.py`."""

from __future__ import annotations

import json
import pathlib

from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.schema import make_schema

PUBLISHED = pathlib.Path(__file__).parents[2] / "docs/report.schema.json"

if __name__ == "__main__":
    PUBLISHED.write_text(json.dumps(make_schema(), indent=2) + "\n")
