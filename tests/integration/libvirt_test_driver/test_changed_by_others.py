# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another person or program changes the domain during a run, before each call of libvirt: nothing of theirs is lost or switched off."""

from __future__ import annotations

import pathlib
import typing as t

import libvirt
import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt import connection
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.connection import LibvirtError
from hostdev_site import PORTS, Site
from support.domain_shapes import vf
from works import CYCLE, WORKS, Scene, Work

TITLE = "<title>edited by another</title>"
#: libvirt cannot compare and define in one call: what comes between the last comparison and the define itself is not seen
DEFINE = "defining it"


class Meddler:
    """Does one thing to the domain right before a call of libvirt, as another program would."""

    def __init__(self, scene: Scene, site: Site, act: t.Callable[[t.Any], None], point: int) -> None:
        self._libvirt = scene.hotplug
        self._site = site
        self._act = act
        self._point = point
        self.calls: list[str] = []
        self.acted = False

    def install(self, patch: pytest.MonkeyPatch) -> None:
        call = connection.Connection.call

        def meddled(connected: t.Any, what: str, *arguments: t.Any) -> t.Any:
            self.calls.append(what)
            if len(self.calls) - 1 == self._point and not what.endswith(DEFINE):
                self.acted = self._do()
            return call(connected, what, *arguments)

        patch.setattr(connection.Connection, "call", meddled)

    def _do(self) -> bool:
        domain = self._libvirt.lookupByUUIDString(self._site.domain.UUIDString())
        try:
            self._act(domain)
        except libvirt.libvirtError:
            return False  # as a start of what runs already
        return True


def edit(domain: t.Any) -> None:
    xml = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    libvirtd = domain.connect()
    if "<title>" in xml:
        xml = xml.replace("another</title>", "another again</title>")
    libvirtd.defineXML(xml.replace("</name>", f"</name>\n  {TITLE}", 1) if "<title>" not in xml else xml)


def undefine(domain: t.Any) -> None:
    domain.undefine()


def start(domain: t.Any) -> None:
    domain.create()


def stop(domain: t.Any) -> None:
    domain.destroy()


def restart(domain: t.Any) -> None:
    domain.destroy()
    domain.create()


ACTS = {"edit": edit, "undefine": undefine, "start": start, "stop": stop, "restart": restart}


def run_all(scene: Scene, work: Work, patch: pytest.MonkeyPatch, act: t.Callable[[t.Any], None]) -> t.Iterator[tuple[Site, Meddler, str]]:
    """A run for each call of libvirt that an undisturbed run makes, and one more for calls that come of the disturbance."""
    site = scene.fresh()
    with patch.context() as counting:
        counter = Meddler(scene, site, act, -1)
        counter.install(counting)
        try:
            site.converge(**work.options)
        except VsrxError as failure:
            assert work.fails and work.fails in str(failure)
    for point in range(len(counter.calls)):
        site = scene.fresh()
        meddler = Meddler(scene, site, act, point)
        with patch.context() as meddling:
            meddler.install(meddling)
            message = ""
            try:
                site.converge(**work.options)
            except VsrxError as failure:
                message = str(failure)
        if meddler.acted:
            yield site, meddler, f"before call {point}, {meddler.calls[point]}: {message or 'success'}"


