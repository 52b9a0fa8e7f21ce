# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After any history of commits and reboots each node is known by what it booted with, and a restart is asked for only where needed."""

from __future__ import annotations

import time
import typing as t

import pytest
from direct_work import STATEMENTS, run
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from junos_peer.direct import DirectPeer, direct_peer

#: what can happen; a statement's name means that somebody else adds it, or removes it where it is
OURS, UNRELATED, REBOOTS = "ours", "unrelated", {"node0 reboots": (0,), "node1 reboots": (1,), "both reboot": (0, 1)}
EVENTS = (OURS, UNRELATED, *REBOOTS, *STATEMENTS)


@pytest.fixture(scope="module")
def peer() -> t.Iterator[DirectPeer]:
    with direct_peer() as made:
        yield made


class History:
    """Orders the events of the peer, and keeps a book of its own of what each node must then have in force."""

    def __init__(self, peer: DirectPeer) -> None:
        self.peer = peer
        self.configured: frozenset[str] = frozenset()
        self.commits = 0
        peer.begin_with()
        self.booted = [self.configured] * 2
        self.happens("both reboot")

    def happens(self, what: str) -> None:
        if what in REBOOTS:
            self._reboot(REBOOTS[what])
        elif what == OURS:
            self.configured = frozenset() if self.configured else frozenset(STATEMENTS)
            assert run(self.peer, state="present" if self.configured else "absent")["changed"]
        elif what == UNRELATED:
            self.commits += 1
            self._commit(f"<system><domain-name>x{self.commits}.org</domain-name></system>")
        else:
            mark = ' delete="delete"' if what in self.configured else ""
            self.configured ^= {what}
            self._commit(f"<chassis><cluster><{what}{mark}/></cluster></chassis>")

    def _commit(self, xml: str) -> None:
        self.peer.fault("foreign-commit", xml=xml)

    def _reboot(self, nodes: tuple[int, ...]) -> None:
        for node in nodes:
            self.peer.fault("crash", node=node)
            self.booted[node] = self.configured
        while not all(node["synchronised"] for node in self.peer.order("status")["nodes"]):
            time.sleep(0.005)

    def in_force(self) -> list[t.Optional[bool]]:
        """One statement alone is no mode, and none is no mode either."""
        known = {0: False, 1: None, 2: True}
        return [known[len(booted)] for booted in self.booted]


@pytest.mark.mission("S8", "S9")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(events=st.lists(st.sampled_from(EVENTS), min_size=1, max_size=8))
@example(events=[OURS, "both reboot", UNRELATED, UNRELATED])
@example(events=[OURS, UNRELATED, "node1 reboots"])
@example(events=[OURS, "both reboot", OURS, "node0 reboots", OURS])
def test_a_restart_is_requested_where_a_node_booted_with_something_else(peer: DirectPeer, events: list[str]) -> None:
    history = History(peer)
    for what in events:
        history.happens(what)
    wanted = len(history.configured) == len(STATEMENTS)
    seen = run(peer, check_mode=True, state="present" if history.configured else "absent")
    assert [node["mode"]["in_force"] for node in seen["nodes"]] == history.in_force()
    event(f"in force {history.in_force()}, configured {len(history.configured)}")
    if len(history.configured) != 1:
        assert not seen["changed"]
        assert seen["restart_required"] is any(mode is not wanted for mode in history.in_force())
