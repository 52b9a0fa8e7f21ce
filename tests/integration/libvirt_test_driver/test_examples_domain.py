# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of vsrx_hostdev and vsrx_domain_info run, on domains of their names, and return what is documented."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
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
    monkeypatch.setattr(module, "PortHostReader", lambda predict=False: reader)
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


@pytest.mark.parametrize("example", module_contract.examples("vsrx_domain_info"), ids=lambda example: example.title)
def test_the_examples_of_reading_run(site: dict[str, str], capsys: pytest.CaptureFixture[str], example: module_contract.Example) -> None:
    result = module_contract.call("vsrx_domain_info", {**example.arguments, **site}, capsys)
    assert not result.get("failed"), result
    assert [domain["name"] for domain in result["domains"]] == ["vsrx1-node0", "vsrx2"]
    assert module_contract.undocumented("vsrx_domain_info", result) == []


def test_what_is_read_of_a_domain_is_what_was_requested(site: dict[str, str], libvirtd: t.Any, capsys: pytest.CaptureFixture[str]) -> None:
    """VFs in order with PF and index, and the place of a NIC that one has replaced; a domain that cannot be read costs only itself."""
    ports = [{"pf": "eno2", "index": 0, "mac": "02:5a:00:00:00:01"}, {"pf": "eno3", "junos_interface": "ge-0/0/0"}]
    module_contract.call("vsrx_hostdev", {"name": "vsrx2", "ports": ports, "power": "cycle", **site}, capsys)
    broken = "<domain type='test'><name>broken</name><memory>64</memory><os><type>hvm</type></os></domain>"
    libvirtd.defineXML(broken)
    result = module_contract.call("vsrx_domain_info", site, capsys)
    assert module_contract.undocumented("vsrx_domain_info", result) == []
    found = {domain["name"]: domain for domain in result["domains"]}
    rows = [(nic["pf"], nic["index"], nic["mac"], nic["replaced_at"]) for nic in found["vsrx2"]["nics"] if nic["is_port"]]
    assert ("eno2", 0, "02:5a:00:00:00:01", None) in rows
    assert [row[3] for row in rows if row[0] == "eno3"] == ["ge-0/0/0"]
    assert [nic["position"] for nic in found["vsrx2"]["nics"]] == list(range(1, 1 + len(found["vsrx2"]["nics"])))
    assert "no devices" in found["broken"]["problem"] and found["broken"]["nics"] == []
    assert module_contract.fields("vsrx_domain_info") - module_contract.filled(result) == set()
