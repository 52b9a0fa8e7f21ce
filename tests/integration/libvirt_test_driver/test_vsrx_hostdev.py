# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's whole work on a real libvirt library; only the host's VFs are made up, since the test driver has none."""

from __future__ import annotations

import errno
import pathlib
import typing as t

import libvirt
import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.connection import LibvirtError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.domain import LibvirtDomain, Outcome
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.journal import Journal
from hostdev_site import PORTS, Site
from shared_connection import Shared
from support.domain_shapes import vf


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
    with pytest.raises(VsrxError, match="it is running, and its ports would change"):
        site.converge(ports=PORTS)
    result = site.converge(ports=PORTS, power="cycle")
    assert result["restarted"] and site.domain.isActive() and site.libvirtd.lookupByName("vsrx").ID() != started
    assert result["actions"][-2:] == ["shut down vsrx", "start vsrx"]
    assert site.journal.read_unfinished() is None


def test_a_guest_that_does_not_shut_down_keeps_its_ports(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    before = site.inactive
    monkeypatch.setattr(LibvirtDomain, "shut_down", lambda *unused: Outcome.STILL_ON)
    with pytest.raises(VsrxError, match="did not shut down within 30 s, so its ports were left as they were"):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and site.domain.isActive()
    result = site.converge(ports=PORTS, power="cycle", force_off=True)
    assert site.journal.read_unfinished() is None
    assert result["restarted"] and site.domain.isActive() and site.functions == [vf(0), vf(0, 1)]


def test_a_guest_that_shuts_down_after_all_is_started_by_the_next_run(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    monkeypatch.setattr(LibvirtDomain, "shut_down", lambda *unused: Outcome.STILL_ON)
    with pytest.raises(VsrxError, match="it was asked and may still do so, then run this again, which starts it"):
        site.converge(ports=PORTS, power="cycle")
    site.domain.destroy()
    assert site.converge()["actions"] == ["start vsrx (an earlier run shut it down)"]
    assert site.domain.isActive() and site.journal.read_unfinished() is None


def test_a_guest_that_shuts_down_while_its_definition_is_put_back_is_started(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    before, define = site.inactive, LibvirtDomain.define

    def late(handle: LibvirtDomain, xml: str, *, validate: bool) -> None:
        define(handle, xml, validate=validate)
        if xml == before:
            handle.destroy(handle.look().run_id)

    monkeypatch.setattr(LibvirtDomain, "shut_down", lambda *unused: Outcome.STILL_ON)
    monkeypatch.setattr(LibvirtDomain, "define", late)
    with pytest.raises(VsrxError, match="it did after that, and was started again"):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and site.domain.isActive() and site.journal.read_unfinished() is None


def test_a_definition_that_may_have_been_taken_stays_on_record(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    before, define = site.inactive, LibvirtDomain.define

    def lost(handle: LibvirtDomain, xml: str, *, validate: bool) -> None:
        define(handle, xml, validate=validate)
        raise VsrxError("the connection was lost")

    with monkeypatch.context() as losing:
        losing.setattr(LibvirtDomain, "define", lost)
        with pytest.raises(VsrxError, match="the connection was lost"):
            site.converge(ports=PORTS, power="cycle")
    earlier = site.journal.read_unfinished()
    assert site.inactive != before and earlier is not None and earlier.former == before


def test_a_record_that_is_left_over_is_ended_by_a_run_with_nothing_else_to_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    with monkeypatch.context() as killed:
        killed.setattr(Journal, "end", lambda journal: None)
        site.converge(ports=PORTS, power="cycle")
    ended = ["end the record of an interrupted run on vsrx"]
    preview = site.converge(check=True, ports=PORTS)
    assert (preview["actions"], preview["changed"]) == (ended, True) and site.journal.read_unfinished()
    assert site.converge(ports=PORTS)["actions"] == ended
    assert site.converge(ports=PORTS)["changed"] is False and site.journal.read_unfinished() is None


def test_a_failure_brings_back_what_ran_and_not_what_was_before_a_run_that_only_did_not_say_its_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.domain.create()
    with monkeypatch.context() as killed:
        killed.setattr(Journal, "end", lambda journal: None)
        site.converge(ports=PORTS, power="cycle")
    before, start = site.inactive, LibvirtDomain.start

    def refuse_new(handle: LibvirtDomain) -> None:
        if handle.read_definition() != before:
            raise VsrxError("PF 'ens1f0' is not online")
        start(handle)

    monkeypatch.setattr(LibvirtDomain, "start", refuse_new)
    with pytest.raises(VsrxError, match="its old definition is back and it runs again"):
        site.converge(ports=PORTS[:1], power="cycle", exclusive=True)
    assert site.inactive == before and site.domain.isActive()


@pytest.mark.parametrize(
    ("starts", "outcome"), [(True, "is as planned"), (False, r"did not start with its new ports \(no\); .* is off, as it was")]
)
def test_a_record_that_cannot_be_removed_does_not_hide_how_the_run_ended(
    site: Site, monkeypatch: pytest.MonkeyPatch, starts: bool, outcome: str
) -> None:
    def fail(failure: Exception) -> t.Callable[..., t.NoReturn]:
        def raise_it(*_unused: t.Any) -> t.NoReturn:
            raise failure

        return raise_it

    with monkeypatch.context() as broken:
        broken.setattr(pathlib.Path, "unlink", fail(OSError(errno.EROFS, "Read-only file system")))
        if not starts:
            broken.setattr(LibvirtDomain, "start", fail(VsrxError("no")))
        with pytest.raises(VsrxError, match=f"domain vsrx {outcome}; .*unfinished.json cannot be removed: Read-only file system"):
            site.converge(ports=PORTS, power="cycle")
    assert bool(site.domain.isActive()) == starts and site.journal.read_unfinished()
    site.converge(ports=PORTS, power="cycle")
    assert site.domain.isActive() and not site.journal.read_unfinished()


@pytest.mark.parametrize("driver", ["mlx5_vfio_pci", "ixgbe-vf-vfio-pci"])
def test_a_driver_for_one_vendors_vfs_is_vfio_too(site: Site, driver: str) -> None:
    site.reader.driver = driver
    site.converge(ports=PORTS, power="cycle")
    assert site.domain.isActive()


@pytest.mark.parametrize("was_running", [True, False])
def test_a_domain_that_does_not_start_gets_its_old_definition_back(site: Site, monkeypatch: pytest.MonkeyPatch, was_running: bool) -> None:
    before = site.inactive
    if was_running:
        site.domain.create()
    start = LibvirtDomain.start

    def refuse_new(handle: LibvirtDomain) -> None:
        if "hostdev" in handle.read_definition():
            raise VsrxError("PF 'ens1f0' is not online")
        start(handle)

    monkeypatch.setattr(LibvirtDomain, "start", refuse_new)
    state = "it runs again" if was_running else "it is off, as it was"
    with pytest.raises(
        VsrxError, match=rf"did not start with its new ports \(PF 'ens1f0' is not online\); its old definition is back and {state}"
    ):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and bool(site.domain.isActive()) == was_running and site.journal.read_unfinished() is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"driver": "igbvf"}, "is bound to igbvf; expected vfio-pci"),
        ({"driver": None}, "no driver"),
        ({"process": None}, "no process has VF"),
    ],
)
def test_a_start_that_is_not_proven_is_undone(site: Site, changes: dict[str, t.Any], message: str) -> None:
    before = site.inactive
    vars(site.reader).update(changes)
    with pytest.raises(VsrxError, match=message):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and not site.domain.isActive()


