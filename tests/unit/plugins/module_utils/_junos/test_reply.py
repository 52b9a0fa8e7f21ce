# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies of Junos, their errors and warnings, and what is refused as a reply."""

from __future__ import annotations

import subprocess
import sys
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import UnreadableError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import reply
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import JunosRefusedError, parse, parse_number, read

BASE = 'xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"'
JUNOS = 'xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos"'

DEFAULT_STYLE = f"""<rpc-reply {BASE} {JUNOS}>
<configuration xmlns="http://xml.juniper.net/xnm/1.1/xnm" junos:commit-seconds="5">
<chassis><cluster><use-active-child-mac-on-reth/></cluster></chassis></configuration></rpc-reply>"""
RFC_STYLE = f"""<nc:rpc-reply xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" {JUNOS}>
<configuration xmlns="http://yang.juniper.net/junos-es/conf/root" junos:commit-seconds="5">
<chassis xmlns="http://yang.juniper.net/junos-es/conf/chassis"><cluster><use-active-child-mac-on-reth/></cluster></chassis>
</configuration></nc:rpc-reply>"""
BARE_STYLE = """<rpc-reply><configuration commit-seconds="5"><chassis><undocumented><cluster><use-active-child-mac-on-reth/></cluster>
</undocumented></chassis></configuration></rpc-reply>"""


@pytest.mark.parametrize("text", [DEFAULT_STYLE, RFC_STYLE, BARE_STYLE])
def test_every_namespace_style_gives_the_same_tree(text: str) -> None:
    root = read(text, "test", "configuration").data("configuration")
    assert root.get("commit-seconds") == "5"
    assert root.find("chassis/cluster/use-active-child-mac-on-reth") is not None


def rpc_error(message: str, severity: str = "error") -> str:
    return (
        f"<rpc-error><error-type>protocol</error-type><error-tag>operation-failed</error-tag><error-severity>{severity}</error-severity>"
        f"<error-message>\n{message}\n</error-message></rpc-error>"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"<rpc-reply {BASE}>{rpc_error('lock held by root')}</rpc-reply>", ["lock held by root"]),
        (f"<rpc-reply {BASE}>{rpc_error('one')}{rpc_error('two')}{rpc_error('mind', 'warning')}</rpc-reply>", ["one", "two"]),
        (rpc_error("alone, without its reply"), ["alone, without its reply"]),
        (
            f"<rpc-reply {BASE}><commit-results><routing-engine>{rpc_error('node1 failed')}</routing-engine></commit-results></rpc-reply>",
            ["node1 failed"],
        ),
        (
            f'<rpc-reply {BASE}><xnm:error xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm">'
            "<message>Chassis cluster is not enabled</message></xnm:error></rpc-reply>",
            ["Chassis cluster is not enabled"],
        ),
        ("<rpc-reply><rpc-error><error-tag>lock-denied</error-tag></rpc-error></rpc-reply>", ["lock-denied"]),
    ],
)
def test_every_error_of_a_reply_is_reported(text: str, words: list[str]) -> None:
    with pytest.raises(JunosRefusedError) as refusal:
        read(text, "asking")
    assert refusal.value.message == "asking: Junos refused: " + "; ".join(words)
    assert refusal.value.facts["junos_errors"] == words


def test_warnings_are_no_errors() -> None:
    reply = read(
        f"<rpc-reply {BASE}><load-configuration-results>{rpc_error('mind', 'warning')}<ok/></load-configuration-results></rpc-reply>", "t"
    )
    assert reply.warnings == ("mind",)


def test_one_node_that_does_not_answer_is_no_error_of_the_whole() -> None:
    item = "<multi-routing-engine-item><re-name>node1</re-name><error><message>down</message></error></multi-routing-engine-item>"
    assert read(f"<rpc-reply {BASE}><multi-routing-engine-results>{item}</multi-routing-engine-results></rpc-reply>", "t").warnings == ()


BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rpc-reply>&b;</rpc-reply>'
OUTSIDE = '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd"><rpc-reply/>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("no XML at all", "no whole XML document"),
        ("<rpc-reply><configuration>", "no whole XML document"),
        (DEFAULT_STYLE[:-20], "no whole XML document"),
        ("<rpc-reply></wrong>", "no whole XML document"),
        (BILLION, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        ("<a>" * 500 + "</a>" * 500, "nests deeper"),
    ],
)
def test_a_reply_that_is_no_answer_is_one_clear_error(text: str, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        parse(text, "asking")


def test_a_reply_beyond_all_measure_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply, "MAX_REPLY_LENGTH", 1000)
    with pytest.raises(UnreadableError, match="more than the 1000"):
        parse("<rpc-reply>" + "x" * 1000 + "</rpc-reply>", "asking")


def test_a_reply_without_what_was_requested_says_what_it_holds() -> None:
    with pytest.raises(VsrxError, match="holds no <configuration>; found output"):
        read("<rpc-reply><output>hello</output></rpc-reply>", "reading", "configuration")


@pytest.mark.parametrize(
    "text",
    [
        "<undocumented/>",
        "<undocumented><ok/><ok/></undocumented>",
        "<undocumented>words</undocumented>",
        "<!-- only a comment -->",
        "<rpc-reply/><rpc-reply/>",
    ],
)
def test_a_reply_without_one_outermost_element_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError, match="test: the reply"):
        read(text, "test")


@pytest.mark.parametrize(("info", "unknown"), [("<error-info><bad-element>tenants</bad-element></error-info>", True), ("", False)])
def test_an_element_that_the_release_does_not_know_is_distinguished_from_one_that_may_not_be_seen(info: str, unknown: bool) -> None:
    with pytest.raises(JunosRefusedError) as refusal:
        read(f"<rpc-reply><rpc-error><error-message>syntax error</error-message>{info}</rpc-error></rpc-reply>", "test")
    assert refusal.value.unknown is unknown


ITEM = "<multi-routing-engine-item><re-name>node0</re-name><x/></multi-routing-engine-item>"
DATA = f"<multi-routing-engine-results>{ITEM}</multi-routing-engine-results>"


def test_data_beside_the_error_of_one_node_is_taken_where_nodes_were_requested() -> None:
    text = f"<rpc-reply>{rpc_error('Could not connect to node1 : No route to host')}{DATA}</rpc-reply>"
    reply = read(text, "test", "x", partial=True)
    assert reply.data("x") is not None and reply.errors == ("Could not connect to node1 : No route to host",)
    with pytest.raises(JunosRefusedError, match="No route to host"):
        read(text, "test", "x")
    with pytest.raises(JunosRefusedError, match="No route to host"):
        read(text.replace("<x/>", ""), "test", "x", partial=True)


def test_a_warning_never_stands_for_the_data() -> None:
    warned = rpc_error("mind the gap", "warning")
    assert read(f"<rpc-reply>{warned}{DATA}</rpc-reply>", "test", "x").warnings == ("mind the gap",)
    for text in (warned, f"<rpc-reply>{warned}</rpc-reply>", f"<rpc-reply>{warned}{warned}</rpc-reply>"):
        with pytest.raises(UnreadableError, match="kept the data back: mind the gap"):
            read(text, "test", "x")
    assert read(warned, "test").warnings == ("mind the gap",)


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("007", 7), (" 42\n", 42), ("9" * 15, 999_999_999_999_999), (None, None), ("", None), ("9" * 16, None)]
)
def test_a_number_is_read_up_to_fifteen_digits(text: t.Optional[str], expected: t.Optional[int]) -> None:
    assert parse_number(text) == expected


@pytest.mark.parametrize("text", ["²", "٣", "9" * 5000, "-1", "+1", "1.5", "1_0", "1 0", "0x1", "ten"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


#: reads the longest reply that is read, of the smallest elements, and prints the growth of its own memory in MiB
MEASURE = """
import resource
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import reply
text = "<a>" + "<b/>" * ((reply.MAX_REPLY_LENGTH - 8) // 4) + "</a>"
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
root = reply.read(text, "a reply").root
print(len(root), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_the_longest_reply_takes_a_bounded_amount_of_memory() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    elements, grown = map(int, done.stdout.split())
    assert elements > 1_000_000 and grown < 256, f"{grown} MiB"
