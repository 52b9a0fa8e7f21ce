# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and loading configuration, by ncclient with both of its device handlers."""

from __future__ import annotations

import pytest
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer
from ncclient.operations.rpc import RaiseMode, RPCError
from peer_replies import BOTH, ask, difference, load, texts

CLUSTER = "<chassis><cluster>{}</cluster></chassis>"
HANDLERS = pytest.mark.parametrize("device", ["junos", "default"])


@HANDLERS
@pytest.mark.mission("S6")
def test_load_compare_commit(either_style: RemotePeer, device: str) -> None:
    with either_style.netconf(device=device) as session:
        ask(session, "<lock-configuration/>")
        assert load(session, CLUSTER.format(BOTH)).find(".//ok") is not None
        assert difference(session).splitlines() == [
            "[edit chassis cluster]",
            "+   use-active-child-mac-on-reth;",
            "+   use-actual-mac-on-physical-interfaces;",
        ]
        assert ask(session, "<commit-configuration><check/></commit-configuration>").find(".//commit-check-success") is not None
        assert "use-active" not in either_style.committed_xml()
        ask(session, "<commit-configuration><log>both</log></commit-configuration>")
        assert difference(session) == ""
        ask(session, "<unlock-configuration/>")
    assert "<use-active-child-mac-on-reth/>" in either_style.committed_xml()
    with either_style.netconf(node=1, device=device) as session:
        wanted = "<configuration><chassis><cluster/></chassis></configuration>"
        both = ask(session, f'<get-configuration database="committed">{wanted}</get-configuration>')
        assert both.find(".//use-actual-mac-on-physical-interfaces") is not None


@HANDLERS
def test_get_config_and_edit_config(either_style: RemotePeer, device: str) -> None:
    change = f"<config><configuration>{CLUSTER.format(BOTH)}</configuration></config>"
    remove = change.replace(
        "<use-active-child-mac-on-reth/>",
        '<use-active-child-mac-on-reth xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="delete"/>',
    )
    with either_style.netconf(device=device) as session:
        wanted = "<filter type='subtree'><configuration><system><host-name/></system><chassis/></configuration></filter>"
        seen = ask(session, f"<get-config><source><running/></source>{wanted}</get-config>")
        assert texts(seen, ".//reth-count") == ["2"]
        assert seen.find(".//host-name") is None  # it stands in the groups
        ask(session, "<lock><target><candidate/></target></lock>")
        ask(session, f"<edit-config><target><candidate/></target>{change}</edit-config>")
        ask(session, f"<edit-config><target><candidate/></target>{remove}</edit-config>")
        assert difference(session) == "[edit chassis cluster]\n+   use-actual-mac-on-physical-interfaces;"
        ask(session, "<discard-changes/>")
        assert difference(session) == ""
        ask(session, "<unlock><target><candidate/></target></unlock>")


def test_what_is_in_force_and_what_is_written(peer: RemotePeer) -> None:
    request = "<get-configuration database='committed'{}><configuration><groups/><system><host-name/></system></configuration></get-configuration>"  # noqa: E501
    for node in (0, 1):
        with peer.netconf(node) as session:
            in_force = ask(session, request.format(" inherit='inherit'"))
            assert texts(in_force, ".//system/host-name") == [f"vsrx1-node{node}"]
            assert in_force.find(".//groups") is None
            written = ask(session, request.format(""))
            assert texts(written, ".//groups/name") == ["node0", "node1"]
            assert written.find("configuration/system/host-name") is None
            marked = ask(session, request.format(" inherit='inherit' groups='groups'"))
            assert marked.find(".//host-name").get("group") == f"node{node}"  # type: ignore[union-attr]


