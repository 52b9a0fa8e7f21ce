# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages that people read on the repository's site point to is there."""

from __future__ import annotations

import itertools
import pathlib
import re

import pytest
import yaml

TOP = pathlib.Path(__file__).parents[3]
REPOSITORY = yaml.safe_load((TOP / "galaxy.yml").read_text())["repository"]
PAGES = [*TOP.glob("*.md"), *TOP.glob("roles/*/README.md"), *TOP.glob("docs/docsite/rst/*.rst")]
_TARGETS = re.compile(
    r"\]\(([^)\s]+)\)|^\[[\w-]+\]: (\S+)$|^\.\. image:: (\S+)$|`[^`<]+\s<([^`>]+)>`__|src(?:set)?=\"([^\"]+)\"", re.MULTILINE
)
#: a link to a file of this repository, as it must be where the page is shown elsewhere
_OURS = re.compile(
    rf"^(?:{re.escape(REPOSITORY)}/blob/main|{re.escape(REPOSITORY.replace('github.com', 'raw.githubusercontent.com'))}/main)/"
)


def _anchors(page: pathlib.Path) -> set[str]:
    """The headings, as the repository's site turns them into anchors."""
    lines = page.read_text().splitlines()
    heads = [line.lstrip("# ") for line in lines if line.startswith("#")]
    heads += [line for line, under in itertools.pairwise(lines) if re.fullmatch(r"[-=~]{3,}", under)]
    named = {name.lower() for head in heads for name in re.findall(r"_`(\w+)`", head)}
    return named | {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def _broken(page: pathlib.Path) -> list[str]:
    found = ["".join(groups) for groups in _TARGETS.findall(page.read_text())]
    wrong = []
    for target in found:
        ours = _OURS.match(target)
        path, _hash, anchor = (target[ours.end() :] if ours else target).partition("#")
        other = ((TOP if ours else page.parent) / path).resolve() if path else page
        if ours:
            target = path
        if not target.startswith("https://") and (not other.exists() or (anchor and anchor not in _anchors(other))):
            wrong.append(target)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_lead_somewhere(page: pathlib.Path) -> None:
    assert _broken(page) == []


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md"])
def test_pages_that_are_shown_elsewhere_have_absolute_links(name: str) -> None:
    """Galaxy shows the README, and the site links to both: a relative link is dead there."""
    found = ["".join(groups) for groups in _TARGETS.findall((TOP / name).read_text())]
    assert found
    assert [target for target in found if not target.startswith("https://")] == []


def test_a_link_that_leads_nowhere_is_seen(tmp_path: pathlib.Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](#here) [b](#there) [c](gone.md) [d](page.md#here) [e](https://example.com/x)\n"
        f"[f]({REPOSITORY}/blob/main/README.md) [g]({REPOSITORY}/blob/main/gone.rst) `h <gone.rst>`__\n"
    )
    assert _broken(page) == ["#there", "gone.md", "gone.rst", "gone.rst"]
