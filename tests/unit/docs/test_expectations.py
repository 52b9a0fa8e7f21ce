# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator expects of playbooks and roles, and the test that holds each; what is not held yet is listed as that."""

from __future__ import annotations

import pathlib

import pytest

TOP = pathlib.Path(__file__).parents[3]
UNIT = "tests/unit/playbooks"
REPORT = "tests/unit/plugins/plugin_utils/_report"
SITE = "tests/unit/plugins/plugin_utils/_site/test_site.py"
PEER = "tests/integration/peer"
#: the expectation; each file and a test in it
HELD: dict[str, tuple[tuple[str, str], ...]] = {
    "one bad host or cluster costs that one": ((f"{UNIT}/test_site.py", "test_what_fails_costs_its_own_cluster_and_the_rest_is_served"),),
    "clusters are interrupted one after the other": ((SITE, "test_clusters_that_are_interrupted_take_turns"),),
    "the plan is in the order of execution": ((SITE, "test_the_plan_is_in_the_order_of_execution"), (SITE, "test_each_step_has_its_limit")),
    "a summary also after a failure": ((SITE, "test_the_end_has_a_row_for_each"),),
    "an empty inventory is an error": ((f"{UNIT}/test_limit.py", "test_preflight_without_hosts_is_an_error"),),
    "other names of the groups kvm_hosts and vsrx_nodes": ((f"{UNIT}/test_site.py", "test_groups_can_have_other_names"),),
    "an exit status for drift": ((f"{UNIT}/test_report.py", "test_only_what_is_different_is_a_change_and_can_fail_a_job"),),
    "results that machines read": (
        (f"{UNIT}/test_limit.py", "test_preflight_leaves_what_an_approver_and_a_ticket_can_read"),
        (f"{REPORT}/test_document.py", "test_the_published_schema_is_that_of_the_code"),
    ),
    "the same order each time": (
        (f"{REPORT}/test_document.py", "test_the_same_site_gives_the_same_document_in_the_order_of_the_inventory"),
    ),
    "two reports can be compared": ((f"{REPORT}/test_compare.py", "test_what_is_different_is_said"),),
    "a link to the rule": ((f"{REPORT}/test_page.py", "test_each_rule_has_its_place_in_the_documentation"),),
    "progress while it waits": (
        ("tests/unit/plugins/plugin_utils/_cluster/test_waiting.py", "test_on_a_terminal_one_line_changes_in_place"),
    ),
    "ports that are not listed are shown": (
        ("tests/unit/plugins/module_utils/_vsrx_hostdev/test_drift.py", "test_a_port_that_is_not_listed_is_a_warning_with_both_cures"),
    ),
    "become for all": (("tests/unit/roles/test_become.py", "test_no_task_over_netconf_becomes_another_user"),),
    "any strategy": ((f"{UNIT}/test_limit.py", "ansible.builtin.free"), (f"{UNIT}/test_site.py", 'ANSIBLE_STRATEGY="free"')),
    "lists as texts": (
        ("tests/unit/plugins/filter/test_as_list.py", "test_each_use_of_a_list_variable_goes_through_the_filter"),
        (f"{UNIT}/test_lists.py", "test_rules_that_are_accepted_by_a_text_reach_the_modules_as_a_list"),
    ),
    "a report on AWX also after a failure": ((f"{UNIT}/test_awx.py", "test_the_report_runs_after_each_end_that_leaves_a_question"),),
    "AWX and the platform's gateway, applied twice": ((f"{UNIT}/test_awx_apply.py", "test_makes_all_of_it_and_nothing_twice"),),
    "a first preview on an empty controller": ((f"{UNIT}/test_awx_apply.py", "test_an_empty_controller_can_be_previewed"),),
    "suboptions in the specs of roles": (("tests/unit/roles/test_suboptions.py", "test_the_suboptions_are_those_of_the_module"),),
    "jump hosts": ((f"{PEER}/test_jump_host.py", "test_a_proxy_command_leads_to_the_node"),),
    "an inventory of what is there": ((f"{UNIT}/test_adopt.py", "test_it_only_reads_and_writes_one_file_that_site_takes"),),
}
#: expected, and held by no test yet
NOT_YET = ("tags for the parts of site",)


@pytest.mark.parametrize("expectation", HELD)
def test_an_expectation_is_held(expectation: str) -> None:
    assert expectation not in NOT_YET
    for file, words in HELD[expectation]:
        assert words in (TOP / file).read_text(), f"{file} no longer holds it"
