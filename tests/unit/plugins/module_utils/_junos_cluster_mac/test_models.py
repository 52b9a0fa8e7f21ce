# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is loaded into Junos is valid by Juniper's own models. The folder of the models is named by JUNOS_YANG_DIR."""

from __future__ import annotations

import os
import typing as t
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.plan import ACTIVATE, DELETE, SET, Step, render
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.statements import STATEMENTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

libyang = pytest.importorskip("oopt_gnpy_libyang", reason="oopt-gnpy-libyang is not installed")
MODELS = os.environ.get("JUNOS_YANG_DIR", "")
pytestmark = pytest.mark.models
SPACE = "http://yang.juniper.net/junos-es/conf/"


@pytest.fixture(scope="module")
def models() -> t.Any:
    context = libyang.Context(MODELS, libyang.ContextOptions.NoYangLibrary)
    for name in ("root", "chassis"):
        context.load_module(f"junos-es-conf-{name}")
    return context


def valid(models: t.Any, configuration: str) -> bool:
    """Junos takes the load without the models' namespaces and with marks on the statements; the models know the one and not the other."""
    root = parse(configuration, "test")
    for element in root.iter():
        element.attrib.clear()
    root.set("xmlns", f"{SPACE}root")
    for chassis in root.iter("chassis"):
        chassis.set("xmlns", f"{SPACE}chassis")
    options = libyang.ParseOptions.Strict | libyang.ParseOptions.NoState
    try:
        models.parse_data(ET.tostring(root, encoding="unicode"), libyang.DataFormat.XML, options, libyang.ValidationOptions.Present)
    except libyang.Error:
        return False
    return True


steps = st.lists(
    st.builds(
        Step, st.sampled_from([SET, ACTIVATE, DELETE]), st.sampled_from(STATEMENTS), st.sampled_from([None, "node0", "node1", "a<&\"'b"])
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda step: (step.statement, step.group),
)


@pytest.mark.mission("S6", "S9")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps)
def test_every_change_is_valid(models: t.Any, planned: list[Step]) -> None:
    assert valid(models, render(planned))


@pytest.mark.parametrize(
    "wrong",
    [
        "<configuration><chassis><cluster><use-active-child-mac-on-reths/></cluster></chassis></configuration>",
        "<configuration><chassis><cluster><use-active-child-mac-on-reth>yes</use-active-child-mac-on-reth></cluster></chassis></configuration>",
        "<configuration><chassis><use-active-child-mac-on-reth/></chassis></configuration>",
    ],
)
def test_the_models_would_notice(models: t.Any, wrong: str) -> None:
    assert not valid(models, wrong)
