# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible.netcommon over a real connection, with the inventory that the peer prints."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import typing as t

import pytest
from junos_peer.inventory import inventory
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer

Done = subprocess.CompletedProcess[str]


def ad_hoc(peer: RemotePeer, folder: pathlib.Path, module: str, arguments: dict[str, t.Any], host: str = "vsrx1-node0") -> Done:
    made = folder / "inventory.yml"
    made.write_text(inventory(peer.ask("describe"), "vsrx1"))
    return subprocess.run(
        [shutil.which("ansible") or "ansible", "-i", str(made), host, "-m", module, "-a", json.dumps(arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(folder / "pc"),
        },
    )


@pytest.fixture(params=[False, True], ids=["default", "rfc-compliant"])
def served(request: pytest.FixtureRequest) -> t.Iterator[RemotePeer]:
    with running_peer(rfc_compliant=request.param) as running:
        yield running


def test_netconf_rpc(served: RemotePeer, tmp_path: pathlib.Path) -> None:
    done = ad_hoc(served, tmp_path, "ansible.netcommon.netconf_rpc", {"rpc": "get-chassis-cluster-status"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "<redundancy-group-status>primary" in done.stdout


def test_netconf_get(served: RemotePeer, tmp_path: pathlib.Path) -> None:
    wanted = {"source": "running", "filter": "<configuration><chassis/></configuration>"}
    done = ad_hoc(served, tmp_path, "ansible.netcommon.netconf_get", wanted, "vsrx1-node1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "<reth-count>2</reth-count>" in done.stdout


def test_another_host_key_is_refused(tmp_path: pathlib.Path) -> None:
    with running_peer() as peer:
        rows = [line.split() for line in peer.known_hosts.read_text().splitlines()]
        peer.known_hosts.write_text(f"{' '.join([rows[0][0], *rows[1][1:]])}\n")
        done = ad_hoc(peer, tmp_path, "ansible.netcommon.netconf_rpc", {"rpc": "get-software-information"})
        assert done.returncode != 0
        assert "host key" in (done.stdout + done.stderr).lower()
        assert peer.requests() == []
