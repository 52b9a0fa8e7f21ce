# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
import re

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _findings
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError

TWO_PORTS = _findings.error("S10", "reth0", "has ge-0/0/0 and ge-0/0/1 on node 0", "Keep one port a node.")
FABRIC = _findings.error("S7", "fab0", "its member ge-0/0/7 is a VF", "Move the fabric link to a virtio port.")
MANY_VLANS = _findings.warning("S12", "reth1", "has 400 VLANs", "Expect a longer interruption at failover.")


def test_errors_come_first_then_rules_by_number_each_once() -> None:
    assert _findings.in_order([MANY_VLANS, TWO_PORTS, FABRIC, TWO_PORTS]) == [FABRIC, TWO_PORTS, MANY_VLANS]


def test_refusal_names_every_error_and_carries_all_findings() -> None:
    with pytest.raises(VsrxError) as refusal:
        _findings.refuse("cluster vsrx1", [MANY_VLANS, TWO_PORTS, FABRIC])
    assert refusal.value.findings == (FABRIC, TWO_PORTS, MANY_VLANS)
    assert refusal.value.message.splitlines() == [
        "cluster vsrx1 was not changed:",
        "[S7] fab0: its member ge-0/0/7 is a VF. Move the fabric link to a virtio port.",
        "[S10] reth0: has ge-0/0/0 and ge-0/0/1 on node 0. Keep one port a node.",
    ]


def test_accepted_rules_and_warnings_do_not_stop() -> None:
    _findings.refuse("cluster vsrx1", [MANY_VLANS, TWO_PORTS], accepted=["S10"])


def test_the_rules_are_those_of_the_guide() -> None:
    page = pathlib.Path(__file__).parents[4] / "docs/docsite/rst/rules.rst"
    assert list(_findings.RULES) == re.findall(r"^   \* - (S\d+)$", page.read_text(), re.MULTILINE)
