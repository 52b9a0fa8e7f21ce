# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the docs say what they are written from says."""

from __future__ import annotations

import importlib.util
import pathlib
import re

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from tables import PAGES, ROLES, TABLES, TOP, front, page, ratios, readme, to_repository, variables

#: lines of the README
MOST = 120


@pytest.mark.parametrize("role", sorted(ROLES.iterdir()), ids=lambda role: role.name)
def test_a_readme_has_the_variables_of_the_specs(role: pathlib.Path) -> None:
    text = (role / "README.md").read_text()
    assert variables(role) in text, "run tests/unit/docs/tables.py"
    assert text == readme(role)


@pytest.mark.parametrize("name", sorted({of for of, _table in TABLES}))
def test_a_page_has_its_tables(name: str) -> None:
    text = (PAGES / name).read_text()
    assert all(TABLES[of, table]() in text for of, table in TABLES if of == name), "run tests/unit/docs/tables.py"
    assert text == page(name)


def test_the_readme_has_the_output_of_a_run() -> None:
    assert (TOP / "README.md").read_text() == front(), "run tests/unit/docs/tables.py"
    assert len(front().splitlines()) <= MOST


def test_links_follow_the_repository_of_galaxy_yml() -> None:
    assert to_repository("[a](https://github.com/old/name/blob/main/a.rst)") == "[a](https://github.com/vsrx/sriov/blob/main/a.rst)"
    assert (
        to_repository("https://raw.githubusercontent.com/old/name/main/b.svg") == "https://raw.githubusercontent.com/vsrx/sriov/main/b.svg"
    )
    for name in ("README.md", "SECURITY.md"):
        assert (TOP / name).read_text() == to_repository((TOP / name).read_text())


def test_each_bar_is_a_row() -> None:
    figure = (PAGES / "../../images/bench.svg").read_text()
    table = ratios()
    assert table.count("   * - ") == figure.count("<g>") + 1
    assert table.count("     - over") == figure.count('<rect class="over"')


@pytest.mark.parametrize("role", sorted(ROLES.iterdir()), ids=lambda role: role.name)
def test_the_example_of_a_readme_is_one_of_its_specs(role: pathlib.Path) -> None:
    (block,) = re.findall(r"^```yaml\n(.+?)^```", (role / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    (play,) = yaml.safe_load(block)
    (used,) = play["roles"]
    assert used["role"] == f"vsrx.sriov.{role.name}"
    options = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    given = play.get("vars", {}) | used.get("vars", {})
    assert given, "an example sets something"
    # What is required beside it is said of the inventory.
    spec = {name: {key: value for key, value in option.items() if key != "required"} for name, option in options.items()}
    assert ArgumentSpecValidator(spec).validate(given).error_messages == []


@pytest.mark.parametrize("file", ["overview.svg", "overview-dark.svg"])
def test_the_picture_is_that_of_the_inventory(file: str) -> None:
    spec = importlib.util.spec_from_file_location("overview", TOP / "tests/env/docsite/overview.py")
    assert spec
    assert spec.loader
    overview = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(overview)
    assert (TOP / "docs/images" / file).read_text() == overview.draw(overview.PICTURES[file]), "run tests/env/docsite/overview.py"
