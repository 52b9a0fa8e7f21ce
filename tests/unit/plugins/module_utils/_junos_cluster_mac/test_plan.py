# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps from a configuration to the requested one, in groups and outside, active and inactive."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.plan import (
    apply_steps,
    find_disagreement,
    plan,
    render,
    summarise,
)
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.statements import (
    ACTIVE_CHILD,
    ACTUAL_MAC,
    STATEMENTS,
    find_statements,
    find_statements_outside_groups,
)
from hypothesis import given
from hypothesis import strategies as st

A, B = f"<{ACTIVE_CHILD}/>", f"<{ACTUAL_MAC}/>"
OFF_A, OFF_B = f'<{ACTIVE_CHILD} inactive="inactive"/>', f'<{ACTUAL_MAC} inactive="inactive"/>'
NODE_GROUPS = "<apply-groups>${node}</apply-groups>"


def direct(text: str) -> str:
    return f"<chassis><cluster>{text}</cluster></chassis>"


def group(name: str, text: str, attributes: str = "") -> str:
    return f"<groups{attributes}><name>{name}</name>{direct(text)}</groups>"


def configuration(*parts: str) -> str:
    return f"<configuration>{''.join(parts)}</configuration>"


def lines(text: str, state: str) -> list[str]:
    return [step.describe() for step in plan(find_statements(parse(text, "test")), state)]


SET_A, SET_B = f"set chassis cluster {ACTIVE_CHILD}", f"set chassis cluster {ACTUAL_MAC}"

PRESENT = {
    "nothing there": (configuration(direct("")), [SET_A, SET_B]),
    "no chassis at all": (configuration(), [SET_A, SET_B]),
    "both there": (configuration(direct(A + B)), []),
    "first alone": (configuration(direct(A)), [SET_B]),
    "second alone": (configuration(direct(B)), [SET_A]),
    "both inactive": (configuration(direct(OFF_A + OFF_B)), [SET_A.replace("set", "activate"), SET_B.replace("set", "activate")]),
    "one inactive": (configuration(direct(A + OFF_B)), [SET_B.replace("set", "activate")]),
    "both from a shared group": (configuration(group("ha", A + B), "<apply-groups>ha</apply-groups>", direct("")), []),
    "one from a shared group": (
        configuration(group("ha", A), "<apply-groups>ha</apply-groups>", direct("")),
        [f"set groups ha chassis cluster {ACTUAL_MAC}"],
    ),
    "one from a group, one direct": (configuration(group("ha", A), "<apply-groups>ha</apply-groups>", direct(B)), []),
    "a group applied at the cluster": (
        configuration(group("ha", A), direct("<apply-groups>ha</apply-groups>")),
        [f"set groups ha chassis cluster {ACTUAL_MAC}"],
    ),
    "both nodes' own groups": (configuration(group("node0", A + B), group("node1", A + B), NODE_GROUPS), []),
    "one node's group only": (
        configuration(group("node0", A + B), group("node1", ""), NODE_GROUPS),
        [f"set groups node1 chassis cluster {ACTIVE_CHILD}", f"set groups node1 chassis cluster {ACTUAL_MAC}"],
    ),
    "half in each node's group": (
        configuration(group("node0", A), group("node1", B), NODE_GROUPS),
        [f"set groups node1 chassis cluster {ACTIVE_CHILD}", f"set groups node0 chassis cluster {ACTUAL_MAC}"],
    ),
    "a group that nobody applies": (configuration(group("ha", A + B), direct("")), [SET_A, SET_B]),
    "an inactive group": (
        configuration(group("ha", A + B, ' inactive="inactive"'), "<apply-groups>ha</apply-groups>", direct("")),
        [SET_A, SET_B],
    ),
    "a group under a condition": (
        configuration(group("ha", f"{A}{B}").replace("<chassis>", "<when><chassis/></when><chassis>"), "<apply-groups>ha</apply-groups>"),
        [SET_A, SET_B],
    ),
    "a group excepted at the cluster": (
        configuration(group("ha", A + B), "<apply-groups>ha</apply-groups>", direct("<apply-groups-except>ha</apply-groups-except>")),
        [SET_A, SET_B],
    ),
    "an inactive apply-groups": (
        configuration(group("ha", A + B), '<apply-groups inactive="inactive">ha</apply-groups>', direct("")),
        [SET_A, SET_B],
    ),
}
ABSENT = {
    "nothing there": (configuration(direct("")), []),
    "both there": (configuration(direct(A + B)), [SET_A.replace("set", "delete"), SET_B.replace("set", "delete")]),
    "one alone": (configuration(direct(B)), [SET_B.replace("set", "delete")]),
    "inactive ones are no statements": (configuration(direct(OFF_A + OFF_B)), []),
    "from a shared group": (
        configuration(group("ha", A + B), "<apply-groups>ha</apply-groups>"),
        [f"delete groups ha chassis cluster {ACTIVE_CHILD}", f"delete groups ha chassis cluster {ACTUAL_MAC}"],
    ),
    "direct and from a group": (
        configuration(group("ha", A), "<apply-groups>ha</apply-groups>", direct(A + B)),
        [
            f"delete chassis cluster {ACTIVE_CHILD}",
            f"delete chassis cluster {ACTUAL_MAC}",
            f"delete groups ha chassis cluster {ACTIVE_CHILD}",
        ],
    ),
    "one node's group": (configuration(group("node1", A), NODE_GROUPS), [f"delete groups node1 chassis cluster {ACTIVE_CHILD}"]),
}


