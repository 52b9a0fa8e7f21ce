# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the docs that are written from something else; `make docs` writes them.

In each role's README the variables, from its argument specs; in the guide the NICs and the sizes, from the support tables, and the
measured ratios, from their figure.
"""

from __future__ import annotations

import itertools
import pathlib
import re
import textwrap
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - our own figure

import yaml
from ansible_collections.vsrx.sriov.plugins.module_utils import _support_matrix

TOP = pathlib.Path(__file__).parents[3]
ROLES = TOP / "roles"
PAGES = TOP / "docs/docsite/rst"
FIGURE = TOP / "docs/images/bench.svg"
_HEAD = ["| Variable | Default | Meaning |", "|---|---|---|"]
_TABLE = re.compile(r"^\| Variable \|.*\n(?:\|.*\n)+", re.MULTILINE | re.IGNORECASE)
#: letters in a line of a page
_LETTERS = 140


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


def variables(role: pathlib.Path) -> str:
    defaults = yaml.safe_load((role / "defaults/main.yml").read_text())
    rows: dict[str, str] = {}
    for entry, spec in yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"].items():
        for name, option in spec["options"].items():
            only = "" if entry == "main" else f"`{entry}`: "
            value = option.get("default", defaults.get(name))
            rows.setdefault(name, f"| `{name}` | {_default(option, value)} | {only}{_words(option)} |")
    return "\n".join([*_HEAD, *rows.values()]) + "\n"


def readme(role: pathlib.Path) -> str:
    """The README as it should be."""
    return _TABLE.sub(lambda _found: variables(role), (role / "README.md").read_text(), count=1)


def _list_table(widths: str, head: t.Sequence[str], rows: t.Iterable[t.Sequence[str]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in (head, *rows):
        for first, cell in zip(itertools.chain(["* - "], itertools.repeat("  - ")), row):
            lines += textwrap.wrap(cell, _LETTERS, initial_indent=f"   {first}", subsequent_indent=" " * 7) or [f"   {first}".rstrip()]
    return "\n".join(lines)


def nics() -> str:
    rows = [
        (
            nic.name,
            "yes" if nic.listed else "no: a warning",
            " and ".join(nic.min_junos) or ("any" if nic.listed else ""),
            ", ".join(f"``{nic.vendor_id}:{device}``" for device in nic.device_ids),
        )
        for nic in _support_matrix.NICS
    ]
    return _list_table("24 16 20 40", ("NIC", "Named by the page", "From Junos", "PCI ids of its PFs"), rows)


def sizes() -> str:
    rows = [(str(size.vcpus), f"{size.memory_mib // 1024} GiB") for size in _support_matrix.SIZES]
    return _list_table("50 50", ("vCPUs", "Memory, at least"), rows)


def ratios() -> str:
    """The rows of the figure: no number is in the page that is not in it."""
    space = "{http://www.w3.org/2000/svg}"
    rows = []
    for group in ET.fromstring(FIGURE.read_text()).iter(f"{space}g"):  # noqa: S314 - our own figure
        what, _beside, baseline = str(group.findtext(f"{space}title")).partition(", beside ")
        (value,) = (text.text or "" for text in group.iter(f"{space}text") if "value" in text.get("class", ""))
        ratio, _of, bound = value.removesuffix(", over").partition(" of at most ")
        rows.append((what, baseline, ratio, bound, "over" if value.endswith(", over") else ""))
    return _list_table("40 36 8 9 7", ("What", "Beside", "Ratio", "At most", ""), rows)


#: each table by page and name; it stands between the comments `.. NAME: ...` and `.. NAME ends`
TABLES: dict[tuple[str, str], t.Callable[[], str]] = {
    ("rules.rst", "nics"): nics,
    ("rules.rst", "sizes"): sizes,
    ("performance.rst", "ratios"): ratios,
}


def page(name: str) -> str:
    """The page as it should be."""
    text = (PAGES / name).read_text()
    for (of, table), written in TABLES.items():
        if of != name:
            continue
        before, begins, rest = text.partition(f"\n.. {table}: ")
        _old, ends, after = rest.partition(f"\n.. {table} ends\n")
        if not begins or not ends:
            raise ValueError(f"{name} has no place for the table '{table}'")
        text = "".join((before, begins, rest.partition("\n")[0], "\n\n", written(), "\n", ends, after))
    return text


if __name__ == "__main__":
    for each in sorted(ROLES.iterdir()):
        (each / "README.md").write_text(readme(each))
    for each_page in {of for of, _name in TABLES}:
        (PAGES / each_page).write_text(page(each_page))
