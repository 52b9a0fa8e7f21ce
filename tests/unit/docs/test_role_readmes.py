# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The READMEs of the roles say what the argument specs say."""

from __future__ import annotations

import pathlib

import pytest
from role_readmes import ROLES, table, written


@pytest.mark.parametrize("role", sorted(ROLES.iterdir()), ids=lambda role: role.name)
def test_a_readme_has_the_variables_of_the_specs(role: pathlib.Path) -> None:
    text = (role / "README.md").read_text()
    assert table(role) in text, "run tests/unit/docs/role_readmes.py"
    assert text == written(role)
