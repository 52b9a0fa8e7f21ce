# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains as people have them, on a real libvirtd: what it keeps is what was planned, for any ports after any ports."""

from __future__ import annotations

import dataclasses
import pathlib
import sys
import typing as t

import libvirt
import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._host.files import HostLock
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.module import converge
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Function
from support import field_shapes
from support.domain_generator import Oracle
from support.domain_shapes import vf

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "libvirt_test_driver"))

from hostdev_site import MadeUp

PORTS = [{"vf": vf(5)}, {"vf": vf(6, 1)}]
#: functions that are passed through and are no NICs, or may be none
NO_NICS = {field_shapes.GRAPHICS, field_shapes.GONE, "0000:17:00.0"}
#: shapes that get no ports as they stand, with why
REFUSED = {"fixture: hostdev-trunk": "VLAN trunk"}
NAMES = sorted(field_shapes.SHAPES)


class Site:
    """One domain of the libvirtd, and a made-up host for it."""

    def __init__(self, connection: t.Any, uri: str, folder: pathlib.Path, xml: str) -> None:
        self.domain = connection.defineXML(xml)
        self.connection = connection
        self._options = {"uri": uri, "name": self.domain.UUIDString(), "shutdown_timeout": 5, "force_off": False}
        self._options["state_dir"] = str(folder / "state")
        self._lock = str(folder / "lock")
        self._reader = MadeUp()
        no_nic = Function(address=field_shapes.GRAPHICS, driver="nouveau", iommu_group=7, is_ethernet=False)
        whole = [Function(address=pf, driver="ixgbe", iommu_group=8, is_ethernet=True) for pf in (field_shapes.PF, field_shapes.OTHER_PF)]
        found = self._reader.host
        functions = {**found.functions, **{each.address: each for each in (no_nic, *whole)}}
        self._reader.host = dataclasses.replace(found, functions=functions)

    def converge(self, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return converge({**self._options, **options}, self._reader, check, HostLock(self._lock))

    @property
    def definition(self) -> str:
        return str(self.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE))

    @property
    def order(self) -> list[tuple[t.Optional[str], t.Optional[str]]]:
        """The NICs as a guest meets them, by a walk that shares no code with the collection."""
        oracle = Oracle(self.definition)
        assert not oracle.twice
        return [(function, mac) for function, mac in oracle.found if function not in NO_NICS]

    def is_valid(self) -> bool:
        """Does libvirt's own schema allow what it keeps?"""
        try:
            self.connection.defineXMLFlags(self.definition, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)
        except libvirt.libvirtError as failure:
            assert failure.get_error_code() == libvirt.VIR_ERR_XML_INVALID_SCHEMA
            return False
        return True

    def run(self, was_valid: bool, **options: t.Any) -> None:
        """Preview, change, look at what libvirt kept, and run again."""
        preview = self.converge(check=True, **options)
        done = self.converge(**options)
        assert (done["actions"], done["ports"], done["diff"]) == (preview["actions"], preview["ports"], preview["diff"])
        assert self.order == [(row["host_address"], row["mac"]) for row in done["ports"]]
        kept = self.definition
        assert not was_valid or (self.is_valid() and self.definition == kept)
        again = self.converge(**options)
        assert (again["changed"], again["actions"], self.definition) == (False, [], kept)


@pytest.fixture
def make(libvirtd: t.Any, libvirtd_uri: str, tmp_path: pathlib.Path) -> t.Iterator[t.Callable[[str], Site]]:
    sites: list[Site] = []

    def define(xml: str) -> Site:
        sites.append(Site(libvirtd, libvirtd_uri, tmp_path, xml))
        return sites[-1]

    yield define
    for site in sites:
        if site.domain.isActive():
            site.domain.destroy()
        site.domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)


def test_there_are_shapes_enough() -> None:
    assert len([name for name in NAMES if not name.startswith("fixture")]) >= 120


@pytest.mark.mission("S5", "S20")
@pytest.mark.parametrize("name", NAMES)
def test_what_libvirt_keeps_is_what_was_planned(make: t.Callable[[str], Site], name: str) -> None:
    site = make(field_shapes.SHAPES[name])
    if name in REFUSED:
        with pytest.raises(VsrxError, match=REFUSED[name]):
            site.converge(ports=[{"vf": vf(0)}])
        return
    before, was_valid = site.order, site.is_valid()
    site.run(was_valid, ports=PORTS)
    assert [each for each in site.order if each[0] not in (vf(5), vf(6, 1))] == before
    site.run(was_valid, ports=PORTS[::-1])
    site.run(was_valid, ports=PORTS, state="absent")
    assert site.order == before
    site.run(was_valid, ports=PORTS[:1], exclusive=True)
    assert [function for function, _mac in site.order if function and function[8:] != "00.0"] == [vf(5)]
    site.run(was_valid, ports=[], exclusive=True)


def test_a_domain_that_libvirts_schema_refuses_is_changed_and_reported(make: t.Callable[[str], Site]) -> None:
    site = make(field_shapes.SHAPES["with a relative ISO"])
    assert not site.is_valid()
    (finding,) = [each for each in site.converge(ports=PORTS)["findings"] if "does not pass libvirt's schema" in each["found"]]
    assert finding["severity"] == "warning"


def test_a_paused_domain_is_refused_before_anything_is_changed(make: t.Callable[[str], Site]) -> None:
    site = make(field_shapes.domain(field_shapes.Q35, field_shapes.nic(1, "user", "")).replace("4096", "64"))
    site.domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    before = site.definition
    for check in (True, False):
        with pytest.raises(VsrxError, match="it is paused, so it cannot be shut down or changed. virsh resume"):
            site.converge(check, ports=PORTS, power="cycle")
    assert site.definition == before and site.domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED


def test_a_domain_with_a_snapshot_is_changed_and_warned_of(make: t.Callable[[str], Site]) -> None:
    site = make(field_shapes.SHAPES["q35: two virtio"])
    when = "<name>first</name><creationTime>1</creationTime><state>shutoff</state>"
    snapshot = f"<domainsnapshot>{when}{site.definition}</domainsnapshot>"
    site.domain.snapshotCreateXML(snapshot, libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE)
    done = site.converge(ports=PORTS)
    assert "it has 1 snapshot, which brings its old ports back when it is reverted to" in [each["found"] for each in done["findings"]]
    assert [function for function, _mac in site.order] == [None, None, vf(5), vf(6, 1)]
