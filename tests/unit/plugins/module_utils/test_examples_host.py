# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option has an example; those of pci_facts and sriov_vfs run here, and what they return is what is module_contract."""

from __future__ import annotations

import os
import shutil
import typing as t
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host import fs, process, reader
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs import module as work
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot.unit import Store
from ansible_collections.vsrx.sriov.plugins.modules import pci_facts
from support import module_contract
from support.fake_host import FakeHost, FakeIp

PF = "0000:83:00.0"


@pytest.mark.parametrize("module", module_contract.MODULES)
def test_every_option_has_an_example(module: str) -> None:
    assert module_contract.options(module) - module_contract.shown(module) == set()
    assert module_contract.shown(module) - module_contract.options(module) == set()


@pytest.mark.parametrize("module", module_contract.MODULES)
def test_what_is_returned_is_documented_to_the_last_field(module: str) -> None:
    assert module_contract.unlike_documentation(module) == []


@pytest.mark.parametrize("module", module_contract.MODULES)
def test_addresses_are_quoted(module: str) -> None:
    for part, text in module_contract.texts(module).items():
        assert module_contract.unquoted(text) == [], part


def test_an_address_without_quotes_is_noticed() -> None:
    assert module_contract.unquoted("{a: [0000:01:00.0, '0000:01:00.0'], b: 52:54:00:12:34:56}") == ["0000:01:00.0", "52:54:00:12:34:56"]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    """A host with the examples' PFs; the modules' own rooms open on it."""
    made = FakeHost(tmp_path)
    made.pf()
    made.pf("0000:84:00.0", "eno3", mac="52:54:00:00:84:00")
    made.systemd()
    ip = FakeIp(made)
    monkeypatch.setattr(pci_facts, "RootFs", lambda: made.fs)
    monkeypatch.setattr(work, "HostAccess", lambda: HostAccess(made.fs, Ip(ip)))
    monkeypatch.setattr(work, "Store", lambda: Store(str(tmp_path)))
    monkeypatch.setattr(work, "HostLock", lambda: HostLock(str(tmp_path / "lock"), 5))
    monkeypatch.setattr(fs, "write_file", made.put)
    monkeypatch.setattr(process, "settle_udev", lambda seconds: None)
    monkeypatch.setattr(reader, "read_libvirt_users", list)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return made


@pytest.mark.parametrize("example", module_contract.examples("sriov_vfs"), ids=lambda example: example.title)
def test_the_examples_of_sriov_vfs_run(host: FakeHost, capsys: pytest.CaptureFixture[str], example: module_contract.Example) -> None:
    result = module_contract.call("sriov_vfs", example.arguments, capsys)
    assert not result.get("failed"), result
    assert module_contract.undocumented("sriov_vfs", result) == []
    again = module_contract.call("sriov_vfs", example.arguments, capsys)
    assert again["changed"] is False, again


@pytest.mark.parametrize("example", module_contract.examples("pci_facts"), ids=lambda example: example.title)
def test_the_examples_of_pci_facts_run(host: FakeHost, capsys: pytest.CaptureFixture[str], example: module_contract.Example) -> None:
    module_contract.call("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 2}]}, capsys)
    result = module_contract.call("pci_facts", example.arguments, capsys)
    assert not result.get("failed") and not result.get("changed"), result
    assert module_contract.undocumented("pci_facts", result) == []


def test_a_field_that_only_one_side_has_is_noticed(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    result: dict[str, t.Any] = module_contract.call("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 1}]}, capsys)
    result["extra"] = 1
    result["pfs"][0]["vfs"][0]["color"] = "red"
    result["pfs"][0]["mtu"] = "1500"
    del result["actions"]
    assert set(module_contract.undocumented("sriov_vfs", result)) == {
        "actions is not returned",
        "extra is not documented",
        "pfs.mtu is str, documented as int",
        "pfs.vfs.color is not documented",
    }


def test_sriov_vfs_fills_each_field_that_is_documented(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    pf = host.pf("0000:85:00.0", "eno4", ids="8086:10c9", driver="igb", mac="52:54:00:00:85:00", vfs=1)
    (host.devices / pf / "numa_node").write_text("0\n")
    for file, text in {"operstate": "up", "speed": "1000"}.items():
        (host.net / "eno4" / file).write_text(f"{text}\n")
    (host.net / "eno4/upper_vlan7").symlink_to(host.net / "vlan7")
    result = module_contract.call("sriov_vfs", {"pfs": [{"pf": "eno4", "vfs": [{"vf": 0, "vlan": 100}]}]}, capsys)
    assert module_contract.undocumented("sriov_vfs", result) == []
    assert module_contract.fields("sriov_vfs") - module_contract.filled(result) == set()


def test_pci_facts_fills_each_field_that_is_documented(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    module_contract.call("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 2}]}, capsys)
    link = {"current_link_speed": "8.0 GT/s PCIe", "current_link_width": "4", "max_link_speed": "16.0 GT/s PCIe", "max_link_width": "8"}
    host.function("0000:01:00.0", group=7, numa_node="0", driver_override="vfio-pci", **link)
    host.netdev("0000:01:00.0", "eno1", "52:54:00:00:01:00", operstate="up", speed="1000")
    host.function("0000:01:00.1", group=7)
    words = host.root / "usr/share/hwdata/pci.ids"
    aliases = host.root / f"lib/modules/{os.uname().release}/modules.alias"
    for file, text in ((words, "8086  Intel Corporation\n\t1572  A NIC\n"), (aliases, "alias pci:v00008086d00001572sv*sd*bc*sc*i* i40e\n")):
        file.parent.mkdir(parents=True)
        file.write_text(text)
    on = module_contract.call("pci_facts", {}, capsys)
    shutil.rmtree(host.groups)
    off = module_contract.call("pci_facts", {}, capsys)
    assert module_contract.undocumented("pci_facts", on) == module_contract.undocumented("pci_facts", off) == []
    assert module_contract.fields("pci_facts") - module_contract.filled(on) - module_contract.filled(off) == set()


def test_a_refusal_of_sriov_vfs_is_documented(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    refusal = module_contract.call("sriov_vfs", {"pfs": [{"pf": "eno2", "num_vfs": 1000}]}, capsys)
    assert refusal["failed"] and {"findings", "pfs"} <= set(refusal), refusal
    assert module_contract.undocumented("sriov_vfs", refusal) == []
