# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference page has every playbook, and every variable that a playbook reads from the inventory."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

TOP = pathlib.Path(__file__).parents[3]
PLAYBOOKS = sorted(path for path in (TOP / "playbooks").glob("*.yml") if not path.name.startswith("inventory."))
PAGE = (TOP / "docs/docsite/rst/playbooks.rst").read_text()


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_each_playbook_has_a_section_and_a_row(path: pathlib.Path) -> None:
    assert re.search(rf"^{path.stem}\n-+$", PAGE, re.MULTILINE)
    assert f"   * - `{path.stem}`_\n" in PAGE


def test_each_variable_of_a_role_is_listed() -> None:
    for specs in sorted(TOP.glob("roles/*/meta/argument_specs.yml")):
        for spec in yaml.safe_load(specs.read_text())["argument_specs"].values():
            for name in spec["options"]:
                assert f"   * - ``{name}``" in PAGE, name
