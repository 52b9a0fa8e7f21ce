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


def apply(awx: Awx, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "CONTROLLER_HOST": awx.url,
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


@pytest.fixture(scope="module")
def awx() -> t.Iterator[Awx]:
    server = Awx()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("missing", NEEDED)
def test_refuses_without_settings(awx: Awx, missing: str) -> None:
    """None has a default: whoever owned the address would deliver what AWX runs."""
    done = apply(awx, "-e", json.dumps({name: value for name, value in NEEDED.items() if name != missing}))
    assert done.returncode == 2
    assert "Set vsrx_awx_image" in done.stdout
    assert missing in done.stdout
    assert awx.writes == []


def test_makes_all_of_it_and_nothing_twice(awx: Awx) -> None:
    done = apply(awx, *SETTINGS)
    assert done.returncode == 0, done.stdout + done.stderr
    templates = awx.named("job_templates")
    site = templates["vSRX SR-IOV site"]
    assert {key: site[key] for key in ("playbook", "job_type", "diff_mode", "ask_limit_on_launch")} == {
        "playbook": "playbooks/site.yml", "job_type": "run", "diff_mode": True, "ask_limit_on_launch": True,
    }  # fmt: skip
    assert templates["vSRX SR-IOV site preview"]["job_type"] == "check"
    assert site["project"] == awx.named("projects")["vSRX SR-IOV playbooks"]["id"]
    credentials = awx.named("credentials")
    assert set(awx.linked[f"job_templates/{site['id']}/credentials"]) == {thing["id"] for thing in credentials.values()}
    assert not any(thing.get("inputs") for thing in credentials.values())
    questions = {question["variable"]: question for question in awx.surveys[str(site["id"])]["spec"]}
    assert questions["vsrx_cluster_restart"]["choices"] == ["simultaneous", "rolling", "never"]
    teardown = awx.surveys[str(templates["vSRX SR-IOV teardown"]["id"])]["spec"][0]
    assert teardown["default"] == "mac_mode\nports\nvfs"

    nodes = {node["identifier"]: node for node in awx.things["workflow_job_template_nodes"]}
    following = {
        name: [awx.by_id(number)["identifier"] for number in awx.linked.get(f"workflow_job_template_nodes/{node['id']}/success_nodes", [])]
        for name, node in nodes.items()
    }
    assert following == {"preflight": ["preview"], "preview": ["approval"], "approval": ["site"], "site": ["report"], "report": []}
    assert nodes["site"]["unified_job_template"] == site["id"]
    assert awx.by_id(nodes["approval"]["unified_job_template"])["type"] == "workflow_approval_template"

    awx.writes.clear()
    again = apply(awx, *SETTINGS, "--start-at-task", "Workflows")  # that which is made of the most parts
    assert again.returncode == 0, again.stdout + again.stderr
    assert "changed=0" in again.stdout, again.stdout
    assert awx.writes == [], json.dumps(awx.writes)
