# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of a port is read, and every setting goes from its option into the domain's XML, the steps and the comparison."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import document
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml.nic_settings import SETTINGS, Setting, read_settings
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev import power
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.request import parse_request
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.result import ChangeNic
from ansible_collections.vsrx.sriov.plugins.modules.vsrx_hostdev import ARGUMENTS
from lxml import etree
from support.domain_shapes import host, plan, vf, xml_of

OPTIONS: dict[str, dict[str, t.Any]] = t.cast("dict[str, t.Any]", ARGUMENTS["ports"])["options"]
HAS_VFS = xml_of("q35-has-vfs")
TYPES: dict[str, tuple[t.Any, ...]] = {"int": (0, 7), "bool": (False, True)}


def list_values(setting: Setting) -> list[t.Any]:
    about = OPTIONS[setting.name]
    return list(about.get("choices") or TYPES[about["type"]])


#: every change of one setting from one of its values to another
CHANGES = [(setting, *pair) for setting in SETTINGS for pair in itertools.permutations(list_values(setting), 2)]


class Entry(dict[str, t.Any]):
    """An entry of ``ports`` that keeps which options were looked at."""

    def __init__(self, **given: t.Any) -> None:
        super().__init__(given)
        self.read: set[str] = set()

    def get(self, key: str, default: t.Any = None) -> t.Any:
        self.read.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> t.Any:
        self.read.add(key)
        return super().__getitem__(key)


def test_every_option_of_a_port_is_read() -> None:
    entry = Entry(vf=vf(0))
    parse_request({"ports": [entry]})
    assert entry.read == set(OPTIONS)


@pytest.mark.parametrize(("setting", "before", "after"), CHANGES, ids=lambda each: getattr(each, "name", str(each)))
def test_a_setting_goes_into_the_xml_and_into_the_steps(setting: Setting, before: t.Any, after: t.Any) -> None:
    ports = [{"vf": vf(0), setting.name: before}, {"vf": vf(1)}]
    defined = plan(HAS_VFS, ports).xml or HAS_VFS
    changed = plan(defined, [{**ports[0], setting.name: after}, ports[1]])
    said = f"{setting.label} {setting.format(before)} to {setting.format(after)}"
    assert [step.what for step in changed.steps if isinstance(step, ChangeNic)] == [(said,)]
    states = [power.read_states(str(xml), "test", host().nics) for xml in (defined, changed.xml)]
    assert [each[-2].settings[setting.name] for each in states] == [before, after]
    assert not power.allow(*states) and states[0][-1] == states[1][-1]
    assert plan(str(changed.xml), [{**ports[0], setting.name: after}, ports[1]]).steps == ()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_new_port_has_its_setting(setting: Setting) -> None:
    for value in list_values(setting):
        xml = str(plan(xml_of("q35-virtio-two"), [{"vf": vf(0), setting.name: value}]).xml)
        assert power.read_states(xml, "test", host().nics)[-1].settings[setting.name] == value


@pytest.mark.parametrize(
    ("inner", "vlan"),
    [
        ("", 0),
        ("<vlan/>", 0),
        ("<vlan><tag/></vlan>", 0),
        ("<vlan><tag id='5'/></vlan>", 5),
        ("<vlan trunk='yes'><tag id='5'/></vlan>", (5,)),
        ("<vlan><tag id='5'/><tag id='6'/></vlan>", (5, 6)),
    ],
)
def test_a_trunk_equals_no_vlan(inner: str, vlan: t.Any) -> None:
    element = document.parse(f"<interface type='hostdev'>{inner}</interface>", "test", "interface")
    assert read_settings(element)["vlan"] == vlan


def test_a_new_port_is_written_in_libvirts_order() -> None:
    root = etree.fromstring(str(plan(xml_of("q35-virtio-two"), [{"vf": vf(0), "driver": "kvm", "vlan": 7}]).xml).encode())
    assert [child.tag for child in root.findall("devices/interface")[-1]] == ["mac", "driver", "source", "vlan", "address"]


def test_a_driver_is_added_where_the_element_names_none() -> None:
    defined = HAS_VFS.replace("      <driver name='vfio'/>\n", "")
    changed = str(plan(defined, [{"vf": vf(0), "driver": "kvm"}, {"vf": vf(1)}]).xml)
    assert changed.count("<driver name='kvm'/>") == 1 and "<driver name='vfio'/>" not in changed
