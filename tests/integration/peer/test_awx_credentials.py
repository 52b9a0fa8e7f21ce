# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide says of AWX's Network credential: the inventory comes from a script, user and secret from the job's environment."""

from __future__ import annotations

import json
import pathlib
import re
import sys

import pytest
import yaml
from harness import Runner
from junos_peer.remote import RemotePeer

PAGE = pathlib.Path(__file__).parents[3] / "docs/docsite/rst/awx.rst"
OURS = ("ansible_user", "ansible_password", "ansible_ssh_private_key_file")


def _of_the_guide(with_key: bool) -> dict[str, str]:
    (block,) = re.findall(r"^   vsrx_nodes:\n     vars:\n(?:       .+\n)+", PAGE.read_text(), re.MULTILINE)
    if with_key:
        block = re.sub(r"^ +ansible_password: .+\n", "", block, flags=re.MULTILINE).replace("# ansible_ssh", "ansible_ssh")
    variables = yaml.safe_load(block)["vsrx_nodes"]["vars"]
    return {name: str(value) for name, value in variables.items()}


def _as_awx_does(runner: Runner, variables: dict[str, str]) -> None:
    """AWX gives a job its inventory as a script that prints JSON."""
    script = runner.folder / "hosts"
    script.write_text(f"#!{sys.executable}\nprint({json.dumps({'vsrx_nodes': {'vars': variables}})!r})\n")
    script.chmod(0o700)
    text = (runner.folder / "inventory.yml").read_text()
    (runner.folder / "inventory.yml").write_text(re.sub(rf"^ +(?:{'|'.join(OURS)}): .+\n", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("with_key", [False, True], ids=["password", "key"])
def test_the_network_credential_opens_the_session(
    peer: RemotePeer, runner: Runner, monkeypatch: pytest.MonkeyPatch, with_key: bool
) -> None:
    _as_awx_does(runner, _of_the_guide(with_key))
    monkeypatch.setenv("ANSIBLE_NET_USERNAME", peer.user)
    if with_key:
        monkeypatch.setenv("ANSIBLE_NET_SSH_KEYFILE", str(peer.private_key))
    else:
        monkeypatch.setenv("ANSIBLE_NET_PASSWORD", peer.password)
    read = runner.module("vsrx1-node0", "-i", "hosts", "--check")
    assert not read.get("failed"), read
    assert read["cluster"]["connected_to"] == "node0"
