# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The line that shows where a wait is, on a terminal and in a log."""

from __future__ import annotations

from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.waiting import Progress

from .fake_cluster import FakeDisplay


def wait(terminal: bool) -> list[str]:
    display = FakeDisplay()
    progress = Progress(display, "vsrx1", terminal=terminal)
    progress.begin("reboot node1")
    for elapsed in (0, 5, 10, 70):
        progress.show("the boot of node1", ["node1 has not booted"], elapsed, 1500)
    progress.show("the boot of node1", ["node1 is in hold \x1b[2J"], 75, 1500)
    progress.end("the boot of node1", 80)
    return display.lines


def test_a_log_shows_a_line_when_the_state_changes_and_once_a_minute() -> None:
    assert [line for line in wait(False) if not line.startswith("-v")] == [
        "vsrx1: reboot node1",
        "vsrx1: waiting for the boot of node1: node1 has not booted, 0 of 1500 s",
        "vsrx1: waiting for the boot of node1: node1 has not booted, 70 of 1500 s",
        "vsrx1: waiting for the boot of node1: node1 is in hold \ufffd[2J, 75 of 1500 s",
        "vsrx1: the boot of node1 after 80 s",
    ]
    assert "-v vsrx1: waiting for the boot of node1: node1 has not booted, 5 of 1500 s" in wait(False)


def test_on_a_terminal_one_line_changes_in_place() -> None:
    shown = wait(True)
    moving = [line for line in shown if line.startswith("\r") and line.strip()]
    assert len(moving) == 5 and all("\x1b" not in line for line in moving)
    assert shown[-1] == "vsrx1: the boot of node1 after 80 s"
    assert max(map(len, moving)) == len(shown[-2]) - 1, "what was there is wiped out"


def test_a_goal_that_is_reached_at_once_shows_nothing() -> None:
    display = FakeDisplay()
    Progress(display, "vsrx1", terminal=False).end("a healthy cluster", 0)
    assert display.lines == []
