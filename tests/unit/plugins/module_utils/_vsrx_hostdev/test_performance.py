# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S17: each thing that slows a vSRX is found by itself, on a domain that has nothing else against it."""

from __future__ import annotations

import dataclasses
import re
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml.reading import parse_set
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import Finding, Severity, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Host
from support.domain_shapes import host, plan, tune, vf, xml_of

pytestmark = pytest.mark.mission("S17")

GOOD = tune(xml_of("q35-virtio-two"))
PIN_0, PIN_1, EMULATOR = "<vcpupin vcpu='0' cpuset='1'/>", "<vcpupin vcpu='1' cpuset='2'/>", "<emulatorpin cpuset='0'/>"


def find(xml: str, on: t.Optional[Host] = None) -> list[Finding]:
    made = plan(xml, [{"vf": vf(0)}], cluster_node=0, on=on)
    assert {finding.severity for finding in made.findings} <= {Severity.WARNING}
    return [finding for finding in made.findings if finding.id == "S17"]


def test_a_tuned_domain_has_nothing_against_it() -> None:
    assert find(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (PIN_0, "", "1 of 2 vCPUs are not pinned to one core, so that the host moves them (0)"),
        (PIN_0, "<vcpupin vcpu='0' cpuset='1-3,^2'/>", "1 of 2 vCPUs are not pinned to one core, so that the host moves them (0)"),
        (PIN_0 + PIN_1 + EMULATOR, "", "2 of 2 vCPUs are not pinned to one core, so that the host moves them (0, 1)"),
        (PIN_1, PIN_1.replace("'2'", "'1'"), "several vCPUs share core 1"),
        (EMULATOR, "", "its emulator threads are not pinned, so that they can run on the cores of its vCPUs"),
        (EMULATOR, "<emulatorpin cpuset='0,2'/>", "its emulator threads share core 2 with vCPUs"),
        ("<memoryBacking><hugepages/></memoryBacking>", "", "its memory is made of small pages"),
        ("<hugepages/>", "<nosharepages/>", "its memory is made of small pages"),
        ("<model type='virtio'/>", "<model type='e1000'/>", "it is an emulated e1000, neither virtio nor a VF"),
    ],
)
def test_each_thing_that_slows_a_vsrx_is_found(old: str, new: str, found: str) -> None:
    assert old in GOOD
    assert [finding.found for finding in find(GOOD.replace(old, new, 1))] == [found]


@pytest.mark.parametrize("model", ["virtio-transitional", "virtio-non-transitional"])
def test_every_virtio_is_fast(model: str) -> None:
    assert find(GOOD.replace("<model type='virtio'/>", f"<model type='{model}'/>")) == []


def test_an_emulated_nic_is_named_as_in_junos() -> None:
    (finding,) = find(GOOD.replace("<model type='virtio'/>", "<model type='rtl8139'/>", 1))
    assert finding.where == "vsrx fxp0"


@pytest.mark.parametrize(
    ("numa_node", "cpus", "found"),
    [
        (0, {0: {0, 1, 2}, 1: {3, 4}}, []),
        (1, {0: {0, 1, 2}, 1: {3, 4}}, ["ens1f0 is on NUMA node 1, and vCPUs are pinned to cores of another (1, 2)"]),
        (0, {0: {0, 1}, 1: {2, 3}}, ["ens1f0 is on NUMA node 0, and vCPUs are pinned to cores of another (2)"]),
        (-1, {0: {0, 1}}, []),
        (None, {0: {0, 1}}, []),
        (0, {}, []),
    ],
)
def test_vcpus_on_another_numa_node_than_the_pf(numa_node: t.Optional[int], cpus: dict[int, set[int]], found: list[str]) -> None:
    on = host(numa_cpus={node: frozenset(numbers) for node, numbers in cpus.items()})
    pf = dataclasses.replace(on.pfs["0000:83:00.0"], numa_node=numa_node)
    assert [finding.found for finding in find(GOOD, dataclasses.replace(on, pfs={**on.pfs, pf.address: pf}))] == found


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, []),
        ({"nested": True, "pml": False}, []),
        ({"pml": True, "nested": True}, ["page modification logging on"]),
        ({"nested": False}, ["nested virtualization off"]),
    ],
)
def test_settings_of_kvm_that_the_vendor_names(settings: dict[str, bool], words: list[str]) -> None:
    found = [finding.found for finding in find(GOOD, host(kvm_intel=settings))]
    assert len(found) == len(words) and all(word in text for word, text in zip(words, found))
    assert all("Requirements for vSRX on KVM" in text for text in found)


def test_a_domain_without_a_function_of_the_host_is_not_judged() -> None:
    assert plan(xml_of("q35-virtio-two"), [], on=host(kvm_intel={"pml": True})).findings == ()


NO_NUMBERS = ("9" * 5000, "99999999999999999999999", "65537", "-1", "²", "٣", "2.0", "x")


@pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: text[:9])
@pytest.mark.parametrize("written", ["<vcpu placement='static'>{}</vcpu>", "<vcpu current='{}'>2</vcpu>", "<memory unit='KiB'>{}</memory>"])
def test_what_is_no_number_is_refused_at_once(text: str, written: str) -> None:
    """No count of libvirt makes the module list as many vCPUs as there are atoms."""
    name = written[1:].split()[0]
    xml = re.sub(rf"<{name} .*?</{name}>", written.format(text), GOOD, count=1)
    assert xml != GOOD
    if (name, text) == ("memory", "65537"):
        assert find(xml)
        return
    with pytest.raises(VsrxError, match=rf"{name} '.{{0,40}}'.* is not understood"):
        find(xml)


def test_a_pin_of_what_is_no_vcpu_pins_nothing() -> None:
    found = [
        finding.found
        for finding in find(GOOD.replace(PIN_0, f"<vcpupin vcpu='{'9' * 5000}' cpuset='1'/><vcpupin vcpu='²' cpuset='1'/>", 1))
    ]
    assert found == ["1 of 2 vCPUs are not pinned to one core, so that the host moves them (0)"]


@pytest.mark.parametrize("cpus", ["9" * 5000, f"0-{'9' * 5000}", "²", "٣"], ids=lambda text: text[:9])
def test_a_set_of_what_are_no_numbers_is_none(cpus: str) -> None:
    assert parse_set(cpus) == frozenset()
