# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: a peer in a process of its own."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest
import yaml
from junos_peer.control import ask as order
from junos_peer.remote import RemotePeer
from peer_replies import ask, load, texts


def run(*words: str, **more: t.Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "junos_peer", *words], check=False, capture_output=True, text=True, timeout=60, **more)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> t.Iterator[pathlib.Path]:
    yield tmp_path / "peer"
    if (tmp_path / "peer").exists():
        run("stop", "--state-dir", str(tmp_path / "peer"))


def serve(folder: pathlib.Path, *more: str) -> RemotePeer:
    started = run("serve", "--state-dir", str(folder), "--daemon", "--boot-delay", "0.2", "--sync-delay", "0.2", *more)
    assert started.returncode == 0, started.stderr
    control = pathlib.Path(json.loads(started.stdout)["control"])
    assert json.loads((folder / "peer.json").read_text()) == json.loads(started.stdout)
    return RemotePeer(lambda name, **details: order(control, name, **details))


def test_serve_use_and_stop(folder: pathlib.Path) -> None:
    peer = serve(folder)
    at = ("--state-dir", str(folder))
    with peer.netconf() as session:
        ask(session, "<get-software-information/>")
    assert [json.loads(line)["rpc"] for line in run("log", *at, "--rpc", "get-software-information").stdout.splitlines()] == [
        "get-software-information"
    ]
    assert json.loads(run("status", *at).stdout)["nodes"][1]["state"] == "ready"
    assert "<reth-count>2</reth-count>" in run("committed", *at).stdout
    assert run("fault", *at, "refuse", "rpc=get-software-information", "node=0", "message=as ordered").returncode == 0
    with peer.netconf() as session, pytest.raises(Exception, match="as ordered"):
        ask(session, "<get-software-information/>")
    assert run("fault", *at, "clear").returncode == 0
    wrong = run("fault", *at, "nonsense")
    assert wrong.returncode == 1
    assert "unknown fault nonsense" in wrong.stderr
    again = run("serve", *at)
    assert again.returncode == 1
    assert "runs with the state folder" in again.stderr
    assert run("stop", *at).returncode == 0
    gone = run("status", *at)
    assert gone.returncode == 1
    assert "no peer runs" in gone.stderr


def test_configuration_and_boot_times_survive_a_restart(folder: pathlib.Path) -> None:
    peer = serve(folder)
    with peer.netconf() as session:
        load(session, "<chassis><cluster><use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/></cluster></chassis>")
        ask(session, "<commit-configuration><log>kept</log></commit-configuration>")
        ask(session, "<request-reboot><node>node1</node></request-reboot>")
    peer.wait_until(lambda seen: seen.node(1).boots == 1)
    peer.wait_healthy()
    booted, key = peer.node(1).booted_at, (folder / "host_key_node0.pub").read_text()
    run("stop", "--state-dir", str(folder))
    peer = serve(folder)
    assert (folder / "host_key_node0.pub").read_text() == key
    assert peer.node(1).booted_at == booted
    assert [peer.node(number).mac_mode for number in (0, 1)] == [False, True]
    with peer.netconf() as session:
        assert texts(ask(session, "<get-commit-information/>"), ".//log") == ["kept"]


def test_options_reach_the_peer(folder: pathlib.Path) -> None:
    peer = serve(folder, "--personality", "standalone", "--release", "19.4R1.10", "--model", "SRX340", "--rfc-compliant")
    with peer.netconf() as session:
        reply = session.rpc("<get-software-information/>")
    assert "<junos-version>19.4R1.10" in str(reply)
    assert len(peer.ports) == 1


@pytest.mark.parametrize("models", [{}, {"JUNOS_YANG_DIR": ""}], ids=["unset", "empty"])
def test_it_says_plainly_that_nothing_is_checked(folder: pathlib.Path, models: dict[str, str]) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "JUNOS_YANG_DIR"} | models
    started = run("serve", "--state-dir", str(folder), "--daemon", env=bare)
    assert "NOT checked against Juniper's YANG models: JUNOS_YANG_DIR is not set" in started.stderr


def test_a_peer_that_cannot_start_says_why(folder: pathlib.Path, tmp_path: pathlib.Path) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<config/>")
    started = run("serve", "--state-dir", str(folder), "--daemon", "--config", str(wrong))
    assert started.returncode == 1
    assert "expected <configuration>" in started.stderr


def test_inventory(folder: pathlib.Path) -> None:
    peer = serve(folder)
    made = yaml.safe_load(run("inventory", "--state-dir", str(folder), "--cluster", "vsrx1").stdout)
    group = made["vsrx_nodes"]["children"]["vsrx1"]
    assert [host["ansible_port"] for host in group["hosts"].values()] == peer.ports
    assert [host["vsrx_cluster_node"] for host in group["hosts"].values()] == [0, 1]
    assert group["vars"]["vsrx_cluster"] == "vsrx1"
