# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which record of a replaced NIC belongs to a port: by its MAC address, else by its VF."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import ReplacedNic, find_replaced

MAC, OTHER_MAC = "02:5a:00:00:00:01", "02:5a:00:00:00:02"
VF, OTHER_VF = "0000:83:02.0", "0000:83:02.1"


def record(interface: str, port_mac: t.Optional[str], vf: t.Optional[str]) -> ReplacedNic:
    return ReplacedNic(junos_interface=interface, mac="52:54:00:00:00:01", xml="<interface/>", guest=None, port_mac=port_mac, vf=vf)


FIRST, SECOND, NEITHER = record("ge-0/0/0", MAC, VF), record("ge-0/0/1", OTHER_MAC, OTHER_VF), record("ge-0/0/2", None, None)


@pytest.mark.parametrize(
    ("mac", "function", "expected"),
    [
        (MAC, VF, FIRST),
        # the VF moved: its bus got another number, or the port another VF
        (MAC, "0000:85:02.0", FIRST),
        # the MAC address counts before the VF
        (OTHER_MAC, VF, SECOND),
        ("02:5a:00:00:00:99", OTHER_VF, SECOND),
        (None, VF, FIRST),
        (MAC, None, FIRST),
        # what is not known is not equal to what is not known
        (None, None, None),
        ("02:5a:00:00:00:99", None, None),
        (None, "0000:85:02.0", None),
    ],
)
def test_the_record_of_a_port(mac: t.Optional[str], function: t.Optional[str], expected: t.Optional[ReplacedNic]) -> None:
    assert find_replaced([NEITHER, FIRST, SECOND], mac, function) == expected
