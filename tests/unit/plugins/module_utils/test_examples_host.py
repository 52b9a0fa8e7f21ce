# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option has an example; those of pci_facts and sriov_vfs run here, and what they return is what is documented."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import documented
import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _udev
from ansible_collections.vsrx.sriov.plugins.module_utils._iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._lock import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._record.store import Store
from ansible_collections.vsrx.sriov.plugins.module_utils._sysfs import numvfs
from ansible_collections.vsrx.sriov.plugins.module_utils._vf_work import observe, work
from ansible_collections.vsrx.sriov.plugins.module_utils._vf_work.observe import Room
from ansible_collections.vsrx.sriov.plugins.modules import pci_facts
from host_tree import FakeHost, FakeIp

PF = "0000:83:00.0"


@pytest.mark.parametrize("module", documented.MODULES)
def test_every_option_has_an_example(module: str) -> None:
    assert documented.options(module) - documented.shown(module) == set()
    assert documented.shown(module) - documented.options(module) == set()


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    """A host with the examples' PFs; the modules' own rooms open on it."""
    made = FakeHost(tmp_path)
    made.pf()
    made.pf("0000:84:00.0", "eno3", mac="52:54:00:00:84:00")
    ip = FakeIp(made)
    monkeypatch.setattr(pci_facts, "Tree", lambda: made.tree)
    monkeypatch.setattr(work, "Room", lambda: Room(made.tree, Ip(ip)))
    monkeypatch.setattr(work, "Store", lambda: Store(str(tmp_path), lambda: None))
    monkeypatch.setattr(work, "HostLock", lambda: HostLock(str(tmp_path / "lock"), 5))
    monkeypatch.setattr(numvfs, "put", made.put)
    monkeypatch.setattr(_udev, "settle", lambda seconds: None)
    monkeypatch.setattr(observe, "hypervisor_claims", list)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return made


@pytest.mark.parametrize("example", documented.examples("sriov_vfs"), ids=lambda example: example.title)
def test_the_examples_of_sriov_vfs_run(host: FakeHost, capsys: pytest.CaptureFixture[str], example: documented.Example) -> None:
    result = documented.call("sriov_vfs", example.arguments, capsys)
    assert not result.get("failed"), result
    assert documented.undocumented("sriov_vfs", result) == []
    again = documented.call("sriov_vfs", example.arguments, capsys)
    assert again["changed"] is False, again


@pytest.mark.parametrize("example", documented.examples("pci_facts"), ids=lambda example: example.title)
def test_the_examples_of_pci_facts_run(host: FakeHost, capsys: pytest.CaptureFixture[str], example: documented.Example) -> None:
    documented.call("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 2}]}, capsys)
    result = documented.call("pci_facts", example.arguments, capsys)
    assert not result.get("failed") and not result.get("changed"), result
    assert documented.undocumented("pci_facts", result) == []


def test_a_field_that_only_one_side_has_is_noticed(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    result: dict[str, t.Any] = documented.call("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 1}]}, capsys)
    result["extra"] = 1
    result["pfs"][0]["vfs"][0]["color"] = "red"
    result["pfs"][0]["mtu"] = "1500"
    del result["actions"]
    assert set(documented.undocumented("sriov_vfs", result)) == {
        "actions is not returned",
        "extra is not documented",
        "pfs.mtu is str, its sample is int",
        "pfs.vfs.color is on one side only",
    }
