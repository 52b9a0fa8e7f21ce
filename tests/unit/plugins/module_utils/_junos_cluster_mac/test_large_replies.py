# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that answers one request with a large reply: the work on the control node grows with the reply and not with its square."""

from __future__ import annotations

import re
import time
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import netconf
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run as run_module
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run_info
from fuzz.runner import limited
from support.fake_netconf_cluster import STATEMENTS, Box, Entry

from .test_mutated_replies import Module

#: a quarter of the longest reply that is read
SIZE = 1 << 20
BOTH = "".join(f"<{name}/>" for name in STATEMENTS)
INHERITED, WRITTEN = "<get-configuration(?!.*compare=).*inherit", "<get-configuration(?!.*(compare=|inherit))"
COMPARE = "<get-configuration.* compare="
CONFIGURATION = "<configuration junos:commit-seconds='9000'>{}</configuration>"
SYSTEM = "<system><host-name>a</host-name></system>"
OUTPUT = "<configuration-information><configuration-output>{}</configuration-output></configuration-information>"
MEMBER = "<gigether-options><redundant-parent><parent>reth{n}</parent></redundant-parent></gigether-options>"
GROUP = f"<groups><name>{{}}</name>{{}}<chassis><cluster>{BOTH}</cluster></chassis></groups>"
ITEM = (
    "<multi-routing-engine-item><re-name>node{n}</re-name><software-information><host-name>a</host-name></software-information>"
    "</multi-routing-engine-item>"
)
ROWS = "<commit-information>{}</commit-information>"
ITEMS = "<multi-routing-engine-results>{}</multi-routing-engine-results>"
STATUS = "<chassis-cluster-status><cluster-id>1</cluster-id>{}</chassis-cluster-status>"
DEVICE = (
    "<device-name>node{n}</device-name><device-priority>1</device-priority><redundancy-group-status>primary</redundancy-group-status>"
    "<monitor-failures>None</monitor-failures>"
)


def interfaces(one: str) -> tuple[str, str, str]:
    return INHERITED, CONFIGURATION.format(f"{SYSTEM}<interfaces>{{}}</interfaces>"), one


def configured(one: str, around: str = "{}") -> tuple[str, str, str]:
    return INHERITED, CONFIGURATION.format(f"{SYSTEM}{around}"), one


def written(one: str, around: str = "{}") -> tuple[str, str, str]:
    return WRITTEN, CONFIGURATION.format(around), one


