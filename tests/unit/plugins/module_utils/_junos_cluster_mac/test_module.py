# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole runs of junos_cluster_mac on a cluster that answers from memory."""

from __future__ import annotations

import contextlib
import datetime
import re
import typing as t

import pytest
from ansible.module_utils.connection import ConnectionError
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import netconf
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.commit import _format_time
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run as run_module
from support.fake_netconf_cluster import STATEMENTS, Box, Entry

BOTH = frozenset(STATEMENTS)
COMMENT = "the comment"
FAULTS = ["refused", "dies before", "dies after", "garbage", "empty"]


class Module:
    """What the work needs of AnsibleModule."""

    _socket_path = "/nonexistent"

    def __init__(self, check_mode: bool = False, diff: bool = True, **params: t.Any) -> None:
        self.check_mode = check_mode
        self._diff = diff
        self.warnings: list[str] = []
        self.params = {
            "state": "present",
            "sriov_ports": [],
            "pf_under_control": False,
            "accept": [],
            "confirm_timeout": 10,
            "comment": COMMENT,
            **params,
        }

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture(params=[False, True], ids=["one by one", "pipelined"])
def box(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Box:
    found = Box(pipelines=request.param)
    monkeypatch.setattr(netconf, "Connection", lambda _path: found)
    monkeypatch.setattr(netconf, "_PersistentSocket", _Held)
    _Held.box = found
    return found


class _Held:
    box: Box

    def __new__(cls, _path: str) -> t.Any:
        return cls.box


def run(box: Box, **params: t.Any) -> dict[str, t.Any]:
    if not box.alive:
        box.reset()  # the next task's own session
    box.requested.clear()
    return run_module(Module(**params))


def test_the_first_run_commits_once_with_a_timer_and_confirms_over_another_session(box: Box) -> None:
    result = run(box)
    assert result["changed"] and result["actions"] == [f"set chassis cluster {name}" for name in STATEMENTS]
    assert box.committed == BOTH and box.deadline is None and box.locked_by is None
    assert [(row.statements, row.comment) for row in box.history[:2]] == [(BOTH, ""), (BOTH, "commit confirmed, rollback in 10mins")]
    assert {row.log for row in box.history[:2]} == {COMMENT}
    assert result["commit"]["session"] != result["commit"]["confirmed_over_session"]
    assert result["restart_required"] and [node["mode"]["in_force"] for node in result["nodes"]] == [False, False]
    assert result["diff"]["prepared"].startswith("[edit chassis cluster]\n+   use-active")


@pytest.mark.mission("S8")
def test_the_second_run_reads_only_and_still_knows_of_the_restart(box: Box) -> None:
    run(box)
    again = run(box)
    assert not again["changed"] and again["commit"] is None and again["restart_required"]
    assert not any("lock" in request or "load" in request or "<commit-configuration" in request for request in box.requested)
    box.reboot()
    settled = run(box)
    assert not settled["changed"] and not settled["restart_required"] and settled["rpcs"] == 5
    assert all(node["mode"] == {"configured": True, "in_force": True} for node in settled["nodes"])


@pytest.mark.mission("S8")
def test_a_healthy_cluster_is_said_to_be_healthy_and_one_whose_node_tells_no_boot_time_is_not(box: Box) -> None:
    result = run(box, check_mode=True)
    assert result["cluster"]["healthy"] and result["cluster"]["healthy_otherwise"]
    assert [(node["healthy"], node["reasons"], node["away"]) for node in result["nodes"]] == [(True, [], False)] * 2
    del box.booted_at["node1"]
    with pytest.raises(VsrxError, match=r"\[S8\] node1: the node does not answer the other one") as refusal:
        run(box)
    assert [node["healthy"] for node in refusal.value.facts["nodes"]] == [True, False] and not refusal.value.facts["cluster"]["healthy"]


@pytest.mark.mission("S8")
def test_any_later_commit_does_not_ask_for_another_restart(box: Box) -> None:
    run(box)
    box.reboot()
    box.history.insert(0, Entry(box.now + 50, BOTH))
    assert not run(box)["restart_required"]


@pytest.mark.mission("S8")
def test_one_node_that_has_not_rebooted_is_reported_by_name(box: Box) -> None:
    run(box)
    old = box.booted_at["node1"]
    box.reboot()
    box.booted_at["node1"] = old
    result = run(box)
    assert result["restart_required"] and [node["mode"]["in_force"] for node in result["nodes"]] == [True, False]
    assert [(finding["id"], finding["where"]) for finding in result["findings"]] == [("S8", "node1")]


@pytest.mark.mission("S8")
@pytest.mark.parametrize("ahead", [-4_000, 86_400, 3])
def test_a_node_whose_clock_is_wrong_is_judged_by_how_long_ago_it_booted(box: Box, ahead: int) -> None:
    box.ahead = {"node1": ahead}
    skew = [finding["where"] for finding in run(box)["findings"] if "its clock is" in finding["found"]]
    assert skew == (["node1"] if abs(ahead) > 60 else [])
    assert [node["mode"]["in_force"] for node in run(box)["nodes"]] == [False, False]
    box.reboot()
    box.wait(100)
    settled = run(box)
    assert [node["mode"]["in_force"] for node in settled["nodes"]] == [True, True] and not settled["restart_required"]
    assert [node["booted_at"] for node in settled["nodes"]] == [box.booted_at["node0"], box.booted_at["node1"] + ahead]


def test_the_other_nodes_clock_does_not_end_the_timer_of_a_commit(box: Box) -> None:
    """Releases that do not say that a rollback is pending are judged by the clock."""
    box.ahead = {"node1": 86_400}
    box.history.insert(0, Entry(box.now, frozenset(), "commit confirmed, rollback in 10mins", "theirs"))
    box.deadline = box.now + 600
    with pytest.raises(VsrxError, match="awaits confirmation"):
        run(box)


@pytest.mark.mission("S8")
def test_a_history_that_does_not_reach_back_asks_for_no_restart_of_a_finished_cluster(box: Box) -> None:
    box.history = [Entry(9_000, BOTH)]
    box.candidate = BOTH
    result = run(box)
    assert not result["changed"] and not result["restart_required"]
    assert [node["mode"]["in_force"] for node in result["nodes"]] == [None, None]
    assert [finding["where"] for finding in result["findings"] if "cannot be told" in finding["found"]] == ["node0", "node1"]
    assert run(box, check_mode=True, state="absent")["restart_required"]


def test_a_release_that_knows_no_tenants_is_read_without_them(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Box._answer

    def answer(self: Box, request: str) -> str:
        if "<tenants/>" in request:
            raise ConnectionError("<rpc-error><error-message>syntax error</error-message></rpc-error>")
        return whole(self, request)

    monkeypatch.setattr(Box, "_answer", answer)
    assert run(box)["changed"] and box.committed == BOTH


def test_absent_before_a_restart_needs_none_and_after_it_does(box: Box) -> None:
    run(box)
    assert not run(box, state="absent")["restart_required"]
    assert box.committed == frozenset()
    run(box)
    box.reboot()
    assert run(box, state="absent")["restart_required"]


@pytest.mark.mission("S6")
def test_a_rule_that_says_no_stops_before_the_lock_unless_it_is_accepted(box: Box) -> None:
    box.release = "18.4R1"
    with pytest.raises(VsrxError, match=r"(?s)was not changed.*\[S6\] node0: Junos 18.4R1") as refusal:
        run(box)
    assert {finding.id for finding in refusal.value.findings} >= {"S6"}
    assert not any("lock" in request for request in box.requested)
    assert run(box, accept=["S6"])["changed"]


@pytest.mark.mission("S6")
def test_a_rule_that_says_no_does_not_stop_a_run_that_changes_nothing(box: Box) -> None:
    run(box)
    box.release = "18.4R1"
    assert "S6" in {finding["id"] for finding in run(box)["findings"]}


@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_says_what_a_real_run_then_does(box: Box, state: str) -> None:
    if state == "absent":
        run(box)
    before = list(box.history)
    foretold = run(box, check_mode=True, state=state)
    assert box.history == before and box.candidate == box.committed and box.locked_by is None
    done = run(box, state=state)
    keys = ("changed", "actions", "diff", "findings", "restart_required", "nodes", "cluster", "reths")
    assert {key: foretold[key] for key in keys} == {key: done[key] for key in keys}


@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_without_diff_mode_locks_and_loads_nothing_and_says_the_same(box: Box, state: str) -> None:
    if state == "absent":
        run(box)
    looked = run(box, check_mode=True, diff=False, state=state)
    assert looked["changed"] and not looked["diff"]["prepared"]
    assert all(request.startswith("<get-") for request in box.requested)
    previewed = run(box, check_mode=True, state=state)
    assert previewed["diff"]["prepared"] and any("<lock" in request for request in box.requested)
    keys = ("changed", "actions", "findings", "restart_required", "nodes", "cluster", "reths")
    assert {key: looked[key] for key in keys} == {key: previewed[key] for key in keys}


def test_check_mode_without_diff_mode_refuses_what_it_can_read(box: Box) -> None:
    box.locked_by = 99  # a lock shows only to who tries to take it
    assert run(box, check_mode=True, diff=False)["changed"] and box.locked_by == 99
    box.foreign = "[edit system]\n+  host-name x;"
    with pytest.raises(VsrxError, match=r"changes in \[edit system\] that are not committed; they were left alone"):
        run(box, check_mode=True, diff=False)
    box.foreign = ""
    box.history.insert(0, Entry(box.now, frozenset(), "commit confirmed, rollback in 10mins", "theirs", True))
    box.deadline = box.now + 600
    with pytest.raises(VsrxError, match="awaits confirmation"):
        run(box, check_mode=True, diff=False)


def test_a_change_of_somebody_else_in_the_candidate_is_left_alone(box: Box) -> None:
    box.foreign = "[edit system]\n+  host-name x;"
    with pytest.raises(VsrxError, match="Nothing was changed"):
        run(box)
    assert box.foreign and box.committed == frozenset()


def test_a_change_that_a_lenient_lock_lets_through_is_left_alone_too(box: Box) -> None:
    box.foreign, box.lenient = "[edit system]\n+  host-name x;", True
    with pytest.raises(VsrxError, match=r"changes in \[edit system\] that are not committed; they were left alone"):
        run(box)
    assert box.foreign and box.committed == frozenset() and box.locked_by is None


def test_a_change_that_comes_between_the_sessions_is_not_committed_with_the_confirmation(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    reset = Box.reset

    def edited(self: Box) -> None:
        reset(self)
        self.foreign = "[edit system]\n+  host-name x;" if self.deadline is not None else ""

    monkeypatch.setattr(Box, "reset", edited)
    with pytest.raises(VsrxError, match="may be unconfirmed"):
        run(box)
    assert box.foreign and box.deadline is not None
    box.wait(601)
    assert box.committed == frozenset()


def test_a_refusal_brings_what_was_seen_of_the_cluster_and_silence_does_not(box: Box) -> None:
    expected = {key: run(box, check_mode=True, diff=False)[key] for key in ("nodes", "reths")}
    box.foreign = "[edit system]\n+  host-name x;"
    with pytest.raises(VsrxError) as refusal:
        run(box, check_mode=True, diff=False)
    assert refusal.value.facts["cluster"]["primary"] == "node0" and refusal.value.facts["restart_required"] is False
    assert [node["mode"]["configured"] for node in refusal.value.facts["nodes"]] == [False, False]
    assert [node["healthy"] for node in refusal.value.facts["nodes"]] == [node["healthy"] for node in expected["nodes"]]
    assert refusal.value.facts["reths"] == expected["reths"] and {finding.id for finding in refusal.value.findings} == set()
    box.unreachable = True
    with pytest.raises(VsrxError) as silence:
        run(box)
    assert "cluster" not in silence.value.facts and silence.value.facts["lost"]


def test_a_lock_of_somebody_else_is_respected(box: Box) -> None:
    box.locked_by = 99
    with pytest.raises(VsrxError, match="locked by another"):
        run(box)
    assert box.locked_by == 99


def test_a_commit_of_somebody_else_that_awaits_confirmation_is_not_confirmed_by_us(box: Box) -> None:
    box.history.insert(0, Entry(box.now, frozenset(), "commit confirmed, rollback in 10mins", "theirs", True))
    box.deadline = box.now + 600
    with pytest.raises(VsrxError, match="awaits confirmation"):
        run(box)
    assert box.deadline is not None and box.history[0].log == "theirs"


def test_our_own_commit_that_a_killed_run_left_is_confirmed_by_the_next(box: Box) -> None:
    box.history.insert(0, Entry(box.now, BOTH, "commit confirmed, rollback in 10mins", COMMENT, True))
    box.candidate = BOTH
    box.deadline = box.now + 600
    result = run(box)
    assert result["actions"] == ["confirm the commit of an earlier run"] and result["changed"]
    box.wait(3600)
    assert box.committed == BOTH


def left_unconfirmed(box: Box, minutes: int = 10) -> None:
    """Our commit of a run that was killed before it confirmed."""
    box.history.insert(0, Entry(box.now, BOTH, f"commit confirmed, rollback in {minutes}mins", COMMENT, True))
    box.candidate, box.deadline = BOTH, box.now + minutes * 60


@pytest.mark.mission("S8")
@pytest.mark.parametrize("check_mode", [True, False])
def test_the_run_that_confirms_asks_for_the_same_restart_as_the_one_that_was_killed(box: Box, check_mode: bool) -> None:
    box.history = [Entry(9_000, frozenset())]  # since the boot: nobody can tell what the nodes booted with
    whole = run(box, check_mode=True)
    left_unconfirmed(box)
    result = run(box, check_mode=check_mode)
    assert (
        [node["mode"] for node in result["nodes"]]
        == [{"configured": True, "in_force": None}] * 2
        == [node["mode"] for node in whole["nodes"]]
    )
    assert result["restart_required"] and whole["restart_required"]


def test_the_run_that_confirms_tells_the_timer_of_the_commit_and_not_its_own(box: Box) -> None:
    left_unconfirmed(box, minutes=7)
    box.locked_by = 99
    with pytest.raises(VsrxError, match=r"rolls it back by 1970-01-01 02:53:40 UTC"):  # 10000 s and 7 minutes
        run(box)
    box.locked_by = None
    assert run(box)["commit"]["confirm_timeout"] == 7


@pytest.mark.mission("S9")
def test_one_statement_alone_is_reported_until_it_is_completed(box: Box) -> None:
    box.history[0].statements = box.candidate = frozenset(STATEMENTS[:1])
    foretold, done, after = run(box, check_mode=True), run(box), run(box)
    rules = [[finding["id"] for finding in result["findings"] if finding["id"] == "S9"] for result in (foretold, done, after)]
    assert rules == [["S9"], [], []] and done["actions"] == [f"set chassis cluster {STATEMENTS[1]}"]


@pytest.mark.mission("S9")
def test_a_refusal_tells_of_one_statement_alone(box: Box) -> None:
    box.history[0].statements = box.candidate = frozenset(STATEMENTS[:1])
    box.release = "18.4R1"
    with pytest.raises(VsrxError) as refusal:
        run(box)
    assert {finding.id for finding in refusal.value.findings} >= {"S6", "S9"}


@pytest.mark.parametrize("text", ["²", "9" * 5000, "9" * 15, "0", ""])
@pytest.mark.parametrize("what", ["seconds=", "commit-seconds=", "<device-priority>", "<redundancy-group-id>", "<sequence-number>"])
def test_a_peer_that_lies_about_its_numbers_ends_a_run_with_a_result_or_a_refusal(
    box: Box, monkeypatch: pytest.MonkeyPatch, what: str, text: str
) -> None:
    honest = Box.rpc
    monkeypatch.setattr(Box, "rpc", lambda self, request: re.sub(rf"({what}['\"]?)\d+", rf"\g<1>{text}", honest(self, request)))
    for check_mode in (True, False):
        with contextlib.suppress(VsrxError):
            assert run(box, check_mode=check_mode)["changed"]
    assert box.locked_by is None


@pytest.mark.parametrize("minutes", ["10", "9" * 5000])
def test_a_time_that_no_calendar_has_does_not_hide_why_a_run_is_refused(box: Box, minutes: str) -> None:
    box.history.insert(0, Entry(int("9" * 15), frozenset(), f"commit confirmed, rollback in {minutes}mins", "theirs", True))
    with pytest.raises(VsrxError, match="awaits confirmation"):
        run(box)
    for seconds in (10**18, -(10**18), float("inf"), float("nan")):
        assert "second" in _format_time(seconds)


@pytest.mark.parametrize("user", ["somebody", None])
def test_a_pending_commit_with_our_comment_is_ours_unless_another_user_made_it(box: Box, user: t.Optional[str]) -> None:
    box.history.insert(0, Entry(box.now, BOTH, "commit confirmed, rollback in 10mins", f" {COMMENT} ", True))
    box.candidate, box.deadline, box.user = BOTH, box.now + 600, user
    if user is None:
        assert run(box)["actions"] == ["confirm the commit of an earlier run"]
        return
    with pytest.raises(VsrxError, match=f"a commit of u .* awaits confirmation .*{COMMENT}"):
        run(box)
    assert box.deadline is not None


BAD_OPTIONS: dict[str, tuple[dict[str, t.Any], str]] = {
    "no comment, so that nobody would know the commit again": ({"comment": "  "}, "comment is empty"),
    "no interface": ({"sriov_ports": ["ge-0/0/2.0"]}, "sriov_ports has 'ge-0/0/2.0'"),
    "no rule": ({"accept": ["s12"]}, "accept has 's12'"),
    "no timer": ({"confirm_timeout": 0}, "confirm_timeout 0 is out of range"),
}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(("given", "words"), BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_bad_options_are_refused_before_anything_gets_requests(
    box: Box, given: dict[str, t.Any], words: str, check_mode: bool, state: str
) -> None:
    with pytest.raises(VsrxError, match=words):
        run(box, check_mode=check_mode, state=state, **given)
    assert not box.requested


@pytest.mark.parametrize("log", ["theirs", ""])
def test_a_timer_that_ran_out_before_the_confirmation_is_noticed(box: Box, monkeypatch: pytest.MonkeyPatch, log: str) -> None:
    """Then the newest commit is Junos' rollback, or somebody's: committing on top of it would confirm nothing of ours."""
    locks = []

    def lock(self: Box, request: str) -> str:
        locks.append(request)
        if len(locks) == 2:
            self._commit(Entry(self.now, frozenset(), "", log))
            self.candidate = self.committed
        return Box._lock(self, request)

    answers = [(pattern, lock if pattern == "<lock" else answer) for pattern, answer in Box._ANSWERS]
    monkeypatch.setattr(Box, "_ANSWERS", answers)
    commits = len(box.history)
    with pytest.raises(VsrxError, match="the newest commit is that of u at .*; expected this run's own"):
        run(box)
    assert len(box.history) == commits + 2 and box.committed == frozenset()


def requests_of_a_whole_run() -> int:
    probe = Box()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(netconf, "Connection", lambda _path: probe)
        patch.setattr(netconf, "_PersistentSocket", _Held)
        _Held.box = probe
        run(probe)
    return len(probe.requested)


TOTAL = requests_of_a_whole_run()


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize("start", ["absent", "present"])
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("number", range(TOTAL))
def test_a_fault_at_any_request_leaves_the_old_or_the_new_configuration_and_a_rerun_ends_right(
    box: Box, number: int, kind: str, start: str
) -> None:
    wanted = "present" if start == "absent" else "absent"
    if start == "present":
        run(box)
        box.reboot()
    box.fault = (number, kind)
    try:
        run(box, state=wanted)
    except VsrxError as failure:
        assert failure.message
    else:
        assert box.committed == (BOTH if wanted == "present" else frozenset()) and box.deadline is None
    assert box.committed in (frozenset(), BOTH)
    box.fault = None
    box.wait(3600)
    assert box.committed in (frozenset(), BOTH) and box.candidate == box.committed
    if box.locked_by is not None:
        box.reset()  # a session that was left with the lock ends with its task
    result = run(box, state=wanted)
    assert box.committed == (BOTH if wanted == "present" else frozenset())
    assert result["restart_required"]
    box.wait(3600)
    assert box.committed == (BOTH if wanted == "present" else frozenset())


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("number", range(TOTAL))
def test_a_rerun_at_once_after_a_fault_ends_right_too(box: Box, number: int, kind: str) -> None:
    box.fault = (number, kind)
    with contextlib.suppress(VsrxError):
        run(box)
    box.fault = None
    if box.locked_by is not None:
        box.reset()
    run(box)
    box.wait(3600)
    assert box.committed == BOTH


def test_a_box_whose_commit_replies_are_never_whole_is_judged_by_what_it_then_has(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Box.rpc

    def torn(self: Box, request: str) -> str:
        reply = whole(self, request)
        return reply.replace("</routing-engine>", "") if "<commit-configuration" in request else reply

    monkeypatch.setattr(Box, "rpc", torn)
    assert run(box)["changed"]
    assert box.committed == BOTH and box.deadline is None


def test_a_box_that_does_not_come_back_after_the_commit_rolls_back_and_the_error_says_when(box: Box) -> None:
    commits = Box.rpc

    def rpc(self: Box, request: str) -> str:
        reply = commits(self, request)
        if "<confirmed/>" in request:
            self.unreachable = True
        return reply

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Box, "rpc", rpc)
        with pytest.raises(VsrxError, match=r"rolls it back by \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC") as failure:
            run(box)
    text = failure.value.message.partition("rolls it back by ")[2][:19]
    left = datetime.datetime.fromisoformat(f"{text}+00:00") - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=9) < left <= datetime.timedelta(minutes=10)
    box.unreachable = False
    box.wait(601)
    assert box.committed == frozenset()
