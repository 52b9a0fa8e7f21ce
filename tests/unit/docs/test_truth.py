# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims of the docs that were once not so: each is gone, or a test or a file holds it, which is named here."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pathlib
import re
import typing as t

import pytest
import yaml

TOP = pathlib.Path(__file__).parents[3]
READ = ("*.md", "docs/docsite/rst/*.rst", "roles/**/*.md", "roles/**/*.yml", "playbooks/**/*.yml", "plugins/modules/*.py", "galaxy.yml")
PAGES = sorted({path for pattern in READ for path in TOP.glob(pattern) if path.is_file() and ".work" not in path.parts})


@dataclasses.dataclass(frozen=True)
class Claim:
    """What is claimed now; what must not be claimed, as an expression; who holds it, as file and words in it."""

    now: str
    never: str = ""
    holds: tuple[tuple[str, str], ...] = ()


CLAIMS = (
    Claim(
        "the collection is installed from a checkout or a release file; Galaxy is named as not yet",
        r"ansible-galaxy collection install vsrx\.sriov|git clone https://github",
        (("tests/env/release-check", "install"), ("README.md", "Once the collection is published on Galaxy")),
    ),
    Claim("a second run of the demo changes nothing", holds=(("tests/stage/demo", "the second run changed something"),)),
    Claim("on Debian 12 the demo adds bookworm-backports", holds=(("tests/env/lab-packages.sh", "backports"),)),
    Claim(
        "one statement without the other is a warning, and completed",
        r"refuses?[^.]*one of the two (?:Junos )?statements",
        (("tests/unit/plugins/module_utils/_junos_cluster_mac/test_module.py", '[["S9"], [], []]'),),
    ),
    Claim("site stops at what it finds when it gets there; preflight reads all first", r"proves? (?:every|all) prerequisites?"),
    Claim(
        "teardown removes what the inventory lists, also what existed before",
        r"back to what (?:was|it was|had been)|what was there? before the first run",
        (("extensions/molecule/site/verify_gone.yml", "statements are gone"), ("docs/docsite/rst/roll_back.rst", "listed")),
    ),
    Claim("a restart of both nodes stops all traffic until one has booted", r"short (?:full |complete )?outage"),
    Claim(
        "what site did before a message stays",
        r"[Uu]nless an entry says otherwise, nothing was changed",
        (("docs/docsite/rst/troubleshooting.rst", "before the message stays"),),
    ),
    Claim("every message has an entry", holds=(("tests/unit/docs/test_troubleshooting.py", "def test_each_message_has_an_entry"),)),
    Claim(
        "how often an interruption was tried, and that it was before release 1.0.0",
        holds=(("docs/docsite/rst/evidence.rst", "Before release 1.0.0 these were tried"), ("tests/stage/interruption.py", "teardown")),
    ),
    Claim("parts of a time that do not add up", r"[Oo]f its 11 s"),
    Claim(
        "five requests for a look at a cluster",
        r"\b(?:[Ss]ix|four|seven) (?:requests|replies)",
        (("tests/unit/plugins/module_utils/_junos_cluster_mac/test_module.py", 'settled["rpcs"] == 5'),),
    ),
    Claim("ratios come from the figure", holds=(("tests/unit/docs/test_tables.py", "def test_each_bar_is_a_row"),)),
    Claim("slower than hardware by a number", r"(?:thirty|\d+) times (?:slower|faster) than (?:on )?hardware"),
    Claim("RHEL 8 cannot work", r"RHEL 8[^.\n]*supported", (("docs/docsite/rst/compatibility.rst", "built for Python 3.6"),)),
    Claim("what Junos shows was not seen on a device", r"two new rows", (("README.md", "**Not tested: a physical NIC, a real vSRX.**"),)),
    Claim("NICs and sizes are those of the matrix", holds=(("tests/unit/docs/test_tables.py", "def test_a_page_has_its_tables"),)),
    Claim("options of roles are those of the specs", holds=(("tests/unit/docs/test_tables.py", "the_variables_of_the_specs"),)),
)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.now)
def test_a_claim_is_gone_or_held(claim: Claim) -> None:
    assert claim.never or claim.holds
    found = [
        str(path.relative_to(TOP))
        for path in PAGES
        if claim.never and re.search(claim.never, " ".join(path.read_text().split()), re.IGNORECASE)
    ]
    assert found == []
    for file, words in claim.holds:
        assert words in (TOP / file).read_text(), f"{file} no longer holds it"


def _floor(text: str) -> str:
    (found,) = re.findall(r"ansible-core (\d\.\d+) or later", text)
    return str(found)


def test_the_lowest_ansible_core_is_the_same_everywhere() -> None:
    lowest = yaml.safe_load((TOP / "meta/runtime.yml").read_text())["requires_ansible"]
    assert lowest == f">={_floor((TOP / 'README.md').read_text())}.0"
    for role in TOP.glob("roles/*/meta/main.yml"):
        assert f">={yaml.safe_load(role.read_text())['galaxy_info']['min_ansible_version']}.0" == lowest
    compatibility = (TOP / "docs/docsite/rst/compatibility.rst").read_text()
    assert f"     - {lowest[2:-2]} or later\n" in compatibility


def test_expected_output_says_of_which_revision_and_day_it_is() -> None:
    outputs: dict[str, t.Any] = json.loads((TOP / "docs/docsite/outputs.json").read_text())
    assert re.fullmatch(r"[0-9a-f]{7,12}", outputs["revision"])
    assert datetime.date.fromisoformat(outputs["date"])
    assert all(outputs["outputs"].values())
