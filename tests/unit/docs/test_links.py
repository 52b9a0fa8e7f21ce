# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages that people read on the repository's site point to is there."""

from __future__ import annotations

import itertools
import pathlib
import re

import pytest

TOP = pathlib.Path(__file__).parents[3]
PAGES = [*TOP.glob("*.md"), *TOP.glob("roles/*/README.md"), *TOP.glob("docs/docsite/rst/*.rst")]
_TARGETS = re.compile(r"\]\(([^)\s]+)\)|^\.\. image:: (\S+)$", re.MULTILINE)


def _anchors(page: pathlib.Path) -> set[str]:
    """The headings, as the repository's site turns them into anchors."""
    lines = page.read_text().splitlines()
    heads = [line.lstrip("# ") for line in lines if line.startswith("#")]
    heads += [line for line, under in itertools.pairwise(lines) if re.fullmatch(r"[-=~]{3,}", under)]
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def _broken(page: pathlib.Path) -> list[str]:
    found = ["".join(groups) for groups in _TARGETS.findall(page.read_text())]
    wrong = []
    for target in found:
        path, _hash, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        if not target.startswith("https://") and (not other.exists() or (anchor and anchor not in _anchors(other))):
            wrong.append(target)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_lead_somewhere(page: pathlib.Path) -> None:
    assert _broken(page) == []


def test_a_link_that_leads_nowhere_is_seen(tmp_path: pathlib.Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](#here) [b](#there) [c](gone.md) [d](page.md#here) [e](https://example.com/x)\n")
    assert _broken(page) == ["#there", "gone.md"]
