# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each kind of fault at each request of a run, in both namespace styles, and a run after it."""

from __future__ import annotations

import typing as t

import pytest
from direct_work import STATEMENTS, run
from junos_peer.direct import DirectPeer, direct_peer

KINDS = ["drop-before", "drop-after", "drop-mid", "hang", "garbage", "truncated", "empty", "huge", "refuse", "warn", "unclosed"]
KINDS += ["warn-around", "error-beside", "deny", "deny-in-output", "deny-beside"]
FOREIGN = "<system><domain-name>x.org</domain-name></system>"


STYLES = {"default": False, "rfc-compliant": True}


@pytest.fixture(scope="module", params=[*STYLES.values()], ids=[*STYLES])
def peer(request: pytest.FixtureRequest) -> t.Iterator[DirectPeer]:
    with direct_peer(rfc_compliant=request.param) as made:
        yield made


def statements(peer: DirectPeer) -> int:
    """Both or neither, never one."""
    found = sum(name in peer.order("committed") for name in STATEMENTS)
    assert found in (0, 2)
    return found


def untouched(peer: DirectPeer) -> None:
    """No lock is left behind, and nothing that nobody committed."""
    status = peer.order("status")
    assert status["lock"] is None and not status["candidate_modified"], status


def requests(peer: DirectPeer, state: str) -> list[str]:
    """The names of the RPCs of a run without fault; the peer is as new afterwards, with the statements where they are to go."""
    peer.begin_with()
    if state == "absent":
        assert run(peer)["changed"]
        peer.order("clear-log")
    assert run(peer, state=state)["changed"]
    return [row["rpc"] for row in peer.order("log", kind="rpc")]


CASES = [*(("present", kind) for kind in KINDS), *(("absent", kind) for kind in ("drop-before", "drop-after", "refuse"))]
# A reply that does not come, or is far too long, has no namespace: these slowest kinds are tried in one style.
IN_STYLES = {
    f"{style}-{state}-{kind}": (rfc, state, kind)
    for style, rfc in STYLES.items()
    for state, kind in CASES
    if not rfc or kind not in ("hang", "huge")
}


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize(("peer", "state", "kind"), IN_STYLES.values(), indirect=["peer"], ids=IN_STYLES)
def test_after_a_fault_at_any_request_a_rerun_ends_right(peer: DirectPeer, state: str, kind: str) -> None:
    names = requests(peer, state)
    assert names.count("commit-configuration") == 3 and names.count("lock-configuration") == 2, names
    wanted = 2 if state == "present" else 0
    failures = 0
    for number, name in enumerate(names, 1):
        case = f"{kind} at request {number}, {name}"
        peer.begin_with()
        if state == "absent":
            run(peer)
        peer.fault(kind, nth=number)
        first = run(peer, state=state)
        assert not peer.order("status")["faults"], f"{case} was not met"
        now = statements(peer)
        untouched(peer)
        if first.get("failed"):
            failures += 1
            assert len(first["msg"].splitlines()) == 1 or "rpc-error" not in first["msg"], case
        else:
            assert now == wanted and not peer.order("status")["pending"], case
        again = run(peer, state=state)
        assert not again.get("failed"), f"{case}: {first.get('msg')} / {again['msg']}"
        assert statements(peer) == wanted and not peer.order("status")["pending"], case
        peer.expire()
        assert statements(peer) == wanted, case
        assert not run(peer, state=state)["changed"], case
    assert failures or kind in ("warn-around", "unclosed"), "a fault that nothing notices is none"


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize("kind", ["drop-before", "drop-after", "refuse", "garbage"])
def test_a_timer_that_runs_out_leaves_the_old_configuration_and_a_rerun_ends_right(peer: DirectPeer, kind: str) -> None:
    """The operator waits until Junos has rolled back, then runs again."""
    names = requests(peer, "present")
    for number in range(names.index("commit-configuration") + 1, len(names) + 1):
        peer.begin_with()
        before = peer.order("committed")
        peer.fault(kind, nth=number)
        first = run(peer)
        pending = peer.order("status")["pending"]
        assert first.get("failed") or not pending
        peer.expire()
        assert (peer.order("committed") == before) is (pending or statements(peer) == 0)
        assert run(peer).get("restart_required") and statements(peer) == 2


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
    untouched(peer)
    peer.order("clear-faults")
    assert run(peer)["changed"] and statements(peer) == 2
