# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is admitted of a module's answer: documented fields with values of their types, and nothing that Ansible would obey."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pathlib
import typing as t

import pytest
import yaml
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.admission import admit, clean_output
from ansible_collections.vsrx.sriov.plugins.plugin_utils._results.shape import read_shape

RETURN = yaml.safe_load("""
ports:
  description: x
  returned: success
  type: list
  elements: dict
  contains:
    position: {description: x, type: int}
    mac: {description: x, type: str}
    sriov: {description: x, type: bool}
    vlan: {description: x, type: int, returned: sometimes}
findings:
  description: x
  returned: always
  type: list
  elements: str
restarted: {description: x, returned: success, type: bool}
backup: {description: x, returned: success, type: str}
mode: {description: x, returned: when it is known, type: dict, contains: {in_force: {description: x, type: bool}}}
""")
SHAPE = read_shape(RETURN)
PORT = {"position": 1, "mac": "02:5a:00:00:00:01", "sriov": True}
GOOD: dict[str, t.Any] = {"changed": True, "ports": [PORT], "findings": ["a"], "restarted": False, "backup": None}


def of(**more: t.Any) -> dict[str, t.Any]:
    return admit(SHAPE, {**copy.deepcopy(GOOD), **more}, "vsrx_hostdev", "kvm1")


def test_an_honest_answer_passes_as_it_is() -> None:
    assert of() == {**GOOD, "failed": False}
    assert of(mode={"in_force": None})["mode"] == {"in_force": None}


@pytest.mark.parametrize(
    "key",
    ["ansible_facts", "ansible_stats", "add_host", "add_group", "skipped", "unreachable", "results", "rc", "_ansible_no_log",
     "ansible_job_id", "retries", "skip_reason", "exception", "msg", "stdout", "unknown"],
)  # fmt: skip
@pytest.mark.parametrize("value", [{"vsrx_host": "kvm2", "data": {"vsrx_site": 1}}, True, 1, "x", ["x"], None])
def test_what_ansible_would_obey_is_no_answer(key: str, value: t.Any) -> None:
    assert of(**{key: value}) == {**GOOD, "failed": False}


WRONG: dict[str, tuple[str, dict[str, t.Any]]] = {
    "a text for a number": ("ports[0].position: '<script>'; expected an integer", {"ports": [{**PORT, "position": "<script>"}]}),
    "true for a number": ("ports[0].position: True", {"ports": [{**PORT, "position": True}]}),
    "a number out of range": ("ports[0].position: -1; expected a number from 0 to 65535", {"ports": [{**PORT, "position": -1}]}),
    "an enormous number": ("ports[0].position: a number of many digits; expected", {"ports": [{**PORT, "position": 10**400}]}),
    "no MAC address": ("ports[0].mac: '{{ 1 }}'; expected a MAC address", {"ports": [{**PORT, "mac": "{{ 1 }}"}]}),
    "a list for a text": ("ports[0].mac: ['x']", {"ports": [{**PORT, "mac": ["x"]}]}),
    "a text for a truth": ("ports[0].sriov: 'yes'; expected true or false", {"ports": [{**PORT, "sriov": "yes"}]}),
    "a field that is missing": ("ports[0].mac: missing", {"ports": [{"position": 1, "sriov": True}]}),
    "a dict for a list": ("ports: {'position': 1", {"ports": PORT}),
    "an entry that is null": ("ports[0]: null", {"ports": [None]}),
    "a list that is null": ("ports: None", {"ports": None}),
    "a truth that is null": ("restarted: null; expected bool", {"restarted": None}),
    "a text for a dict": ("mode: 'x'; expected a dictionary", {"mode": "x"}),
    "a list without end": ("findings: [", {"findings": ["a"] * 70000}),
    "more ports than a domain can have": ("ports: [", {"ports": [PORT] * 1025}),
    "more values than any host has": ("more than 2000000 values", {"findings": ["a"] * 2_000_001}),
    "values under no field": ("more than 2000000 values", {"other": [[["a"] * 1000] * 1000] * 2, "ports": []}),
    "a field that is optional": ("ports[0].vlan: 5000", {"ports": [{**PORT, "vlan": 5000}]}),
}


