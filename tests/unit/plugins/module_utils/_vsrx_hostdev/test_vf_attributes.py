# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ports set on their VFs: the plan over every record and every value that a VF can have, and the record as it is kept."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import UnreadableError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Host, SetAttribute, VfRecord
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.result import SetVfAttributes
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.vf_attributes import parse_record, plan_attributes, write_record
from support.domain_shapes import ATTRIBUTES, host, plan, vf, xml_of

VF = vf(0)


def _host(**values: t.Any) -> Host:
    made = host()
    shown = {name: value for name, value in {**ATTRIBUTES, **values}.items() if value is not None}
    return dataclasses.replace(made, functions={**made.functions, VF: dataclasses.replace(made.functions[VF], attributes=shown)})


def _take(on: Host, steps: t.Iterable[SetVfAttributes]) -> Host:
    for step in steps:
        on = _host(**{**on.functions[VF].attributes, **step.wanted})
    return on


@pytest.mark.parametrize("first", [0, 100, 700])
@pytest.mark.parametrize("planned", list(itertools.product([100, 300, 700], repeat=2)))
@pytest.mark.parametrize("dies", [None, "before", "after"])
def test_a_vf_goes_back_to_what_it_had_first_whenever_runs_died(first: int, planned: tuple[int, ...], dies: t.Optional[str]) -> None:
    on, records = _host(max_tx_rate=first), tuple[VfRecord, ...]()
    for port in planned:
        made = plan_attributes({VF: {"max_tx_rate": port}}, {VF}, records, on)
        assert bool(made.steps) == (on.functions[VF].attributes["max_tx_rate"] != port)
        records = made.during if dies else made.after
        if dies != "before":
            on = _take(on, made.steps)
            assert not plan_attributes({VF: {"max_tx_rate": port}}, {VF}, records, on).steps
    back = plan_attributes({}, (), records, on)
    assert _take(on, back.steps).functions[VF].attributes["max_tx_rate"] == first and not back.after


def test_what_another_has_set_since_is_what_a_port_puts_back() -> None:
    """A record whose value was replaced by another counts no more; the port takes over from what is there now."""
    record = VfRecord(VF, {"max_tx_rate": SetAttribute(0, (100,))})
    made = plan_attributes({VF: {"max_tx_rate": 300}}, {VF}, [record], _host(max_tx_rate=900))
    assert made.after == (VfRecord(VF, {"max_tx_rate": SetAttribute(900, (300,))}),)
    (step,) = plan_attributes({}, (), made.after, _host(max_tx_rate=300)).steps
    assert step.wanted == {"max_tx_rate": 900}


def test_an_attribute_that_the_host_does_not_show_is_set_once_and_never_put_back() -> None:
    on = _host(trust=None)
    made = plan_attributes({VF: {"trust": True}}, {VF}, (), on)
    (step,) = made.steps
    assert step.describe() == "set VF 0 of ens1f0: trust on (was unknown)" and made.after == (
        VfRecord(VF, {"trust": SetAttribute(None, (True,))}),
    )
    assert plan_attributes({VF: {"trust": True}}, {VF}, made.after, on).steps == ()
    assert plan_attributes({}, (), made.after, on) == plan_attributes({}, (), (), on)


def test_a_port_that_goes_leaves_what_sriov_vfs_was_requested_to_set_since() -> None:
    made = plan_attributes({VF: {"max_tx_rate": 500}}, {VF}, (), _host())
    on = _host(max_tx_rate=500)
    pf = dataclasses.replace(on.pfs["0000:83:00.0"], configured={0: {"max_tx_rate": 500}})
    assert plan_attributes({}, (), made.after, dataclasses.replace(on, pfs={**on.pfs, pf.address: pf})).steps == ()
    assert len(plan_attributes({}, (), made.after, on).steps) == 1


def test_a_vf_that_the_host_has_no_more_is_forgotten() -> None:
    record = VfRecord("0000:99:02.0", {"trust": SetAttribute(False, (True,))})
    assert plan_attributes({}, {record.vf}, [record], _host()).after == ()


def test_only_what_can_be_felt_needs_the_guest_to_be_off() -> None:
    quiet = SetVfAttributes("eno2", 0, VF, (("spoofchk", True, False), ("min_tx_rate", 0, 1), ("max_tx_rate", 0, 2)))
    assert not quiet.is_disruptive
    assert SetVfAttributes("eno2", 0, VF, (("link_state", "auto", "enable"),)).is_disruptive
    assert SetVfAttributes("eno2", 0, VF, (("trust", False, True),)).is_disruptive


def test_a_pf_without_a_network_device_cannot_set_any() -> None:
    on = host()
    pf = dataclasses.replace(on.pfs["0000:83:00.0"], names=())
    with pytest.raises(VsrxError, match="has no network device, through which trust could be set"):
        plan(xml_of("q35-virtio-two"), [{"vf": VF, "trust": True}], on=dataclasses.replace(on, pfs={**on.pfs, pf.address: pf}))


def test_a_record_is_read_as_it_was_written() -> None:
    record = VfRecord(VF, {"trust": SetAttribute(None, (True, False)), "max_tx_rate": SetAttribute(0, (500,))})
    assert parse_record(write_record(record), "vfs.json") == record


@pytest.mark.parametrize(
    "damage",
    [
        1,
        {},
        {"vf": "nothing"},
        {"vf": 1},
        {"attributes": []},
        {"attributes": {"mac": {"before": None, "values": ["x"]}}},
        {"attributes": {"trust": 1}},
        {"attributes": {"trust": {"before": 1, "values": [True]}}},
        {"attributes": {"trust": {"before": None, "values": []}}},
        {"attributes": {"link_state": {"before": None, "values": ["up; reboot"]}}},
        {"attributes": {"max_tx_rate": {"before": True, "values": [1]}}},
        {"attributes": {"max_tx_rate": {"before": 0, "values": [1 << 40]}}},
    ],
)
def test_a_record_that_is_not_ours_is_refused(damage: t.Any) -> None:
    data = (
        {**write_record(VfRecord(VF, {"trust": SetAttribute(False, (True,))})), **damage} if isinstance(damage, dict) and damage else damage
    )
    with pytest.raises(UnreadableError, match=r"vfs\.json is not what an earlier run wrote"):
        parse_record(data, "vfs.json")
