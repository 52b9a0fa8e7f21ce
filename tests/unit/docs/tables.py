# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the docs that are written from something else; `make docs` writes them.

In each role's README and on the page of the playbooks the variables, from the argument specs; on other pages the NICs and the sizes,
from the support tables; the limits of a change, from the roles' defaults; the measured ratios, from their figure; what a run printed;
what the lab's tests gave on each release.
"""

from __future__ import annotations

import functools
import itertools
import json
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
OUTPUTS = TOP / "docs/docsite/outputs.json"
LAB_MATRIX = TOP / "docs/docsite/lab_matrix.json"
#: the lab's releases as people call them
_RELEASES = {"trixie": "Debian 13", "bookworm": "Debian 12", "bullseye": "Debian 11"}
_HEAD = ["| Variable | Default | Meaning |", "|---|---|---|"]
_TABLE = re.compile(r"^\| Variable \|.*\n(?:\|.*\n)+", re.MULTILINE | re.IGNORECASE)
#: letters in a line of a page
_LETTERS = 140
#: a default that is longer is computed from other variables
_LONG = 60


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
    return _list_table("24 16 20 40", ("NIC", "Named by Juniper", "From Junos", "PCI ids of its PFs"), rows)


def sizes() -> str:
    rows = [(str(size.vcpus), f"{size.memory_mib // 1024} GiB") for size in _support_matrix.SIZES]
    return _list_table("50 50", ("vCPUs", "Memory, at least"), rows)


def all_variables() -> str:
    """Every variable of a host or node, the roles that read it, and its default."""
    rows: dict[str, tuple[str, str, str]] = {}
    for role in sorted(ROLES.iterdir()):
        defaults = yaml.safe_load((role / "defaults/main.yml").read_text())
        for spec in yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"].values():
            for name, option in spec["options"].items():
                default = _default(option, option.get("default", defaults.get(name))).replace("`", "``")
                said = option["description"] if isinstance(option["description"], str) else option["description"][0]
                meaning = re.sub(r"\b[OVCM]\(([^)#]+?)(?:#module:\w+)?\)", r"``\1``", said)
                link = f"`{role.name} <../../../roles/{role.name}/README.md>`__"
                before = rows.get(name)
                roles = f"{before[0]}, {link}" if before and link not in before[0] else before[0] if before else link
                rows[name] = (roles, before[1] if before else default, before[2] if before else meaning)
    cells = (
        (f"``{name}``", default if len(default) < _LONG else "computed", meaning, roles)
        for name, (roles, default, meaning) in sorted(rows.items())
    )
    return _list_table("26 16 40 18", ("Variable", "Default", "Meaning", "Role"), cells)


def _minutes(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds / 60:g} min"


def timeline() -> str:
    """What a change does to traffic, with the limits that the roles wait: their sum is the longest that `site` can take."""
    ports, cluster = (yaml.safe_load((ROLES / role / "defaults/main.yml").read_text()) for role in ("vsrx_ports", "vsrx_cluster"))
    moves = cluster["vsrx_cluster_sync_timeout"]
    together = ports["vsrx_ports_shutdown_timeout"] + ports["vsrx_ports_rejoin_timeout"]
    node = together + 2 * moves
    reboot = cluster["vsrx_cluster_boot_timeout"] + 3 * moves
    rows = [
        ("VFs on the hosts", "None. The link of the PF may flap (igb, ixgbe).", "2 min for each PF, and 1 s for each VF"),
        (
            "Commit of both statements, confirmed",
            "None. They take effect at the next boot of each node.",
            f"{cluster['vsrx_cluster_confirm_timeout']} min, then Junos rolls back",
        ),
        (
            "``rolling``, first node: groups fail over, shut down, ports, start, back in the cluster, groups fail back",
            "Failovers of its redundancy groups. For a while one node has the MAC mode and the other has not.",
            _minutes(node),
        ),
        ("``rolling``, second node: the same", "Failovers of all groups that the first node has not.", _minutes(node)),
        (
            "or ``simultaneous``: both nodes at once",
            "**All traffic stops** until one node has booted and its reths are up.",
            _minutes(together),
        ),
        (
            "A node whose ports stay: rebooted by Junos instead",
            "As above.",
            f"``rolling`` {_minutes(reboot)}, ``simultaneous`` {_minutes(reboot - 2 * moves)}",
        ),
        ("**Sum**", "", f"**rolling {_minutes(2 * node)}, simultaneous {_minutes(together)}**, and VFs and commit"),
    ]
    return _list_table("30 42 28", ("Step", "Traffic", "Limit (default)"), rows)


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


def output(name: str) -> str:
    """What a run on the virtual host and the simulator printed; `make outputs` writes the file."""
    said = json.loads(OUTPUTS.read_text())["outputs"].get(name, [])
    if not said:
        return ""
    lines = list(itertools.dropwhile(lambda line: not line, reversed(said)))
    return "\n".join([".. code-block:: text", "", *(f"   {line}".rstrip() for line in reversed(lines))])


def recap() -> str:
    """The end of a second run, for the README."""
    said = json.loads(OUTPUTS.read_text())["outputs"]["again"]
    start = next(number for number, line in enumerate(said) if line.startswith("cluster "))
    return "\n".join(["```text", *(line for line in said[start:] if line), "```"])


def lab_matrix() -> str:
    """What the lab's tests gave on each release; `make lab-matrix` writes the file."""
    found = json.loads(LAB_MATRIX.read_text())

    def tell(result: t.Optional[dict[str, t.Any]]) -> str:
        if result is None:
            return "not run"
        counts = ", ".join(f"{result[kind]} {kind}" for kind in ("passed", "failed", "skipped") if result.get(kind))
        spent = f"; {result['seconds']} s" if "seconds" in result else ""
        return f"{counts}{spent} ({result['revision']}, {result['date']})"

    parts = sorted({part for results in found.values() for part in results})
    rows = [(f"``{part}``", *(tell(found.get(release, {}).get(part)) for release in _RELEASES)) for part in parts]
    return _list_table("22 26 26 26", ("Part", *_RELEASES.values()), rows)


