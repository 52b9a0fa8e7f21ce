# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's whole work on a real libvirt library; only the host's VFs are made up, since the test driver has none."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._hypervisor.lifecycle import Handle
from domain_shapes import vf
from hostdev_site import PORTS, Site
from shared_connection import Shared


@pytest.fixture
def site(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path) -> Site:
    return Site(libvirtd, uri, tmp_path)


@pytest.mark.mission("S5", "S21")
def test_a_domain_that_is_off_gets_its_ports_and_stays_off(site: Site) -> None:
    before = site.inactive
    preview = site.converge(check=True, ports=PORTS)
    assert site.inactive == before and not pathlib.Path(site.options["state_dir"]).exists()
    real = site.converge(ports=PORTS)
    assert {key: real[key] for key in ("changed", "actions", "ports", "diff")} == {
        key: preview[key] for key in ("changed", "actions", "ports", "diff")
    }
    assert real["changed"] and not real["restarted"] and not site.domain.isActive()
    assert site.functions == [vf(0), vf(0, 1)]
    assert pathlib.Path(real["backup"]).read_text(encoding="utf-8") == before
    assert pathlib.Path(real["backup"]).stat().st_mode & 0o777 == 0o600
    again = site.converge(ports=PORTS)
    assert (again["changed"], again["actions"], again["backup"], again["diff"]["after"]) == (False, [], None, "")


@pytest.mark.mission("S20")
def test_what_is_written_is_valid_and_stays_as_it_is_when_defined_again(site: Site) -> None:
    site.converge(ports=PORTS)
    once = site.inactive
    site.libvirtd.defineXMLFlags(once, 1)
    assert site.inactive == once
    assert site.converge(ports=PORTS)["changed"] is False


def test_secrets_stay_in_the_definition_and_out_of_the_result(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path) -> None:
    site = Site(libvirtd, uri, tmp_path, "form-secrets")
    result = site.converge(ports=PORTS)
    assert "hunter2" in str(site.domain.XMLDesc(1 | 2))
    assert "hunter2" not in str(result)


def test_cycle_starts_a_domain_that_was_off(site: Site) -> None:
    result = site.converge(ports=PORTS, power="cycle")
    assert site.domain.isActive() and result["actions"][-1] == "start vsrx" and not result["restarted"]
    assert site.converge(ports=PORTS, power="cycle")["changed"] is False


def test_cycle_restarts_a_domain_that_runs(site: Site) -> None:
    site.domain.create()
    started = site.domain.ID()
    with pytest.raises(VsrxError, match="is running and its ports would change"):
        site.converge(ports=PORTS)
    result = site.converge(ports=PORTS, power="cycle")
    assert result["restarted"] and site.domain.isActive() and site.libvirtd.lookupByName("vsrx").ID() != started
    assert result["actions"][-2:] == ["shut down vsrx", "start vsrx"]
    assert site.journal.unfinished() is None


def test_a_guest_that_does_not_shut_down_keeps_its_ports(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    before = site.inactive
    monkeypatch.setattr(Handle, "shut_down", lambda *unused: False)
    with pytest.raises(VsrxError, match="did not shut down within 30 s, so its ports were left as they were"):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and site.domain.isActive() and site.journal.unfinished() is None
    result = site.converge(ports=PORTS, power="cycle", force_off=True)
    assert result["restarted"] and site.domain.isActive() and site.functions == [vf(0), vf(0, 1)]


@pytest.mark.parametrize("was_running", [True, False])
def test_a_domain_that_does_not_start_gets_its_old_definition_back(site: Site, monkeypatch: pytest.MonkeyPatch, was_running: bool) -> None:
    before = site.inactive
    if was_running:
        site.domain.create()
    start = Handle.start

    def refuse_new(handle: Handle) -> None:
        if "hostdev" in handle.definition():
            raise VsrxError("PF 'ens1f0' is not online")
        start(handle)

    monkeypatch.setattr(Handle, "start", refuse_new)
    state = "it runs again" if was_running else "it is off, as it was"
    with pytest.raises(
        VsrxError, match=rf"did not start with its new ports \(PF 'ens1f0' is not online\); its old definition is back and {state}"
    ):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and bool(site.domain.isActive()) == was_running and site.journal.unfinished() is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"driver": "igbvf"}, "is bound to igbvf; expected vfio-pci"),
        ({"driver": None}, "no driver"),
        ({"holder": None}, "no process has VF"),
    ],
)
def test_a_start_that_is_not_proven_is_undone(site: Site, changes: dict[str, t.Any], message: str) -> None:
    before = site.inactive
    vars(site.reader).update(changes)
    with pytest.raises(VsrxError, match=message):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and not site.domain.isActive()


def test_a_domain_that_starts_with_neither_definition_is_told_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()

    def refuse(handle: Handle) -> None:
        raise VsrxError("no memory")

    monkeypatch.setattr(Handle, "start", refuse)
    with pytest.raises(VsrxError, match="did not come back either"):
        site.converge(ports=PORTS, power="cycle")
    assert site.journal.unfinished()
    monkeypatch.undo()
    monkeypatch.setattr("libvirt.open", lambda uri: Shared(site.libvirtd))
    result = site.converge(check=True)
    assert result["actions"] == ["start vsrx (an earlier run shut it down)"]


@pytest.mark.parametrize("transient_failures", [1, 2])
def test_a_netdev_that_udev_is_still_naming_is_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch, transient_failures: int) -> None:
    start, failures = Handle.start, [None] * transient_failures

    def trip(handle: Handle) -> None:
        if failures:
            failures.pop()
            raise VsrxError("Cannot get interface MAC on 'eth2': No such device")
        start(handle)

    monkeypatch.setattr(Handle, "start", trip)
    assert site.converge(ports=PORTS, power="cycle")["changed"] and site.domain.isActive()


def test_a_definition_that_libvirt_makes_something_else_of_is_undone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site.inactive
    define = Handle.define
    monkeypatch.setattr(Handle, "define", lambda handle, xml: define(handle, xml.replace("02:5a:00:00:00:01", "02:5a:00:00:00:0f")))
    with pytest.raises(VsrxError, match="libvirt made something else .*planned: .*02:5a:00:00:00:01.*found: .*02:5a:00:00:00:0f"):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and site.journal.unfinished() is None and not site.domain.isActive()


def test_legacy_assignment_is_refused_where_libvirt_does_not_offer_it(site: Site) -> None:
    with pytest.raises(VsrxError, match=r"ports\[0\]: driver kvm is not offered by this host's libvirt"):
        site.converge(ports=[{"vf": vf(0), "driver": "kvm"}])


def test_the_first_definition_is_kept_for_ever(site: Site) -> None:
    before = site.inactive
    site.converge(ports=PORTS)
    site.converge(ports=PORTS[:1], exclusive=True)
    folder = pathlib.Path(site.options["state_dir"]) / "domains" / site.domain.UUIDString()
    assert (folder / "original.xml").read_text(encoding="utf-8") == before
    assert folder.stat().st_mode & 0o777 == 0o700
