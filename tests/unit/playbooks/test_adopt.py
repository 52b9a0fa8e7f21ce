# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook adopt over stand-in hosts: it only reads, writes one file, and site takes what it wrote."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
import yaml
from support.standin_hosts import VF, VFS, Done, Site, cluster_mac, fill, hostdev, on_one_line

FUNCTION = {
    "address": "0000:01:00.0", "class": "network", "class_id": "0200", "vendor_id": "8086", "device_id": "10c9",
    "subsystem_vendor_id": "1af4", "subsystem_device_id": "1100", "revision": "01", "nodedev": "pci_0000_01_00_0",
    "netdevs": [{"name": "eno2", "mac": "52:54:00:00:01:00", "mtu": 1500, "operstate": "up", "speed_mbps": 1000}],
    "sriov": {
        "total_vfs": 7, "num_vfs": 2, "drivers_autoprobe": True, "vf_device_id": "10ca", "vf_offset": 128, "vf_stride": 2,
        "vfs": ["0000:01:10.0", "0000:01:10.2"],
    },
}  # fmt: skip
IOMMU = {"enabled": True, "kind": "intel", "groups": 11, "cmdline": [], "why_off": None}


def domains() -> list[dict[str, t.Any]]:
    found = []
    for number in (0, 1):
        rows = [
            {
                "position": port["position"], "sriov": port["sriov"], "is_port": port["sriov"], "is_plain": False, "mac": port["mac"],
                "guest_address": port["guest_address"], "attached_to": "a NIC", "network": None, "vf": port["vf"], "pf": port["pf"],
                "pf_address": port["pf_address"], "index": number if port["sriov"] else None, "replaced_at": None,
            }
            for port in hostdev(number)["ports"]
        ]  # fmt: skip
        uuid = f"5f1c2a00-0000-4000-8000-00000000010{number}"
        found.append({"name": f"fw{number}", "uuid": uuid, "active": True, "persistent": True, "problem": None, "nics": rows})
    return found


def answers() -> dict[str, t.Any]:
    """A host with both nodes of a cluster that is as it should be."""
    pf = {**VFS["pfs"][0], "num_vfs": 2, "vfs": [VF, {**VF, "vf": 1, "address": "0000:01:10.2"}]}
    found: dict[str, t.Any] = {
        "kvm1:pci_facts": fill("pci_facts", {"changed": False, "ansible_facts": {"pci": {"functions": [FUNCTION], "iommu": IOMMU}}}),
        "kvm1:sriov_vfs": {**VFS, "pfs": [pf]},
        "kvm1:vsrx_domain_info": fill("vsrx_domain_info", {"changed": False, "domains": domains()}),
    }
    for number in (0, 1):
        both = cluster_mac(number, reths=[], pending_commit=None, rpcs=5)
        found[f"a{number}:junos_cluster_info"] = fill("junos_cluster_info", {key: both[key] for key in both if key != "diff"})
        found[f"a{number}:junos_cluster_mac"] = cluster_mac(number)
        ports = hostdev(number)
        for port in ports["ports"]:
            if port["sriov"]:
                port.update(vf=f"0000:01:10.{2 * number}", index=number)
        found[f"kvm1:vsrx_hostdev:fw{number}"] = ports
    return found


def site(folder: pathlib.Path) -> Site:
    return Site(folder, {"kvm_hosts": {"hosts": {"kvm1": {}}}, "vsrx_nodes": {"hosts": {"a0": {}, "a1": {}}}})


def run(folder: pathlib.Path, *arguments: str, found: t.Optional[dict[str, t.Any]] = None) -> Done:
    return site(folder).run("adopt", answers() if found is None else found, *arguments)


