# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commits with a timer, locks, and what becomes of uncommitted changes."""

from __future__ import annotations

import pytest
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from ncclient.operations.rpc import RPCError
from peer_replies import ask, difference, load, texts

CHANGE = "<system><location><building>new</building></location></system>"
CONFIRMED = "<commit-configuration><confirmed/><confirm-timeout>{}</confirm-timeout><log>mine</log></commit-configuration>"


def changed(peer: RemotePeer) -> bool:
    return "<building>new</building>" in peer.committed_xml()


def test_an_unconfirmed_commit_rolls_back_by_itself() -> None:
    with running_peer(time_scale=300) as peer, peer.netconf() as session:
        load(session, CHANGE)
        ask(session, CONFIRMED.format(1))
        assert changed(peer)
        peer.wait_until(lambda seen: not seen.status()["pending"])
        assert not changed(peer)
        history = ask(session, "<get-commit-information/>")
        assert texts(history, ".//user") == ["root", "ansible", "root"]
        assert difference(session) == ""


@pytest.mark.parametrize("confirmation", ["<commit-configuration/>", "<commit/>", "<commit-configuration><check/></commit-configuration>"])
def test_a_confirmed_commit_stays(confirmation: str) -> None:
    with running_peer(time_scale=60) as peer:
        with peer.netconf() as session:
            load(session, CHANGE)
            ask(session, CONFIRMED.format(1))
            history = ask(session, "<get-commit-information/>")
            assert texts(history, ".//comment") == ["commit confirmed, rollback in 1mins"]
            assert texts(history, ".//commit-confirmed") == ["rollback pending"]
        with peer.netconf(1) as session:  # another session, on the other node
            ask(session, confirmation)
            history = ask(session, "<get-commit-information/>")
            assert texts(history, ".//commit-confirmed") == []
            assert texts(history, ".//comment") == ["commit confirmed, rollback in 1mins"]
        assert not peer.status()["pending"]
        assert changed(peer)
        # A timer that ran on would be over by now.
        with peer.netconf() as session:
            ask(session, CONFIRMED.format(1))
            peer.wait_until(lambda seen: not seen.status()["pending"])
        assert changed(peer)


def test_seconds_in_netconfs_own_commit() -> None:
    with running_peer(time_scale=300) as peer, peer.netconf() as session:
        load(session, CHANGE)
        ask(session, "<commit><confirmed/><confirm-timeout>120</confirm-timeout></commit>")
        assert texts(ask(session, "<get-commit-information/>"), ".//comment") == ["commit confirmed, rollback in 2mins"]
        peer.wait_until(lambda seen: not changed(seen))


def test_a_second_confirmed_commit_goes_back_to_before_both() -> None:
    with running_peer(time_scale=300) as peer, peer.netconf() as session:
        load(session, CHANGE)
        ask(session, CONFIRMED.format(5))
        load(session, "<system><location><floor>3</floor></location></system>")
        ask(session, CONFIRMED.format(1))
        peer.wait_until(lambda seen: not seen.status()["pending"])
        assert "<location>" not in peer.committed_xml()


