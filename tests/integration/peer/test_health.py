# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the cluster itself says of its health, in both namespace styles: found, and where it is an error nothing is committed."""

from __future__ import annotations

import typing as t

import pytest
from direct_work import run
from junos_peer.direct import DirectPeer, direct_peer

CASES: dict[str, tuple[str, dict[str, t.Any], str, str]] = {
    "configuration not synchronised": ("monitor-failure", {"node": 1, "codes": "CF"}, "error", "configuration is not synchronised"),
    "control link down": ("link", {"port": "em0"}, "error", "the control link is down"),
    "fabric link fails": ("monitor-failure", {"node": 0, "codes": "FL"}, "warning", "its fabric link fails"),
    "sessions not synchronised": ("monitor-failure", {"node": 1, "codes": "CS"}, "warning", "its sessions are not synchronised"),
    "fabric port down": ("link", {"port": "ge-0/0/0"}, "warning", "fabric port ge-0/0/0 is down; no member is left"),
}


@pytest.fixture(params=[False, True], ids=["default", "rfc-compliant"])
def peer(request: pytest.FixtureRequest) -> t.Iterator[DirectPeer]:
    with direct_peer(rfc_compliant=request.param) as made:
        yield made


def health(result: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """S8 says too that the mode is not in force before the first restart; that is no matter of health."""
    return [finding for finding in result["findings"] if finding["id"] == "S8" and "MAC mode" not in finding["found"]]


@pytest.mark.mission("S8")
@pytest.mark.parametrize("case", CASES)
def test_health_is_found_and_an_error_stops_the_change(peer: DirectPeer, case: str) -> None:
    fault, details, severity, words = CASES[case]
    assert health(run(peer, check_mode=True)) == []
    peer.fault(fault, **details)
    committed = peer.order("committed")
    result = run(peer)
    (finding,) = health(result)
    assert (finding["severity"], words in finding["found"]) == (severity, True), finding
    assert finding["cure"]
    if severity == "error":
        assert result["failed"] and words in result["msg"] and peer.order("committed") == committed
        assert run(peer, accept=["S8"])["changed"]
    else:
        assert result["changed"]
