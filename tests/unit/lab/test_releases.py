# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The releases of the lab's host: one is chosen, each has an image of its own, and the matrix shows what became of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import image, matrix
from lab.errors import LabError


def test_the_release_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_RELEASE", raising=False)
    assert image.release() == image.RELEASES[0]
    for release in image.RELEASES:
        monkeypatch.setenv("LAB_RELEASE", release)
        assert image.release() == release
    monkeypatch.setenv("LAB_RELEASE", "woody")
    with pytest.raises(LabError, match="LAB_RELEASE is 'woody'; the lab has trixie and bookworm"):
        image.release()


def test_each_release_has_an_image_of_its_own() -> None:
    assert len({image.key(release) for release in image.RELEASES}) == len(image.RELEASES)


REPORT = """<testsuites><testsuite>
<testcase classname="tests.integration.lab.test_lab" name="a" time="1.25"/>
<testcase classname="tests.integration.lab.test_lab" name="b" time="2"><failure>no</failure></testcase>
<testcase classname="tests.integration.lab.test_pci_facts" name="c" time="3"><skipped/></testcase>
</testsuite></testsuites>
"""


def test_the_matrix_says_what_became_of_each_part(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    parts = matrix.read_report(tmp_path / "report.xml")
    assert parts == {
        "lab": {"passed": 1, "failed": 1, "skipped": 0, "seconds": 3.2},
        "pci_facts": {"passed": 0, "failed": 0, "skipped": 1, "seconds": 3.0},
    }
    lines = matrix.make_table({"trixie": parts, "bookworm": {}})
    assert [line.split() for line in lines] == [
        ["part", "trixie", "bookworm"],
        ["lab", "1", "passed,", "1", "failed,", "3", "s", "-"],
        ["pci_facts", "1", "skipped,", "3", "s", "-"],
    ]
