# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes of ports on a libvirt: when they are set, and what a port that goes, a failure or an interruption leaves of them."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.domain import LibvirtDomain
from hostdev_site import Site
from support.domain_shapes import ATTRIBUTES, vf

TRUSTED = [{"pf": "ens1f0", "trust": True, "max_tx_rate": 500}]


@pytest.fixture
def site(libvirtd: t.Any, uri: str, tmp_path: pathlib.Path) -> Site:
    return Site(libvirtd, uri, tmp_path)


def _attributes(site: Site, index: int = 0) -> dict[str, t.Any]:
    return dict(site.reader.host.functions[vf(index)].attributes)


def _record(site: Site) -> t.Optional[pathlib.Path]:
    return next(pathlib.Path(site.options["state_dir"]).glob("domains/*/vfs.json"), None)


def test_the_chosen_vf_gets_what_its_port_asks_for_before_the_guest_starts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    start, at_start = LibvirtDomain.start, []

    def note(handle: LibvirtDomain) -> None:
        at_start.append(_attributes(site))
        start(handle)

    monkeypatch.setattr(LibvirtDomain, "start", note)
    preview = site.converge(check=True, ports=TRUSTED, power="cycle")
    assert _attributes(site) == ATTRIBUTES and _record(site) is None
    done = site.converge(ports=TRUSTED, power="cycle")
    assert done["actions"] == preview["actions"] and done["diff"] == preview["diff"]
    assert done["actions"][1:] == [
        "shut down vsrx",
        "set VF 0 of ens1f0: trust on (was off), max_tx_rate 500 (was 0)",
        "start vsrx",
    ]
    assert at_start == [{**ATTRIBUTES, "trust": True, "max_tx_rate": 500}]
    assert "VF 0 of ens1f0: trust off, max_tx_rate 0\n" in done["diff"]["before"]
    assert "VF 0 of ens1f0: trust on, max_tx_rate 500\n" in done["diff"]["after"]
    assert [row["trust"] for row in done["ports"]] == [None, None, True]
    again = site.converge(ports=TRUSTED, power="cycle")
    assert (again["changed"], again["diff"]["before"]) == (False, "")


@pytest.mark.parametrize("leave", [{"ports": [{"pf": "ens1f0"}], "state": "absent"}, {"ports": [], "exclusive": True}])
def test_a_port_that_goes_gives_its_vf_back_as_it_was(site: Site, leave: dict[str, t.Any]) -> None:
    site.converge(ports=TRUSTED)
    gone = site.converge(**leave)
    assert gone["actions"][1:] == ["put back VF 0 of ens1f0: trust off (was on), max_tx_rate 0 (was 500)"]
    assert _attributes(site) == ATTRIBUTES and _record(site) is None
    assert site.converge(**leave)["changed"] is False


def test_what_was_changed_twice_goes_back_to_what_it_was_first(site: Site) -> None:
    site.converge(ports=TRUSTED)
    site.converge(ports=[{"pf": "ens1f0", "max_tx_rate": 700}])
    assert _attributes(site) == {**ATTRIBUTES, "trust": True, "max_tx_rate": 700}
    site.converge(ports=[{"pf": "ens1f0", "trust": False}])
    site.converge(ports=[{"pf": "ens1f0"}], state="absent")
    assert _attributes(site) == ATTRIBUTES


def test_what_another_has_set_since_is_left_alone(site: Site) -> None:
    site.converge(ports=TRUSTED)
    site.reader.set_attributes("ens1f0", 0, {"max_tx_rate": 900})
    site.converge(ports=[{"pf": "ens1f0"}], state="absent")
    assert _attributes(site) == {**ATTRIBUTES, "max_tx_rate": 900}


def test_a_host_that_booted_lost_them_and_they_are_set_again(site: Site) -> None:
    site.converge(ports=TRUSTED)
    site.reader.set_attributes("ens1f0", 0, ATTRIBUTES)
    assert site.converge(ports=TRUSTED)["actions"] == ["set VF 0 of ens1f0: trust on (was off), max_tx_rate 500 (was 0)"]
    site.converge(ports=[], exclusive=True)
    assert _attributes(site) == ATTRIBUTES


