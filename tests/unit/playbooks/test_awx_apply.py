# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook vsrx.sriov.awx against a stand-in of AWX's API: what it makes, and that it makes nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t

import pytest

from .awx_api import Awx


def apply(awx: t.Optional[Awx], *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **({"CONTROLLER_HOST": awx.url} if awx else {}),
        "CONTROLLER_OAUTH_TOKEN": "token",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
    }
    environment |= {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_PYTHON_INTERPRETER": sys.executable}
    command = ["ansible-playbook", "-i", "localhost,", "vsrx.sriov.awx", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


NEEDED = {
    "vsrx_awx_image": "registry.example.com/ee",
    "vsrx_awx_inventory_url": "https://git.example.com/inventory",
    "vsrx_awx_playbooks_url": "https://git.example.com/sriov",
}
SETTINGS = ("-e", json.dumps(NEEDED))


@pytest.fixture(params=["/api/", "/api/controller/"], ids=["AWX 24", "gateway of 2.5 and later"])
def awx(request: pytest.FixtureRequest) -> t.Iterator[Awx]:
    server = Awx(request.param)
    yield server
    server.shutdown()
    server.server_close()


def related(awx: Awx, kind: str) -> dict[str, list[str]]:
    """Which nodes of the workflow follow each node, by ``kind``."""
    nodes = {node["identifier"]: node["id"] for node in awx.things["workflow_job_template_nodes"]}
    linked = {name: awx.linked.get(f"workflow_job_template_nodes/{number}/{kind}", []) for name, number in nodes.items()}
    return {name: [awx.by_id(number)["identifier"] for number in numbers] for name, numbers in linked.items() if numbers}


@pytest.mark.parametrize("missing", NEEDED)
def test_refuses_without_settings(missing: str) -> None:
    """None has a default: whoever owned the address would deliver what AWX runs."""
    server = Awx()
    done = apply(server, "-e", json.dumps({name: value for name, value in NEEDED.items() if name != missing}))
    assert done.returncode == 2
    assert "Set vsrx_awx_image" in done.stdout
    assert missing in done.stdout
    assert server.writes == []


def test_refuses_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONTROLLER_HOST", "AAP_HOSTNAME", "TOWER_HOST"):
        monkeypatch.setenv(name, "")
    done = apply(None, *SETTINGS)
    assert done.returncode == 2
    assert "Set CONTROLLER_HOST" in done.stdout


def test_an_empty_controller_can_be_previewed() -> None:
    server = Awx()
    done = apply(server, *SETTINGS, "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Would be made too: vSRX SR-IOV repository, vSRX SR-IOV preflight" in " ".join(done.stdout.split())
    assert server.writes == []


def test_makes_all_of_it_and_nothing_twice(awx: Awx) -> None:
    done = apply(awx, *SETTINGS)
    assert done.returncode == 0, done.stdout + done.stderr
    templates = awx.named("job_templates")
    site = templates["vSRX SR-IOV site"]
    wanted = {"playbook": "playbooks/site.yml", "job_type": "run", "diff_mode": True}
    wanted |= {"ask_limit_on_launch": True, "ask_variables_on_launch": True, "ask_verbosity_on_launch": True}
    assert {key: site[key] for key in wanted} == wanted
    assert templates["vSRX SR-IOV site preview"]["job_type"] == "check"
    assert site["project"] == awx.named("projects")["vSRX SR-IOV playbooks"]["id"]
    credentials = awx.named("credentials")
    assert set(awx.linked[f"job_templates/{site['id']}/credentials"]) == {thing["id"] for thing in credentials.values()}
    assert not any(thing.get("inputs") for thing in credentials.values())
    questions = {question["variable"]: question for question in awx.surveys[str(site["id"])]["spec"]}
    assert questions["vsrx_cluster_restart"]["choices"] == ["simultaneous", "rolling", "never"]
    teardown = awx.surveys[str(templates["vSRX SR-IOV teardown"]["id"])]["spec"][0]
    assert teardown["default"] == "mac_mode\nports\nvfs"

    assert related(awx, "success_nodes") == {"preflight": ["preview"], "preview": ["approval"], "approval": ["site"]}
    assert related(awx, "always_nodes") == {"site": ["report"]}
    assert related(awx, "failure_nodes") == {"preflight": ["report"], "preview": ["report"]}
    nodes = {node["identifier"]: node for node in awx.things["workflow_job_template_nodes"]}
    assert nodes["site"]["unified_job_template"] == site["id"]
    approval = awx.by_id(nodes["approval"]["unified_job_template"])
    assert (approval["type"], approval["timeout"]) == ("workflow_approval_template", 14400)

    awx.writes.clear()
    again = apply(awx, *SETTINGS)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "changed=0" in again.stdout, again.stdout
    assert awx.writes == [], json.dumps(awx.writes)


def test_a_template_that_the_data_no_longer_has_is_removed_on_request_only() -> None:
    server = Awx()
    assert apply(server, *SETTINGS).returncode == 0
    label = server.named("labels")["vsrx.sriov"]["id"]
    former = server.create("job_templates", {"name": "vSRX SR-IOV former", "organization": server.named("organizations")["Default"]["id"]})
    server.linked[f"job_templates/{former['id']}/labels"] = [label]
    server.create("job_templates", {"name": "of another team"})
    done = apply(server, *SETTINGS, "--start-at-task", "Remove what the data no longer has")
    assert {"vSRX SR-IOV former", "of another team"} <= set(server.named("job_templates")), done.stdout
    done = apply(server, *SETTINGS, "-e", "vsrx_awx_prune=true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "vSRX SR-IOV former" not in server.named("job_templates")
    assert {"of another team", "vSRX SR-IOV site"} <= set(server.named("job_templates"))
    assert "token" not in done.stdout.replace("CONTROLLER_OAUTH_TOKEN", "")
