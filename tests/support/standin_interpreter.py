# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python of a stand-in host: notes the module that it is to run, with its options, and prints the answer chosen for it.

``standin_interpreter.py HOST FOLDER MODULE-FILE``; FOLDER has ``answers.json`` and gets ``calls``. An answer may hold ``_commands``,
which are run first, such as those that tell a peer that its domain was stopped and started. After a call that is no preview, answers with
``:after`` count. A command is named by the first of its words that has an answer, such as ``kvm1:command:domstate``.
"""

from __future__ import annotations

import ast
import json
import pathlib
import subprocess
import sys
import typing as t


def read_options(path: pathlib.Path) -> dict[str, t.Any]:
    """The options in the file that Ansible makes of a module: the only string in it that has its arguments."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith('{"ANSIBLE_MODULE_ARGS"'):
            return t.cast("dict[str, t.Any]", json.loads(node.value)["ANSIBLE_MODULE_ARGS"])
    return {"unread": True}


def choose(answers: dict[str, t.Any], exact: str, check: bool, after: bool) -> t.Any:
    """The answer of the most exact key; ``real`` is for a call that is no preview, ``after`` for one after that."""
    host, module, _name = exact.split(":", 2)
    endings = ((":after",) if after else ()) + (() if check else (":real",)) + ("",)
    for key in (*(exact + ending for ending in endings), f"{host}:{module}", module, f"{host}:*", "*"):
        if key in answers:
            return answers[key]
    return {"failed": True, "msg": f"there is no answer of {host} to {module}"}


def find_name(options: dict[str, t.Any], answers: dict[str, t.Any], host: str, module: str) -> t.Any:
    """What tells the calls of a module on a host apart."""
    words = options.get("argv") or [None]
    return options.get("name", next((word for word in words if f"{host}:{module}:{word}" in answers), words[0]))


def main() -> None:
    host, folder, path = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    module = path.stem.replace("AnsiballZ_", "")
    options = read_options(path)
    check = bool(options.get("_ansible_check_mode"))
    shown = {key: value for key, value in options.items() if not key.startswith("_ansible_")}
    call = {"host": host, "module": module, "check": check, "options": shown}
    with (folder / "calls").open("a") as log:
        log.write(json.dumps(call) + "\n")
    answers = json.loads((folder / "answers.json").read_text())
    exact = f"{host}:{module}:{find_name(shown, answers, host, module)}"
    changed = folder / f"changed-{exact.replace('/', '_')}"
    answer = choose(answers, exact, check, changed.exists())
    if not check:
        changed.touch()
    for command in answer.pop("_commands", []) if isinstance(answer, dict) else []:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