def test_cancel_commit(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        load(session, CHANGE)
        ask(session, CONFIRMED.format(5))
        ask(session, "<cancel-commit/>")
    assert not changed(peer)
    assert not peer.status()["pending"]


def test_the_timer_outlives_the_session(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        load(session, CHANGE)
        ask(session, CONFIRMED.format(5))
    assert changed(peer)
    assert peer.status()["pending"]


def test_unless_the_box_ties_it_to_the_session(peer: RemotePeer) -> None:
    peer.fault("confirm-needs-session")
    with peer.netconf() as session:
        load(session, CHANGE)
        ask(session, CONFIRMED.format(5))
    peer.wait_until(lambda seen: not seen.status()["sessions"])
    assert not changed(peer)


def test_a_killed_session_loses_its_pending_commit(peer: RemotePeer) -> None:
    with peer.netconf() as mine, peer.netconf(1) as other:
        load(mine, CHANGE)
        ask(mine, CONFIRMED.format(5))
        ask(other, f"<kill-session><session-id>{mine.session_id}</session-id></kill-session>")
        assert not changed(peer)
        with pytest.raises(Exception):  # noqa: B017 - whatever ncclient makes of a dead session
            ask(mine, "<get-software-information/>")


# locks


@pytest.mark.parametrize(
    "lock", ["<lock-configuration/>", "<lock><target><candidate/></target></lock>", "<open-configuration><exclusive/></open-configuration>"]
)
def test_a_lock_keeps_others_out(peer: RemotePeer, lock: str) -> None:
    with peer.netconf(device="default") as mine, peer.netconf(1, device="default") as other:
        ask(mine, lock)
        for request in (lock, "<discard-changes/>", "<commit/>", "<load-configuration><configuration/></load-configuration>"):
            with pytest.raises(RPCError, match=f"(?s)configuration database locked by.*ansible.*pid {mine.session_id}"):
                ask(other, request)
        with pytest.raises(RPCError, match="already open"):
            ask(mine, "<lock-configuration/>")
        load(mine, CHANGE)
    with peer.netconf(1) as other:
        ask(other, "<lock-configuration/>")
        assert difference(other) == ""


def test_a_lock_is_refused_where_somebody_edits(peer: RemotePeer) -> None:
    with peer.netconf() as mine, peer.netconf(1) as other:
        load(mine, CHANGE)
        for session in (mine, other):
            with pytest.raises(RPCError, match="configuration database modified"):
                ask(session, "<lock-configuration/>")
        assert "building new" in difference(other)


def test_changes_without_a_lock_outlive_the_session(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        load(session, CHANGE)
    with peer.netconf(1) as session:
        assert "building new" in difference(session)
        ask(session, "<discard-changes/>")
        assert difference(session) == ""


@pytest.mark.parametrize("end", ["unlock", "close", "die"])
def test_changes_under_a_lock_end_with_it(peer: RemotePeer, end: str) -> None:
    with peer.netconf() as session:
        ask(session, "<lock-configuration/>")
        load(session, CHANGE)
        if end == "unlock":
            ask(session, "<unlock-configuration/>")
        elif end == "die":
            peer.fault("drop-before", rpc="get-software-information")
            with pytest.raises(Exception):  # noqa: B017
                ask(session, "<get-software-information/>")
    peer.wait_until(lambda seen: seen.status()["lock"] is None)
    assert "building" not in peer.candidate_xml()


def test_a_private_candidate_is_seen_by_no_one_else(peer: RemotePeer) -> None:
    with peer.netconf(device="default") as mine, peer.netconf(1) as other:
        assert "will be discarded" in str(texts(ask(mine, "<open-configuration><private/></open-configuration>"), ".//error-message"))
        load(mine, CHANGE)
        assert difference(other) == ""
        assert "building new" in difference(mine)
        ask(mine, "<commit-configuration/>")
        assert changed(peer)
        load(mine, "<system><location><floor>3</floor></location></system>")
        ask(mine, "<close-configuration/>")
        assert difference(mine) == ""


def test_a_private_candidate_that_is_stale_is_not_committed(peer: RemotePeer) -> None:
    with peer.netconf(device="default") as mine:
        ask(mine, "<open-configuration><private/></open-configuration>")
        peer.fault("foreign-commit", xml="<system><location><floor>9</floor></location></system>")
        load(mine, CHANGE)
        with pytest.raises(RPCError, match="modified"):
            ask(mine, "<commit-configuration/>")
    assert not changed(peer)


# what a test can order


def test_orders_of_the_database(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        peer.fault("lock-held", user="somebody")
        with pytest.raises(RPCError, match="somebody"):
            ask(session, "<lock-configuration/>")
        peer.fault("lock-released")
        peer.fault("dirty")
        with pytest.raises(RPCError, match="modified"):
            ask(session, "<lock-configuration/>")
        ask(session, "<discard-changes/>")
        ask(session, "<lock-configuration/>")
        load(session, CHANGE)
        peer.fault("check-refused", message="not today")
        with pytest.raises(RPCError, match="not today"):
            ask(session, "<commit-configuration><check/></commit-configuration>")
        peer.fault("commit-refused", message="not now")
        ask(session, "<commit-configuration><check/></commit-configuration>")
        with pytest.raises(RPCError, match="not now"):
            ask(session, "<commit-configuration/>")
        assert not changed(peer)
        ask(session, "<commit-configuration/>")
    assert changed(peer)


def test_a_killed_session_loses_what_it_alone_has_edited(peer: RemotePeer) -> None:
    kill = "<kill-session><session-id>{}</session-id></kill-session>"
    with peer.netconf() as other:
        with peer.netconf(1) as mine:
            load(mine, CHANGE)
            ask(other, kill.format(mine.session_id))
        assert difference(other) == ""
        peer.fault("dirty")
        with peer.netconf(1) as mine:
            load(mine, CHANGE)
            ask(other, kill.format(mine.session_id))
        assert "domain-name" in difference(other)


def test_killing_another_session_leaves_a_pending_commit_alone(peer: RemotePeer) -> None:
    with peer.netconf() as mine, peer.netconf(1) as other:
        load(mine, CHANGE)
        ask(mine, CONFIRMED.format(5))
        ask(mine, f"<kill-session><session-id>{other.session_id}</session-id></kill-session>")
        assert peer.status()["pending"]
    assert changed(peer)


def test_only_the_owner_unlocks(peer: RemotePeer) -> None:
    with peer.netconf() as mine, peer.netconf(1) as other:
        with pytest.raises(RPCError, match="not locked"):
            ask(other, "<unlock-configuration/>")
        ask(mine, "<lock-configuration/>")
        with pytest.raises(RPCError, match="not the owner"):
            ask(other, "<unlock-configuration/>")
        assert peer.status()["lock"]["session"] == int(mine.session_id)


def test_what_is_confirmed_cannot_be_cancelled(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        load(session, CHANGE)
        ask(session, CONFIRMED.format(5))
        ask(session, "<commit-configuration/>")
        with pytest.raises(RPCError, match="no confirmed commit is pending"):
            ask(session, "<cancel-commit/>")
    assert changed(peer)
