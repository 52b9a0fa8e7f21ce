# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Ansible inventory with the nodes of a running peer."""

from __future__ import annotations

import pathlib
import typing as t

import yaml


def inventory(about: dict[str, t.Any], cluster: str) -> str:
    """Host keys are checked: the connection's ssh_config names the peer's own known_hosts."""
    hosts = {
        f"{cluster}-node{number}" if len(about["ports"]) > 1 else cluster: {
            "ansible_host": about["host"],
            "ansible_port": port,
            **({"vsrx_cluster_node": number} if len(about["ports"]) > 1 else {}),
        }
        for number, port in enumerate(about["ports"])
    }
    group = {
        "hosts": hosts,
        "vars": {
            "ansible_connection": "ansible.netcommon.netconf",
            "ansible_network_os": "vsrx.sriov.vsrx",
            "ansible_user": about["user"],
            "ansible_ssh_private_key_file": about["private_key"],
            "ansible_netconf_ssh_config": about["ssh_config"],
            "ansible_host_key_checking": True,
            **({"vsrx_cluster": cluster} if len(hosts) > 1 else {}),
        },
    }
    return yaml.safe_dump({"vsrx_nodes": {"children": {cluster.replace("-", "_"): group}}}, sort_keys=False)


def about(folder: pathlib.Path) -> dict[str, t.Any]:
    import json

    try:
        return t.cast("dict[str, t.Any]", json.loads((folder / "peer.json").read_text()))
    except FileNotFoundError:
        raise SystemExit(f"{folder} holds no peer.json: no peer was started there") from None
