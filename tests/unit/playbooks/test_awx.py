# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX as data: what playbooks/controller/ describes fits the modules that apply it, the playbooks it names, and what their roles take."""

from __future__ import annotations

import importlib
import pathlib
import re
import typing as t

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from jinja2 import StrictUndefined
from jinja2.nativetypes import NativeEnvironment

TOP = pathlib.Path(__file__).parents[3]
OMIT = "__omit_this_argument__"
GIVEN = {
    "vsrx_awx_image": "registry.example.com/ee",
    "vsrx_awx_inventory_url": "https://git.example.com/inventory",
    "vsrx_awx_playbooks_url": "https://git.example.com/sriov",
    "omit": OMIT,
}
#: short names, since awx.awx and ansible.controller have the same modules
MODULES = (
    "execution_environment", "credential", "project", "inventory", "inventory_source", "label", "job_template", "workflow_job_template",
)  # fmt: skip
SURVEY_TYPES = {"bool": "multiplechoice", "str": "multiplechoice", "int": "integer", "list": "multiselect"}
Options = dict[str, dict[str, t.Any]]


def load(path: pathlib.Path) -> t.Any:
    return yaml.safe_load(path.read_text())


def render(value: t.Any, variables: t.Mapping[str, t.Any]) -> t.Any:
    if isinstance(value, dict):
        return {key: render(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [render(item, variables) for item in value]
    if isinstance(value, str) and "{{" in value:
        return render(NativeEnvironment(undefined=StrictUndefined).from_string(value).render(variables), variables)
    return value


PLAY = load(TOP / "playbooks/awx.yml")[0]
RAW: dict[str, t.Any] = GIVEN | {key: value for name in PLAY["vars_files"] for key, value in load(TOP / "playbooks" / name).items()}
DATA: dict[str, t.Any] = {key: render(value, RAW) for key, value in RAW.items()}
(BLOCK,) = [task["block"] for task in load(TOP / "playbooks/tasks/controller.yml") if "block" in task]
TASKS: list[dict[str, t.Any]] = [task for task in BLOCK if "loop" in task]
TEMPLATES: dict[str, dict[str, t.Any]] = {template["name"]: template for template in DATA["controller_templates"]}
(WORKFLOW,) = DATA["controller_workflows"]


def module_of(task: dict[str, t.Any]) -> str:
    (name,) = [key for key in task if key in MODULES]
    return name


def loop_of(task: dict[str, t.Any]) -> str:
    return t.cast("str", task["loop"]).strip("{} ")


class TakenError(Exception):
    """What a module declares, taken before it talks to anybody."""


def declared_by(module: str) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    code = importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{module}")

    def take(argument_spec: dict[str, t.Any], **rules: t.Any) -> t.NoReturn:
        raise TakenError(argument_spec, rules)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(TakenError) as taken:
        patch.setattr(code, "ControllerAPIModule", take)
        code.main()
    return taken.value.args[0], taken.value.args[1]


@pytest.mark.parametrize(("task", "item"), [(task, item) for task in TASKS for item in DATA[loop_of(task)]])
def test_arguments_are_those_of_the_modules(task: dict[str, t.Any], item: dict[str, t.Any]) -> None:
    spec, rules = declared_by(module_of(task))
    arguments = {key: value for key, value in render(task[module_of(task)], {"item": item, "omit": OMIT}).items() if value != OMIT}
    item = {key: value for key, value in item.items() if value != OMIT}
    assert arguments == item, "the playbook passes everything that the data says, and nothing else"
    allowed = {key: value for key, value in rules.items() if key in ("mutually_exclusive", "required_if", "required_together")}
    assert ArgumentSpecValidator(spec, **allowed).validate(arguments).error_messages == []


def test_every_list_is_applied() -> None:
    assert {loop_of(task) for task in TASKS} == {key for key in DATA if key.startswith("controller_")}


def test_names_refer_to_what_is_made_before() -> None:
    made: dict[str, set[str]] = {}
    kinds = {
        "execution_environment": "execution_environments", "project": "projects", "source_project": "projects", "inventory": "inventories",
    }  # fmt: skip
    for task in TASKS:
        kind = loop_of(task).removeprefix("controller_")
        for item in DATA[loop_of(task)]:
            for key, others in kinds.items():
                assert item.get(key, next(iter(made.get(others, {""})))) in made.get(others, {""}), (item["name"], key)
            assert set(item.get("credentials", [])) <= made.get("credentials", set())
        made[kind] = {item["name"] for item in DATA[loop_of(task)]}
        assert len(made[kind]) == len(DATA[loop_of(task)]), f"two {kind} of one name"


def test_no_secret_and_the_release_of_the_collection() -> None:
    assert all(
        set(credential) <= {"name", "description", "organization", "credential_type", "update_secrets"}
        for credential in DATA["controller_credentials"]
    )
    assert not any(credential["update_secrets"] for credential in DATA["controller_credentials"])
    version = load(TOP / "galaxy.yml")["version"]
    (collection,) = load(TOP / "execution-environment.yml")["dependencies"]["galaxy"]["collections"]
    assert DATA["vsrx_awx_playbooks_branch"] == collection["version"] == version


def test_every_playbook_has_its_template_and_those_that_write_a_preview() -> None:
    by_type = {kind: {item["playbook"] for item in TEMPLATES.values() if item["job_type"] == kind} for kind in ("run", "check")}
    assert by_type["run"] == {
        f"playbooks/{path.name}"
        for path in TOP.glob("playbooks/*.yml")
        if path.stem not in ("awx", "automation_platform") and not path.stem.startswith("inventory.")
    }
    assert by_type["check"] == {"playbooks/site.yml", "playbooks/teardown.yml"}


def roles_in(tasks: t.Any, folder: pathlib.Path = TOP / "playbooks") -> set[str]:
    """The roles that a playbook uses, its task files included, each of which is beside the file that names it."""
    if isinstance(tasks, list):
        return set().union(*(roles_in(each, folder) for each in tasks))
    if not isinstance(tasks, dict):
        return set()
    found = {str(tasks["role"])} if "role" in tasks else set()
    for key, value in tasks.items():
        if key in ("ansible.builtin.include_role", "ansible.builtin.import_role"):
            found.add(value["name"])
        elif key in ("ansible.builtin.import_tasks", "ansible.builtin.include_tasks"):
            # A name with a variable in it stands for each file that it can be.
            for path in folder.glob(re.sub(r"\{\{.*?\}\}", "*", value)):
                found |= roles_in(load(path), path.parent)
        else:
            found |= roles_in(value, folder)
    return found


def options_of(playbook: str) -> Options:
    """What a playbook takes: the options of its roles, and the variables that its plays have themselves."""
    plays = load(TOP / playbook)
    options: Options = {}
    for role in roles_in(plays):
        specs = load(TOP / "roles" / role.removeprefix("vsrx.sriov.") / "meta/argument_specs.yml")["argument_specs"]
        for entry in specs.values():
            options |= entry["options"]
    for play in plays:
        files = [load(TOP / "playbooks" / path) for path in play.get("vars_files", [])]
        chosen = {name: value for file in files for name, value in file.items() if name.endswith("_choices")}
        own = {name: value for name, value in (chosen | play.get("vars", {})).items() if isinstance(value, list)}
        options |= {name.removesuffix("_choices"): {"type": "list", "choices": value, "default": value} for name, value in own.items()}
    return options


QUESTIONS = [(template, question) for template in TEMPLATES.values() for question in template.get("survey_spec", {}).get("spec", [])]


@pytest.mark.parametrize(("template", "question"), QUESTIONS, ids=lambda value: value.get("variable") or value["name"])
def test_survey_asks_what_the_playbook_takes(template: dict[str, t.Any], question: dict[str, t.Any]) -> None:
    option = options_of(template["playbook"]).get(question["variable"])
    assert option, f"{template['playbook']} takes no {question['variable']}"
    assert question["type"] == SURVEY_TYPES[option["type"]]
    if question["type"].startswith("multi"):
        assert set(question["choices"]) == set(option.get("choices", ["true", "false"]))
        assert set(question["default"].split("\n")) <= set(question["choices"])
    # Who clicks through consents to nothing: the default is the role's, and where that has none, the restart is left to a later run.
    default = option.get("default", "never")
    assert question["default"] == (
        "\n".join(default) if isinstance(default, list) else default if question["type"] == "integer" else str(default).lower()
    )
    assert question["required"]


def test_consents_are_requested_wherever_they_count() -> None:
    for template in TEMPLATES.values():
        consents = {"vsrx_ports_power", "vsrx_ports_force_off", "vsrx_cluster_restart", "vsrx_cluster_power_cycle"}
        requested = {question["variable"] for question in template.get("survey_spec", {}).get("spec", [])}
        if template["playbook"] in ("playbooks/site.yml", "playbooks/teardown.yml", "playbooks/preflight.yml"):
            assert consents <= requested
        if template["playbook"] == "playbooks/failover_test.yml":
            assert requested == {"vsrx_cluster_failover_consent", "vsrx_cluster_failover_group"}


def test_workflow_goes_from_preflight_over_approval_to_site_and_report() -> None:
    nodes = {node["identifier"]: node for node in WORKFLOW["workflow_nodes"]}
    order, current = [], "preflight"
    while True:
        template = nodes[current]["unified_job_template"]
        order.append(
            "approval"
            if template["type"] == "workflow_approval"
            else TEMPLATES[template["name"]]["playbook"] + ":" + TEMPLATES[template["name"]]["job_type"]
        )
        related = nodes[current].get("related", {})
        following = [node["identifier"] for kind in ("success_nodes", "always_nodes") for node in related.get(kind, [])]
        if not following:
            break
        (current,) = following
    site = "playbooks/site.yml"
    assert order == ["playbooks/preflight.yml:run", f"{site}:check", "approval", f"{site}:run", "playbooks/report.yml:run"]
    assert len(order) == len(nodes)


def test_the_report_runs_after_each_end_that_leaves_a_question() -> None:
    related = {node["identifier"]: node.get("related", {}) for node in WORKFLOW["workflow_nodes"]}
    report = [{"identifier": "report"}]
    assert related["site"] == {"always_nodes": report}
    assert related["preflight"]["failure_nodes"] == related["preview"]["failure_nodes"] == report


def test_answers_of_the_workflow_reach_each_job_that_depends_on_them() -> None:
    """AWX hands an answer on only to a template whose own survey asks for it, and a limit only to one that asks for a limit."""
    assert WORKFLOW["ask_limit_on_launch"]
    for node in WORKFLOW["workflow_nodes"]:
        template = TEMPLATES.get(node["unified_job_template"]["name"])
        if template:
            assert template["ask_limit_on_launch"]
            assert template.get("survey_spec") in (None, WORKFLOW["survey_spec"])


def test_awx_and_automation_platform_differ_in_nothing_but_the_collection() -> None:
    (other,) = load(TOP / "playbooks/automation_platform.yml")
    assert (PLAY["collections"], other["collections"]) == (["awx.awx"], ["ansible.controller"])
    assert {**other, "collections": [], "name": ""} == {**PLAY, "collections": [], "name": ""}
