# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Junos name of the NIC at each position, with and without a cluster."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _junos_ifname


@pytest.mark.mission("S5")
@pytest.mark.parametrize(
    ("node", "names"),
    [
        (None, ["fxp0", "ge-0/0/0", "ge-0/0/1", "ge-0/0/2"]),
        (0, ["fxp0", "em0", "ge-0/0/0", "ge-0/0/1"]),
        (1, ["fxp0", "em0", "ge-7/0/0", "ge-7/0/1"]),
    ],
)
def test_positions_have_junos_names(node: t.Optional[int], names: list[str]) -> None:
    assert [_junos_ifname.name_position(position, node) for position in range(1, 5)] == names
    assert names[_junos_ifname.count_fixed_positions(node)].startswith("ge-")