#: each table by page and name; it stands between the comments `.. NAME: ...` and `.. NAME ends`
TABLES: dict[tuple[str, str], t.Callable[[], str]] = {
    ("hardware.rst", "nics"): nics,
    ("hardware.rst", "sizes"): sizes,
    ("evidence.rst", "ratios"): ratios,
    ("change_window.rst", "timeline"): timeline,
    ("host.rst", "lab_matrix"): lab_matrix,
    ("playbooks.rst", "variables"): all_variables,
    **{("change_window.rst", name): functools.partial(output, name) for name in ("preflight", "preview", "site", "again")},
    ("maintenance.rst", "failover"): functools.partial(output, "failover"),
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


def front() -> str:
    """The README as it should be: the end of a second run, and links into the repository that `galaxy.yml` names."""
    text = (TOP / "README.md").read_text()
    before, begins, rest = text.partition("<!-- again: ")
    first, _old, after = rest.partition("<!-- again ends -->")[0].partition("\n")[0], "", rest.partition("<!-- again ends -->")[2]
    text = f"{before}{begins}{first}\n{recap()}\n<!-- again ends -->{after}"
    return to_repository(text)


def to_repository(text: str) -> str:
    """Links into the repository begin as `repository` in galaxy.yml says."""
    here = yaml.safe_load((TOP / "galaxy.yml").read_text())["repository"]
    raw = here.replace("github.com", "raw.githubusercontent.com")
    text = re.sub(r"https://raw\.githubusercontent\.com/[\w.-]+/[\w.-]+(?=/main/)", raw, text)
    return re.sub(r"https://github\.com/[\w.-]+/[\w.-]+(?=/blob/main/|/issues)", here, text)


if __name__ == "__main__":
    (TOP / "README.md").write_text(front())
    (TOP / "SECURITY.md").write_text(to_repository((TOP / "SECURITY.md").read_text()))
    for each in sorted(ROLES.iterdir()):
        (each / "README.md").write_text(readme(each))
    for each_page in {of for of, _name in TABLES}:
        (PAGES / each_page).write_text(page(each_page))
