# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's own decisions, with its tasks run by Ansible on this machine in check mode, or with a stand-in for the restart."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import typing as t

import pytest
import yaml
from ansible_collections.vsrx.sriov.plugins.filter import shared_clusters
from ansible_collections.vsrx.sriov.plugins.module_utils import _kernel_cmdline

ROLE = pathlib.Path(__file__).parents[3] / "roles/sriov_host"
#: arguments that the running kernel does not have, and one that it has
MISSING = "intel_iommu=on vsrx.no.such.word=1"
THERE = pathlib.Path("/proc/cmdline").read_text().split()[-1]


def play(
    folder: pathlib.Path,
    tasks: list[dict[str, object]],
    *options: str,
    hosts: int = 1,
    nodes: t.Optional[dict[str, dict[str, object]]] = None,
    group: str = "vsrx_nodes",
    **variables: object,
) -> str:
    inventory = folder / "inventory.yml"
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    groups = {"kvm_hosts": {"hosts": {f"kvm{number}": None for number in range(1, hosts + 1)}}, group: {"hosts": nodes or {}}}
    inventory.write_text(yaml.safe_dump({"all": {"children": groups, "vars": local}}))
    book = folder / "book.yml"
    book.write_text(
        yaml.safe_dump([{"hosts": "kvm_hosts", "gather_facts": False, "any_errors_fatal": True, "vars": variables, "tasks": tasks}])
    )
    environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1"}
    command = ["ansible-playbook", "-i", str(inventory), str(book), *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


def finding(where: str) -> dict[str, str]:
    return {"id": "S18", "severity": "error", "where": where, "found": "it is off", "cure": "Switch it on"}


#: what was found, the consents, whether the running kernel has the arguments; then what main does in check mode
IOMMU_OFF: dict[str, tuple[list[str], dict[str, object], str, bool, str]] = {
    "with both consents": (["IOMMU"], {"sriov_host_reboot": "yes"}, MISSING, True, ""),
    "without the restart": (["IOMMU"], {}, MISSING, True, "IOMMU: it is off"),
    "without any consent": (["IOMMU"], {"sriov_host_manage_cmdline": "no"}, MISSING, False, "IOMMU: it is off"),
    "although the kernel has the arguments": (["IOMMU"], {"sriov_host_reboot": "yes"}, THERE, False, "IOMMU: it is off"),
    "and arguments that do not switch it on": (["IOMMU"], {"sriov_host_reboot": "yes"}, "vsrx.no.such=1", False, "IOMMU: it is off"),
    "by a word that is to go": (
        ["kernel command line"],
        {"sriov_host_reboot": "yes"},
        MISSING,
        False,
        "kernel command line: it is off",
    ),
    "given up by the kernel": (["kernel"], {"sriov_host_reboot": "yes"}, MISSING, False, "kernel: it is off"),
    "in the BIOS": (["BIOS"], {"sriov_host_reboot": "yes"}, MISSING, False, "BIOS: it is off"),
    "and another error": (["IOMMU", "eno2"], {"sriov_host_reboot": "yes"}, MISSING, False, "eno2: it is off"),
}


def stand_in_for_tools(folder: pathlib.Path, there: t.Sequence[str]) -> None:
    """The role's copy in this folder looks for the boot loader's tools under this folder."""
    bootloader = folder / "tasks/bootloader.yml"
    tasks = yaml.safe_load(bootloader.read_text())
    paths = [str(path) for path in tasks[0]["vsrx.sriov.checked_builtin"]["command"]["argv"][2:]]
    assert tuple(paths) == tuple(path for path, _tool in _kernel_cmdline.TOOLS)
    for path in paths:
        text = bootloader.read_text()
        bootloader.write_text(text.replace(f"- {path}\n", f"- {folder}{path}\n"))
    found = "sriov_host_tools.stdout_lines"
    for file in (bootloader, folder / "tasks/next_boot.yml"):
        file.write_text(file.read_text().replace(found, f"{found} | map('replace', '{folder}', '') | list"))
    for path in there:
        (folder / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        (folder / path.lstrip("/")).touch()


#: what is on the host, and what is said of it, or done
BOOT_LOADERS: dict[str, tuple[list[str], str, bool]] = {
    "RHEL": (["/usr/sbin/grubby", "/usr/sbin/grub2-mkconfig", "/etc/kernel/cmdline"], "kernel command line with grubby", True),
    "Debian": (["/usr/sbin/update-grub", "/etc/kernel/cmdline"], "Put the arguments on the kernel command line for update-grub", True),
    "Fedora Silverblue, CoreOS": (["/run/ostree-booted", "/usr/bin/rpm-ostree", "/usr/sbin/grubby"], "with rpm-ostree", True),
    # nothing is written: each is told its own command
    "bootc": (["/run/ostree-booted"], "kargs.d in the image, and run bootc upgrade", False),
    "Proxmox on ZFS": (
        ["/etc/kernel/proxmox-boot-uuids", "/usr/sbin/update-grub", "/etc/kernel/cmdline"],
        "proxmox-boot-tool refresh",
        False,
    ),
    "systemd-boot": (["/etc/kernel/cmdline"], "kernel-install add-all", False),
    "SUSE": (["/usr/sbin/grub2-mkconfig"], "grub2-mkconfig -o /boot/grub2/grub.cfg", False),
    "rpm-ostree, but not booted by it": (["/usr/bin/rpm-ostree", "/usr/sbin/grubby"], "kernel command line with grubby", True),
    "none that is known": ([], "the kernel command line as this distribution does it", False),
}


@pytest.mark.mission("S18")
@pytest.mark.parametrize("case", BOOT_LOADERS)
def test_the_boot_loader_is_found_out_before_anything_is_written(tmp_path: pathlib.Path, case: str) -> None:
    there, expected, goes_on = BOOT_LOADERS[case]
    shutil.copytree(ROLE / "tasks", tmp_path / "tasks")
    stand_in_for_tools(tmp_path, there)
    tasks = yaml.safe_load((tmp_path / "tasks/bootloader.yml").read_text())
    names = [task["name"] for task in tasks]
    # As far as the writing of each way; what comes then is the restart.
    kept = tasks[: names.index("Write the boot loader's configuration")]
    (tmp_path / "tasks/only.yml").write_text(yaml.safe_dump(kept, sort_keys=False))
    include: list[dict[str, object]] = [{"ansible.builtin.include_tasks": str(tmp_path / "tasks/only.yml")}]
    said = play(tmp_path, include, "--check", "-v", sriov_host_cmdline="intel_iommu=on iommu=pt")
    assert expected in " ".join(said.split()), said
    refused = "this role does not write the boot loader of this host" in said
    assert refused is not goes_on and not (tmp_path / "etc/default").exists(), said


@pytest.mark.mission("S18")
@pytest.mark.parametrize("case", IOMMU_OFF)
def test_no_restart_for_what_a_restart_does_not_mend(tmp_path: pathlib.Path, case: str) -> None:
    """A host goes down only if nothing else stops the role, and if the arguments can be what is missing; a preview says the same."""
    where, consents, cmdline, written, refused = IOMMU_OFF[case]
    shutil.copytree(ROLE / "tasks", tmp_path / "tasks")
    look = yaml.safe_load((tmp_path / "tasks/preflight.yml").read_text())
    look[0] = {"name": "Stand in for the module", "ansible.builtin.set_fact": {"sriov_host_plan": {"pfs": [], "actions": []}}}
    look[1]["ansible.builtin.set_fact"]["sriov_host_findings"] = [finding(each) for each in where]
    (tmp_path / "tasks/preflight.yml").write_text(yaml.safe_dump(look, sort_keys=False))
    stand_in_for_tools(tmp_path, ["/usr/sbin/update-grub"])
    # All but the VFs themselves.
    apply = yaml.safe_load((tmp_path / "tasks/apply.yml").read_text())
    assert apply.pop()["ansible.builtin.import_tasks"] == "configure.yml"
    (tmp_path / "tasks/apply.yml").write_text(yaml.safe_dump(apply, sort_keys=False))
    main: list[dict[str, object]] = yaml.safe_load((tmp_path / "tasks/main.yml").read_text())
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    wanted = {"sriov_host_manage_cmdline": "true", "sriov_host_cmdline": cmdline, **consents}
    (tmp_path / "tasks/all.yml").write_text(yaml.safe_dump(main, sort_keys=False))
    tasks: list[dict[str, object]] = [{"ansible.builtin.include_tasks": str(tmp_path / "tasks/all.yml")}]
    said = play(tmp_path, tasks, "--check", **{**defaults, **wanted})
    assert ("Put the arguments on the kernel command line" in said) == written, said
    assert ("failed=0" in said) == (not refused), said
    assert (f"[S18] {refused}" in said) == bool(refused), said


def test_hosts_start_again_one_after_the_other_and_none_after_one_that_did_not_come_back(tmp_path: pathlib.Path) -> None:
    shutil.copytree(ROLE / "tasks", tmp_path / "tasks")
    log = tmp_path / "log"
    stand_in = f"echo {{{{ inventory_hostname }}}} >> {log}; sleep 0.2; echo back >> {log}; test {{{{ inventory_hostname }}}} != kvm2"
    restart = tmp_path / "tasks/restart.yml"
    restart.write_text(yaml.safe_dump([{"name": "Stand in", "ansible.builtin.command": {"argv": ["sh", "-c", stand_in]}}]))
    bootloader = yaml.safe_load((tmp_path / "tasks/bootloader.yml").read_text())
    tasks = [task for task in bootloader if "restart.yml" in str(task)]
    (tmp_path / "tasks/only.yml").write_text(yaml.safe_dump(tasks))
    include: list[dict[str, object]] = [{"ansible.builtin.include_tasks": str(tmp_path / "tasks/only.yml")}]
    said = play(tmp_path, include, hosts=3, sriov_host_reboot="true")
    words = log.read_text().split()
    # Whichever goes first: each is back before the next one goes, and kvm2, which fails, is the last.
    assert set(words[1::2]) == {"back"} and words[-2] == "kvm2" and len(set(words[::2])) == len(words) // 2, said


#: of the nodes of a cluster: where the second one is, and what it has otherwise; then whether the restarts are refused
BESIDE: dict[str, tuple[dict[str, object], bool]] = {
    "another host": ({"vsrx_host": "kvm2"}, True),
    "another host, in a cluster that may lose its traffic": ({"vsrx_host": "kvm2", "vsrx_ports_unseen": "yes"}, False),
    "another host, in another cluster": ({"vsrx_host": "kvm2", "vsrx_cluster": "other"}, False),
    "another host, which is not in the run": ({"vsrx_host": "kvm3"}, False),
    "the same host": ({"vsrx_host": "kvm1"}, False),
}


@pytest.mark.parametrize("case", BESIDE)
def test_a_cluster_that_two_restarts_would_make_dark(case: str) -> None:
    other, refused = BESIDE[case]
    unseen = {key: value for key, value in other.items() if key == "vsrx_ports_unseen"}
    nodes = {"node0": {"vsrx_cluster": "c", "vsrx_host": "kvm1", **unseen}, "node1": {"vsrx_cluster": "c", **other}, "kvm1": {}}
    for host, others in (("kvm1", ["kvm2"]), ("kvm2", ["kvm1"])):
        assert shared_clusters.shared_clusters(nodes, host, others) == (["c"] if refused else [])
    assert shared_clusters.shared_clusters(nodes, "kvm1") == []


@pytest.mark.parametrize("beside", ["kvm2", "kvm3"])
def test_hosts_of_one_cluster_are_not_started_again_in_one_run(tmp_path: pathlib.Path, beside: str) -> None:
    """The names of the inventory's groups do not matter."""
    nodes: dict[str, dict[str, object]] = {
        "node0": {"vsrx_cluster": "c", "vsrx_host": "kvm1"},
        "node1": {"vsrx_cluster": "c", "vsrx_host": beside},
    }
    wanted = {"sriov_host_manage_cmdline": "yes", "sriov_host_cmdline": MISSING, "sriov_host_reboot": "yes"}
    include: dict[str, object] = {"ansible.builtin.include_tasks": str(ROLE / "tasks/cmdline.yml")}
    kept: dict[str, object] = {"ansible.builtin.set_fact": {"sriov_host_findings": [finding("IOMMU")]}}
    output: dict[str, object] = {"ansible.builtin.debug": {"msg": "{{ sriov_host_findings | map(attribute='where') | join(' and ') }}"}}
    said = play(tmp_path, [kept, include, output], hosts=2, nodes=nodes, group="firewalls", **wanted)
    assert "failed=0" in said, said
    assert said.count("msg: IOMMU and cluster c\n") == (2 if beside == "kvm2" else 0), said
    assert said.count("msg: IOMMU\n") == (0 if beside == "kvm2" else 2), said


@pytest.mark.parametrize(
    ("host_use", "given"),
    [
        ([], {"num_vfs": 0, "up": False, "mtu": 1500, "pf": "0000:83:00.0"}),
        (["192.0.2.7/24"], {"num_vfs": 0, "pf": "0000:83:00.0"}),
    ],
)
def test_what_the_host_uses_by_now_is_not_put_back(tmp_path: pathlib.Path, host_use: list[str], given: dict[str, object]) -> None:
    tasks = yaml.safe_load((ROLE / "tasks/restore.yml").read_text())
    put_back = next(task for task in tasks if task["name"] == "Put the physical functions back")
    output = next(task for task in tasks if task["name"] == "Say what is left as it is")
    before = {"num_vfs": 0, "up": False, "mtu": 1500}
    recorded = {"pfs": [{"pf": "eno2", "address": "0000:83:00.0", "up": True, "mtu": 9000, "host_use": host_use, "before": before}]}
    shown = {"ansible.builtin.debug": {"msg": "{{ 'given=' ~ (" + put_back["vsrx.sriov.sriov_vfs"]["pfs"][0][3:-3] + ") | to_json }}"}}
    said = play(tmp_path, [output, {**shown, "loop": put_back["loop"], "vars": put_back["vars"]}], sriov_host_recorded=recorded)
    assert json.loads(next(line for line in said.splitlines() if "given=" in line).partition("given=")[2].rstrip("'")) == given
    assert ("eno2 is left up" in said) == bool(host_use), said
