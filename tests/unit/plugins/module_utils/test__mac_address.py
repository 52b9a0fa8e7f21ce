# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MAC addresses as people write them, and those that no port can have."""

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _mac_address
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("02:5A:00:00:00:01", "02:5a:00:00:00:01"),
        ("02-5a-00-00-00-01", "02:5a:00:00:00:01"),
        (" 02:5a:00:00:00:01\n", "02:5a:00:00:00:01"),
    ],
)
def test_a_mac_has_one_form(text: str, mac: str) -> None:
    assert _mac_address.normalise(text) == mac


@pytest.mark.parametrize("text", ["", "02:5a:00:00:00", "02:5a:00:00:00:01:02", "02:5a:00:00:00:0g", "02:5a-00:00:00:01", "025a00000001"])
def test_what_is_no_mac_is_refused(text: str) -> None:
    with pytest.raises(VsrxError, match="is not a MAC address"):
        _mac_address.normalise(text)


@pytest.mark.parametrize(
    ("text", "why"), [("01:00:5e:00:00:01", "multicast"), ("ff:ff:ff:ff:ff:ff", "multicast"), (_mac_address.ZERO, "all zero")]
)
def test_a_station_is_unicast(text: str, why: str) -> None:
    with pytest.raises(VsrxError, match=f"port 3: .*{why}"):
        _mac_address.station(text, "port 3")


@pytest.mark.mission("S4")
@given(st.lists(st.text(), min_size=1))
def test_a_generated_mac_is_local_unicast_and_stable(seed: list[str]) -> None:
    mac = _mac_address.generate(*seed)
    assert mac == _mac_address.generate(*seed)
    assert int(mac[:2], 16) & 0b11 == 0b10
    assert _mac_address.station(mac, "port") == mac


def test_generated_macs_tell_parts_of_the_seed_apart() -> None:
    assert _mac_address.generate("ab", "c") != _mac_address.generate("a", "bc")
