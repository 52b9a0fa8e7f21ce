# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any cluster's configuration through reader, rules, planner and peer: it ends as asked and all else stays, or nothing changes."""

from __future__ import annotations

import pathlib
import typing as t

import junos_peer
import pytest
from direct_work import STATEMENTS, run
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from junos_peer.direct import DirectPeer, direct_peer
from junos_peer.inheritance import inherited
from junos_peer.tree import Tree, parse, plain
from lxml import etree

CLUSTER = (pathlib.Path(junos_peer.__file__).parent / "configs" / "cluster.xml").read_text(encoding="utf-8")
#: where a statement can stand: in the hierarchy itself, in the group "macs", or in the nodes' own groups
HERE, GROUP, NODE0, NODES = "here", "group", "node0", "nodes"
#: where that group is applied, if it is
APPLIED = ("nowhere", "top", "chassis", "cluster", "inactive", "excepted")
#: what else a configuration may hold: (the text it goes before, the text)
EXTRAS = {
    "second port of a node in a reth": (
        "    <interface>\n      <name>fab0",
        "<interface><name>ge-0/0/3</name><gigether-options><redundant-parent><parent>reth0</parent></redundant-parent></gigether-options></interface>",
    ),
    "MAC of a port": ("      <gigether-options><redundant-parent><parent>reth0", "<mac>02:00:00:00:00:01</mac>"),
    "MTU of a reth": ("      <redundant-ether-options>", "<mtu>9192</mtu>"),
    "description": ("      <redundant-ether-options>", "<description>to the core &amp; back</description>"),
    "VLANs": (
        "      <unit><name>0</name><family><inet><address><name>198",
        "<vlan-tagging/><unit><name>7</name><vlan-id>7</vlan-id></unit>",
    ),
    "IPv6": ("<inet><address><name>203.0.113.1/24", "<inet6><address><name>2001:db8::1/64</name></address></inet6>"),
    "IRB": ("    <interface>\n      <name>fab0", "<interface><name>irb</name><unit><name>0</name></unit></interface>"),
    "NAT pool of a reth's network": (
        "    <zones>",
        "<nat><source><pool><name>out</name><address><name>198.51.100.9/32</name></address></pool></source></nat>",
    ),
    "a user's group": (
        "  <groups>\n    <name>node1",
        "<groups><name>mine</name><system><domain-name>x.org</domain-name></system></groups>",
    ),
    "an inactive reth": ("    <interface>\n      <name>fab0", '<interface inactive="inactive"><name>reth2</name></interface>'),
}


def configuration(standing: t.Sequence[str], idle: t.Sequence[str], applied: str, extras: t.Iterable[str]) -> str:
    """``standing`` tells for each statement where it stands, "" for not at all; ``idle`` names the statements that are inactive there."""

    def written(*places: str) -> str:
        here = [name for name, where in zip(STATEMENTS, standing) if where in places]
        return "".join(f'<{name} inactive="inactive"/>' if name in idle else f"<{name}/>" for name in here)

    def put(text: str, before: str, more: str) -> str:
        assert before in text
        return text.replace(before, more + before, 1)

    text = CLUSTER
    for extra in extras:
        text = put(text, *EXTRAS[extra])
    group = f"<groups><name>macs</name><chassis><cluster>{written(GROUP)}</cluster></chassis></groups>"
    text = put(text, "  <apply-groups>", group)
    for node, places in (("node0", (NODE0, NODES)), ("node1", (NODES,))):
        own = f"<chassis><cluster>{written(*places)}</cluster></chassis>"
        text = put(text, f"    <system>\n      <host-name>vsrx1-{node}", own if written(*places) else "")
    mark = {"inactive": ' inactive="inactive"'}.get(applied, "")
    if applied in ("top", "inactive", "excepted"):
        text = put(text, "  <system>\n    <services>", f"<apply-groups{mark}>macs</apply-groups>")
    elif applied != "nowhere":
        inside = {"chassis": "    <cluster>\n      <reth", "cluster": "      <reth-count>"}[applied]
        text = put(text, inside, "<apply-groups>macs</apply-groups>")
    excepted = "<apply-groups-except>macs</apply-groups-except>" if applied == "excepted" else ""
    return put(text, "      <reth-count>", excepted + written(HERE))


def without_statements(text: str) -> str:
    """The configuration without the two statements, and without what held nothing else."""
    root = plain(parse(text.encode()))
    for name in STATEMENTS:
        for found in list(root.iter(name)):
            parent = found.getparent()
            assert parent is not None
            parent.remove(found)
    for name in ("cluster", "chassis"):
        for found in list(root.iter(name)):
            parent = found.getparent()
            if not len(found) and parent is not None:
                parent.remove(found)
    return str(etree.tostring(root, encoding="unicode"))


def in_force(text: str) -> list[set[str]]:
    """The statements that are in force on each node, as the peer itself inherits them."""

    def of(node: str) -> set[str]:
        effective: Tree = inherited(plain(parse(text.encode())), node)
        return {name for name in STATEMENTS if effective.find(f"chassis/cluster/{name}") is not None}

    return [of("node0"), of("node1")]


@pytest.fixture(scope="module")
def peer() -> t.Iterator[DirectPeer]:
    with direct_peer() as made:
        yield made


def output(result: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What check mode and a real run have to say alike: all but statements that stand alone (S9), which a run that succeeds has seen to."""
    alike = {name: result.get(name) for name in ("failed", "msg", "changed", "actions", "diff")}
    return {**alike, "findings": [finding for finding in result["findings"] if finding["id"] != "S9" or result.get("failed")]}


@pytest.mark.mission("S6", "S9", "S10", "S11", "S12", "S14")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    standing=st.tuples(*[st.sampled_from(["", HERE, GROUP, NODE0, NODES])] * 2),
    idle=st.sets(st.sampled_from(STATEMENTS)),
    applied=st.sampled_from(APPLIED),
    extras=st.sets(st.sampled_from(sorted(EXTRAS)), max_size=3),
    state=st.sampled_from(["present", "present", "absent"]),
    accept=st.booleans(),
)
def test_any_configuration_ends_as_requested_or_as_it_was(
    peer: DirectPeer, standing: tuple[str, str], idle: set[str], applied: str, extras: set[str], state: str, accept: bool
) -> None:
    before = configuration(standing, sorted(idle), applied, sorted(extras))
    requested: dict[str, t.Any] = {"state": state, "accept": ["S4", "S7", "S10", "S11", "S12", "S14"] if accept else []}
    wanted = set(STATEMENTS) if state == "present" else set()
    peer.begin_with(before)
    committed = peer.order("committed")
    preview = output(run(peer, check_mode=True, **requested))
    assert peer.order("committed") == committed and not peer.order("status")["candidate_modified"]
    done = run(peer, **requested)
    real = output(done)
    after = peer.order("committed")
    status = peer.order("status")
    assert status["lock"] is None and not status["candidate_modified"] and not status["pending"]
    assert preview == real
    if real["failed"]:
        event("refused")
        assert after == committed and real["msg"] and state == "present"
        return
    event("changed" if real["changed"] else "as it is")
    assert in_force(after) == [wanted, wanted]
    assert "S9" not in {finding["id"] for finding in done["findings"]}
    assert without_statements(after) == without_statements(committed)
    assert real["changed"] == (after != committed)
    again = run(peer, **requested)
    assert not again.get("failed") and not again["changed"] and peer.order("committed") == after