@pytest.mark.mission("S9")
@pytest.mark.parametrize(("text", "expected"), PRESENT.values(), ids=PRESENT.keys())
def test_both_statements_are_brought_where_they_belong(text: str, expected: list[str]) -> None:
    assert lines(text, "present") == expected


@pytest.mark.mission("S9")
@pytest.mark.parametrize(("text", "expected"), ABSENT.values(), ids=ABSENT.keys())
def test_both_statements_are_removed_where_they_stand(text: str, expected: list[str]) -> None:
    assert lines(text, "absent") == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (configuration('<chassis inactive="inactive"><cluster/></chassis>'), "is deactivated"),
        (configuration(f'<chassis><cluster inactive="inactive">{A}</cluster></chassis>'), "is deactivated"),
        (configuration(group("node0", A), "<apply-groups>${node}</apply-groups>"), "groups node0 chassis cluster"),
        (
            configuration(group("node0", A + B), group("node1", A + B).replace("<chassis", '<chassis inactive="inactive"'), NODE_GROUPS),
            "[edit groups node1 chassis] is deactivated",
        ),
        (
            configuration(group("node0", A + B).replace("<cluster", '<cluster inactive="inactive"'), group("node1", A), NODE_GROUPS),
            "[edit groups node0 chassis cluster] is deactivated",
        ),
    ],
)
def test_what_cannot_be_done_where_it_belongs_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(VsrxError, match=words.replace("[", r"\[")):
        plan(find_statements(parse(text, "test")), "present")


def test_the_change_is_one_configuration_with_each_place_once() -> None:
    steps = plan(find_statements(parse(configuration(group("node0", A), group("node1", B), NODE_GROUPS), "test")), "present")
    root = parse(render(steps), "test")
    assert {entry.findtext("name"): [leaf.tag for leaf in entry.find("chassis/cluster")] for entry in root.findall("groups")} == {
        "node1": [ACTIVE_CHILD],
        "node0": [ACTUAL_MAC],
    }


def test_a_deletion_and_an_activation_are_marked_as_junos_wants() -> None:
    removal = render(plan(find_statements(parse(configuration(direct(A + B)), "test")), "absent"))
    assert (
        removal == f'<configuration><chassis><cluster><{ACTIVE_CHILD} delete="delete" /><{ACTUAL_MAC} delete="delete" />'
        "</cluster></chassis></configuration>"
    )
    activation = render(plan(find_statements(parse(configuration(direct(A + OFF_B)), "test")), "present"))
    assert activation == f'<configuration><chassis><cluster><{ACTUAL_MAC} active="active" /></cluster></chassis></configuration>'


