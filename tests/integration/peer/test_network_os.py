# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module with each netconf plugin that an inventory may name as ansible_network_os."""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest
import yaml
from harness import Runner
from junos_peer.remote import RemotePeer

PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]
PLUGINS = {
    "ansible.netcommon.default": "",
    "vsrx.sriov.vsrx": "",
    "junipernetworks.junos.junos": "ansible 11 to 13",
    "juniper.device.junos": "none",
}


def plugin(name: str) -> t.Optional[pathlib.Path]:
    namespace, collection, file = name.split(".")
    folders = [pathlib.Path(folder, "ansible_collections") for folder in sys.path]
    found = [folder / namespace / collection / "plugins" / "netconf" / f"{file}.py" for folder in folders]
    return next((path for path in found if path.exists()), None)


@pytest.mark.mission("S6", "S9")
@pytest.mark.parametrize("options", [{}, {"rfc_compliant": True}], ids=["default", "rfc-compliant"])
@pytest.mark.parametrize(("name", "bundles"), PLUGINS.items(), ids=PLUGINS.keys())
def test_commit_and_removal_with_each_plugin(peer: RemotePeer, runner: Runner, name: str, bundles: str) -> None:
    if bundles and plugin(name) is None:
        pytest.skip(
            f"the netconf plugin {name} is not installed: of the ansible bundles on PyPI that the set-up takes collections from "
            f"(11.13.0, 12.3.0, 13.8.0, 14.5.0) it is in {bundles}; put its ansible_collections on PYTHONPATH to have it tried"
        )
    inventory = yaml.safe_load((runner.folder / "inventory.yml").read_text())
    for group in inventory["vsrx_nodes"]["children"].values():
        group["vars"]["ansible_network_os"] = name
    (runner.folder / "inventory.yml").write_text(yaml.safe_dump(inventory))
    module = {"vsrx.sriov.junos_cluster_mac": {"sriov_ports": PORTS}}
    tasks = [
        {"name": "foretell", "check_mode": True, **module},
        {"name": "commit", **module},
        {"name": "again", **module},
        {"name": "remove", "vsrx.sriov.junos_cluster_mac": {"state": "absent", "sriov_ports": PORTS}},
    ]
    before = peer.committed_xml()
    played = runner.play([{"hosts": "vsrx1-node0", "gather_facts": False, "tasks": tasks}], "--diff")
    assert played.failed() == 0, played.messages()
    foretold, done, again, removed = (played.of("vsrx1-node0", task) for task in ("foretell", "commit", "again", "remove"))
    assert (done["actions"], done["diff"]) == (foretold["actions"], foretold["diff"])
    assert [result["changed"] for result in (foretold, done, again, removed)] == [True, True, False, True]
    assert done["commit"]["session"] != done["commit"]["confirmed_over_session"]
    assert len(peer.log("commit")) == 4 and peer.committed_xml() == before and not peer.status()["pending"]
