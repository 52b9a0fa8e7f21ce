# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of variables in each role's README, written from the role's argument specs: `make docs` runs it."""

from __future__ import annotations

import pathlib
import re
import typing as t

import yaml

ROLES = pathlib.Path(__file__).parents[3] / "roles"
_HEAD = ["| Variable | Default | Meaning |", "|---|---|---|"]
_TABLE = re.compile(r"^\| Variable \|.*\n(?:\|.*\n)+", re.MULTILINE | re.IGNORECASE)


def _words(option: dict[str, t.Any]) -> str:
    said = option["description"]
    text = re.sub(r"\bO\(([\w.]+)#module:(\w+)\)", r"`\2` of `\1`", said if isinstance(said, str) else " ".join(said))
    text = re.sub(r"\b[OVCM]\(([^)]+)\)", r"`\1`", text)
    missing = [str(choice) for choice in option.get("choices", []) if f"`{choice}`" not in text]
    if missing:
        text = f"{text} One of {', '.join(f'`{choice}`' for choice in option['choices'])}."
    return text.replace("|", "\\|")


def _default(option: dict[str, t.Any], value: t.Any) -> str:
    if option.get("required"):
        return "required"
    if value is None:
        return ""
    return f"`{value}`" if isinstance(value, str) else f"`{yaml.safe_dump(value, default_flow_style=True).splitlines()[0]}`"


def table(role: pathlib.Path) -> str:
    defaults = yaml.safe_load((role / "defaults/main.yml").read_text())
    rows: dict[str, str] = {}
    for entry, spec in yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"].items():
        for name, option in spec["options"].items():
            only = "" if entry == "main" else f"`{entry}`: "
            value = option.get("default", defaults.get(name))
            rows.setdefault(name, f"| `{name}` | {_default(option, value)} | {only}{_words(option)} |")
    return "\n".join([*_HEAD, *rows.values()]) + "\n"


def written(role: pathlib.Path) -> str:
    """The README as it should be."""
    return _TABLE.sub(lambda _found: table(role), (role / "README.md").read_text(), count=1)


if __name__ == "__main__":
    for each in sorted(ROLES.iterdir()):
        (each / "README.md").write_text(written(each))