def test_a_domain_that_runs_is_not_disturbed_without_consent(site: Site) -> None:
    site.converge(ports=[{"pf": "ens1f0"}])
    site.domain.create()
    assert site.converge(ports=[{"pf": "ens1f0", "max_tx_rate": 500}])["restarted"] is False
    assert _attributes(site)["max_tx_rate"] == 500
    with pytest.raises(VsrxError, match=r"it is running, and its ports would change:\n  1. set VF 0 of ens1f0: trust on"):
        site.converge(ports=TRUSTED)
    assert _attributes(site)["trust"] is False
    assert site.converge(ports=TRUSTED, power="cycle")["actions"] == [
        "shut down vsrx",
        "set VF 0 of ens1f0: trust on (was off)",
        "start vsrx",
    ]


@pytest.mark.parametrize("power", ["refuse", "cycle"])
def test_a_driver_that_refuses_leaves_all_as_it_was(site: Site, power: str) -> None:
    site.reader.refuses = {"max_tx_rate"}
    before, running = site.inactive, power == "cycle"
    if running:
        site.domain.create()
    message = r"VF 0 of ens1f0 cannot have max_tx_rate 500: 'ip link set': Operation not supported"
    with pytest.raises(VsrxError, match=message):
        site.converge(ports=[{"pf": "ens1f0", "index": 1, "trust": True}, {"pf": "ens1f0", "max_tx_rate": 500}], power=power)
    assert (site.inactive, bool(site.domain.isActive())) == (before, running)
    assert _attributes(site) == _attributes(site, 1) == ATTRIBUTES and site.journal.read_unfinished() is None
    assert _record(site) is None


def test_a_start_that_fails_puts_them_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    start = LibvirtDomain.start

    def refuse(handle: LibvirtDomain) -> None:
        if "hostdev" in handle.read_definition():
            raise VsrxError("the hook says no")
        start(handle)

    monkeypatch.setattr(LibvirtDomain, "start", refuse)
    with pytest.raises(VsrxError, match="its old definition is back and it runs again"):
        site.converge(ports=TRUSTED, power="cycle")
    assert _attributes(site) == ATTRIBUTES and _record(site) is None


@pytest.mark.parametrize("number", range(3))
def test_a_run_that_dies_while_it_sets_them_is_ended_or_undone_by_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    ports = [{"pf": "ens1f0", "index": 0, "trust": True}, {"pf": "ens1f0", "index": 1, "spoofchk": False}]
    set_attributes = site.reader.set_attributes

    def die(pf: str, index: int, values: t.Mapping[str, t.Any]) -> None:
        if len(site.reader.commands) == number:
            raise KeyboardInterrupt
        set_attributes(pf, index, values)

    monkeypatch.setattr(site.reader, "set_attributes", die)
    if number < 2:
        with pytest.raises(KeyboardInterrupt):
            site.converge(ports=ports)
    else:
        site.converge(ports=ports)
    monkeypatch.setattr(site.reader, "set_attributes", set_attributes)
    record = _record(site)
    assert record is not None and [entry["vf"] for entry in json.loads(record.read_text())["vfs"]] == [vf(0), vf(1)]
    if number == 1:
        site.converge(ports=ports)
        assert (_attributes(site)["trust"], _attributes(site, 1)["spoofchk"]) == (True, False)
    site.converge(ports=[], exclusive=True)
    assert _attributes(site) == _attributes(site, 1) == ATTRIBUTES and _record(site) is None


def test_what_sriov_vfs_sets_to_another_value_is_refused(site: Site) -> None:
    pf = dataclasses.replace(site.reader.host.pfs["0000:83:00.0"], configured={0: {"trust": False, "max_tx_rate": 500}})
    site.reader.host = dataclasses.replace(site.reader.host, pfs={**site.reader.host.pfs, pf.address: pf})
    with pytest.raises(VsrxError, match="sriov_vfs sets trust of VF 0 of ens1f0 to False, the port asks for True") as refused:
        site.converge(ports=TRUSTED)
    assert "max_tx_rate" not in refused.value.message


def test_live_ports_get_them_before_they_are_attached(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.domain.create()
    seen: list[dict[str, t.Any]] = []

    def refuse(handle: LibvirtDomain, xml: str) -> None:
        seen.append(_attributes(site))
        raise VsrxError("no such device")

    monkeypatch.setattr(LibvirtDomain, "attach", refuse)
    with pytest.raises(VsrxError, match="was not changed live"):
        site.converge(ports=TRUSTED, power="live")
    assert seen == [{**ATTRIBUTES, "trust": True, "max_tx_rate": 500}]
    assert _attributes(site) == ATTRIBUTES and _record(site) is None
