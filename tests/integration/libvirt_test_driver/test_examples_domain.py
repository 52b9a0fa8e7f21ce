# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of vsrx_hostdev run, on domains of their names, and what they return is what is module_contract."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host.lock import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev import module
from hostdev_site import MadeUp
from support import module_contract
from support.domain_shapes import UUID, host, xml_of


@pytest.fixture
def site(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The examples' domains and PFs; what the test's own libvirt needs instead of the example's."""
    for number, name in enumerate(("vsrx1-node0", "vsrx2")):
        # Two domains with one MAC address would be a clone and its original.
        xml = xml_of("q35-virtio-two").replace("52:54:00:11:", f"52:54:00:2{number}:")
        before, name_before = (xml.partition(f"<{tag}>")[2].partition("<")[0] for tag in ("uuid", "name"))
        libvirtd.defineXML(xml.replace(before, f"{UUID[:-1]}{number}").replace(f"<name>{name_before}<", f"<name>{name}<"))
    reader = MadeUp()
    named = {address: dataclasses.replace(pf, names=(f"eno{number}",)) for number, (address, pf) in enumerate(host().pfs.items(), 2)}
    reader.host = host(pfs=named)
    monkeypatch.setattr(module, "PortHostReader", lambda predict: reader)
    monkeypatch.setattr(module, "HostLock", lambda seconds: HostLock(str(tmp_path / "lock")))
    return {"uri": uri, "state_dir": str(tmp_path / "state")}


@pytest.mark.parametrize("example", module_contract.examples("vsrx_hostdev"), ids=lambda example: example.title)
def test_the_examples_run(site: dict[str, str], capsys: pytest.CaptureFixture[str], example: module_contract.Example) -> None:
    arguments = {**example.arguments, **site}
    result = module_contract.call("vsrx_hostdev", arguments, capsys, example.check)
    assert not result.get("failed"), result
    assert module_contract.undocumented("vsrx_hostdev", result) == []
    if not example.check:
        assert module_contract.call("vsrx_hostdev", arguments, capsys)["changed"] is False


def test_each_field_that_is_documented_is_filled(site: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """One port of two is a VF: that is a finding. One that replaced a NIC says which."""
    filled: set[str] = set()
    for ports in ([{"pf": "eno2", "index": 0}], [{"pf": "eno2", "index": 0}, {"pf": "eno3", "junos_interface": "ge-0/0/0"}]):
        result = module_contract.call("vsrx_hostdev", {"name": "vsrx2", "ports": ports, "power": "cycle", **site}, capsys)
        assert module_contract.undocumented("vsrx_hostdev", result) == []
        filled |= module_contract.filled(result)
    assert module_contract.fields("vsrx_hostdev") - filled == set()
