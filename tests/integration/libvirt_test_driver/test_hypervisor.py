# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection reads of libvirt, and how it waits for it and fails, on libvirt's test driver."""

from __future__ import annotations

import threading
import typing as t

import libvirt
import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils import _libvirt
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import NoResponseError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt import connection
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.domain import Outcome
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.model import list_users
from support.domain_shapes import SHAPES, xml_of

POOL = "<network><name>pool</name><forward mode='hostdev' managed='yes'><pf dev='ens1f0'/></forward></network>"
LISTED = (
    "<network><name>listed</name><forward mode='hostdev' managed='yes'>"
    "<address type='pci' domain='0' bus='131' slot='2' function='7'/></forward></network>"
)
VALIDATE = libvirt.VIR_DOMAIN_DEFINE_VALIDATE


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shapes_are_valid_to_libvirt(libvirtd: t.Any, shape: str) -> None:
    libvirtd.defineXMLFlags(xml_of(shape), VALIDATE)


def test_the_default_driver_has_one_domain() -> None:
    state = _libvirt.observe("test:///default")
    assert state is not None
    assert [(domain.name, domain.active, domain.persistent) for domain in state.domains] == [("test", True, True)]


def test_domains_are_seen_as_they_are(libvirtd: t.Any, uri: str) -> None:
    libvirtd.defineXML(xml_of("q35-has-vfs").replace("<name>vsrx<", "<name>off<"))
    libvirtd.defineXML(xml_of("q35-virtio-two").replace("<name>vsrx<", "<name>on<")).create()
    libvirtd.createXML(xml_of("i440fx-virtio-two").replace("<name>vsrx<", "<name>transient<"))
    state = _libvirt.observe(uri)
    assert state is not None
    seen = {
        domain.name: (domain.active, domain.persistent, domain.inactive_xml is None, domain.live_xml is None) for domain in state.domains
    }
    assert seen == {"off": (False, True, False, True), "on": (True, True, False, False), "transient": (True, False, True, False)}
    assert not any(domain.has_managed_save or domain.snapshots for domain in state.domains)


def test_saved_domains_and_snapshots_are_seen(libvirtd: t.Any, uri: str) -> None:
    saved = libvirtd.defineXML(xml_of("q35-virtio-two").replace("<name>vsrx<", "<name>saved<"))
    saved.create()
    saved.managedSave()
    shot = libvirtd.defineXML(xml_of("i440fx-virtio-two").replace("<name>vsrx<", "<name>shot<"))
    shot.snapshotCreateXML("<domainsnapshot><name>first</name></domainsnapshot>")
    state = _libvirt.observe(uri)
    assert state is not None
    assert {domain.name: (domain.has_managed_save, domain.snapshots) for domain in state.domains} == {
        "saved": (True, 0),
        "shot": (False, 1),
    }


@pytest.mark.mission("S22")
def test_every_form_of_holding_a_vf_is_a_user(libvirtd: t.Any, uri: str) -> None:
    forms = {"q35-has-vfs": "iface", "hostdev-plain-vf": "plain", "kinds-pool-network": "pooled", "hostdev-wide-domain": "wide"}
    for shape, name in forms.items():
        libvirtd.defineXML(xml_of(shape).replace("<name>vsrx<", f"<name>{name}<"))
    libvirtd.lookupByName("iface").create()
    libvirtd.networkDefineXML(LISTED)
    libvirtd.networkCreateXML(POOL)
    users = list_users(_libvirt.observe(uri))
    held = {
        (f"{user.kind.value} {user.name}", user.usage, user.active, user.address or user.pf) for user in users if user.address or user.pf
    }
    assert held == {
        ("domain iface", "running, interface type='hostdev'", True, "0000:83:02.0"),
        ("domain iface", "running, interface type='hostdev'", True, "0000:83:02.1"),
        ("domain plain", "defined, hostdev pci", False, "0000:83:02.0"),
        ("domain wide", "defined, interface type='hostdev'", False, "10001:80:05.0"),
        ("network pool", "active, forward mode='hostdev'", True, "ens1f0"),
        ("network listed", "defined, forward mode='hostdev'", False, "0000:83:02.7"),
    }
    macs = {user.mac for user in users if user.name == "pooled"}
    assert macs == {"52:54:00:11:00:01", "52:54:00:11:00:02", "52:54:00:11:00:03"}


