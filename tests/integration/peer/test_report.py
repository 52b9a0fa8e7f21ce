# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a cluster that answers: it needs no consent, and says what Junos says."""

from __future__ import annotations

import json
import pathlib

import pytest
from harness import Runner


@pytest.mark.mission("S13")
def test_a_healthy_cluster_is_healthy_without_a_consent_to_restart(runner: Runner, folder: pathlib.Path) -> None:
    played = runner.play([{"import_playbook": "vsrx.sriov.report"}], vsrx_report_dir=str(folder / "report"))
    assert played.code == 0, played.text
    document = json.loads((folder / "report/site.json").read_text())
    (cluster,) = document["clusters"]
    assert cluster["healthy"] and all(node["healthy"] and node["junos_version"] and node["booted_at"] for node in cluster["nodes"])
    assert cluster["reths"] and all(reth["up"] is not None and reth["mac"] for reth in cluster["reths"])
    assert not [each for each in document["findings"] if "vsrx_cluster_restart" in each["found"]]
    assert "it does not answer" not in (folder / "report/report.txt").read_text()
