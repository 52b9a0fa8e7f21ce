# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each page is plain reStructuredText: a renderer without Sphinx, as on the repository's own site, shows it whole."""

from __future__ import annotations

import io
import pathlib

import docutils.core
import pytest

PAGES = sorted((pathlib.Path(__file__).parents[3] / "docs/docsite/rst").glob("*.rst"))


def find_complaints(text: str) -> str:
    said = io.StringIO()
    docutils.core.publish_string(
        text, writer="html5", settings_overrides={"report_level": 2, "warning_stream": said, "file_insertion_enabled": False}
    )
    return said.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_needs_no_sphinx(page: pathlib.Path) -> None:
    assert find_complaints(page.read_text()) == ""


def test_a_role_of_sphinx_is_found() -> None:
    assert 'Unknown interpreted text role "ref"' in find_complaints("See :ref:`there`.\n")
