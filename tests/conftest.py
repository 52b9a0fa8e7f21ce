# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every run of pytest tests the checkout that it was started in, never another one; what needs Juniper's models says so by a mark."""

from __future__ import annotations

import importlib.util
import os
import pathlib

import pytest

COLLECTION = "ansible_collections.vsrx.sriov"
CURE = "run tests/env/setup in this checkout, then source its .work/env.sh"


def pytest_configure(config: pytest.Config) -> None:
    expected = config.rootpath.resolve() / "plugins"
    found = find_plugins()
    if found != expected:
        raise pytest.UsageError(f"{COLLECTION} is imported from {found or 'nowhere'}; expected {expected}: {CURE}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("JUNOS_YANG_DIR"):
        return
    skip = pytest.mark.skip(reason="JUNOS_YANG_DIR does not name the folder of Juniper's models")
    for item in items:
        if item.get_closest_marker("models"):
            item.add_marker(skip)


def find_plugins() -> pathlib.Path | None:
    """Where the collection's plugins are imported from; None where there is no such collection."""
    try:
        spec = importlib.util.find_spec(f"{COLLECTION}.plugins")
    except ModuleNotFoundError:
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return pathlib.Path(next(iter(spec.submodule_search_locations))).resolve()
