# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PCI addresses, where VFs are, words for ids and modules."""

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _pci as pci
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
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
    assert str(pci.parse_address(text)) == address


@pytest.mark.parametrize("text", ["", "83:00", "0000:83:20.0", "0000:83:00.8", "83:00.0.0", "0:83:00.0", "eno2", "0000:831:00.0"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not pci.is_address(text)
    with pytest.raises(VsrxError, match="is not a PCI address"):
        pci.parse_address(text)


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
    assert pci.compute_vf_address(pf, offset, stride, index) == vf


def test_no_vf_lies_behind_the_last_bus() -> None:
    with pytest.raises(VsrxError, match="ends at bus ff"):
        pci.compute_vf_address("0000:ff:1f.0", 128, 1, 200)


@given(st.integers(0, 0xFFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_moving_is_adding_routing_ids(domain: int, rid: int, to: int) -> None:
    start = pci.Address(domain, rid >> 8, rid >> 3 & 31, rid & 7)
    moved = start.moved(to - rid)
    assert moved.routing_id == to and moved.domain == domain
    assert pci.parse_address(str(moved)) == moved


def test_libvirts_name() -> None:
    assert pci.name_nodedev("0000:83:02.3") == "pci_0000_83_02_3"


PCI_IDS = b"""# a comment
15b3  Mellanox Technologies
\t1013  MT27700 Family [ConnectX-4]
8086  Intel Corporation
\t1572  Ethernet Controller X710
\t\t8086 0001  A board 10c9
\t10c9  82576 Gigabit
# between
ffff  Illegal Vendor
C 02  Network controller
\t10c9  not a device
"""
ALIASES = b"""alias pci:v00008086d00001572sv*sd*bc*sc*i* i40e
alias pci:v00008086d*sv*sd*bc02sc00i* generic
alias pci:v*d*sv*sd*bc02sc*i* anything
alias pci:v000015B3d00001013sv*sd*bc*sc*i* mlx5_core
alias usb:v8086p1572 wrong
"""


def test_words_for_ids() -> None:
    wanted = [("8086", "1572"), ("8086", "10c9"), ("8086", "0001"), ("15b3", "10c9"), ("abcd", "1572"), ("ffff", "10c9")]
    assert pci.find_names(PCI_IDS, wanted) == {
        ("8086", "1572"): ("Intel Corporation", "Ethernet Controller X710"),
        ("8086", "10c9"): ("Intel Corporation", "82576 Gigabit"),
        ("8086", "0001"): ("Intel Corporation", None),
        ("15b3", "10c9"): ("Mellanox Technologies", None),
        ("abcd", "1572"): (None, None),
        ("ffff", "10c9"): ("Illegal Vendor", None),
    }


def test_modules_for_an_alias_in_the_files_order() -> None:
    alias = "pci:v00008086d00001572sv00008086sd00000001bc02sc00i00"
    other = "pci:v00001234d00000001sv00000000sd00000000bc06sc04i00"
    assert pci.find_modules(ALIASES, [alias, other]) == {alias: ("i40e", "generic", "anything"), other: ()}
    assert pci.find_modules(ALIASES, []) == {}
