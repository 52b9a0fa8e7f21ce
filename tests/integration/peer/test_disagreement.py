# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statements that come into force in a way that is not followed: refused in either state, and nothing is changed."""

from __future__ import annotations

import pytest
from direct_work import STATEMENTS, run
from junos_peer.direct import direct_peer
from test_properties import CLUSTER

PAIR = "".join(f"<{name}/>" for name in STATEMENTS)
MACS = f"<chassis><cluster>{PAIR}</cluster></chassis>"
GROUPS = {
    "a group under a condition": f"<groups><name>macs</name><when><chassis>cluster</chassis></when>{MACS}</groups>",
    "a group that a group applies": f"<groups><name>inner</name>{MACS}</groups>"
    "<groups><name>macs</name><chassis><apply-groups>inner</apply-groups></chassis></groups>",
}


@pytest.mark.mission("S9")
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("groups", GROUPS.values(), ids=GROUPS)
def test_what_is_in_force_and_not_written_is_refused(groups: str, state: str) -> None:
    text = CLUSTER.replace("  <apply-groups>", groups + "<apply-groups>macs</apply-groups>  <apply-groups>", 1)
    with direct_peer() as peer:
        peer.begin_with(text)
        before = peer.order("committed")
        result = run(peer, state=state)
        assert result.get("failed") and "look for conditional groups" in result["msg"], result
        assert result["cluster"]["primary"] == "node0"
        assert peer.order("committed") == before and not peer.order("log", kind="commit")
