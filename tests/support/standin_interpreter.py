# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python of a stand-in host: notes the module that it is to run, with its options, and prints the answer chosen for it.

``standin_interpreter.py HOST FOLDER MODULE-FILE``; FOLDER has ``answers.json`` and gets ``calls``.
"""

from __future__ import annotations

import ast
import json
import pathlib
import sys
import typing as t


def read_options(path: pathlib.Path) -> dict[str, t.Any]:
    """The options in the file that Ansible makes of a module: the only string in it that has its arguments."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith('{"ANSIBLE_MODULE_ARGS"'):
            return t.cast("dict[str, t.Any]", json.loads(node.value)["ANSIBLE_MODULE_ARGS"])
    return {"unread": True}


def choose(answers: dict[str, t.Any], host: str, module: str, name: str, check: bool) -> t.Any:
    """The answer of the most exact key; ``real`` is for a call that is no preview."""
    exact = f"{host}:{module}:{name}"
    for key in (*(() if check else (exact + ":real",)), exact, f"{host}:{module}", module, f"{host}:*", "*"):
        if key in answers:
            return answers[key]
    return {"failed": True, "msg": f"there is no answer of {host} to {module}"}


def main() -> None:
    host, folder, path = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    module = path.stem.replace("AnsiballZ_", "")
    options = read_options(path)
    check = bool(options.get("_ansible_check_mode"))
    shown = {key: value for key, value in options.items() if not key.startswith("_ansible_")}
    call = {"host": host, "module": module, "check": check, "options": shown}
    with (folder / "calls").open("a") as log:
        log.write(json.dumps(call) + "\n")
    print(
        json.dumps(
            choose(
                json.loads((folder / "answers.json").read_text()),
                host,
                module,
                str(shown.get("name", (shown.get("argv") or [None])[0])),
                check,
            )
        )
    )


if __name__ == "__main__":
    main()
