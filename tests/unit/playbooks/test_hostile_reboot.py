# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook host_reboot over hosts of which one answers anything: the other is treated as beside an honest one."""

from __future__ import annotations

import copy
import json
import pathlib
import typing as t

import pytest
from support.hostile_answers import PROOF
from support.standin_hosts import CONNECTIONS, VFS, Call, Done, Site

from .test_hostile_host import keys_that_ansible_obeys

UUIDS = [f"7f2a5c1e-0c3d-4e55-9d0a-3b7c1f6e2a9{number}" for number in (0, 1)]
#: what the distribution's reboot asks of a host
SETUP = {"ansible_facts": {"ansible_distribution": "Debian", "ansible_distribution_version": "12", "ansible_os_family": "Debian"}}


def command(text: str, status: int = 0) -> dict[str, t.Any]:
    return {"changed": True, "rc": status, "stdout": text, "stderr": "", "cmd": []}


def honest() -> dict[str, t.Any]:
    """Each host has its VFs and a domain that runs, shuts down when it is asked, and is off after the reboot."""
    answers: dict[str, t.Any] = {"sriov_vfs": VFS, "setup": SETUP, "find": {"files": [{"path": "/sbin/shutdown"}]}}
    for number, uuid in enumerate(UUIDS):
        host = f"kvm{number}"
        answers |= {
            f"{host}:command:list": command(f" {uuid} fw{number}\n {uuid[:-1]}9 other"),
            f"{host}:command:domstate": command("running"),
            f"{host}:command:domstate:after": command("shut off"),
            f"{host}:command:shutdown": command(""),
            f"{host}:command:start": command(""),
        }
    return answers


def run(folder: pathlib.Path, answers: dict[str, t.Any], commands: t.Optional[dict[str, t.Any]] = None) -> Done:
    """For real, with both consents; what is no module is answered by the connection."""
    hosts = {
        f"kvm{number}": {
            "sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}],
            "ansible_connection": "standin",
            "standin_folder": str(folder),
            "sriov_host_reboot_timeout": 5,
        }
        for number in (0, 1)
    }
    nodes = {f"fw{number}": {"vsrx_host": f"kvm{number}", "vsrx_domain": f"fw{number}"} for number in (0, 1)}
    site = Site(folder, {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": {"hosts": nodes}})
    (folder / "commands.json").write_text(json.dumps(commands or {}))
    consent = ("-e", "vsrx_host_reboot_consent=true", "-e", "vsrx_host_reboot_outage=true")
    return site.run("host_reboot", answers, *consent, ANSIBLE_CONNECTION_PLUGINS=str(CONNECTIONS))


def kinds(calls: t.Iterable[Call], host: str) -> list[str]:
    return [json.dumps([call.module, call.check, call.options], sort_keys=True) for call in calls if call.host == host]


def spoil(host: str, change: t.Callable[[dict[str, t.Any]], dict[str, t.Any]]) -> dict[str, t.Any]:
    """The answers with each of one host's changed, those of the reboot's own modules, too."""
    answers = honest()
    own = {key: answer for key, answer in answers.items() if key.startswith(f"{host}:")}
    own |= {f"{host}:{module}": answers[module] for module in ("sriov_vfs", "setup", "find")}
    return answers | {key: change(copy.deepcopy(answer)) for key, answer in own.items()}


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Done:
    return run(tmp_path_factory.mktemp("fair"), honest())


def test_an_honest_host_is_rebooted_and_its_domain_is_the_one_that_is_named(fair: Done) -> None:
    assert fair.status == 0, fair.output
    named = [call.options["argv"][-1] for call in fair.calls if call.module == "command" and "--domain" in call.options["argv"]]
    assert set(named) == set(UUIDS)
    assert [call.host for call in fair.calls if call.module == "shutdown"] == ["kvm0", "kvm1"]


def test_what_a_host_adds_to_its_answers_changes_nothing(fair: Done, tmp_path: pathlib.Path) -> None:
    obeyed = keys_that_ansible_obeys(tmp_path)

    def add(answer: dict[str, t.Any]) -> dict[str, t.Any]:
        return {**obeyed, **answer, "ansible_facts": {**obeyed["ansible_facts"], **answer.get("ansible_facts", {})}}

    foul = run(tmp_path, spoil("kvm0", add))
    assert foul.status == fair.status == 0, foul.output
    for host in ("kvm0", "kvm1"):
        assert kinds(foul.calls, host) == kinds(fair.calls, host), foul.output
    assert foul.files == fair.files and "PROOF" not in foul.output and "\x1b" not in foul.output, foul.output


#: what the host's answers, and its words to what is no module, are
WRONG: dict[str, tuple[t.Callable[[dict[str, t.Any]], dict[str, t.Any]], dict[str, t.Any]]] = {
    "texts": (lambda answer: {**answer, "stdout": PROOF}, {}),
    "no text": (lambda answer: {**answer, "stdout": [PROOF]}, {}),
    "another UUID of the name": (lambda answer: {**answer, "stdout": f"{UUIDS[1]} fw0\n{UUIDS[0]} fw0"}, {}),
    "an option for a UUID": (lambda answer: {**answer, "stdout": "--all fw0"}, {}),
    "a failure": (lambda answer: {"failed": True, "msg": PROOF, "module_stdout": PROOF, "module_stderr": PROOF, "exception": PROOF}, {}),
    "nothing": (lambda _answer: {}, {}),
    "no boot time": (lambda answer: answer, {"boot_id": {"rc": 1, "stdout": PROOF, "stderr": PROOF}}),
    "a reboot that fails": (lambda answer: answer, {"shutdown": {"rc": 1, "stdout": PROOF, "stderr": PROOF}}),
    "a boot time that stays": (lambda answer: answer, {"boot_id": {"rc": 0, "stdout": PROOF}}),
    "a test that fails": (lambda answer: answer, {"whoami": {"rc": 1, "stdout": PROOF, "stderr": PROOF}}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_host_that_answers_anything_is_at_most_rebooted_itself(fair: Done, tmp_path: pathlib.Path, name: str) -> None:
    change, commands = WRONG[name]
    done = run(tmp_path, spoil("kvm0", change), {"kvm0": commands})
    assert done.status == 2, done.output
    assert set(kinds(done.calls, "kvm1")) <= set(kinds(fair.calls, "kvm1"))
    assert [call.host for call in done.calls if call.module == "shutdown"] in ([], ["kvm0"])
    words = [word for call in done.calls if call.module == "command" for word in call.options["argv"]]
    assert {words[place + 1] for place, word in enumerate(words) if word == "--domain"} <= {UUIDS[0]}
    assert not [*tmp_path.rglob("*PROOF*")]
    assert "Traceback" not in done.output and "\x1b" not in done.output, done.output
