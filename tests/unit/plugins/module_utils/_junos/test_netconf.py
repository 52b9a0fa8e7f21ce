# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A NETCONF session that fails, dies or does not answer, and what the error says."""

from __future__ import annotations

import json
import pathlib
import socket
import tempfile
import threading
import typing as t

import pytest
from ansible.module_utils.connection import recv_data, send_data
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import NoResponseError, RefusedError, UnreadableError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.netconf import COMMIT_TIMEOUT, Session
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import JunosRefusedError


class Helper:
    """Ansible's helper process as a thread: JSON-RPC on a Unix socket; it ends when its session was reset and the client hangs up."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.answers: list[t.Any] = []
        self.requested: list[str] = []
        self.session = 1
        self.options: dict[str, t.Any] = {"persistent_command_timeout": 1}
        self.closed = False
        self.unclosable = False
        #: it has the collection's netconf plugin
        self.pipelines = False
        #: requests that came together, the time for each reply, and that for all
        self.batches: list[tuple[t.Any, ...]] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(1)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self.closed:
            channel, _address = self._listener.accept()
            while True:
                data = recv_data(channel)
                if not data:
                    break
                send_data(channel, json.dumps(self._handle(json.loads(data))).encode())
            channel.close()
        pathlib.Path(self.path).unlink(missing_ok=True)

    def _handle(self, request: dict[str, t.Any]) -> dict[str, t.Any]:
        head = {"jsonrpc": "2.0", "id": request["id"]}
        if request["method"] == "set_option":
            name, value = request["params"][0]
            self.options[name] = value
            self.closed = self.closed or (name, value) == ("persistent_connect_timeout", 1)
            return {**head, "result": ""}
        if request["method"] == "get_option":
            return {**head, "result": self.options[request["params"][0][0]]}
        if request["method"] == "reset" and self.unclosable:
            return {**head, "error": {"code": -32603, "message": "Internal error", "data": "Not connected to NETCONF server"}}
        if request["method"] == "reset":
            self.closed = True
            self.session += 1
            return {**head, "result": ""}
        if request["method"] == "get_capabilities":
            return {**head, "result": json.dumps({"session_id": str(self.session)})}
        if request["method"] == "rpc_pipelined" and not self.pipelines:
            return {**head, "error": {"code": -32601, "message": "Method not found"}}
        if request["method"] == "rpc_pipelined":
            self.batches.append((*request["params"][0], self.options["persistent_command_timeout"]))
        else:
            self.requested.append(request["params"][0][0])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            return {**head, "error": {"code": -32603, "message": "Internal error", "data": str(answer)}}
        return {**head, "result": answer}


@pytest.fixture
def helper() -> t.Iterator[Helper]:
    with tempfile.TemporaryDirectory() as folder:
        yield Helper(f"{folder}/socket")


def test_an_answer_is_read(helper: Helper) -> None:
    helper.answers = ["<rpc-reply><ok/></rpc-reply>"]
    assert Session(helper.path).ask("<get/>", "asking").root.find("ok") is not None
    assert helper.requested == ["<get/>"]


RPC_ERROR = "<rpc-error><error-severity>{}</error-severity><error-message>words</error-message></rpc-error>"


def test_the_connections_exception_is_read_as_the_reply_that_it_holds(helper: Helper) -> None:
    helper.answers = [RuntimeError(RPC_ERROR.format("error")), RuntimeError(RPC_ERROR.format("warning"))]
    session = Session(helper.path)
    with pytest.raises(JunosRefusedError, match="asking: Junos refused: words"):
        session.ask("<get/>", "asking")
    assert session.ask("<get/>", "asking").warnings == ("words",)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Not connected to NETCONF server", NoResponseError),
        ("ncclient timed out while waiting for an rpc reply.", NoResponseError),
        ("Unexpected session close", NoResponseError),
        ("Could not open socket to 127.0.0.1:830", NoResponseError),
        ("[Errno 111] Connection refused", NoResponseError),
        ("Start tag expected, '<' not found, line 1, column 1", UnreadableError),
        ("XML syntax error: Premature end of data in tag rpc-reply", UnreadableError),
        ("permission denied", JunosRefusedError),
    ],
)
def test_every_other_exception_has_its_kind(helper: Helper, words: str, kind: type[Exception]) -> None:
    helper.answers = ["<rpc-reply><ok/></rpc-reply>", RuntimeError(words)]
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    with pytest.raises(kind, match="asking"):
        session.ask("<get/>", "asking")


CURES = {
    "name 'RPCError' is not defined": "install the Python library ncclient",
    "AuthenticationException('Authentication failed.')": "check ansible_user",
    "Unknown host key [SHA256:x] for [192.0.2.1]": "add the key to known_hosts",
    "The authenticity of host '192.0.2.1' can't be established. key fingerprint is b'x'": "add the key to known_hosts",
}


@pytest.mark.parametrize(("words", "cure"), CURES.items(), ids=CURES.values())
def test_the_commonest_failures_of_a_connection_are_reported_with_their_cure(helper: Helper, words: str, cure: str) -> None:
    helper.answers = [RuntimeError(words)]
    with pytest.raises(RefusedError, match=f"asking: no NETCONF session could be made .*; .*{cure}") as refusal:
        Session(helper.path).ask("<get/>", "asking")
    assert "lost" not in refusal.value.facts


def test_a_request_that_took_too_long_names_the_time_that_it_had(helper: Helper) -> None:
    helper.answers = ["<rpc-reply><ok/></rpc-reply>", RuntimeError("ncclient timed out while waiting for an rpc reply.")]
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    with pytest.raises(NoResponseError, match=r"It had 1 s; a node that needs longer needs a larger ansible_command_timeout"):
        session.ask("<commit-configuration/>", "committing")


def test_a_commit_has_the_time_that_it_takes_over_a_session_of_its_own(helper: Helper) -> None:
    helper.answers = ["<rpc-reply><ok/></rpc-reply>"] * 2
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    session.allow_for_commit()
    session.ask("<commit-configuration/>", "committing")
    assert helper.options["persistent_command_timeout"] == COMMIT_TIMEOUT and session.id == "2"
    session.close()
    assert not pathlib.Path(helper.path).exists()


def test_a_connection_that_has_the_time_keeps_its_session(helper: Helper) -> None:
    helper.answers, helper.options["persistent_command_timeout"] = ["<rpc-reply><ok/></rpc-reply>"], COMMIT_TIMEOUT
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    session.allow_for_commit()
    assert session.id == "1"


def test_a_node_that_was_never_heard_is_reported_with_what_to_look_at(helper: Helper) -> None:
    helper.answers = [RuntimeError("Could not open socket to 127.0.0.1:830")] * 2
    with pytest.raises(NoResponseError, match=r"127\.0\.0\.1:830.*; see that the node is up.*'system services netconf ssh'"):
        Session(helper.path).ask("<get/>", "asking")


def test_a_session_found_dead_is_replaced_once(helper: Helper) -> None:
    helper.answers = [RuntimeError("Not connected to NETCONF server"), "<rpc-reply><ok/></rpc-reply>"]
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    assert helper.session == 2
    session.close()
    assert not pathlib.Path(helper.path).exists()


def test_a_helper_that_cannot_close_its_dead_session_is_made_to_end(helper: Helper) -> None:
    helper.answers, helper.unclosable = [RuntimeError("Not connected to NETCONF server")], True
    with pytest.raises(NoResponseError) as lost:
        Session(helper.path).ask("<get/>", "asking")
    assert lost.value.facts["lost"]
    assert not pathlib.Path(helper.path).exists()


@pytest.mark.parametrize("unclosable", [False, True])
def test_no_helper_is_left_after_the_session(helper: Helper, unclosable: bool) -> None:
    helper.answers, helper.unclosable = ["<rpc-reply><ok/></rpc-reply>"], unclosable
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    session.close()
    assert not pathlib.Path(helper.path).exists()


def test_a_node_that_fell_silent_is_not_waited_for_again(helper: Helper) -> None:
    """To close a session in the usual way is a request, too."""
    helper.answers = ["<rpc-reply><ok/></rpc-reply>", RuntimeError("ncclient timed out while waiting for an rpc reply.")]
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    with pytest.raises(NoResponseError):
        session.ask("<get/>", "asking")
    session.close()
    assert helper.session == 1
    assert not pathlib.Path(helper.path).exists()


def test_a_session_that_died_after_it_had_answered_is_not_sent_a_request_again(helper: Helper) -> None:
    helper.answers = ["<rpc-reply><ok/></rpc-reply>", RuntimeError("Unexpected session close"), "<rpc-reply><ok/></rpc-reply>"]
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    with pytest.raises(NoResponseError):
        session.ask("<commit-configuration/>", "committing")
    assert len(helper.requested) == 2


def test_a_renewed_session_has_another_number_and_the_helper_ends_with_it(helper: Helper) -> None:
    helper.answers = ["<rpc-reply><ok/></rpc-reply>"] * 3
    session = Session(helper.path)
    session.ask("<get/>", "asking")
    before = session.id
    session.reconnect()
    session.ask("<get/>", "asking")
    assert (before, session.id) == ("1", "2")
    session.reconnect()
    assert session.id == "3"
    session.close()
    assert not pathlib.Path(helper.path).exists()


def test_a_session_that_cannot_be_made_anew_is_reported_in_one_line(helper: Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    def reset(_self: t.Any) -> None:
        raise ConnectionError("command timeout triggered, timeout value is 8 secs.\nSee the timeout setting options.")

    monkeypatch.setattr("ansible_collections.vsrx.sriov.plugins.module_utils._junos.netconf._PersistentSocket.reset", reset, raising=False)
    session = Session(helper.path)
    with pytest.raises(NoResponseError) as failed:
        session.reconnect()
    assert failed.value.message.splitlines() == [failed.value.message]


def test_no_helper_at_all_is_a_lost_session() -> None:
    with pytest.raises(NoResponseError):
        Session("/nonexistent/socket").ask("<get/>", "asking")


def test_requests_go_together_and_their_replies_are_found_within_the_block(helper: Helper) -> None:
    helper.pipelines = True
    helper.answers = [
        json.dumps(["<rpc-reply><a/></rpc-reply>", f"<rpc-reply>{RPC_ERROR.format('error')}<b/></rpc-reply>"]),
        "<rpc-reply/>",
    ]
    session = Session(helper.path)
    with session.send_together(["<a/>", "<b/>"], "looking"):
        assert session.ask("<b/>", "asking", "b", partial=True).errors == ("words",)
    assert helper.batches == [(["<a/>", "<b/>"], 1.0, 2)] and helper.requested == []
    assert helper.options["persistent_command_timeout"] == 1
    session.ask("<a/>", "asking")  # what was read together is not taken for what is there later
    assert helper.requested == ["<a/>"] and session.requests == 3


def test_a_reply_that_came_early_is_given_out_once(helper: Helper) -> None:
    helper.pipelines = True
    helper.answers = [json.dumps(["<rpc-reply><a/></rpc-reply>"]), "<rpc-reply><later/></rpc-reply>"]
    session = Session(helper.path)
    with session.send_together(["<a/>"], "looking"):
        assert session.ask("<a/>", "asking", "a").root.find("a") is not None
        assert session.ask("<a/>", "asking", "later").root.find("later") is not None


def test_a_connection_without_the_plugin_gets_one_request_each(helper: Helper) -> None:
    helper.answers = ["<rpc-reply><a/></rpc-reply>"]
    session = Session(helper.path)
    with session.send_together(["<a/>", "<b/>"], "looking"):
        session.ask("<a/>", "asking", "a")
    assert helper.requested == ["<a/>"] and session.requests == 1 and not helper.batches


@pytest.mark.parametrize("answer", ["garbage", RuntimeError("Start tag expected, '<' not found")])
def test_replies_that_cannot_be_read_together_are_requested_one_by_one(helper: Helper, answer: t.Any) -> None:
    helper.pipelines = True
    helper.answers = [answer, "<rpc-reply><a/></rpc-reply>"]
    session = Session(helper.path)
    with session.send_together(["<a/>"], "looking"):
        session.ask("<a/>", "asking", "a")
    assert helper.requested == ["<a/>"]


def test_a_session_that_is_dead_at_once_is_replaced_once(helper: Helper) -> None:
    helper.pipelines = True
    helper.answers = [RuntimeError("Not connected to NETCONF server"), RuntimeError("Not connected to NETCONF server")]
    session = Session(helper.path)
    with session.send_together(["<a/>"], "looking"), pytest.raises(NoResponseError):
        session.ask("<a/>", "asking", "a")
    assert helper.session == 2 and helper.requested == ["<a/>"]


def test_a_login_that_is_refused_is_said_at_once(helper: Helper) -> None:
    helper.pipelines = True
    helper.answers = [RuntimeError("Authentication failed")]
    with pytest.raises(RefusedError, match="ansible_user"), Session(helper.path).send_together(["<a/>"], "looking"):
        pytest.fail("the block is not entered")