def find(site: Site) -> t.Optional[t.Any]:
    found = [domain for domain in site.libvirtd.listAllDomains() if domain.UUIDString() == site.domain.UUIDString()]
    return found[0] if found else None


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_an_edit_of_another_is_never_lost(
    libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    scene = Scene(libvirtd, uri, tmp_path, work, monkeypatch)
    for site, _meddler, where in run_all(scene, work, monkeypatch, edit):
        assert TITLE in site.inactive, where


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_a_domain_that_another_undefines_is_not_defined_again(
    libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    scene = Scene(libvirtd, uri, tmp_path, work, monkeypatch)
    for site, _meddler, where in run_all(scene, work, monkeypatch, undefine):
        domain = find(site)
        assert domain is None or not domain.isPersistent(), where


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_what_another_started_is_not_switched_off(
    libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    act = "restart" if work.running else "start"
    ids: list[int] = []

    def start_and_note(domain: t.Any) -> None:
        ACTS[act](domain)
        ids.append(site_id(domain))

    def site_id(domain: t.Any) -> int:
        return int(domain.connect().lookupByUUIDString(domain.UUIDString()).ID())

    consents = work.options.get("power") == "cycle"
    scene = Scene(libvirtd, uri, tmp_path, work, monkeypatch)
    for site, _meddler, where in run_all(scene, work, monkeypatch, start_and_note):
        now = find(site)
        assert now is not None, where
        # A shutdown that was consented to, of a run that was there when the plan was made, is no killing: then it runs again.
        assert now.ID() == ids[-1] or (consents and now.isActive()), where


@pytest.mark.parametrize("name", ["cycle", "reorder", "live swap"])
def test_a_run_after_a_disturbed_one_converges(
    libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    work = WORKS[name]
    scene = Scene(libvirtd, uri, tmp_path, work, monkeypatch)
    for site, _meddler, where in run_all(scene, work, monkeypatch, stop):
        site.converge(**{**work.options, "power": "cycle"})
        assert site.converge(**{**work.options, "power": "cycle"})["changed"] is False, where


# The cases that were found


@pytest.fixture
def site(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path) -> Site:
    return Site(libvirtd, uri, tmp_path)


def meanwhile(site: Site, patch: pytest.MonkeyPatch, act: t.Callable[[t.Any], None], times: int = 1) -> None:
    """Act while the host is read, which takes long."""
    read, left = site.reader.read, [act] * times

    def slow(request: t.Any, present: t.Any) -> t.Any:
        if left:
            left.pop()(site.domain)
        return read(request, present)

    patch.setattr(site.reader, "read", slow)


def test_a_domain_that_is_started_while_it_is_looked_at_is_refused_and_runs_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site.inactive
    meanwhile(site, monkeypatch, start)
    with pytest.raises(VsrxError, match="it is running, and its ports would change"):
        site.converge(ports=PORTS)
    assert site.inactive == before and site.domain.isActive() and site.journal.read_unfinished() is None


def test_an_edit_while_it_is_looked_at_is_planned_anew_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(site, monkeypatch, edit)
    assert site.converge(ports=PORTS)["changed"] and TITLE in site.inactive and site.functions == [vf(0), vf(0, 1)]


def test_a_domain_that_is_edited_again_and_again_is_left_alone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site.inactive
    meanwhile(site, monkeypatch, edit, times=2)
    with pytest.raises(VsrxError, match="the definition of domain vsrx was changed by another while it was looked at; run again"):
        site.converge(ports=PORTS)
    assert "edited by another again" in site.inactive and "hostdev" not in site.inactive and before != site.inactive


@pytest.mark.parametrize("force_off", [False, True])
def test_a_paused_domain_is_refused_before_anything_is_changed(site: Site, force_off: bool) -> None:
    site.domain.create()
    site.domain.suspend()
    before = site.inactive
    for check in (True, False):
        with pytest.raises(VsrxError, match=r"it is paused, so it cannot be shut down or changed. virsh resume"):
            site.converge(check, **CYCLE, force_off=force_off)
    assert site.inactive == before and site.domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED and site.journal.read_unfinished() is None


def test_an_error_of_the_shutdown_puts_the_definition_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    before, call = site.inactive, connection.Connection.call

    def pausing(connected: t.Any, what: str, *arguments: t.Any) -> t.Any:
        if what.endswith("shutting it down"):
            raise LibvirtError(f"{what}: Requested operation is not valid: domain is not running", libvirt.VIR_ERR_OPERATION_INVALID)
        return call(connected, what, *arguments)

    monkeypatch.setattr(connection.Connection, "call", pausing)
    with pytest.raises(VsrxError, match=r"could not be shut down \(.*\), so its ports were left as they were"):
        site.converge(**CYCLE)
    assert site.inactive == before and site.domain.isActive()


# Definitions that libvirt keeps and its own schema refuses


@pytest.mark.parametrize("state", ["off", "cycle"])
def test_a_definition_that_its_schema_refuses_can_be_changed(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, state: str) -> None:
    site = Site(libvirtd, uri, tmp_path)
    odd = "<disk type='file' device='cdrom'><source file='vsrx.iso'/><target dev='hdc' bus='ide'/><readonly/></disk>\n    <serial"
    libvirtd.defineXML(site.inactive.replace("<serial", odd, 1).replace("bus='ide'", "bus='sata'"))
    before = site.inactive
    with pytest.raises(libvirt.libvirtError):
        libvirtd.defineXMLFlags(before, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)
    assert site.inactive == before
    result = site.converge(**(CYCLE if state == "cycle" else {"ports": PORTS}))
    assert site.functions == [vf(0), vf(0, 1)]
    assert [finding["severity"] for finding in result["findings"] if "schema" in finding["found"]] == ["warning"]
    assert site.converge(ports=PORTS)["changed"] is False


def test_a_failed_start_brings_back_what_its_schema_refuses(
    libvirtd: t.Any, uri: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(libvirtd, uri, tmp_path)
    libvirtd.defineXML(
        site.inactive.replace(
            "<serial", "<disk type='file' device='cdrom'><source file='a.iso'/><target dev='sdc' bus='sata'/></disk><serial", 1
        )
    )
    before = site.inactive
    site.reader.driver = "igbvf"
    with pytest.raises(VsrxError, match="its old definition is back and it is off, as it was"):
        site.converge(**CYCLE)
    assert site.inactive == before and not site.domain.isActive()
