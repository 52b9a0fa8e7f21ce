# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts and nodes that answer anything: the control node does what it does for honest ones, or less."""

from __future__ import annotations

import base64
import copy
import json
import pathlib
import typing as t

import pytest
import yaml
from support.standin_hosts import VFS, Call, Done, Site, hostdev, on_one_line

TOP = pathlib.Path(__file__).parents[3]
#: one name for each kind of variable that steers the control node
STEERING: dict[str, t.Any] = {
    "ansible_connection": "local",
    "ansible_host": "192.0.2.99",
    "ansible_netconf_proxy_command": "touch {folder}/PROOF",
    "ansible_python_interpreter": "{folder}/PROOF-python",
    "ansible_become_exe": "touch {folder}/PROOF",
    "vsrx_host": "kvm2",
    "vsrx_domain": "other",
    "vsrx_ports": [],
    "vsrx_ports_power": "cycle",
    "vsrx_ports_force_off": True,
    "vsrx_ports_exclusive": True,
    "vsrx_ports_uri": "qemu+ssh://other/system",
    "vsrx_ports_planned": {"actions": ["x"], "restarted": True, "started": True, "ports": [], "findings": []},
    "vsrx_cluster_restart": "simultaneous",
    "vsrx_cluster_power_cycle": True,
    "vsrx_report_dir": "{folder}/PROOF-report",
    "vsrx_teardown": ["ports"],
    "sriov_host_reboot": True,
    "sriov_host_manage_cmdline": True,
    "sriov_host_preview": {"actions": ["x"], "pfs": []},
    "ansible_check_mode": False,
    "groups": {},
}
ESCAPE = "\x1b[2J"
PAIRS = range(8)
FEW = range(2)


