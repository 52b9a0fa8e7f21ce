# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._pci import address as pci
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0000:83:00.0", "0000:83:00.0"),
        ("83:0A.7", "0000:83:0a.7"),
        ("10001:80:05.0", "10001:80:05.0"),
        ("  ABCD:EF:1f.7 ", "abcd:ef:1f.7"),
    ],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    assert str(pci.parse(text)) == address


@pytest.mark.parametrize("text", ["", "83:00", "0000:83:20.0", "0000:83:00.8", "83:00.0.0", "0:83:00.0", "eno2", "0000:831:00.0"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not pci.is_address(text)
    with pytest.raises(VsrxError, match="is not a PCI address"):
        pci.parse(text)


@pytest.mark.mission("S2", "S21")
@pytest.mark.parametrize(
    ("pf", "offset", "stride", "index", "vf"),
    [
        ("0000:01:00.0", 128, 2, 0, "0000:01:10.0"),
        ("0000:01:00.0", 128, 2, 6, "0000:01:11.4"),
        ("0000:83:00.0", 16, 1, 3, "0000:83:02.3"),
        ("0000:83:00.1", 255, 1, 1, "0000:84:00.1"),
        ("10001:80:05.0", 256, 2, 0, "10001:81:05.0"),
    ],
)
def test_where_a_vf_will_be(pf: str, offset: int, stride: int, index: int, vf: str) -> None:
    assert pci.vf_address(pf, offset, stride, index) == vf


def test_no_vf_lies_behind_the_last_bus() -> None:
    with pytest.raises(VsrxError, match="ends at bus ff"):
        pci.vf_address("0000:ff:1f.0", 128, 1, 200)


@given(st.integers(0, 0xFFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_moving_is_adding_routing_ids(domain: int, rid: int, to: int) -> None:
    start = pci.Address(domain, rid >> 8, rid >> 3 & 31, rid & 7)
    moved = start.moved(to - rid)
    assert moved.routing_id == to and moved.domain == domain
    assert pci.parse(str(moved)) == moved


def test_libvirts_name() -> None:
    assert pci.nodedev("0000:83:02.3") == "pci_0000_83_02_3"