#: the request, the reply, and what is repeated in it; {n} is its number
REPLIES: dict[str, tuple[str, str, str]] = {
    "reths": interfaces("<interface><name>reth{n}</name></interface>"),
    "ports of many reths": interfaces(f"<interface><name>ge-0/{{n}}/0</name><mac>02:5a:00:00:00:01</mac>{MEMBER}</interface>"),
    "ports of one reth": interfaces(f"<interface><name>ge-0/{{n}}/0</name>{MEMBER.replace('{n}', '0')}</interface>"),
    "one port": interfaces(f"<interface><name>ge-0/0/0</name>{MEMBER}</interface>"),
    "units of one reth": configured(
        "<unit><name>{n}</name><vlan-id>{n}</vlan-id><family><inet6/></family></unit>",
        "<interfaces><interface><name>reth0</name>{}</interface></interfaces>",
    ),
    "fabric members": configured(
        "<name>ge-0/{n}/0</name>",
        "<interfaces><interface><name>fab0</name><fabric-options><member-interfaces>{}</member-interfaces></fabric-options></interface></interfaces>",
    ),
    "logical systems": configured(
        f"<logical-systems><name>{{n}}</name><interfaces><interface><name>reth{{n}}</name>{MEMBER}</interface></interfaces></logical-systems>"
    ),
    "tenants": configured("<tenants><name>{n}</name><protocols><pim><interface><name>r.0</name></interface></pim></protocols></tenants>"),
    "instances": configured(
        "<instance><name>{n}</name><protocols><pim><interface><name>reth{n}</name></interface></pim></protocols></instance>",
        "<routing-instances>{}</routing-instances>",
    ),
    "proxy ARP": configured(
        "<interface><name>reth{n}.0</name><address><name>192.0.2.{n}</name></address></interface>",
        "<security><nat><proxy-arp>{}</proxy-arp></nat></security>",
    ),
    "terms": configured(
        "<term><name>{n}</name><then><packet-mode/></then></term>", "<firewall><filter><name>f</name>{}</filter></firewall>"
    ),
    "bridge domains": configured("<domain><name>{n}</name></domain>", "<bridge-domains>{}</bridge-domains>"),
    "redundancy groups of the configuration": configured(
        "<redundancy-group><name>{n}</name><hold-down-interval>{n}</hold-down-interval></redundancy-group>",
        "<chassis><cluster>{}</cluster></chassis>",
    ),
    "groups with both statements": written(f"{GROUP.format('g{n}', '')}<apply-groups>g{{n}}</apply-groups>"),
    "groups of one name": written(GROUP.format("g", "")),
    "groups that are off": written(GROUP.format("g{n}", "").replace("<chassis>", "<chassis inactive='inactive'>")),
    "groups under a condition": written(GROUP.format("g{n}", "<when/>")),
    "applied groups": written("<apply-groups>g{n}</apply-groups><apply-groups-except>g{n}</apply-groups-except>"),
    "backup routers": written(
        "<groups><name>node{n}</name><system><backup-router><address>192.0.2.1</address></backup-router></system></groups>"
    ),
    "commits": (
        "<get-commit-information",
        ROWS,
        "<commit-history><sequence-number>{n}</sequence-number><date-time junos:seconds='9000'/>"
        "<comment>commit confirmed, rollback in 1mins</comment></commit-history>",
    ),
    "blocks in blocks": (COMPARE, OUTPUT.format("\n[edit]\n{}"), "+a {{\n"),
    "a long level": (COMPARE, OUTPUT.format("\n[edit {} chassis]\n" + "+ a;\n" * (SIZE // 20)), "a "),
    "changed groups": (COMPARE, OUTPUT.format("\n[edit]\n{}"), "+ groups g{n} chassis cluster use-active-child-mac-on-reth;\n"),
    "changed lines": (COMPARE, OUTPUT.format("\n[edit chassis cluster]\n{}"), "+ a;\n"),
    "comments": (COMPARE, OUTPUT.format("\n[edit]\n+ a {};\n"), "/*"),
    "comments that end": (COMPARE, OUTPUT.format("\n[edit]\n+ a {};\n"), "/**/ "),
    "blanks": (COMPARE, OUTPUT.format("\n[edit]\n+ a {}b;\n"), " "),
    "quotes": (COMPARE, OUTPUT.format("\n[edit]\n+ a {};\n"), '"'),
    "nodes": ("<get-software", ITEMS, ITEM),
    "one node": ("<get-software", ITEMS, ITEM.replace("{n}", "0")),
    "boots": ("<get-system-uptime", ITEMS, ITEM.replace("software", "system-uptime")),
    "redundancy groups": (
        "<get-chassis-cluster-status",
        STATUS,
        f"<redundancy-group><redundancy-group-id>{{n}}</redundancy-group-id><device-stats>{DEVICE}</device-stats></redundancy-group>",
    ),
    "devices": (
        "<get-chassis-cluster-status",
        STATUS.format("<redundancy-group><redundancy-group-id>0</redundancy-group-id><device-stats>{}</device-stats></redundancy-group>"),
        DEVICE,
    ),
    "links": (
        "<get-interface",
        "<interface-information>{}</interface-information>",
        "<physical-interface><name>reth{n}</name><current-physical-address>02:5a:00:00:00:01</current-physical-address></physical-interface>",
    ),
    "complaints": (
        "<get-interface",
        "{}<ok/>",
        "<rpc-error><error-severity>warning</error-severity><error-message>w{n}</error-message></rpc-error>",
    ),
}  # fmt: skip


class LargeBox(Box):
    """Answers one kind of request with a reply that is full of one thing; statements are in a group, so that all is read and compared."""

    request: str
    reply: str

    def _answer(self, request: str) -> str:
        if re.match(self.request, request, re.DOTALL):
            return self.reply
        return super()._answer(request)


def fill(around: str, one: str, size: int = SIZE) -> str:
    texts = []
    length = len(around)
    while length < size:
        texts.append(one.replace("{n}", str(len(texts))).replace("{{", "{"))
        length += len(texts[-1])
    before, _hole, after = around.partition("{}")
    return f'<rpc-reply xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">{before}{"".join(texts)}{after}</rpc-reply>'


@pytest.mark.parametrize("name", REPLIES)
def test_a_large_reply_is_judged_in_time(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Eight times the reply take about eight times the work: a square would take 64 times. Hundredths of a second are not compared."""
    small, large = measure_work(monkeypatch, name, SIZE // 8), measure_work(monkeypatch, name, SIZE)
    assert large < 24 * max(small, 0.05), (small, large)


def measure_work(monkeypatch: pytest.MonkeyPatch, name: str, size: int) -> float:
    """Return the seconds of the processor that both modules take over a reply of this size."""
    request, around, one = REPLIES[name]
    box = LargeBox(history=[Entry(9_000, frozenset(STATEMENTS[:1])), Entry(1_000, frozenset())])
    box.request, box.reply = request, fill(around, one, size)
    monkeypatch.setattr(netconf, "Connection", lambda _path: box)
    began = time.process_time()
    for call in (run_info, run_module):
        with limited(times=12):
            try:
                call(t.cast("t.Any", Module(True, "present")))
            except VsrxError as refused:
                assert refused.message
    return time.process_time() - began