def sites(folder: pathlib.Path, netconf: bool, pairs: range) -> Site:
    """KVM hosts with a stand-alone firewall each; over NETCONF the firewalls are clusters, so that they are asked, too."""
    hosts: dict[str, t.Any] = {f"kvm{number}": {"sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}]} for number in pairs}
    nodes: dict[str, t.Any] = {
        f"fw{number}": {
            "vsrx_host": f"kvm{number}", "vsrx_domain": f"fw{number}", "vsrx_ports": [{"pf": "eno2", "index": 0}],
            **({"vsrx_cluster": f"c{number // 2}", "vsrx_cluster_node": number % 2, "vsrx_cluster_restart": "never"} if netconf else {}),
        }
        for number in pairs
    }  # fmt: skip
    return Site(folder, {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": {"hosts": nodes}}, netconf=netconf)


def honest(netconf: bool) -> dict[str, t.Any]:
    """Answers of hosts whose VFs are made and whose domain gets a port; each node has MAC addresses of its own."""
    answers: dict[str, t.Any] = {}
    for number in PAIRS:
        ports = hostdev(number % 2 if netconf else 0, actions=["add VF 0000:01:10.0"], changed=True)
        for place, port in enumerate(ports["ports"]):
            port["mac"] = f"02:5a:00:00:{number:02x}:{place:02x}"
        answers |= {f"kvm{number}:sriov_vfs": copy.deepcopy(VFS), f"kvm{number}:vsrx_hostdev": ports}
    return answers


def keys_that_ansible_obeys(folder: pathlib.Path) -> dict[str, t.Any]:
    """Every key that Ansible obeys in an answer that it trusts."""
    facts = json.loads(json.dumps(STEERING).replace("{folder}", str(folder)))
    return {
        "ansible_facts": {**facts, "ansible_facts": facts},
        "ansible_stats": {"data": {"vsrx_site": "PROOF-stats"}, "per_host": False},
        "add_host": {"host_name": "kvm99", "groups": ["kvm_hosts"], "host_vars": {}},
        "add_group": "kvm_hosts",
        "invocation": {"module_args": facts},
        "_ansible_delegated_vars": {"ansible_host": "192.0.2.98"},
        # as ansible-core 2.19 and later send them
        "warnings": [ESCAPE, {"__ansible_type": "WarningSummary", "event": {"__ansible_type": "Event", "msg": ESCAPE}}],
        "deprecations": [{"msg": ESCAPE}, ESCAPE, 1],
        "exception": ESCAPE,
        "diff": {"before": 1, "after": [ESCAPE], "prepared": {"a": ESCAPE}},
        "vsrx_host": "kvm2",
    }


def with_keys(folder: pathlib.Path, netconf: bool) -> dict[str, t.Any]:
    obeyed = keys_that_ansible_obeys(folder)
    return {key: {**answer, **obeyed} for key, answer in honest(netconf).items()}


def run(folder: pathlib.Path, playbook: str, netconf: bool, answers: t.Mapping[str, t.Any], pairs: range = FEW) -> Done:
    """With site for real, too: what stand-ins are told to do is noted and not done."""
    arguments = ["--check"] if playbook == "site" and pairs == PAIRS else []
    limit = ["--limit", "kvm_hosts,vsrx_nodes"] if playbook == "report" else []
    return sites(folder, netconf, pairs).run(playbook, answers, *arguments, *limit)


#: of the file that copy sends: other ones in each run
PASSING = ("src", "_original_basename")


def kinds(calls: t.Iterable[Call]) -> list[str]:
    return sorted(
        json.dumps(
            [call.host, call.module, call.check, {key: each for key, each in call.options.items() if key not in PASSING}], sort_keys=True
        )
        for call in calls
    )


@pytest.mark.parametrize(("playbook", "netconf"), [("preflight", True), ("site", False), ("report", True)])
def test_what_a_host_adds_to_its_answer_changes_nothing(tmp_path: pathlib.Path, playbook: str, netconf: bool) -> None:
    """Facts, statistics, hosts and groups to add: same calls, files, connections and status as for honest hosts."""
    fair = run(tmp_path / "fair", playbook, netconf, honest(netconf))
    foul = run(tmp_path / "foul", playbook, netconf, with_keys(tmp_path / "foul", netconf))
    assert fair.calls, fair.output
    assert foul.status == fair.status, foul.output
    assert kinds(foul.calls) == kinds(fair.calls)
    assert foul.files == fair.files
    assert "PROOF" not in foul.output and "192.0.2.99" not in foul.output and "\x1b" not in foul.output


def tasks_of(value: t.Any, local: bool = False) -> t.Iterator[tuple[dict[str, t.Any], bool]]:
    """Every task, and whether it runs on the control node."""
    if isinstance(value, list):
        for each in value:
            yield from tasks_of(each, local)
    elif isinstance(value, dict):
        local = "localhost" in (value.get("delegate_to"), value.get("hosts")) or (local and "delegate_to" not in value)
        yield value, local
        for key in ("tasks", "block", "rescue", "always", "pre_tasks", "post_tasks", "handlers"):
            yield from tasks_of(value.get(key), local)


FILES = [*TOP.glob("playbooks/**/*.yml"), *TOP.glob("roles/*/tasks/*.yml"), *TOP.glob("roles/*/handlers/*.yml")]
#: tasks of plays on localhost alone
OF_THE_CONTROLLER = [*TOP.glob("playbooks/controller/*.yml"), TOP / "playbooks/tasks/controller.yml"]


#: of a KVM host that gets arguments for its kernel: the module, and the option that tells its calls apart
IOMMU = {"id": "S18", "severity": "error", "where": "IOMMU", "found": "it is off", "cure": "Switch it on"}
RUNNING = base64.b64encode(b"quiet").decode()
NEXT_BOOT = "root=/dev/vda1 quiet intel_iommu=on iommu=pt"
BUILTIN: dict[str, dict[str, t.Any]] = {
    "grubby": {
        "slurp": {"changed": False, "content": RUNNING, "encoding": "base64"},
        "command:ls": {"changed": True, "rc": 2, "failed": True, "stdout": "/usr/sbin/grubby"},
        "command": {"changed": True, "rc": 0, "stdout": f'args="{NEXT_BOOT}"', "stderr": "", "cmd": []},
    },
    "update-grub": {
        "slurp": {"changed": False, "content": RUNNING, "encoding": "base64"},
        # what the action of copy asks first
        "stat": {"changed": False, "stat": {"exists": False}},
        "copy": {"changed": True, "dest": "/etc/default/grub.d/vsrx-sriov.cfg", "state": "file"},
        "command:ls": {"changed": True, "rc": 2, "failed": True, "stdout": "/usr/sbin/update-grub"},
        "command": {"changed": True, "rc": 0, "stdout": f" linux /vmlinuz {NEXT_BOOT}", "stderr": "", "cmd": []},
    },
}


def kernel_site(folder: pathlib.Path, loader: str, more: t.Mapping[str, t.Any]) -> Done:
    """Two KVM hosts whose kernel command line is to be changed; the first one adds to its answers."""
    variables = {"sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}], "sriov_host_manage_cmdline": True}
    site = Site(folder, {"kvm_hosts": {"hosts": {f"kvm{number}": dict(variables) for number in FEW}}, "vsrx_nodes": {"hosts": {}}})
    answers: dict[str, t.Any] = {"sriov_vfs": {**copy.deepcopy(VFS), "findings": [IOMMU], "actions": ["x"]}}
    answers |= copy.deepcopy(BUILTIN[loader])
    spoilt = {key: {**answer, **more} for key, answer in answers.items()}
    answers = {f"kvm{number}:{key}": answer for number, each in ((0, spoilt), (1, answers)) for key, answer in each.items()}
    return site.run("site", answers)


@pytest.mark.parametrize("loader", BUILTIN)
def test_what_a_host_adds_to_the_answer_of_a_builtin_module_changes_nothing(tmp_path: pathlib.Path, loader: str) -> None:
    """Without its own consent no host is started again, and nothing of it reaches the controller's statistics."""
    fair = kernel_site(tmp_path / "fair", loader, {})
    foul = kernel_site(tmp_path / "foul", loader, keys_that_ansible_obeys(tmp_path / "foul"))
    assert {call.module for call in fair.calls} >= {"sriov_vfs", *(key for key in BUILTIN[loader] if ":" not in key)}, fair.output
    assert "set sriov_host_reboot to true" in on_one_line(fair.output), fair.output
    assert kinds(foul.calls) == kinds(fair.calls), foul.output
    assert foul.status == fair.status and foul.files == fair.files
    assert "would reboot the control node" not in foul.output and "PROOF" not in foul.output and "\x1b" not in foul.output, foul.output


#: builtin modules whose work and answer are the control node's own
OF_THE_CONTROL_NODE = {
    *("assert", "debug", "fail", "import_tasks", "include_tasks", "include_role", "import_role", "set_fact", "set_stats"),
    *("add_host", "meta", "import_playbook"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TOP)))
def test_no_builtin_module_runs_on_a_host_but_by_its_checked_form(path: pathlib.Path) -> None:
    for task, local in tasks_of(yaml.safe_load(path.read_text())):
        used = {key.rpartition(".")[2] for key in task if key.startswith("ansible.builtin.")} - OF_THE_CONTROL_NODE
        assert not used or local or path in OF_THE_CONTROLLER, task.get("name")


#: wrong in a way of its own in each: a field of the answer of sriov_vfs, or of vsrx_hostdev
PROOF = "{{ lookup('pipe', 'touch PROOF') }}<script>PROOF</script>\x1b[2J"
WRONG: dict[str, tuple[str, t.Callable[[dict[str, t.Any]], None]]] = {
    "kvm0": ("vsrx_hostdev", lambda answer: answer["ports"][2].update(position=PROOF)),
    "kvm1": ("vsrx_hostdev", lambda answer: answer["ports"][2].update(vf={"a": PROOF})),
    "kvm2": ("vsrx_hostdev", lambda answer: answer.update(restarted=PROOF)),
    "kvm3": ("vsrx_hostdev", lambda answer: answer.update(actions=None)),
    "kvm4": ("vsrx_hostdev", lambda answer: answer.update(ports=PROOF)),
    "kvm5": ("sriov_vfs", lambda answer: answer["pfs"][0].update(num_vfs=PROOF)),
    "kvm6": ("sriov_vfs", lambda answer: answer["pfs"][0]["vfs"][0].update(vf=PROOF)),
    "kvm7": ("sriov_vfs", lambda answer: answer.update(pfs=[PROOF])),
}


@pytest.mark.parametrize("playbook", ["preflight", "site", "report"])
def test_a_wrong_value_in_a_hosts_answer_is_one_clear_failure(tmp_path: pathlib.Path, playbook: str) -> None:
    answers = honest(False)
    for host, (module, spoil) in WRONG.items():
        spoil(answers[f"{host}:{module}"])
    done = run(tmp_path, playbook, False, answers, PAIRS)
    assert "PROOF" not in done.files
    assert all(call.options.get("name", "fw") in ("fw", call.host.replace("kvm", "fw")) for call in done.calls)
    for host, (module, _spoil) in WRONG.items():
        if playbook != "site" or module == "sriov_vfs":  # site ends with the hosts that are refused
            assert f"{host} gave an answer to {module} that no such module gives" in on_one_line(done.output), done.output
    assert "Traceback" not in done.output and "\x1b" not in done.output
    page = tmp_path / "work/vsrx-report/index.html"
    assert page.exists() is (playbook == "report")
    if playbook == "report":
        assert "<script" not in page.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_delegated_task_leaves_facts_where_they_come_from(path: pathlib.Path) -> None:
    for task, _local in tasks_of(yaml.safe_load(path.read_text())):
        if task.get("delegate_to", "localhost") != "localhost":
            assert task.get("delegate_facts") is True, task["name"]
