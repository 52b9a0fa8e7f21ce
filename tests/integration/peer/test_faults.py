# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each kind of fault at each request of a run, in both namespace styles, and a run after it."""

from __future__ import annotations

import typing as t

import pytest
from direct_work import run
from fault_matrix import STYLES, check_untouched, count_statements, list_cases, list_requests, try_fault
from junos_peer.direct import DirectPeer, direct_peer

FOREIGN = "<system><domain-name>x.org</domain-name></system>"


@pytest.fixture(scope="module", params=[*STYLES], ids=[*STYLES])
def peer(request: pytest.FixtureRequest) -> t.Iterator[DirectPeer]:
    compliant, pipelined = STYLES[request.param]
    with direct_peer(rfc_compliant=compliant) as made:
        made.pipelines = pipelined
        yield made


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize(("peer", "state", "kind"), list_cases().values(), indirect=["peer"], ids=list_cases())
def test_after_a_fault_at_any_request_a_rerun_ends_right(peer: DirectPeer, request: pytest.FixtureRequest, state: str, kind: str) -> None:
    style = request.node.callspec.params["peer"]
    cells = try_fault(peer, style, state, kind)
    assert [cell.number for cell in cells] == [*range(1, len(cells) + 1)]


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize("kind", ["drop-before", "drop-after", "refuse", "garbage"])
def test_a_timer_that_runs_out_leaves_the_old_configuration_and_a_rerun_ends_right(peer: DirectPeer, kind: str) -> None:
    """The operator waits until Junos has rolled back, then runs again."""
    names = list_requests(peer, "present")
    for number in range(names.index("commit-configuration") + 1, len(names) + 1):
        peer.begin_with()
        before = peer.order("committed")
        peer.fault(kind, nth=number)
        first = run(peer)
        pending = peer.order("status")["pending"]
        assert first.get("failed") or not pending
        peer.expire()
        assert (peer.order("committed") == before) is (pending or count_statements(peer) == 0)
        assert run(peer).get("restart_required") and count_statements(peer) == 2


@pytest.mark.mission("S8", "S9")
def test_somebody_elses_edits_survive_at_any_moment(peer: DirectPeer) -> None:
    """Somebody takes the lock, edits, or commits with a timer just before the run: it refuses and leaves all of it alone."""
    orders: dict[str, dict[str, t.Any]] = {
        "lock-held": {"user": "operator"},
        "dirty": {"user": "operator", "xml": FOREIGN},
        "lock-refused": {},
        "foreign-commit": {"user": "operator", "xml": FOREIGN, "minutes": 5},
    }
    for kind, details in orders.items():
        for check_mode in (True, False):
            peer.begin_with()
            peer.fault(kind, **details)
            before = [peer.order("committed"), peer.order("candidate"), peer.order("status")["lock"], peer.order("status")["pending"]]
            failed = run(peer, check_mode)
            assert failed.get("failed"), kind
            after = [peer.order("committed"), peer.order("candidate"), peer.order("status")["lock"], peer.order("status")["pending"]]
            assert after == before, kind


@pytest.mark.mission("S8")
@pytest.mark.parametrize("kind", ["check-refused", "commit-refused"])
def test_a_commit_that_junos_refuses_leaves_the_old_configuration(peer: DirectPeer, kind: str) -> None:
    peer.begin_with()
    before = peer.order("committed")
    peer.fault(kind, times=2)
    failed = run(peer)
    assert failed["failed"] and "ordered to fail" in failed["msg"]
    assert peer.order("committed") == before
    check_untouched(peer)
    peer.order("clear-faults")
    assert run(peer)["changed"] and count_statements(peer) == 2
