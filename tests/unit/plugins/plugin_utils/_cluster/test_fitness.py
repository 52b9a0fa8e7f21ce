# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a cluster is fit for a change."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.fitness import Terms, find_refusal, needs_time

TERMS = Terms("fw", "node0", "fw-a", judge_health=True, but_manual=False, accept=frozenset())
LOST = {"failed": True, "lost": True, "msg": "fw-a does not answer"}
APART = {"id": "S8", "severity": "error", "found": "the control link is down"}


def look(reasons: tuple[str, ...] = (), otherwise: bool = True, **others: t.Any) -> dict[str, t.Any]:
    cluster = {
        "enabled": others.pop("enabled", True), "healthy": not reasons, "healthy_otherwise": otherwise,
        "connected_to": others.pop("connected_to", "node0"),
    }  # fmt: skip
    nodes = [{"name": "node0", "healthy": True, "reasons": []}, {"name": "node1", "healthy": not reasons, "reasons": list(reasons)}]
    return {"actions": [], "cluster": cluster, "nodes": nodes, "findings": [], **others}


MANUAL = look(("manual failover of redundancy group 1",))
SICK = look(("IF monitoring failed",), otherwise=False)
CASES: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], bool, str]] = {
    "healthy": (look(), {}, False, ""),
    "address not shown": (look(connected_to=None), {}, False, ""),
    "address of the other node": (look(connected_to="node1"), {}, False, "fw-a has vsrx_cluster_node 0, but its address leads to node1"),
    "no cluster": (look(("x",), otherwise=False, enabled=False), {}, False, ""),
    "no answer": (LOST, {}, True, "fw-a does not answer"),
    "no answer, health not judged": (LOST, {"judge_health": False}, True, ""),
    "refused by a rule": ({"failed": True, "msg": "[S7] no", "cluster": SICK["cluster"]}, {"judge_health": False}, True, "[S7] no"),
    "no reason given": ({"failed": True}, {}, False, "no reason is known"),
    "manual failover": (MANUAL, {}, True, "Cluster fw is not healthy: node1 manual failover of redundancy group 1."),
    "manual failover allowed": (MANUAL, {"but_manual": True}, False, ""),
    "not healthy": (SICK, {"but_manual": True}, True, "node1 IF monitoring failed."),
    "not healthy, not judged": (SICK, {"judge_health": False}, True, ""),
    "not together": (look(findings=[APART]), {}, False, "not together: the control link is down (S8)"),
    "not together, accepted": (look(findings=[APART]), {"accept": {"S8"}}, False, ""),
    "a warning": (look(findings=[{**APART, "severity": "warning"}]), {}, False, ""),
}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(("result", "terms", "time", "words"), CASES.values(), ids=CASES)
def test_a_cluster_is_judged(result: dict[str, t.Any], terms: dict[str, t.Any], time: bool, words: str) -> None:
    judged_by = dataclasses.replace(TERMS, **terms)
    refusal = find_refusal(result, judged_by)
    assert words in (refusal or "") and (refusal is None) == (words == "")
    assert needs_time(result, judged_by) is time


def test_all_reasons_come_at_once() -> None:
    refusal = find_refusal({**SICK, "findings": [APART], "cluster": {**SICK["cluster"], "connected_to": "node1"}}, TERMS)
    assert refusal is not None and len(refusal.splitlines()) == 3
