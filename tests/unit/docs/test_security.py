# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SECURITY.md says of commands, host keys, files and the supply chain is so."""

from __future__ import annotations

import ast
import pathlib
import re
import typing as t

import pytest
import yaml
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import reply

TOP = pathlib.Path(__file__).parents[3]
TEXT = " ".join((TOP / "SECURITY.md").read_text(encoding="utf-8").split())
PLUGINS = sorted((TOP / "plugins").rglob("*.py"))
TASKS = [*TOP.glob("playbooks/**/*.yml"), *TOP.glob("roles/*/tasks/*.yml"), *TOP.glob("roles/*/handlers/*.yml")]
LOCKS = [*sorted((TOP / "tests/env/lock").glob("*.txt")), TOP / "execution-environment.txt"]


def calls(path: pathlib.Path) -> t.Iterator[ast.Call]:
    yield from (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))


#: each point for users, and the tests that hold what it says, beside those of this file
HELD: dict[str, tuple[str, ...]] = {
    "Credentials.": ("unit/playbooks/test_awx.py",),
    "Host keys.": ("unit/docs/test_security.py", "integration/peer/test_jump_host.py", "integration/peer/test_awx_credentials.py"),
    "Secrets.": ("integration/peer/test_secrets.py", "integration/peer/test_secrets_of_playbooks.py"),
    "Files on a KVM host": (
        "unit/plugins/module_utils/_vsrx_hostdev/test_state_folder.py",
        "unit/plugins/module_utils/_sriov_vfs/test_module.py",
        "unit/plugins/module_utils/_host/test_fs.py",
        "unit/plugins/test_io_faults.py",
    ),
    "Files on the control node.": (
        "unit/playbooks/test_report.py",
        "unit/playbooks/test_adopt.py",
        "unit/plugins/plugin_utils/_report/test_page.py",
    ),
    "Answers of hosts.": (
        "unit/playbooks/test_hostile_host.py",
        "unit/playbooks/test_hostile_answers.py",
        "unit/playbooks/test_hostile_reboot.py",
        "unit/plugins/plugin_utils/_results/test_admission.py",
        "unit/plugins/module_utils/_junos_cluster_mac/test_large_replies.py",
        "unit/plugins/filter/test_large_texts.py",
    ),
    "Input.": (
        "unit/plugins/module_utils/_domain_xml/test_document.py",
        "unit/plugins/module_utils/_junos/test_reply.py",
        "unit/plugins/test_fuzz.py",
    ),
}


def test_each_point_has_tests_that_hold_it() -> None:
    points = re.findall(r"(?m)^\* \*\*(.+?)\*\*", (TOP / "SECURITY.md").read_text(encoding="utf-8"))
    assert set(points) == set(HELD)
    assert [test for tests in HELD.values() for test in tests if not (TOP / "tests" / test).is_file()] == []


def test_the_limits_of_the_threat_model_are_those_of_the_code() -> None:
    model = " ".join((TOP / "docs/docsite/rst/threat_model.rst").read_text(encoding="utf-8").split())
    assert f"longer than {reply.MAX_REPLY_LENGTH >> 20} MiB" in model


def test_commands_run_with_an_argument_list_without_a_shell() -> None:
    assert "Commands run with an argument list, without a shell." in TEXT
    for path in PLUGINS:
        for call in calls(path):
            assert ast.unparse(call.func) not in ("os.system", "os.popen", "subprocess.getoutput"), path
            assert not {keyword.arg for keyword in call.keywords} & {"shell", "use_unsafe_shell"}, path
    for path in TASKS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(ansible\.builtin\.)?(shell|raw|script):", text, re.MULTILINE), path
        for block in re.findall(r"^(\s+)command:(.*)\n(.*)", text, re.MULTILINE):
            assert block[1].strip() == "" and block[2].strip().startswith("argv:"), path


def test_nothing_switches_the_check_of_host_keys_off() -> None:
    assert "Nothing in the collection switches that off." in TEXT
    for path in [*PLUGINS, *TASKS, *TOP.glob("playbooks/*.yml"), *TOP.glob("roles/*/defaults/*.yml")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"host_key_checking[\"']?\s*[:=]\s*[\"']?(false|no|0)\b|hostkey_verify\s*=\s*False|StrictHostKeyChecking", text, re.I
        ), path


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_each_requirement_is_pinned_and_hashed(lock: pathlib.Path) -> None:
    entries = re.sub(r"\\\n", " ", lock.read_text(encoding="utf-8")).splitlines()
    for entry in filter(None, (line.partition("#")[0].strip() for line in entries)):
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!]+( ;[^-]+)? +--hash=sha256:[0-9a-f]{64}\b", entry), entry[:120]


def test_what_is_installed_of_the_development_environment_is_from_the_locks() -> None:
    setup = (TOP / "tests/env/setup").read_text(encoding="utf-8")
    assert re.findall(r"pip\"? (?:install|download)(?!.*--require-hashes)", setup) == []
    assert "--require-hashes -r /tmp/execution-environment.txt" in (TOP / "execution-environment.yml").read_text(encoding="utf-8")


def test_the_address_of_playbooks_has_no_default() -> None:
    assert "No address of playbooks has a default" in TEXT
    for path in TOP.glob("playbooks/**/*.yml"):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert not (isinstance(data, dict) and "vsrx_awx_playbooks_url" in data), path
        assert not re.search(r"vsrx_awx_playbooks_url\s*\|\s*default\((?!omit)", path.read_text(encoding="utf-8")), path


def test_the_files_of_a_host_are_named() -> None:
    """Whoever writes another file says so in SECURITY.md."""
    store = (TOP / "plugins/module_utils/_sriov_vfs/boot/unit.py").read_text(encoding="utf-8")
    folder, units = re.findall(r'^_(?:FOLDER|UNITS) = "(.+)"$', store, re.MULTILINE)
    (lock,) = re.findall(r'^LOCK_PATH = "(.+)"$', (TOP / "plugins/module_utils/_host/files.py").read_text(encoding="utf-8"), re.MULTILINE)
    written = [path for tasks in TASKS for path in re.findall(r"^\s+dest: (/\S+)$", tasks.read_text(encoding="utf-8"), re.MULTILINE)]
    for path in (f"/{folder}", f"/{units}/vsrx-sriov.service", lock, *written):
        assert f"`{path}`" in TEXT, path
    tools = {tool.rpartition("/")[2] for tasks in TASKS for tool in re.findall(r"/usr/s?bin/([\w-]+)", tasks.read_text(encoding="utf-8"))}
    assert {tool for tool in tools & {"grubby", "update-grub", "rpm-ostree"} if f"`{tool}" not in TEXT} == set()
    for path in ("playbooks/report.yml", "playbooks/adopt.yml"):
        modes = re.findall(r'^\s+dest: .+\n\s+mode: "(\d+)"', (TOP / path).read_text(encoding="utf-8"), re.MULTILINE)
        assert set(modes) == {"0640"}, path
