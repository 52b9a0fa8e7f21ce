# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook report: where it writes, what counts as a change, what it compares with, and how a comparison fails a job."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest
import yaml

FILES = {"index.html", "site.json", "report.txt", "report.md"}


@dataclasses.dataclass
class Site:
    """Two KVM hosts that lack what is asked of them; what kvm1 says of the report's folder must not matter."""

    top: pathlib.Path

    def __post_init__(self) -> None:
        self.folder, self.private = self.top / "report", self.top / "private"
        for path in (self.folder, self.private):
            path.mkdir(mode=0o700)

    def report(self, *arguments: str, cwd: t.Optional[pathlib.Path] = None, **groups: t.Any) -> subprocess.CompletedProcess[str]:
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        kvm1 = {"vsrx_report_dir": str(self.private), "vsrx_report_folder": str(self.private), "vsrx_report_since": "/etc/passwd"}
        hosts = {"hosts": {"kvm1": kvm1, "kvm2": None}, "vars": {"sriov_host_pfs": [{"pf": "no-such-netdev", "num_vfs": 1}]}}
        inventory = {"all": {"vars": local, "children": groups or {"kvm_hosts": hosts}}}
        (self.top / "inventory.yml").write_text(yaml.safe_dump(inventory))
        environment = {key: value for key, value in os.environ.items() if key != "PWD"}
        environment |= {"ANSIBLE_NOCOLOR": "1", "USER": "alice", "ANSIBLE_STRATEGY": "ansible.builtin.free"}
        command = ["ansible-playbook", "-i", str(self.top / "inventory.yml"), *arguments, "vsrx.sriov.report"]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=cwd)

    def document(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", json.loads((self.folder / "site.json").read_text()))


@pytest.fixture
def site(tmp_path: pathlib.Path) -> Site:
    return Site(tmp_path)


def test_a_limited_report_is_where_localhost_says_and_says_that_it_is_partial(site: Site) -> None:
    done = site.report("--limit", "kvm1", "-e", f"vsrx_report_dir={site.folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"The page: {site.folder}/index.html" in done.stdout
    assert not list(site.private.iterdir())
    assert {path.name: path.stat().st_mode & 0o777 for path in site.folder.iterdir()} == dict.fromkeys(FILES, 0o640)
    assert site.folder.stat().st_mode & 0o777 == 0o700
    run = site.document()["run"]
    assert (run["user"], run["limit"], run["left_out"], run["inventory"]) == (
        "alice",
        "kvm1",
        ["kvm2"],
        [f"{site.top.name}/inventory.yml"],
    )
    assert run["collection"] and run["ansible"]
    assert "PARTIAL: this run left out kvm2" in done.stdout and "left out 1 of the inventory" in (site.folder / "index.html").read_text()


def test_only_what_is_different_is_a_change_and_can_fail_a_job(site: Site) -> None:
    """Where it is run is the folder's place: PWD, which a service does not have, is not asked."""
    first = site.report(cwd=site.top)
    assert first.returncode == 0, first.stdout + first.stderr
    folder = site.top / "vsrx-report"
    assert {path.name for path in folder.iterdir()} == FILES and folder.stat().st_mode & 0o777 == 0o750
    earlier = json.loads((folder / "site.json").read_text())
    (site.top / "earlier.json").write_text(json.dumps(earlier))
    since = ["-e", f"vsrx_report_since={site.top}/earlier.json", "-e", "vsrx_report_fail=different"]
    again = site.report(*since, cwd=site.top)
    assert again.returncode == 0 and "changed=0" in again.stdout and "changed=1" not in again.stdout, again.stdout
    now = json.loads((folder / "site.json").read_text())
    assert now["read_at"] >= earlier["read_at"] and now["verdict"]["since"] == earlier["read_at"]
    assert now["comparison"] == {"read_at": earlier["read_at"], "differences": []}
    earlier["hosts"].append({"name": "kvm3", "read": True, "pfs": []})
    (site.top / "earlier.json").write_text(json.dumps(earlier))
    failed = site.report(*since, cwd=site.top)
    assert failed.returncode == 2 and "earlier.json in 1 of its values" in " ".join(failed.stdout.split()), failed.stdout
    assert "kvm3: entry: there -> not there" in failed.stdout
    assert json.loads((folder / "site.json").read_text())["comparison"]["differences"]


REFUSED: dict[str, tuple[list[str], dict[str, t.Any], str]] = {
    "no host": ([], {"firewalls": {"hosts": {"fw1": None}}}, "No host of this run is in the group kvm_hosts or vsrx_nodes"),
    "an unknown way to fail": (["-e", "vsrx_report_fail=always"], {}, "vsrx_report_fail is 'always'"),
    "nothing to compare with": (["-e", "vsrx_report_fail=worse"], {}, "vsrx_report_since is ''"),
    "no report to compare with": (["-e", "vsrx_report_since={top}/inventory.yml"], {}, "names a file with no JSON object"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_reported_is_refused_before_a_file_is_written(site: Site, what: str) -> None:
    arguments, groups, words = REFUSED[what]
    done = site.report("-e", f"vsrx_report_dir={site.folder}", *(each.format(top=site.top) for each in arguments), **groups)
    assert done.returncode == 2 and words in " ".join(done.stdout.split()), done.stdout
    assert not list(site.folder.iterdir())