def test_a_domain_that_starts_with_neither_definition_is_reported_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()

    def refuse(handle: LibvirtDomain) -> None:
        raise VsrxError("no memory")

    monkeypatch.setattr(LibvirtDomain, "start", refuse)
    with pytest.raises(VsrxError, match="did not come back either"):
        site.converge(ports=PORTS, power="cycle")
    assert site.journal.read_unfinished()
    monkeypatch.undo()
    monkeypatch.setattr("libvirt.open", lambda uri: Shared(site.libvirtd))
    result = site.converge(check=True)
    assert result["actions"] == ["start vsrx (an earlier run shut it down)"]


@pytest.mark.parametrize("transient_failures", [1, 2])
def test_a_netdev_that_udev_is_still_naming_is_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch, transient_failures: int) -> None:
    start, failures = LibvirtDomain.start, [None] * transient_failures

    def trip(handle: LibvirtDomain) -> None:
        if failures:
            failures.pop()
            raise LibvirtError("Cannot get interface MAC on 'eth2'", libvirt.VIR_ERR_SYSTEM_ERROR, errno.ENODEV)
        start(handle)

    monkeypatch.setattr(LibvirtDomain, "start", trip)
    assert site.converge(ports=PORTS, power="cycle")["changed"] and site.domain.isActive()
    # Each start waits for the VFs of the domain: their netdevs come late, too (iavf).
    assert site.reader.settled == [sorted(port["vf"] for port in PORTS)] * (transient_failures + 1)


def test_a_definition_that_libvirt_makes_something_else_of_is_undone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site.inactive
    define = LibvirtDomain.define
    monkeypatch.setattr(
        LibvirtDomain, "define", lambda handle, xml, **named: define(handle, xml.replace("02:5a:00:00:00:01", "02:5a:00:00:00:0f"), **named)
    )
    with pytest.raises(VsrxError, match="libvirt made something else .*planned: .*02:5a:00:00:00:01.*found: .*02:5a:00:00:00:0f"):
        site.converge(ports=PORTS, power="cycle")
    assert site.inactive == before and site.journal.read_unfinished() is None and not site.domain.isActive()


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
