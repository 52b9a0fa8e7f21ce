# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No password, key or foreign value leaves the node: neither in a result, a message or a warning, nor in what the module is answered."""

from __future__ import annotations

import json
import pathlib
import typing as t

import junos_peer
import pytest
from direct_work import run
from junos_peer.direct import DirectPeer, direct_peer

CLUSTER = (pathlib.Path(junos_peer.__file__).parent / "configs" / "cluster.xml").read_text(encoding="utf-8")
MARK = "SECRET"
_USER = f"<login><user><name>root2</name><authentication><encrypted-password>$6${MARK}</encrypted-password></authentication></user></login>"
_AUTHENTICATED = (
    f"<protocols><bgp><group><name>a</name><authentication-key>$9${MARK}</authentication-key></group></bgp>"
    "<ospf><area><name>0</name><interface><name>reth0.0</name>"
    f"<authentication><md5><name>1</name><key>$9${MARK}</key></md5></authentication></interface></area></ospf>"
    f"<msdp><peer><name>192.0.2.9</name><authentication-key>$9${MARK}</authentication-key></peer></msdp></protocols>"
)
_VRRP = f"<vrrp-group><name>1</name><authentication-key>$9${MARK}</authentication-key></vrrp-group>"
#: (the text it goes before, the text)
PLANTED = {
    "a group's protocols": ("    <system>\n      <host-name>vsrx1-node0", _AUTHENTICATED),
    "groups": ("<host-name>vsrx1-node0", _USER),
    "system": ("    <services>\n      <ssh/>", _USER),
    "ike": (
        "    <zones>",
        f"<ike><policy><name>p</name><pre-shared-key><ascii-text>$9${MARK}</ascii-text></pre-shared-key></policy></ike>",
    ),
    "snmp": ("  <interfaces>\n    <interface>\n      <name>ge-0/0/1", f"<snmp><community><name>{MARK}</name></community></snmp>"),
    "protocols": ("  <interfaces>\n    <interface>\n      <name>ge-0/0/1", _AUTHENTICATED),
    "an instance": (
        "  <interfaces>\n    <interface>\n      <name>ge-0/0/1",
        f"<routing-instances><instance><name>i</name>{_AUTHENTICATED}</instance></routing-instances>",
    ),
    "a tenant": (
        "  <interfaces>\n    <interface>\n      <name>ge-0/0/1",
        f"<tenants><name>t</name>{_AUTHENTICATED}</tenants><logical-systems><name>l</name>{_AUTHENTICATED}</logical-systems>",
    ),
    "firewall": (
        "  <interfaces>\n    <interface>\n      <name>ge-0/0/1",
        f"<firewall><family><inet><filter><name>f</name><term><name>1</name><then><count>{MARK}</count></then></term></filter></inet></family></firewall>",
    ),
    "an interface": ("<address><name>198.51.100.1/24</name>", ""),
}


def planted() -> str:
    text = CLUSTER
    for before, more in PLANTED.values():
        assert before in text
        text = text.replace(before, more + before, 1)
    return text.replace("<name>198.51.100.1/24</name>", f"<name>198.51.100.1/24</name>{_VRRP}", 1)


@pytest.fixture(scope="module")
def peer() -> t.Iterator[DirectPeer]:
    with direct_peer() as running:
        yield running


@pytest.fixture
def replies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every reply that the module gets."""
    got: list[str] = []
    honest = DirectPeer.rpc

    def rpc(self: DirectPeer, request: str) -> str:
        try:
            got.append(honest(self, request))
        except Exception as failure:
            got.append(str(failure))
            raise
        return got[-1]

    monkeypatch.setattr(DirectPeer, "rpc", rpc)
    return got


@pytest.mark.parametrize("state", ["present", "absent"])
def test_the_module_is_shown_no_secret_of_the_committed_configuration(peer: DirectPeer, replies: list[str], state: str) -> None:
    peer.begin_with(planted())
    for check_mode in (True, False, False):
        result = run(peer, check_mode, state=state, pf_under_control=True)
        assert "failed" not in result, result["msg"]
        assert MARK not in json.dumps(result)
    assert replies and [reply for reply in replies if MARK in reply] == []


FOREIGN = {
    "a hash": f"<system><root-authentication><encrypted-password>$6${MARK}</encrypted-password></root-authentication></system>",
    "a key in a group": f"<groups><name>{MARK}</name>{_AUTHENTICATED}</groups>",
    "beside our statements": "<chassis><cluster><use-active-child-mac-on-reth/></cluster></chassis>"
    f"<snmp><community><name>{MARK}</name></community></snmp>",
}


@pytest.mark.parametrize("xml", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(("check_mode", "diff"), [(True, False), (True, True), (False, True)], ids=["check", "preview", "run"])
def test_an_uncommitted_edit_is_reported_by_its_hierarchies_and_never_quoted(
    peer: DirectPeer, xml: str, check_mode: bool, diff: bool
) -> None:
    peer.begin_with(CLUSTER)
    peer.fault("dirty", xml=xml)
    result = run(peer, check_mode, diff=diff)
    assert result["failed"] and MARK not in json.dumps(result)
    assert "[edit " in result["msg"] and "show | compare" in result["msg"]
    assert "In configuration mode: operator on terminal pts/0 since 20" in result["msg"] and "(idle for 1 min)" in result["msg"]
