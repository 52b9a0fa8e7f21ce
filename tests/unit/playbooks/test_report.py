# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page is made of whatever could be read, and of nothing else: no tag from outside, nothing from the network."""

from __future__ import annotations

import html.parser
import json
import pathlib
import subprocess
import sys
import typing as t

import pytest

TEMPLATE = pathlib.Path(__file__).parents[3] / "playbooks/templates/report.html.j2"
VOID = {"meta"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STRANGE = "<b>&\"'"

VIRTUAL = {"position": 1, "junos_interface": "fxp0", "sriov": False, "mac": "52:54:00:a0:00:00", "guest_address": "0000:01:00.0"}
VIRTUAL |= dict.fromkeys(("vf", "pf", "pf_address", "index", "vf_exists", "reth"))
PORT = {"position": 2, "junos_interface": "ge-0/0/0", "sriov": True, "mac": "02:5a:00:00:00:01", "guest_address": None}
PORT |= {"vf": "0000:01:10.0", "pf": "eno2", "pf_address": "0000:01:00.0", "index": 0, "vf_exists": True, "reth": "reth0"}
VF = {"vf": 0, "address": "0000:01:10.0", "mac": "02:5a:00:00:00:01", "trust": False, "spoofchk": None}
HOST = {"name": "kvm1", "pfs": [{"pf": "eno2", "address": "0000:01:00.0", "driver": "igb", "num_vfs": 1, "total_vfs": 7, "vfs": [VF]}]}


def _node(number: int, **other: t.Any) -> dict[str, t.Any]:
    silent = {**dict.fromkeys(("junos_version", "booted_at", "in_force")), "healthy": False, "reasons": ["it does not answer"]}
    name = f"vsrx1-node{number}"
    return {
        "name": name,
        "re_name": f"node{number}",
        "host": "kvm1",
        "domain": name,
        "ports": [VIRTUAL, PORT],
        "primary_of": [],
        **silent,
        **other,
    }


def _statement(name: str, *nodes: str) -> dict[str, t.Any]:
    return {"name": name, "nodes": nodes}


def _cluster(reths: list[t.Any], statements: list[dict[str, t.Any]], **other: t.Any) -> dict[str, t.Any]:
    nodes = [_node(0, **other), _node(1, ports=[])]
    return {"name": "vsrx1", "nodes": nodes, "reths": reths, "healthy": False, "statements": statements, "restart_required": None}


def _finding(on: str, where: str, severity: str = "warning") -> dict[str, t.Any]:
    return {"id": "S16", "severity": severity, "on": on, "where": where, "found": STRANGE, "cure": STRANGE}


RETH = {"name": "reth0", "redundancy_group": 1, "ports": {"node0": ["ge-0/0/0"]}, "active_port": None, "mac": None}
ALONE = {"name": "vsrx2", "host": "kvm1", "domain": "vsrx2", "ports": [VIRTUAL, PORT]}
EMPTY: dict[str, t.Any] = {"read_at": "2026-01-02 03:04:05", "hosts": [], "clusters": [], "standalone": [], "findings": []}
MARKUP = "<script>alert(1)</script>'\"&"


def _planted(value: t.Any) -> t.Any:
    """The same document with markup for every value that is shown, whatever its type was; names that belong together still do."""
    if isinstance(value, dict):
        return {key: _planted(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_planted(each) for each in value]
    return value if isinstance(value, bool) else f"{value}{MARKUP}"


MANY = 8000
SITES: dict[str, dict[str, t.Any]] = {
    "nothing": EMPTY,
    "unread host": EMPTY | {"hosts": [{"name": STRANGE, "pfs": []}], "findings": [_finding(STRANGE, STRANGE, "error") | {"id": ""}]},
    "stand-alone": EMPTY | {"hosts": [HOST], "standalone": [ALONE]},
    "silent cluster": EMPTY | {"hosts": [HOST], "clusters": [_cluster([], [])]},
    "cluster": EMPTY
    | {
        "hosts": [HOST],
        "clusters": [
            _cluster(
                [RETH], [_statement("use-active-child-mac-on-reth"), _statement(STRANGE, "node0")], in_force=True, booted_at=1718000000
            )
        ],
        "findings": [_finding("kvm1", "eno2"), _finding("vsrx1-node0", "x"), _finding("vsrx1", "[edit interfaces reth0]", "error")],
    },
}

SITES["markup"] = _planted(SITES["cluster"] | {"standalone": [ALONE]})
SITES["a pattern in a name"] = EMPTY | {
    "clusters": [_cluster([{**RETH, "name": name} for name in ("reth0(", "reth(a+)+b")], [])],
    "findings": [_finding("vsrx1", "retha" + "a" * 60 + "c"), _finding("vsrx1", "reth0(")],
}
SITES["many reths"] = EMPTY | {"clusters": [_cluster([{**RETH, "name": f"reth{number}"} for number in range(MANY)], [])]}


class _Page(html.parser.HTMLParser):
    """The words of a page; a tag that is not closed, or that the template does not have, is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, t.Optional[str]]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        assert not [value for name, value in attrs if name in ("src", "href") or name.startswith("on")]
        assert not any(MARKUP in (value or "") for name, value in attrs if name != "aria-label")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, t.Optional[str]]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} is closed where another is open"

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All sites through Ansible's own templating."""
    folder = tmp_path_factory.mktemp("report")
    template = {"src": str(TEMPLATE), "dest": f"{folder}/{{{{ item.key }}}}.html", "mode": "0644"}
    task = {"name": "page", "ansible.builtin.template": template, "loop": "{{ sites | dict2items }}", "vars": {"site": "{{ item.value }}"}}
    (folder / "play.yml").write_text(json.dumps([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}]))
    (folder / "vars.json").write_text(json.dumps({"sites": SITES, "ansible_python_interpreter": sys.executable}))
    command = ["ansible-playbook", "-i", "localhost,", "-e", f"@{folder}/vars.json", str(folder / "play.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: (folder / f"{name}.html").read_text() for name in SITES}


def _read(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


@pytest.mark.parametrize("name", SITES)
def test_the_page_is_whole_and_alone(pages: dict[str, str], name: str) -> None:
    page = _read(pages[name])
    assert not page.tags & {"b", "script", "link", "img", "iframe"}
    assert "url(" not in pages[name] and "@import" not in pages[name]


def test_findings_are_at_their_objects(pages: dict[str, str]) -> None:
    drawing = pages["cluster"].partition("<svg")[2].partition("</svg>")[0]
    assert drawing.count(">S16<title>") == 3 and drawing.count('class="bad end"') == 1
    assert "S16<title>" not in pages["silent cluster"]


def test_what_is_off_is_said_and_what_is_unknown_is_not(pages: dict[str, str]) -> None:
    row = pages["stand-alone"].rpartition("<h2>KVM hosts")[2]
    assert "<td>off</td><td></td>" in row and "vsrx2 ge-0/0/0" in row
    silent = _read(pages["silent cluster"]).words
    assert "it does not answer" in silent and "MAC mode unknown" in silent


def test_the_page_allows_no_script(pages: dict[str, str]) -> None:
    assert all(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in page for page in pages.values())


def test_markup_in_any_value_is_shown_as_it_is(pages: dict[str, str]) -> None:
    assert "<script" not in pages["markup"]
    shown = _read(pages["markup"]).words.count(MARKUP)
    assert shown >= 40, shown


INVENTORY = """
all:
  vars: {{ansible_connection: local, ansible_python_interpreter: {python}, vsrx_report_dir: {folder}}}
  children:
    kvm_hosts:
      hosts: {{kvm1: {{vsrx_report_dir: {other}}}}}
      vars: {{sriov_host_pfs: [{{pf: no-such-netdev, num_vfs: 1}}]}}
"""


@pytest.mark.parametrize("limit", [[], ["--limit", "kvm1"]], ids=["all", "limited"])
def test_the_report_is_where_localhost_says_and_in_a_folder_that_stays_as_it_is(tmp_path: pathlib.Path, limit: list[str]) -> None:
    folder, other = tmp_path / "report", tmp_path / "private"
    for path in (folder, other):
        path.mkdir(mode=0o700)
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(INVENTORY.format(python=sys.executable, folder=folder, other=other))
    command = ["ansible-playbook", "-i", str(inventory), *limit, "vsrx.sriov.report"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(other.iterdir())
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {"index.html": 0o640, "site.json": 0o640}
    assert folder.stat().st_mode & 0o777 == 0o700
