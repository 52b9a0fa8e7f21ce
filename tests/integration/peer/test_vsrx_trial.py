# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make vsrx` with a stand-in for QEMU that answers as a node does: the whole path, from the image to the file to send."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tarfile

import pytest

TESTS = pathlib.Path(__file__).parents[2]


@pytest.mark.mission("S6", "S8", "S9")
def test_the_trial_forms_a_cluster_runs_the_role_twice_and_packs_the_record(tmp_path: pathlib.Path) -> None:
    image = tmp_path / "vsrx.qcow2"
    image.write_bytes(bytes(1024 * 1024))
    out = tmp_path / "trial.tar.gz"
    command = [
        sys.executable,
        "-m",
        "vsrx",
        str(image),
        "--qemu",
        str(TESTS / "vsrx" / "standin_qemu"),
        "--minutes",
        "3",
        "--out",
        str(out),
    ]
    done = subprocess.run([*command, "--keep", str(tmp_path / "kept")], capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with tarfile.open(out) as packed:
        texts = {pathlib.Path(member.name).name: (packed.extractfile(member) or sys.exit()).read().decode() for member in packed}
    assert set(texts) == {"summary.json", "shapes.txt", "recording.jsonl", "first-run.txt", "second-run.txt"}
    summary = json.loads(texts["summary.json"])
    assert [run["code"] for run in summary["runs"]] == [0, 0]
    assert summary["runs"][0]["changed"] > 0 and summary["runs"][1]["changed"] == 0
    rows = [json.loads(line) for line in texts["recording.jsonl"].splitlines()]
    requested = " ".join(row["request"] for row in rows)
    for request in (
        "lock-configuration",
        "load-configuration",
        "<confirmed",
        "request-reboot",
        "get-chassis-cluster-status",
        "get-interface",
    ):
        assert request in requested
    assert {row["node"] for row in rows} == {0, 1} and len(rows) == summary["exchanges"]
    key = (tmp_path / "kept" / "id_rsa").read_text().splitlines()[1]
    public = (tmp_path / "kept" / "id_rsa.pub").read_text().split()[1]
    assert not [name for name, text in texts.items() if key in text or public in text]
    # The stand-in is the peer, so the peer has each of its shapes.
    assert "  + " not in texts["shapes.txt"], texts["shapes.txt"]
