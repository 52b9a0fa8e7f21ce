# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document: its schema, its order, and what it makes of hosts and nodes that say anything."""

from __future__ import annotations

import copy
import json
import pathlib
import time
import typing as t

import jsonschema
import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.decode import encode
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.document import make_document, read_document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.model import Document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.page import write_page
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.schema import make_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.report_sites import READ_AT, RUN, finding, make_bad_site, make_documents, make_site

PUBLISHED = pathlib.Path(__file__).parents[5] / "docs/report.schema.json"
DOCUMENTS = make_documents()
CHECK = jsonschema.Draft202012Validator(make_schema())


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text()) == make_schema(), "write it anew: python tests/support/report_schema.py"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_as_its_schema_says_and_comes_back_the_same(name: str) -> None:
    written = encode(DOCUMENTS[name])
    CHECK.validate(written)
    assert read_document(json.loads(json.dumps(written))) == DOCUMENTS[name]


def test_the_same_site_gives_the_same_document_in_the_order_of_the_inventory() -> None:
    hosts, nodes = make_bad_site()
    made = make_document(hosts, nodes, READ_AT, RUN)
    assert made == make_document(*make_bad_site(), READ_AT, RUN)
    assert [host.name for host in made.hosts] == list(hosts)
    assert [cluster.name for cluster in made.clusters] == ["vsrx1", "vsrx2", "vsrx3"]
    assert [node.name for node in made.clusters[0].nodes] == ["vsrx1-node0", "vsrx1-node1"]
    turned = make_document(dict(reversed(hosts.items())), dict(reversed(nodes.items())), READ_AT, RUN)
    assert turned.findings == made.findings
    assert [node.name for node in turned.clusters[0].nodes] == ["vsrx3-node0", "vsrx3-node1"]


def test_a_refusal_that_only_lists_findings_is_not_said_twice() -> None:
    hosts, nodes = make_site(1)
    found = finding("S22", "error", "VF 0000:01:10.0", "in use by other", "choose another VF")
    listed = "[S22] VF 0000:01:10.0: in use by other. choose another VF"
    nodes["vsrx1-node0"].update(vsrx_ports_findings=[found], vsrx_ports_refusal=f"vsrx1-node0 was not changed:\n{listed}")
    (only,) = make_document(hosts, nodes, READ_AT, RUN).findings
    assert (only.id, only.standing, only.stops) == ("S22", "stops", True)
    nodes["vsrx1-node0"]["vsrx_ports_refusal"] += "\nthe domain is locked"
    assert "the domain is locked" in {each.found.splitlines()[-1] for each in make_document(hosts, nodes, READ_AT, RUN).findings}


def test_the_plan_of_the_whole_site_is_taken_as_it_is_numbered() -> None:
    hosts, nodes = make_site(2)
    plan = [
        {"what": "commit both statements", "where": "vsrx2", "traffic": "no", "longest_s": 120, "number": 1},
        {"what": "reboot", "where": "vsrx2-node1", "traffic": "failover", "longest_s": 2400, "number": 2},
        {"what": "reboot", "where": "vsrx2-node0", "traffic": "?", "longest_s": "x", "number": 3},
    ]
    made = make_document(hosts, nodes, READ_AT, RUN, plan=plan)
    assert [(step.number, step.on, step.traffic, step.longest) for step in made.plan] == [
        (1, "vsrx2", "no", 120),
        (2, "vsrx2-node1", "failover", 2400),
        (3, "vsrx2-node0", "unknown", None),
    ]
    assert [cluster.verdict.steps for cluster in made.clusters] == [0, 3] and made.verdict.steps == 3
    assert "40 min" in write_page(made) and "all steps may take at most 42 min" in write_page(made)


def test_since_is_the_first_report_in_a_row_that_saw_the_state() -> None:
    sites = make_site(2)
    first = make_document(*sites, "2026-01-01T00:00:00Z", RUN)
    second = make_document(*sites, "2026-01-02T00:00:00Z", RUN, first)
    assert {cluster.verdict.since for cluster in second.clusters} == {"2026-01-01T00:00:00Z"}
    sites[1]["vsrx2-node0"]["vsrx_cluster_seen"]["reths"][0]["up"] = False
    third = make_document(*sites, "2026-01-03T00:00:00Z", RUN, second)
    assert [cluster.verdict.since for cluster in third.clusters] == ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"]


def _leaves(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield (*path, key)
        yield from _leaves(each, (*path, key))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\x1b[2J<script>{{ 7 * 7 }}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
HONEST = make_bad_site()
PLACES = list(_leaves(list(HONEST)))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=1, max_size=4))
def test_hosts_and_nodes_can_say_anything(lies: list[tuple[tuple[t.Any, ...], t.Any]]) -> None:
    site = copy.deepcopy(list(HONEST))
    for path, lie in lies:
        at: t.Any = site
        try:
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = lie if len(path) > 2 else at[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # another lie is in its place
    made = make_document(*site, READ_AT, RUN)  # type: ignore[call-arg]
    written = encode(made)
    CHECK.validate(written)
    assert read_document(written) == made
    page = write_page(made)
    assert "<script" not in page and "\x1b" not in page


def test_eight_thousand_reths_take_a_moment() -> None:
    hosts, nodes = make_site(1)
    seen = nodes["vsrx1-node0"]["vsrx_cluster_seen"]
    seen["reths"] = [{**seen["reths"][0], "name": f"reth{number}"} for number in range(8000)]
    nodes["vsrx1-node0"]["vsrx_cluster_findings"] = [finding("S12", "warning", f"reth{number}") for number in range(2000)]
    nodes["vsrx1-node0"]["vsrx_ports_map"] *= 500
    start = time.process_time()
    page = write_page(make_document(hosts, nodes, READ_AT, RUN))
    assert time.process_time() - start < 20
    assert "reth7999" in page


@pytest.mark.parametrize("name", ["reth(a+)+b", "reth0(", "reth[", "\\"])
def test_no_pattern_is_made_of_a_name(name: str) -> None:
    hosts, nodes = make_site(1)
    nodes["vsrx1-node0"]["vsrx_cluster_seen"]["reths"][0]["name"] = name
    nodes["vsrx1-node0"]["vsrx_cluster_findings"] = [finding("S10", "error", "retha" + "a" * 60 + "c"), finding("S10", "error", name)]
    start = time.process_time()
    write_page(make_document(hosts, nodes, READ_AT, RUN))
    assert time.process_time() - start < 5


def test_a_document_of_anything_is_an_empty_one() -> None:
    for value in (None, [], "x", 7, {"hosts": 7, "schema": "x", "clusters": [[], {"nodes": {}}]}):
        assert isinstance(read_document(value), Document)
