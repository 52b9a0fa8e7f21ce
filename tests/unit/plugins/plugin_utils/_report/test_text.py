# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The views for a terminal and for approvers: aligned, folded by nobody, free of what a terminal or Markdown would act on."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.document import make_document
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.markdown import write_markdown
from ansible_collections.vsrx.sriov.plugins.plugin_utils._report.text import PARTS, bind_rows, write_text
from support.report_sites import READ_AT, RUN, finding, make_documents, make_site

DOCUMENTS = make_documents()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_rows_are_aligned_in_yaml_too(name: str) -> None:
    rows = bind_rows(write_text(DOCUMENTS[name]))
    assert all(row.startswith(" ") and (row == row.rstrip() or row == " ") for row in rows)
    shown = yaml.dump({"msg": rows}, indent=4, allow_unicode=True).splitlines()[1:]
    assert len(shown) == len(rows), "a row is folded"
    assert {line[:4] for line in shown} == {"- ' "}


def test_columns_are_aligned() -> None:
    rows = write_text(DOCUMENTS["1"], ["map"])
    heads = [row for row in rows if "GUEST ADDRESS" in row]
    at = heads[0].index("GUEST ADDRESS")
    assert all(row[at - 1] == " " and row[at] == "0" for row in rows if "0000:0" in row[at:])


@pytest.mark.parametrize("part", PARTS)
def test_each_part_can_be_shown_alone(part: str) -> None:
    assert write_text(DOCUMENTS["bad"], [part])


@pytest.mark.mission("S13")
def test_the_worst_is_on_the_first_screen() -> None:
    rows = write_text(DOCUMENTS["bad"], ["verdict"])
    assert len(rows) < 25
    text = "\n".join(rows)
    for words in ("PARTIAL", "TRAFFIC AT RISK", "reth0 is down", "(S13)", "RESTART PENDING", "NOT KNOWN", "would stop: 7 errors", "alice"):
        assert words in text, words


def test_a_node_cannot_command_a_terminal_or_write_markdown() -> None:
    hosts, nodes = make_site(1)
    words = "\x1b[2J| [a](http://x) | <img src=x> `x` **x**"
    nodes["vsrx1-node0"]["vsrx_cluster_findings"] = [finding("S11", "error", words, words, words)]
    made = make_document(hosts, nodes, READ_AT, RUN)
    text, markdown = "\n".join(write_text(made)), write_markdown(made)
    assert "\x1b" not in text + markdown
    (row,) = [line for line in markdown.splitlines() if line.startswith("| open")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 6 and not re.search(r"(?<!\\)[<`\[*]", row)