def test_text_and_set_formats(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        text = ask(
            session, '<get-configuration format="text" database="committed"><configuration><chassis/></configuration></get-configuration>'
        )
        assert "        redundancy-group 0 {\n            node 0 priority 200;" in (text.findtext(".//configuration-text") or "")
        lines = ask(
            session, '<get-configuration format="set" database="committed"><configuration><chassis/></configuration></get-configuration>'
        )
        assert "set chassis cluster redundancy-group 0 node 0 priority 200" in (lines.findtext(".//configuration-set") or "")


def test_set_commands_make_the_same_configuration(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        everything = ask(session, '<get-configuration format="set" database="committed"/>').findtext(".//configuration-set") or ""
        ask(
            session, '<load-configuration action="override"><configuration><version>24.4R1.9</version></configuration></load-configuration>'
        )
        assert "[edit]" in difference(session)
        ask(
            session,
            f'<load-configuration action="set" format="text"><configuration-set>{everything}</configuration-set></load-configuration>',
        )
        assert difference(session) == ""


def test_set_and_delete_commands(peer: RemotePeer) -> None:
    lines = "set chassis cluster use-active-child-mac-on-reth\ndelete interfaces reth1 unit 0\ndeactivate interfaces ge-0/0/2\nset interfaces reth0 mtu 1500"  # noqa: E501
    with peer.netconf() as session:
        ask(session, f'<load-configuration action="set" format="text"><configuration-set>{lines}</configuration-set></load-configuration>')
        found = difference(session)
    assert "+   use-active-child-mac-on-reth;" in found
    assert "[edit interfaces reth1]\n-   unit 0 {" in found
    assert "!   inactive: ge-0/0/2 { ... }" in found
    assert "+   mtu 1500;" in found


def test_inactive_statements_are_written_but_not_in_force(peer: RemotePeer) -> None:
    off = BOTH.replace("/>", ' inactive="inactive"/>')
    with peer.netconf() as session:
        load(session, CLUSTER.format(off))
        assert "inactive: use-active-child-mac-on-reth;" in difference(session)
        ask(session, "<commit-configuration/>")
        request = "<get-configuration database='committed'{}><configuration><chassis/></configuration></get-configuration>"
        written = ask(session, request.format("")).find(".//use-active-child-mac-on-reth")
        assert written is not None
        assert written.get("inactive") == "inactive"
        assert ask(session, request.format(" inherit='inherit'")).find(".//use-active-child-mac-on-reth") is None
        load(session, CLUSTER.format(BOTH.replace("/>", ' active="active"/>')))
        assert "!   active: use-active-child-mac-on-reth;" in difference(session)


def test_deleting_what_is_not_there_warns_beside_ok(peer: RemotePeer) -> None:
    with peer.netconf(device="default") as session:
        session.raise_mode = RaiseMode.ERRORS
        reply = load(session, CLUSTER.format('<use-active-child-mac-on-reth delete="delete"/>'))
    assert texts(reply, ".//error-severity") == ["warning"]
    assert reply.find(".//ok") is not None


def test_history_and_rollback(peer: RemotePeer) -> None:
    with peer.netconf() as session:
        for number in (1, 2):
            load(session, f"<system><location><building>{number}</building></location></system>")
            ask(session, f"<commit-configuration><log>number {number}</log></commit-configuration>")
        history = ask(session, "<get-commit-information/>")
        assert texts(history, ".//sequence-number") == ["0", "1", "2"]
        assert texts(history, ".//log") == ["number 2", "number 1"]
        assert texts(history, ".//user") == ["ansible", "ansible", "root"]
        assert difference(session, 1, "committed") == "[edit system location]\n-  building 1;\n+  building 2;"
        ask(session, '<load-configuration rollback="2"/>')
        assert difference(session) == "[edit system]\n-   location {\n-       building 2;\n-   }"
        ask(session, '<load-configuration rollback="0"/>')
        assert difference(session) == ""
        shown = ask(session, "<get-rollback-information><rollback>0</rollback><compare>2</compare></get-rollback-information>")
        assert "building 2" in (shown.findtext(".//configuration-output") or "")
        with pytest.raises(RPCError, match="does not exist"):
            ask(session, '<load-configuration rollback="3"/>')


def test_fifty_commits_are_kept(peer: RemotePeer) -> None:
    for number in range(60):
        peer.fault("foreign-commit", xml=f"<system><location><building>{number}</building></location></system>")
    with peer.netconf() as session:
        assert len(texts(ask(session, "<get-commit-information/>"), ".//sequence-number")) == 50
        difference(session, 49, "committed")


@pytest.mark.parametrize(
    "request_",
    [
        "<nonsense/>",
        "<get-configuration database='running'/>",
        "<get-configuration format='yaml'/>",
        "<get-configuration compare='rollback' rollback='x'/>",
        "<get-config><source><startup/></source></get-config>",
        "<get-config><source><running/></source><filter type='xpath' select='/'/></get-config>",
        "<load-configuration action='nonsense'><configuration/></load-configuration>",
        "<load-configuration/>",
        "<load-configuration rollback='x'/>",
        "<load-configuration action='set'><configuration-set>nonsense a b</configuration-set></load-configuration>",
        "<edit-config><target><running/></target><config><configuration/></config></edit-config>",
        "<edit-config><target><candidate/></target></edit-config>",
        "<lock><target><running/></target></lock>",
        "<lock/>",
        "<unlock-configuration/>",
        "<close-configuration/>",
        "<open-configuration/>",
        "<kill-session><session-id>1</session-id></kill-session>",
        "<commit-configuration><confirmed/><confirm-timeout>0</confirm-timeout></commit-configuration>",
        "<commit><confirmed/><confirm-timeout>x</confirm-timeout></commit>",
        "<cancel-commit/>",
    ],
)
def test_bad_requests_are_refused(shared: RemotePeer, request_: str) -> None:
    with shared.netconf() as session, pytest.raises(RPCError):
        ask(session, request_)
    assert shared.status()["commits"] == 1
    assert not shared.status()["candidate_modified"]


@pytest.fixture(scope="module")
def shared():  # type: ignore[no-untyped-def]
    with running_peer() as running:
        yield running