def test_it_only_reads_and_writes_one_file_that_site_takes(tmp_path: pathlib.Path) -> None:
    done = run(tmp_path)
    assert done.status == 0, done.output
    path = tmp_path / "work/vsrx-inventory.yml"
    assert done.files == {"work/vsrx-inventory.yml"} and path.stat().st_mode & 0o777 == 0o640
    assert {(call.module, call.check) for call in done.calls} - {
        ("pci_facts", False), ("vsrx_domain_info", False), ("junos_cluster_info", False), ("sriov_vfs", True),
    } == set()  # fmt: skip
    output = on_one_line(done.output)
    assert "kvm1: 1 PFs with VFs, 2 VFs" in output and "a0: fw0 on kvm1, 1 SR-IOV ports" in output and "UNKNOWN: " not in output
    read = yaml.safe_load(path.read_text())["all"]["children"]
    assert list(read["vsrx_nodes"]["children"]["a"]["hosts"]) == ["a0", "a1"]
    again = run(tmp_path)
    assert again.status == 0 and "changed=0" in again.output and "changed=1" not in again.output

    # With the new inventory alone, site asks for what is there.
    (tmp_path / "inventory.json").write_text(json.dumps(yaml.safe_load(path.read_text())))
    for hosts in (read["kvm_hosts"], read["vsrx_nodes"]["children"]["a"]):
        assert all("ansible_host" not in about for about in hosts["hosts"].values())
    checked = Site.__new__(Site)
    checked.folder = tmp_path
    went = checked.run("site", answers(), "--check")
    assert went.status == 0 and "cluster a: done" in on_one_line(went.output), went.output
    requested = {call.options["name"]: call.options["ports"] for call in went.calls if call.module == "vsrx_hostdev"}
    assert {name: [(port["pf"], port["index"], port["mac"]) for port in ports] for name, ports in requested.items()} == {
        f"fw{number}": [("eno2", number, f"02:5a:00:00:0{number}:03")] for number in (0, 1)
    }
    (made,) = (call.options for call in went.calls if call.module == "sriov_vfs")
    assert [(pf["pf"], pf["num_vfs"], pf["up"]) for pf in made["pfs"]] == [("eno2", 2, True)] and made["persist"] is True


def test_a_file_that_somebody_changed_is_not_overwritten(tmp_path: pathlib.Path) -> None:
    run(tmp_path)
    path = tmp_path / "work/vsrx-inventory.yml"
    path.write_text(path.read_text() + "# mine\n")
    refused = run(tmp_path)
    assert refused.status == 2 and "is there and has another content" in on_one_line(refused.output), refused.output
    assert path.read_text().endswith("# mine\n")
    elsewhere = run(tmp_path, "-e", f"vsrx_adopt_file={tmp_path}/work/other.yml", "--check")
    assert elsewhere.status == 0 and "not written in check mode" in elsewhere.output and not (tmp_path / "work/other.yml").exists()
    replaced = run(tmp_path, "-e", "vsrx_adopt_replace=true")
    assert replaced.status == 0 and "# mine" not in path.read_text(), replaced.output


def test_what_does_not_answer_costs_only_itself(tmp_path: pathlib.Path) -> None:
    found = {key: value for key, value in answers().items() if key not in ("a1:junos_cluster_info", "kvm1:pci_facts")}
    done = run(tmp_path, found=found)
    output = on_one_line(done.output)
    assert done.status == 0, done.output
    assert "UNKNOWN: a1: Junos: there is no answer of a1 to junos_cluster_info" in output, output
    assert "UNKNOWN: kvm1: there is no answer of kvm1 to pci_facts" in output, output


def test_a_host_chooses_neither_the_file_nor_what_gets_requests(tmp_path: pathlib.Path) -> None:
    steering = {
        "vsrx_adopt_file": f"{tmp_path}/PROOF", "vsrx_adopt_path": f"{tmp_path}/PROOF", "vsrx_adopt_replace": True, "vsrx_adopt_move": True,
        "vsrx_ports_uri": "qemu+ssh://other/system", "ansible_connection": "local", "ansible_host": "192.0.2.99", "vsrx_host": "PROOF",
        "vsrx_domain": "PROOF", "vsrx_cluster": "PROOF",
    }  # fmt: skip
    found = answers()
    for answer in found.values():
        answer["ansible_facts"] = {**answer.get("ansible_facts", {}), **steering}
        answer |= steering
    done = run(tmp_path, found=found)
    assert done.status == 0, done.output
    assert not any("PROOF" in name for name in done.files) and "PROOF" not in done.output
    assert {call.options["uri"] for call in done.calls if call.module == "vsrx_domain_info"} == {"qemu:///system"}
    text = (tmp_path / "work/vsrx-inventory.yml").read_text()
    assert "PROOF" not in text and "192.0.2.99" not in text


@pytest.mark.parametrize("limit", ["other", "kvm1"])
def test_a_run_without_hosts_writes_nothing_and_a_limited_one_what_it_saw(tmp_path: pathlib.Path, limit: str) -> None:
    inventory = {"kvm_hosts": {"hosts": {"kvm1": {}}}, "others": {"hosts": {"other": {}}}}
    done = Site(tmp_path, inventory).run("adopt", answers(), "--limit", f"{limit},localhost")
    if limit == "kvm1":
        assert done.status == 0 and "vsrx_nodes:" in (tmp_path / "work/vsrx-inventory.yml").read_text(), done.output
    else:
        assert done.status == 2 and "No inventory was written" in on_one_line(done.output), done.output