@pytest.mark.parametrize(
    ("text", "in_force", "agrees"),
    [
        (configuration(direct(A + B)), set(STATEMENTS), True),
        (configuration(direct("")), set(STATEMENTS), False),
        (configuration(group("node1", A + B), NODE_GROUPS), set(), True),
        (configuration(group("node1", A + B), NODE_GROUPS), set(STATEMENTS), True),
        (configuration(group("node1", A + B), NODE_GROUPS), {ACTIVE_CHILD}, False),
    ],
)
def test_what_is_in_force_must_follow_from_what_is_written(text: str, in_force: set[str], agrees: bool) -> None:
    assert (find_disagreement(find_statements(parse(text, "test")), frozenset(in_force)) is None) is agrees


@pytest.mark.parametrize(("node", "agrees"), [("node0", False), ("node1", True), (None, True)])
def test_the_node_that_answers_is_held_against_its_own_configuration(node: t.Optional[str], agrees: bool) -> None:
    found = find_statements(parse(configuration(group("node1", A + B), NODE_GROUPS), "test"))
    assert (find_disagreement(found, frozenset(STATEMENTS), node) is None) is agrees


_statement_sets = st.lists(st.sampled_from([A, B, OFF_A, OFF_B]), max_size=2, unique_by=lambda text: text[1:9]).map("".join)
_applied = st.lists(st.sampled_from(["ha", "${node}", "node0", "other"]), max_size=3, unique=True)


@st.composite
def clusters(draw: st.DrawFn) -> str:
    """Configurations of clusters with the statements anywhere: direct, in shared groups, in node groups, applied or not, active or not."""
    parts = [group(name, draw(_statement_sets)) for name in draw(st.lists(st.sampled_from(["ha", "node0", "node1", "other"]), unique=True))]
    parts += [f"<apply-groups>{name}</apply-groups>" for name in draw(_applied)]
    excepted = [
        f"<apply-groups-except>{name}</apply-groups-except>" for name in draw(st.lists(st.sampled_from(["ha", "other"]), max_size=1))
    ]
    parts.append(direct("".join(excepted) + draw(_statement_sets)))
    return configuration(*parts)


@pytest.mark.mission("S9")
@given(clusters(), st.sampled_from(["present", "absent"]))
def test_any_plan_ends_in_both_or_neither_or_is_refused(text: str, state: str) -> None:
    before = find_statements(parse(text, "test"))
    try:
        steps = plan(before, state)
    except VsrxError as refusal:
        assert "groups" in refusal.message
        return
    after = apply_steps(before, steps)
    assert after.configured is (state == "present"), summarise(after)
    assert plan(after, state) == ()
    untouched = {(found.statement, found.group) for found in before.occurrences} ^ {
        (found.statement, found.group) for found in after.occurrences
    }
    assert untouched <= {(step.statement, step.group) for step in steps}


@given(clusters())
def test_absent_undoes_present(text: str) -> None:
    before = find_statements(parse(text, "test"))
    try:
        there = apply_steps(before, plan(before, "present"))
    except VsrxError:
        return
    assert apply_steps(there, plan(there, "absent")).empty


def test_every_combination_of_two_direct_statements_has_a_plan() -> None:
    for first, second, state in itertools.product(["", A, OFF_A], ["", B, OFF_B], ["present", "absent"]):
        before = find_statements(parse(configuration(direct(first + second)), "test"))
        assert apply_steps(before, plan(before, state)).configured is (state == "present")


@pytest.mark.parametrize(
    ("cluster", "plain"),
    [
        (A + B, True),
        (A, False),
        (A + OFF_B, False),
        (f'<{ACTIVE_CHILD} xmlns:junos="u" junos:group="node0"/>{B}', False),
        ("", False),
    ],
)
def test_both_statements_outside_of_groups_are_seen_in_what_is_in_force(cluster: str, plain: bool) -> None:
    found = find_statements_outside_groups(parse(configuration(direct(cluster)), "test"))
    assert (found is not None and found.complete) is plain
    assert found is None or plan(found, "present") == ()


def test_a_cluster_inherited_as_a_whole_is_not_taken_for_a_plain_one() -> None:
    text = f'<configuration xmlns:junos="u"><chassis><cluster junos:group="node0">{A}{B}</cluster></chassis></configuration>'
    assert find_statements_outside_groups(parse(text, "test")) is None
