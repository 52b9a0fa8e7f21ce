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
    with pytest.raises(LabError, match="LAB_RELEASE is 'woody'; the lab has trixie, bookworm and bullseye"):
        image.release()


def test_each_release_has_an_image_of_its_own() -> None:
    assert len({image.key(release) for release in image.RELEASES}) == len(image.RELEASES)


REPORT = """<testsuites><testsuite>
<testcase classname="tests.integration.lab.test_lab" name="a" time="1.25"/>
<testcase classname="tests.integration.lab.test_lab" name="b" time="2"><failure>no</failure></testcase>
<testcase classname="tests.integration.lab.test_lab" name="c" time="3"><skipped/></testcase>
<testcase classname="tests.integration.lab.test_lab" name="d" time="3"><error>no host</error></testcase>
</testsuite></testsuites>
"""


def test_the_matrix_says_what_became_of_each_part(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    counts = matrix.read_report(tmp_path / "report.xml")
    assert counts == {"passed": 1, "failed": 2, "skipped": 1}
    lines = matrix.make_table({"trixie": {"lab": {**counts, "seconds": 9}}, "bookworm": {"pci_facts": {"passed": 3, "seconds": 7}}})
    assert [line.split() for line in lines] == [
        ["part", "trixie", "bookworm"],
        ["lab", "1", "passed,", "2", "failed,", "1", "skipped,", "9", "s", "-"],
        ["pci_facts", "-", "3", "passed,", "7", "s"],
    ]


def test_releases_and_parts_are_chosen_by_name() -> None:
    assert matrix.split_arguments([]) == (list(image.RELEASES), matrix.list_parts(), [])
    assert matrix.split_arguments(["sriov_vfs", "bookworm", "lab", "--", "-k", "bond"]) == (
        ["bookworm"],
        ["sriov_vfs", "lab"],
        ["-k", "bond"],
    )
    with pytest.raises(SystemExit, match="'woody' is none of trixie, bookworm"):
        matrix.split_arguments(["woody"])


def test_a_result_stays_beside_those_of_other_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "FILE", tmp_path / "matrix.json")
    results = [("trixie", "lab", 1), ("bookworm", "lab", 2), ("trixie", "pci_facts", 3), ("trixie", "lab", 4)]
    for release, part, passed in results:
        matrix.keep(release, part, {"passed": passed})
    assert matrix.read_matrix() == {"trixie": {"lab": {"passed": 4}, "pci_facts": {"passed": 3}}, "bookworm": {"lab": {"passed": 2}}}
