# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Junos releases as they are written, and which one is later."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_release import Release, reaches

ASCENDING = [
    "15.1X49-D15",
    "15.1X49-D90",
    "15.1X49-D90.7",
    "15.1X49-D100",
    "17.3-2017-07-02.0_RELEASE_173_THROTTLE",
    "17.3R1",
    "18.1R1",
    "19.3R3-S2.1",
    "19.4R1",
    "19.4R1-S2",
    "19.4R1-S10",
    "19.4R2",
    "20.4I-20230101.0.1234",
    "20.4R1",
    "20.4R1.12",
    "22.4R3-S2.11-EVO",
    "24.4R1.9",
]


@pytest.mark.mission("S6", "S16")
@pytest.mark.parametrize(("older", "newer"), list(itertools.combinations(ASCENDING, 2)))
def test_releases_compare_as_junos_numbers_them(older: str, newer: str) -> None:
    assert Release(older) < Release(newer)
    assert Release(newer) > Release(older)
    assert Release(older) != Release(newer)


@pytest.mark.parametrize("text", ["", "junos", "19.4", "R1", "19.4R", "v19.4R1", "9" * 5000 + ".4R1", "19.٤R1"])
def test_what_is_no_release_is_named(text: str) -> None:
    with pytest.raises(VsrxError, match=f"'{text}' is not a Junos release"):
        Release(text)


@pytest.mark.mission("S16")
@pytest.mark.parametrize(
    ("release", "minimums", "expected"),
    [
        ("15.1X49-D80", ["15.1X49-D90", "17.3R1"], False),
        ("15.1X49-D90", ["15.1X49-D90", "17.3R1"], True),
        ("15.1X49-D100", ["15.1X49-D90", "17.3R1"], True),
        ("17.1R1", ["15.1X49-D90", "17.3R1"], False),
        ("17.3R1", ["15.1X49-D90", "17.3R1"], True),
        ("24.4R1.9", ["15.1X49-D90", "17.3R1"], True),
        ("17.4R1", ["18.1R1"], False),
        ("15.1X49-D15", [], True),
        ("20.4I-20230101.0.1234", ["19.4R1"], True),
        ("19.4I-20190101.0.1234", ["19.4R1"], False),
    ],
)
def test_minimums_count_from_their_train_on(release: str, minimums: list[str], expected: bool) -> None:
    assert reaches(Release(release), minimums) is expected