def test_a_domain_is_found_by_name_and_by_uuid(libvirtd: t.Any, uri: str) -> None:
    libvirtd.defineXML(xml_of("q35-has-vfs"))
    uuid = libvirtd.lookupByName("vsrx").UUIDString()
    with _libvirt.Connection(uri) as connected:
        assert _libvirt.find_domain(connected, "vsrx") == _libvirt.find_domain(connected, uuid.upper()) == (uuid, "vsrx")
        with pytest.raises(VsrxError, match="has no domain 'nosuch'; its domains: vsrx"):
            _libvirt.find_domain(connected, "nosuch")
        libvirtd.defineXML(xml_of("i440fx-virtio-two").replace("<name>vsrx<", f"<name>{uuid}<"))
        with pytest.raises(VsrxError, match="is the name of one domain and the UUID of another"):
            _libvirt.find_domain(connected, uuid)


def test_a_host_without_libvirt_has_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_has_daemon", lambda: False)
    assert _libvirt.observe() is None
    monkeypatch.setattr(connection, "libvirt", None)
    assert _libvirt.observe() is None
    assert list_users(None) == []


def test_a_libvirt_that_cannot_be_requested_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_has_daemon", lambda: True)
    with pytest.raises(VsrxError, match="qemu:///nosuch does not answer"):
        _libvirt.observe("qemu:///nosuch")
    monkeypatch.setattr(connection, "libvirt", None)
    with pytest.raises(VsrxError, match="install python3-libvirt"):
        _libvirt.observe()


def test_what_the_schema_does_not_know_is_refused(libvirtd: t.Any, uri: str) -> None:
    libvirtd.defineXML(xml_of("q35-has-vfs"))
    with _libvirt.Connection(uri) as connected:
        uuid, name = _libvirt.find_domain(connected, "vsrx")
        handle = _libvirt.LibvirtDomain(connected, uuid, name)
        before = handle.read_definition()
        with pytest.raises(VsrxError, match="domain vsrx: defining it: .*schema"):
            handle.define(before.replace("<driver name='vfio'/>", "<driver name='vfio'/><nonsense/>"), validate=True)
        assert handle.read_definition() == before


def test_shutting_down_is_waited_for_and_has_a_deadline(libvirtd: t.Any, uri: str) -> None:
    domain = libvirtd.defineXML(xml_of("q35-virtio-two"))
    domain.create()
    with _libvirt.Connection(uri) as connected:
        handle = _libvirt.LibvirtDomain(connected, *_libvirt.find_domain(connected, "vsrx"))
        run_id = handle.look().run_id
        assert run_id is not None and handle.shut_down(run_id, 60) is Outcome.OFF
        assert not handle.look().active and not handle.destroy(run_id)
        handle.start()
        # Another run than the one that is meant is none of ours.
        assert handle.shut_down(run_id, 1) is Outcome.STARTED_AGAIN and not handle.destroy(run_id)
        assert handle.look().active


def test_a_daemon_that_does_not_answer_ends_in_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = threading.Event()
    monkeypatch.setattr(connection, "OPEN_SECONDS", 0.1)
    monkeypatch.setattr(libvirt, "open", lambda _uri: stuck.wait(30))
    with pytest.raises(NoResponseError, match="libvirt at test:///default has not answered for 0.1 s; restart its daemon"):
        connection.Connection("test:///default")
    stuck.set()


def test_a_call_that_does_not_answer_ends_in_one_clear_error() -> None:
    stuck = threading.Event()
    with connection.Connection("test:///default") as connected:
        with pytest.raises(NoResponseError, match="reading: libvirt at .* has not answered for 0.1 s"):
            connected.call("reading", lambda: stuck.wait(30), 0.1)
        stuck.set()
        with pytest.raises(ZeroDivisionError):
            connected.call("dividing", lambda: 1 // 0)
