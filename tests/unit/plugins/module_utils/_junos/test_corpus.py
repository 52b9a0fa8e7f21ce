# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies in the shapes of real devices, from 12.1X46 to 24.4R1 (corpus.yml): the facts that must come out of each."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import UnreadableError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import cluster_status
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.cluster_status import NodeReplies
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import JunosRefusedError, Reply, read
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.boot_state import parse_history
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.compare_output import parse_changes, parse_editors

CORPUS = yaml.safe_load((pathlib.Path(__file__).parent / "corpus.yml").read_text(encoding="utf-8"))
#: the element that holds the data, and whether data beside an error is taken
PAYLOADS = {
    "status": ("chassis-cluster-status", False),
    "software": ("software-information", True),
    "uptime": ("system-uptime-information", True),
    "interfaces": ("interface-information", False),
    "history": ("commit-information", False),
    "comparison": ("configuration-output", False),
    "editors": ("database-status-information", False),
    "plain": ("", False),
}
NOTHING = NodeReplies(())


def read_facts(form: str, reply: Reply) -> dict[str, t.Any]:
    """What the collection's readers make of a reply."""
    if form == "status":
        groups = cluster_status.parse_groups(reply.root)
        return {
            "groups": [[group.id, *(member.state for member in group.members), group.manual, group.preempt] for group in groups],
            "healthy": [node for node in cluster_status.NODES if not cluster_status.find_health_problems(groups, node)],
        }
    if form in ("software", "uptime"):
        answer = NodeReplies((reply.root,), reply.errors)
        nodes = cluster_status.parse_nodes(*((answer, NOTHING) if form == "software" else (NOTHING, answer)))
        if form == "software":
            return {"nodes": {node.name: node.away or [node.junos_version, node.model, node.host_name] for node in nodes}}
        return {"booted": {node.name: node.away or [node.booted_at, node.now] for node in nodes}}
    if form == "interfaces":
        return {"links": {name: [link.oper, link.current_mac] for name, link in cluster_status.parse_links(reply.root).items()}}
    if form == "history":
        rows = parse_history(reply.root)
        return {"commits": [[row.number, row.seconds, row.user, row.is_pending(None)] for row in rows]}
    if form == "editors":
        return {"editors": [[editor.user, editor.terminal, editor.since, editor.idle] for editor in parse_editors(reply.root)]}
    if form == "comparison":
        changes = parse_changes(reply.data("configuration-output").text or "") or ()
        return {"changes": [[change.mark, " ".join(change.path)] for change in changes]}
    return {"warnings": [*reply.warnings]}


@pytest.mark.mission("S6", "S8", "S13")
@pytest.mark.parametrize("entry", CORPUS, ids=[entry["name"] for entry in CORPUS])
def test_each_reply_gives_its_facts(entry: dict[str, t.Any]) -> None:
    payload, partial = PAYLOADS[entry["form"]]
    facts = entry["facts"]
    if "error" in facts:
        with pytest.raises((JunosRefusedError, UnreadableError)) as raised:
            read(entry["reply"], "asking", payload, partial)
        assert type(raised.value).__name__ == facts["error"]
        assert facts.get("words", "") in str(raised.value)
        assert getattr(raised.value, "by_daemon", False) is facts.get("by_daemon", False)
        assert "unknown" not in facts or getattr(raised.value, "unknown", None) is facts["unknown"]
        return
    found = read_facts(entry["form"], read(entry["reply"], "asking", payload, partial))
    for name, expected in facts.items():
        if name == "changes":
            assert [row for row in found[name] if row in expected] == expected
        else:
            assert found[name] == expected


def test_the_corpus_has_each_form_in_more_than_one_release() -> None:
    assert {entry["form"] for entry in CORPUS} == set(PAYLOADS)
    assert len(CORPUS) >= 20 and len({entry["name"] for entry in CORPUS}) == len(CORPUS)
