# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of NICs, and which NIC a function belongs to."""

from __future__ import annotations

import collections
import re

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _support_matrix
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_release import Release, reaches


@pytest.mark.mission("S16")
@pytest.mark.parametrize(
    ("ids", "name", "oldest"),
    [
        (("8086", "10fb"), "Intel 82599", "15.1X49-D15"),
        (("8086", "154d"), "Intel X520", "15.1X49-D15"),
        (("8086", "1528"), "Intel X540", "15.1X49-D15"),
        (("8086", "1572"), "Intel X710", "15.1X49-D90"),
        (("8086", "1583"), "Intel XL710", "17.3R1"),
        (("15b3", "1007"), "Mellanox ConnectX-3 Pro", "18.1R1"),
        (("15b3", "1015"), "Mellanox ConnectX-4 Lx", "18.1R1"),
    ],
)
def test_the_listed_nics_are_found_by_pf_id(ids: tuple[str, str], name: str, oldest: str) -> None:
    nic = _support_matrix.find_nic(*ids)
    assert nic is not None and nic.name == name and nic.listed
    assert reaches(Release(oldest), nic.min_junos)


def test_a_vf_id_or_an_unknown_id_names_no_nic() -> None:
    assert _support_matrix.find_nic("8086", "154c") is None
    assert _support_matrix.find_nic("1af4", "1000") is None


def test_ids_are_four_hex_digits_and_belong_to_one_nic() -> None:
    ids = [(nic.vendor_id, device) for nic in _support_matrix.NICS for device in nic.device_ids]
    assert [pair for pair, count in collections.Counter(ids).items() if count > 1] == []
    assert all(re.fullmatch("[0-9a-f]{4}", part) for pair in ids for part in pair)


@pytest.mark.mission("S16")
def test_minimums_are_releases_and_only_listed_nics_have_them() -> None:
    for nic in _support_matrix.NICS:
        assert [str(Release(text)) for text in nic.min_junos] == list(nic.min_junos)
        assert nic.listed or not nic.min_junos


@pytest.mark.mission("S17")
def test_published_sizes_grow() -> None:
    assert list(_support_matrix.SIZES) == sorted(_support_matrix.SIZES, key=lambda size: (size.vcpus, size.memory_mib))