@pytest.mark.parametrize(("words", "answer"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_value_is_one_clear_failure(words: str, answer: dict[str, t.Any]) -> None:
    admitted = of(**answer)
    assert admitted["failed"] is True
    assert admitted["msg"].startswith("kvm1 gave an answer to vsrx_hostdev") and words in admitted["msg"], admitted["msg"]
    assert len(admitted["msg"]) < 1000
    assert not set(admitted) & set(RETURN)


def test_a_missing_field_of_a_success_is_a_failure_and_none_of_a_failure() -> None:
    assert "ports: missing" in admit(SHAPE, {"changed": False}, "m", "h")["msg"]
    refused = admit(SHAPE, {"failed": True, "msg": "VF 0 is in use", "findings": ["x"], "ports": "x", "ansible_facts": {"a": 1}}, "m", "h")
    assert refused == {"failed": True, "changed": False, "msg": "VF 0 is in use", "findings": ["x"]}
    assert admit(SHAPE, {"failed": "false"}, "m", "h")["failed"] is True
    assert admit(SHAPE, {"failed": True, "msg": {"a": 1}}, "m", "h")["msg"] == "{'a': 1}"


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("value", [1, True, "x", {"a": 1}, [1], [["x"]], [{"a": 1}], [None], {"msg": "x"}])
def test_what_ansible_shows_of_any_task_has_the_type_that_ansible_takes(value: t.Any, failed: bool) -> None:
    """Ansible's own code goes through these; another type would end in it, on the control node."""
    shown = of(failed=failed, warnings=value, deprecations=value, exception=value, module_stdout=value, msg=value, diff=value)
    assert all(isinstance(each, str) for each in shown.get("warnings", []))
    assert all(isinstance(each, dict) and isinstance(each["msg"], str) for each in shown.get("deprecations", []))
    assert all(isinstance(shown.get(key, ""), str) for key in ("exception", "module_stdout", "msg"))
    assert isinstance(shown.get("warnings", []), list) and isinstance(shown.get("deprecations", []), list)
    for part in ("before", "after", "prepared", "before_header"):
        of_diff = of(diff={part: value})["diff"]
        assert all(isinstance(each, str) or (part in ("before", "after") and isinstance(each, dict)) for each in of_diff[0].values())


@dataclasses.dataclass
class Note:
    """As ansible-core 2.19 and later have warnings and deprecations."""

    msg: t.Any

    @property
    def event(self) -> Note:
        return self


def test_warnings_stay_whatever_form_ansible_gives_them() -> None:
    shown = of(warnings=["a\x1b", Note("b\x1b"), Note(1)], deprecations=[{"msg": "c", "version": "9"}, Note("d\x1b")])
    assert shown["warnings"] == ["a\ufffd", "b\ufffd"] and shown["deprecations"] == [{"msg": "c"}, {"msg": "d\ufffd"}]


PRINTED = {
    '{"a": 1}': '{"a": 1}',
    'x\x1b{"a": 1}\x1b': 'x\ufffd{"a": 1}\ufffd',
    "\x1b{": "\ufffd{",
    "[" * 100_000 + "{" + "[" * 100_000 + "}": "[" * 100_000 + "{" + "[" * 100_000 + "}",
    '{"warnings": 1, "deprecations": "x"}': "{}",
    '{"warnings": ["\\u001b"], "deprecations": ["a", 1]}': '{"warnings": ["\\ufffd"], "deprecations": [{"msg": "a"}]}',
    '{"warnings": [{"__ansible_type": "WarningSummary", "event": {"msg": "\\u001b"}}]}': '{"warnings": ["\\ufffd"]}',
}


@pytest.mark.parametrize(("text", "clean"), PRINTED.items(), ids=range(len(PRINTED)))
def test_notes_are_clean_before_ansible_takes_them(text: str, clean: str) -> None:
    assert clean_output(text) == clean


def test_nothing_reaches_a_terminal_that_it_would_obey() -> None:
    escape = "\x1b[2J\x9b\u202e"
    refused = admit(SHAPE, {"failed": True, "msg": f"a{escape}\nb", "module_stderr": escape, "warnings": [escape]}, "m", "h")
    assert refused["msg"] == "a\ufffd[2J\ufffd\ufffd\nb"
    assert "\x1b" not in repr(refused["module_stderr"]) + repr(refused["warnings"])
    assert "\x1b" not in of(findings=[escape])["findings"][0]
    shown = of(diff=[{"before": escape, "after": {"a": [escape]}, "other": 1}, "x"])["diff"]
    assert shown == [{"before": "\ufffd[2J\ufffd\ufffd", "after": {"a": ["\ufffd[2J\ufffd\ufffd"]}}]
    assert "\\x1b" in of(restarted="\x1b")["msg"] and "\x1b" not in of(restarted="\x1b")["msg"]


# A module without main documents an action plugin, which runs on the control node and takes no answer from a host.
MODULES = [path.stem for path in pathlib.Path(__file__).parents[5].glob("plugins/modules/*.py") if "def main()" in path.read_text()]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_a_shape_and_its_action(name: str) -> None:
    action = importlib.import_module(f"ansible_collections.vsrx.sriov.plugins.action.{name}").ActionModule
    module = importlib.import_module(f"ansible_collections.vsrx.sriov.plugins.modules.{name}")
    assert action._shape == read_shape(yaml.safe_load(module.RETURN))
    assert any(field.always for field in action._shape.values())
